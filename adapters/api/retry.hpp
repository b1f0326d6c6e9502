#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "actors/lead/state.hpp"
#include "actors/workspace/policy.hpp"

namespace heed::api {

/// Why a failed step cannot be tried again now, as the lead would say it; empty = it can. None: it did not
/// fail. It is the lead that decides (`retry_step`); this only keeps buttons off the page that it would
/// refuse.
[[nodiscard]] std::optional<std::string> retry_refusal(const lead_state& s, const run& r, const step_id& step,
                                                       const policy& p);
[[nodiscard]] nlohmann::json retry_json(const std::optional<std::string>& refusal);

}  // namespace heed::api
