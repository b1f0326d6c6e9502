#include "actors/lead/quiet.hpp"

namespace heed {

bool has_quiet_hours(channel on) { return on == channel::sms || on == channel::whatsapp || on == channel::ai_voice; }

bool is_quiet(channel, const zone_rules&, time_point) { return false; }

bool may_speak(channel, const business_hours* hours, const touch_zones& zones, time_point t) {
  return is_open(hours, *zones.front(), t);
}

std::optional<time_point> next_chance(channel, const business_hours* hours, const touch_zones& zones, time_point t) {
  return next_opening(hours, *zones.front(), t);
}

}  // namespace heed
