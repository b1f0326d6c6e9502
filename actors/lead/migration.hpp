#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "actors/campaign/campaign.hpp"
#include "actors/lead/state.hpp"

namespace heed {

/// Where a run would stand in its campaign's current sequence, found by the id of its next step; when that step is gone,
/// behind the last one that was handled. Never before its cursor, and never before a step it has handled already: the
/// error says which rule forbids it (RULES, Runs: migrate-runs maps by step_id).
[[nodiscard]] tl::expected<std::uint32_t, std::string> place_in(const campaign& c, const run& r);

}  // namespace heed
