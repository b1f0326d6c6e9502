#pragma once

#include <functional>
#include <nlohmann/json.hpp>

#include "actors/campaign/document.hpp"
#include "actors/lead/stimulus.hpp"
#include "adapters/api/call.hpp"

namespace heed::api {

/// Hands what an operator says to its lead, under the caller's Idempotency-Key, and answers from the decision: 200 with its facts,
/// 409 when the lead refused, 202 when it is not decided in time. `beside` is said with the answer.
void submit_order(const call_ptr& c, const lead_id& lead, stimulus_body what,
                  nlohmann::json beside = nlohmann::json::object());

/// Hands the command to its lead and answers with what was decided: 200 with the decision, 409 with the lead's reason, 202 when it was
/// not decided in time. The lead must be one of the caller's workspace.
void submit_command(const call_ptr& c, const lead_id& lead, command what);

/// Reads the command's body by `fill`, checks that the lead is one of this workspace, and submits.
void run_lead_command(const call_ptr& c, const lead_id& lead, command_kind what,
                      const std::function<void(object_reader&, command&)>& fill);

}  // namespace heed::api
