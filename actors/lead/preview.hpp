#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "actors/lead/decision.hpp"

namespace heed {

/// What a lead would get from a campaign now, and what stands against it.
struct touch_preview {
  std::string step;
  std::optional<rendered_message> message;  ///< with the sender's identity; none when a token cannot be filled
  std::vector<gate_verdict> gates;
  std::vector<std::string> missing;         ///< tokens without a value
  account_id via;                           ///< empty = no account of that channel
};

/// The next step of the lead's run, or of a run it would start now; `step` names another one. Decides nothing. The error
/// says what is not there: unknown_campaign, unknown_step, no_step_left.
[[nodiscard]] tl::expected<touch_preview, std::string> preview_touch(const lead_state& lead, const campaign_id& c,
                                                                     const std::optional<step_id>& step,
                                                                     const policy& p, const circumstances& when);

}  // namespace heed
