#pragma once

#include "actors/lead/state.hpp"
#include "actors/lead/stimulus.hpp"
#include "actors/workspace/policy.hpp"

namespace heed::reply {

/// Reads the reply in a stimulus, if it is one with words that was not read yet, as of this lead: days it names are days of
/// the lead's zone. What was read stays with the stimulus, so that a replay reads nothing again.
void read_into(stimulus& s, const lead_state& lead, const policy& p);

}  // namespace heed::reply
