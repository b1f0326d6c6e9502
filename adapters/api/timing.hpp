#pragma once

#include <nlohmann/json_fwd.hpp>

#include "actors/lead/state.hpp"
#include "actors/workspace/policy.hpp"
#include "adapters/api/engine.hpp"

namespace heed::api {

/// What is known of when this lead is there, and the minutes its runs wait for.
[[nodiscard]] nlohmann::json timing_json(const lead_state& s, const policy& p, const engine::taught_priors& taught, time_point now);

}  // namespace heed::api
