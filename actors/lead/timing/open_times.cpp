#include "actors/lead/timing/open_times.hpp"

#include <algorithm>

namespace heed::timing {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;

bool works_on(const business_hours& hours, local_days day) {
  const auto from_monday = std::chrono::weekday{day}.iso_encoding() - 1;
  return ((hours.days >> from_monday) & 1u) != 0 &&
         !hours.holidays.contains(std::chrono::year_month_day{day});
}

/// Appends what is open of one even stretch.
void add_open(std::vector<open_stretch>& all, const open_stretch& even, const business_hours* hours) {
  if (even.from >= even.until) return;
  if (hours == nullptr) {
    all.push_back(even);
    return;
  }
  const local_point first{even.from.time_since_epoch() + even.offset};
  const local_point last{even.until.time_since_epoch() + even.offset};
  for (auto day = std::chrono::floor<days>(first); local_point{day} < last; day += days{1}) {
    if (!works_on(*hours, day)) continue;
    const local_point opens = local_point{day} + minutes(hours->from_minute);
    const local_point closes = local_point{day} + minutes(hours->to_minute);
    const local_point from = std::max(first, opens);
    const local_point until = std::min(last, closes);
    if (from >= until) continue;
    // Only minutes that would have been open can move here from a gap in the clock.
    const auto skipped =
        from == first ? std::min<std::int64_t>(even.skipped_minutes, (from - opens) / minutes(1)) : 0;
    all.push_back({time_point{from.time_since_epoch() - even.offset},
                   time_point{until.time_since_epoch() - even.offset}, even.offset,
                   static_cast<std::int32_t>(std::max<std::int64_t>(0, skipped))});
  }
}

}  // namespace

std::vector<open_stretch> open_times(const window& w, const business_hours* hours, const zone_rules& zone) {
  std::vector<open_stretch> all;
  time_point from = w.from;
  std::int32_t skipped = 0;
  duration offset = std::chrono::seconds(zone.offset_at(w.from));
  auto next = std::upper_bound(zone.transitions.begin(), zone.transitions.end(), w.from,
                               [](time_point at, const zone_rules::transition& t) {
                                 return at < time_point{std::chrono::seconds(t.at_seconds)};
                               });
  while (from < w.until) {
    const time_point change =
        next == zone.transitions.end() ? w.until : time_point{std::chrono::seconds(next->at_seconds)};
    add_open(all, {from, std::min(change, w.until), offset, skipped}, hours);
    if (change >= w.until) break;
    const duration before = offset;
    offset = std::chrono::seconds(next->offset_seconds);
    ++next;
    from = change;
    skipped = 0;
    if (offset > before) {
      skipped = static_cast<std::int32_t>((offset - before) / minutes(1));
    } else {
      // The clock shows these minutes again. What the window holds of their first pass is not offered twice.
      const duration repeated = before - offset;
      const duration seen = std::min(repeated, change - w.from);
      const time_point second_pass = change + repeated;
      if (seen == repeated) {
        from = second_pass;
      } else {
        add_open(all, {change, std::min(second_pass - seen, w.until), offset, 0}, hours);
        from = second_pass;
      }
    }
  }
  return all;
}

}  // namespace heed::timing
