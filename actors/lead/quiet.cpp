#include "actors/lead/quiet.hpp"

#include <algorithm>

#include "actors/lead/check.hpp"

namespace heed {
namespace {

/// What quiet hours leave of every day. As hours, so that one rule of the calendar finds the ends of both.
const business_hours& waking_hours() {
  static const business_hours every_day{
      .days = 0b1111111, .from_minute = 9 * 60, .to_minute = 20 * 60, .holidays = {}};
  return every_day;
}

constexpr auto one_zone_horizon = std::chrono::days(400);
/// Zones that do not agree within a week will not on the same weekday of the next.
constexpr auto several_zones_horizon = std::chrono::days(8);

/// `t` moved to the first instant at which this zone alone would allow it.
std::optional<time_point> allowed_by(channel on, const business_hours* hours, const zone_rules& zone,
                                     time_point t) {
  const auto opening = next_opening(hours, zone, t);
  return opening && has_quiet_hours(on) ? next_opening(&waking_hours(), zone, *opening) : opening;
}

}  // namespace

bool has_quiet_hours(channel on) {
  return on == channel::sms || on == channel::whatsapp || on == channel::ai_voice;
}

std::optional<business_hours> speaking_hours(channel on, const business_hours* hours) {
  if (!has_quiet_hours(on)) return hours ? std::optional(*hours) : std::nullopt;
  if (!hours) return waking_hours();
  auto both = *hours;
  both.from_minute = std::max(both.from_minute, waking_hours().from_minute);
  both.to_minute = std::min(both.to_minute, waking_hours().to_minute);
  return both;
}

bool is_quiet(channel on, const zone_rules& zone, time_point t) {
  return has_quiet_hours(on) && !is_open(&waking_hours(), zone, t);
}

bool may_speak(channel on, const business_hours* hours, const touch_zones& zones, time_point t) {
  CHECK(!zones.empty());
  return std::ranges::all_of(
      zones, [&](const zone_rules* zone) { return is_open(hours, *zone, t) && !is_quiet(on, *zone, t); });
}

std::optional<time_point> next_chance(channel on, const business_hours* hours, const touch_zones& zones,
                                      time_point t) {
  CHECK(!zones.empty());
  const time_point last = t + (zones.size() > 1 ? several_zones_horizon : one_zone_horizon);
  // Whoever forbids an instant names the first one it would allow: nothing before it can be the answer.
  for (time_point next = t; next <= last;) {
    const auto before = next;
    for (const auto* zone : zones) {
      const auto allowed = allowed_by(on, hours, *zone, next);
      if (!allowed) return std::nullopt;
      next = *allowed;
    }
    if (next == before) return next;
  }
  return std::nullopt;
}

}  // namespace heed
