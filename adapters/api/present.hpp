#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/lead/state.hpp"
#include "actors/workspace/policy.hpp"
#include "adapters/api/engine.hpp"
#include "persistence/store.hpp"

/// Rows and values as the documents the API shows. Field names and which of them are always there are
/// openapi.json's.
namespace heed::api {

[[nodiscard]] nlohmann::json instant_json(const std::optional<time_point>& t);
[[nodiscard]] nlohmann::json text_or_null(const std::string& text);

/// The snapshot, or the state before the first decision.
[[nodiscard]] result<lead_state> state_of(const lead_row& row);

/// @param score of the run's profile, now: it decays while nothing is written
/// The name people know a lead by: its name, else its first key; empty when it has neither.
[[nodiscard]] std::string who_is(const lead_state& s);
[[nodiscard]] nlohmann::json run_json(const workspace_id& ws, const lead_id& lead, const run_row& r, std::int32_t score);
/// What the profile of that campaign makes of the lead's signals.
[[nodiscard]] std::int32_t run_score(const lead_state& state, const policy& p, const campaign_id& campaign, time_point now);
[[nodiscard]] nlohmann::json history_json(const std::vector<history_row>& history);
[[nodiscard]] nlohmann::json touch_json(const effect_row& e);
[[nodiscard]] nlohmann::json action_json(const stored_action& a);
[[nodiscard]] nlohmann::json sandbox_json(const sandbox_message& m);
[[nodiscard]] nlohmann::json dead_letter_json(const dead_letter& d);
[[nodiscard]] nlohmann::json facts_json(const std::vector<fact>& facts);

[[nodiscard]] nlohmann::json lead_line_json(const lead_row& row, const lead_state& state);
[[nodiscard]] nlohmann::json intent_json(const lead_state& state, const policy& p, time_point now);
[[nodiscard]] nlohmann::json message_json(const lead_row& row, const message_row& m);
/// One decision; its content is null when the lead was erased and the row can no longer be opened.
[[nodiscard]] nlohmann::json decision_json(const lead_row& row, const journal_row& j);

}  // namespace heed::api
