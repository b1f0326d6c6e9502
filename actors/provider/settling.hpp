#pragma once

#include <cstdint>
#include <string>

#include "actors/lead/stimulus.hpp"

namespace heed {

/// Asks a lead once more what is to be done about a call of unknown outcome: who asked before is gone, or the lead has
/// decided something else since. `once` tells this asking from every other one.
[[nodiscard]] stimulus ask_to_settle(const effect_id& effect, std::uint32_t attempt, const std::string& why,
                                     const std::string& once, time_point now);

}  // namespace heed
