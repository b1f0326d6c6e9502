#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "actors/campaign/campaign.hpp"
#include "actors/campaign/document.hpp"

/// A step's own condition as JSON (DESIGN 10). Only its form lives here; the decision core evaluates it.
///
///     {"all": [G, ...]}   {"any": [G, ...]}   {"not": G}
///     {"signal": "link_clicked", "within": "3d"}        `within` may be left out: ever
///     {"field": "plan", "exists": true|false}   {"field": "plan", "eq": "gold"}   {"field": "plan", "in":
///     ["gold", "silver"]}
///     {"score_at_least": 7}
namespace heed {

/// Signals a guard may ask for: reply_received, form_submitted, link_clicked, page_viewed.
[[nodiscard]] const std::vector<std::string>& guard_signals();

/// None, and at least one more problem, when it is not a guard. `{"field", "exists": false}` becomes a
/// negation.
[[nodiscard]] std::optional<guard_rule> guard_from_json(const nlohmann::json& value, const std::string& where,
                                                        problems& out);

[[nodiscard]] nlohmann::json to_json(const guard_rule& g);

}  // namespace heed
