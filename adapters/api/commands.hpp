#pragma once

#include <nlohmann/json.hpp>

#include "actors/lead/stimulus.hpp"
#include "adapters/api/call.hpp"

namespace heed::api {

/// Hands what an operator says to its lead, under the caller's Idempotency-Key, and answers from the decision: 200 with its facts,
/// 409 when the lead refused, 202 when it is not decided in time. `beside` is said with the answer.
void submit_order(const call_ptr& c, const lead_id& lead, stimulus_body what,
                  nlohmann::json beside = nlohmann::json::object());

}  // namespace heed::api
