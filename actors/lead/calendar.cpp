#include "actors/lead/calendar.hpp"

#include <algorithm>

#include "actors/lead/check.hpp"

namespace heed {
namespace {

using std::chrono::days;
using std::chrono::local_days;
using std::chrono::minutes;

constexpr int horizon_days = 400;
/// Local days overlap at most this far beyond 24 hours of UTC, whatever the zone does.
constexpr std::chrono::seconds day_slack = std::chrono::hours(30);

local_days day_of(local_point t) { return std::chrono::floor<days>(t); }

bool works_on(const business_hours& hours, local_days day) {
  const auto from_monday = std::chrono::weekday{day}.iso_encoding() - 1;
  return ((hours.days >> from_monday) & 1u) != 0 &&
         !hours.holidays.contains(std::chrono::year_month_day{day});
}

bool is_business_day(const business_hours* hours, local_days day) {
  return hours == nullptr ? std::chrono::weekday{day}.iso_encoding() <= 5 : works_on(*hours, day);
}

/// The first open instant that shows this local day, at or after `t`. Opening is seen either at the opening
/// minute, in each pass of it, or where the clock itself is moved into the opening hours.
std::optional<time_point> first_open_on(const business_hours& hours, const zone_rules& zone, local_days day,
                                        time_point t) {
  if (!works_on(hours, day)) return std::nullopt;
  const local_point opens = local_point{day} + minutes(hours.from_minute);
  std::optional<time_point> best;
  const auto offer = [&](time_point candidate) {
    if (candidate < t || (best && candidate >= *best) || !is_open(&hours, zone, candidate)) return;
    if (day_of(to_local(zone, candidate)) == day) best = candidate;
  };
  offer(to_utc(zone, opens));
  const std::int64_t noon = std::chrono::seconds(day.time_since_epoch() + std::chrono::hours(12)).count();
  auto change = std::ranges::lower_bound(zone.transitions, noon - day_slack.count(), {},
                                         &zone_rules::transition::at_seconds);
  for (; change != zone.transitions.end() && change->at_seconds <= noon + day_slack.count(); ++change) {
    offer(time_point{std::chrono::seconds(change->at_seconds)});
    offer(time_point{opens.time_since_epoch() - std::chrono::seconds(change->offset_seconds)});
  }
  return best;
}

/// Rounded up, so that spacing only ever makes a touch later.
std::int64_t stretched(std::int64_t amount, int spacing_pct) {
  const std::int64_t whole = amount / 100 * spacing_pct;
  return whole + (amount % 100 * spacing_pct + 99) / 100;
}

local_days add_business_days(const business_hours* hours, local_days day, std::int64_t count) {
  for (; count > 0; --count) {
    local_days next = day + days{1};
    // Hours that hold no day at all count calendar days: whether they ever open is the next rule's answer.
    for (int i = 0; i < horizon_days && !is_business_day(hours, next); ++i)
      next += days{1};
    day = is_business_day(hours, next) ? next : day + days{1};
  }
  return day;
}

/// The same local time of day on another local day.
time_point on_day(local_days day, local_point time_of, const zone_rules& zone) {
  return to_utc(zone, local_point{day} + (time_of - day_of(time_of)));
}

}  // namespace

bool is_open(const business_hours* hours, const zone_rules& zone, time_point t) {
  if (hours == nullptr) return true;
  const local_point local = to_local(zone, t);
  const auto minute = std::chrono::floor<minutes>(local - day_of(local)).count();
  return minute >= hours->from_minute && minute < hours->to_minute && works_on(*hours, day_of(local));
}

std::optional<time_point> next_opening(const business_hours* hours, const zone_rules& zone, time_point t) {
  if (is_open(hours, zone, t)) return t;
  // Where clocks go back over midnight the day before may open once more, and may do so after the next day
  // has opened for the first time: hence the days on either side.
  local_days day = day_of(to_local(zone, t)) - days{1};
  for (int i = 0; i <= horizon_days; ++i, day += days{1}) {
    const auto opening = first_open_on(*hours, zone, day, t);
    if (!opening) continue;
    CHECK(*opening >= t);
    const auto other = first_open_on(*hours, zone, day + days{1}, t);
    return other ? std::min(*opening, *other) : opening;
  }
  return std::nullopt;
}

time_point due_at(const delay_rule& delay, time_point anchor, time_point start, const business_hours* hours,
                  const zone_rules& zone, int spacing_pct) {
  CHECK(spacing_pct >= 100);
  const time_point base = delay.from == delay_rule::base::start ? start : anchor;
  const std::int64_t amount = stretched(delay.amount, spacing_pct);
  if (delay.in == delay_rule::unit::elapsed) return base + duration{amount};
  if (amount == 0) return base;
  const local_point local = to_local(zone, base);
  const local_days day = delay.in == delay_rule::unit::days ? day_of(local) + days{amount}
                                                            : add_business_days(hours, day_of(local), amount);
  // A zone that repeats a whole day would answer with its first pass: never before the base.
  return std::max(base, on_day(day, local, zone));
}

time_point not_same_local_day(time_point candidate, std::optional<time_point> last_touch,
                              const zone_rules& zone) {
  if (!last_touch) return candidate;
  const local_point local = to_local(zone, candidate);
  const local_days touched = day_of(to_local(zone, *last_touch));
  if (day_of(local) > touched) return candidate;
  return std::max(candidate, on_day(touched + days{1}, local, zone));
}

std::optional<time_point> schedule_step(const step_timing& s) {
  time_point due = due_at(s.delay, s.anchor, s.start, s.hours, s.zone, s.spacing_pct);
  if (s.delay.in != delay_rule::unit::elapsed) due = not_same_local_day(due, s.last_touch, s.zone);
  return next_opening(s.hours, s.zone, std::max(due, s.not_before));
}

}  // namespace heed
