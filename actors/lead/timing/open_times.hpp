#pragma once

#include <vector>

#include "actors/lead/timing/choice.hpp"

namespace heed::timing {

/// A piece of the window in which the local clock runs evenly and the hours are open.
struct open_stretch {
  time_point from;
  time_point until;
  duration offset{};                 ///< local minus UTC
  std::int32_t skipped_minutes = 0;  ///< local minutes the clock jumped over just before `from`
};

/// The open parts of a window in the order of time. Each local minute is there once: of a doubled one the
/// first pass that lies in the window.
[[nodiscard]] std::vector<open_stretch> open_times(const window& w, const business_hours* hours,
                                                   const zone_rules& zone);

}  // namespace heed::timing
