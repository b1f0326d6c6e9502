#pragma once

#include <optional>
#include <string_view>

#include "actors/lead/state.hpp"
#include "actors/workspace/policy.hpp"

namespace heed {

/// Why a pending draft cannot be sent by one click any more: `overtaken` or `held_too_long`; none = it is as good as it was
/// (AS-42). A flag, computed from the lead as it is.
[[nodiscard]] std::optional<std::string_view> stale_reason(const lead_state& lead, const draft::lead_draft& x, const settings& s,
                                                           time_point now);

}  // namespace heed
