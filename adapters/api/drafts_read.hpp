#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "actors/lead/state.hpp"
#include "actors/workspace/policy.hpp"

namespace heed::api {

/// A draft as the API shows it, by what its lead's state says now.
[[nodiscard]] nlohmann::json draft_json(const lead_state& s, const draft::lead_draft& x, const settings& own, time_point now);
/// The lead in a draft's id; none when it is no draft's.
[[nodiscard]] std::optional<lead_id> lead_of_draft(const std::string& draft);

}  // namespace heed::api
