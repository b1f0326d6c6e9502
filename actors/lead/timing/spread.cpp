#include "actors/lead/timing/spread.hpp"

#include <algorithm>
#include <string>

#include "actors/lead/check.hpp"
#include "actors/lead/ids.hpp"

namespace heed::timing {
namespace {

using std::chrono::minutes;

/// Places around the wanted minute: 0, +1, -1, +2, -2, ...
std::int64_t offset_of(std::int64_t place) { return place % 2 == 1 ? (place + 1) / 2 : -(place / 2); }

}  // namespace

std::uint32_t minute_room(double share, std::uint64_t recipients) {
  CHECK(share > 0 && share <= 1);
  return static_cast<std::uint32_t>(std::max(1.0, share * static_cast<double>(recipients)));
}

std::optional<time_point> spread(std::string_view campaign, std::string_view lead, time_point wanted,
                                 const window& within, std::uint32_t room, std::uint64_t recipients,
                                 const planned_in& planned) {
  CHECK(room > 0 && wanted >= within.from && wanted < within.until);
  const std::int64_t after = (within.until - duration(1) - wanted) / minutes(1);
  const std::int64_t before = (wanted - within.from) / minutes(1);
  const auto inside = [&](std::int64_t offset) { return offset <= after && -offset <= before; };

  std::string key(campaign);
  key += '\0';
  key += lead;
  const auto needed = static_cast<std::int64_t>(std::max<std::uint64_t>(1, (recipients + room - 1) / room));
  const auto drawn = static_cast<std::int64_t>(stable_hash(key) % static_cast<std::uint64_t>(needed));
  const std::int64_t places = 2 * std::max(after, before) + 1;
  // From the drawn place outward, then the ones nearer to the wanted minute that others left free.
  for (std::int64_t i = 0; i < places; ++i) {
    const std::int64_t offset = offset_of((drawn + i) % places);
    if (!inside(offset)) continue;
    const time_point at = wanted + minutes(offset);
    if (planned(std::chrono::floor<minutes>(at)) < room) return at;
  }
  return std::nullopt;
}

}  // namespace heed::timing
