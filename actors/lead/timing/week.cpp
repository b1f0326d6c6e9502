#include "actors/lead/timing/week.hpp"

namespace heed::timing {

local_minute local_minute_of(const zone_rules& zone, time_point t) {
  return static_cast<local_minute>(
      std::chrono::floor<std::chrono::minutes>(to_local(zone, t)).time_since_epoch().count());
}

double week_position(const zone_rules& zone, time_point t) {
  const local_point local = to_local(zone, t);
  const auto whole = std::chrono::floor<std::chrono::minutes>(local);
  const auto fraction = static_cast<double>((local - whole).count()) / 60e6;
  return slot_of(static_cast<local_minute>(whole.time_since_epoch().count())) + fraction;
}

}  // namespace heed::timing
