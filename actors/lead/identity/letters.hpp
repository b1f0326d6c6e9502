#pragma once

#include <vector>

#include "actors/lead/decision.hpp"

namespace heed {

/// What one lead tells another one of its workspace. It is written with the decision that says it, and accepted like anything
/// that comes from outside.
struct letter {
  lead_id to;
  stimulus what;
};

/// The letters that a decision sends. `before` is the lead as it was decided for, `after` as it is then.
[[nodiscard]] std::vector<letter> letters_of(const lead_state& before, const stimulus& what, const decision& answer,
                                             const lead_state& after, time_point now);

}  // namespace heed
