#pragma once

#include <optional>
#include <vector>

#include "actors/lead/calendar.hpp"
#include "actors/lead/channel.hpp"

/// When a channel may speak: opening hours, and quiet hours for what rings in a pocket (RULES, Runs).
namespace heed {

/// SMS, WhatsApp and voice are silent from 20:00 to 09:00 local, always, also without opening hours.
[[nodiscard]] bool has_quiet_hours(channel on);
[[nodiscard]] bool is_quiet(channel on, const zone_rules& zone, time_point t);

/// What quiet hours leave of the opening hours; none = any time.
[[nodiscard]] std::optional<business_hours> speaking_hours(channel on, const business_hours* hours);

/// The zones a touch must respect, all at once: more than one when only the number tells where the lead is.
using touch_zones = std::vector<const zone_rules*>;

/// Open in every zone and quiet in none.
/// @pre zones is not empty
[[nodiscard]] bool may_speak(channel on, const business_hours* hours, const touch_zones& zones, time_point t);
/// `t` itself when it may, else the first instant after it. None when there is none within 8 days for several zones, or
/// 400 days for one: zones that never agree.
[[nodiscard]] std::optional<time_point> next_chance(channel on, const business_hours* hours, const touch_zones& zones,
                                                    time_point t);

}  // namespace heed
