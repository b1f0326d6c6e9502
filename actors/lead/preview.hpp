#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "actors/lead/decision.hpp"

namespace heed {

/// What would be sent to a lead now, and every gate's answer to it. Nothing is changed by looking.
struct touch_preview {
  std::string step;
  std::optional<rendered_message> message;  ///< none while tokens are missing or there is no address
  std::vector<gate_verdict> gates;
  std::vector<std::string> missing;  ///< tokens that cannot be filled
  account_id via;                    ///< empty = no usable account
};

/// The touch of that step, or of the lead's next one in this campaign; the error says why there is none.
[[nodiscard]] tl::expected<touch_preview, std::string> preview_touch(const lead_state& lead,
                                                                     const campaign_id& c,
                                                                     const std::optional<step_id>& step,
                                                                     const policy& p,
                                                                     const circumstances& when);

}  // namespace heed
