#include "actors/workspace/zone.hpp"

#include <algorithm>
#include <iterator>

namespace heed {
namespace {

using transition = zone_rules::transition;

constexpr duration seconds_of(std::int32_t offset) { return std::chrono::seconds(offset); }
constexpr time_point instant_of(const transition& t) {
  return time_point{std::chrono::seconds(t.at_seconds)};
}

/// Wider than any offset ever in use, so that a local time read as UTC is this close to its instant.
constexpr auto widest_offset = std::chrono::hours(26);

}  // namespace

std::int32_t zone_rules::offset_at(time_point t) const {
  if (transitions.empty()) return 0;
  const auto later = std::upper_bound(transitions.begin(), transitions.end(), t,
                                      [](time_point at, const transition& x) { return at < instant_of(x); });
  return later == transitions.begin() ? later->offset_seconds : std::prev(later)->offset_seconds;
}

local_point to_local(const zone_rules& zone, time_point t) {
  return local_point{t.time_since_epoch() + seconds_of(zone.offset_at(t))};
}

time_point to_utc(const zone_rules& zone, local_point t) {
  const time_point as_if_utc{t.time_since_epoch()};
  const time_point from = as_if_utc - widest_offset;
  const time_point until = as_if_utc + widest_offset;
  auto next = std::upper_bound(zone.transitions.begin(), zone.transitions.end(), from,
                               [](time_point at, const transition& x) { return at < instant_of(x); });
  // Walk the stretches of constant offset in order: the first that holds the local time wins, which
  // takes a doubled one at its first pass; a stretch that begins after it means that it was skipped.
  duration offset = seconds_of(zone.offset_at(from));
  for (; next != zone.transitions.end() && instant_of(*next) <= until; ++next) {
    const time_point candidate = as_if_utc - offset;
    if (candidate < instant_of(*next)) return candidate;
    offset = seconds_of(next->offset_seconds);
    if (as_if_utc - offset < instant_of(*next)) return instant_of(*next);
  }
  return as_if_utc - offset;
}

const zone_rules& zone_table::find(std::string_view name) const {
  const auto found = zones.find(name);
  return found == zones.end() ? utc_zone() : found->second;
}

const zone_rules& utc_zone() {
  static const zone_rules utc{"UTC", {{0, 0}}};
  return utc;
}

}  // namespace heed
