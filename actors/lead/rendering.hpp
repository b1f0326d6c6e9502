#pragma once

#include <string>

#include <tl/expected.hpp>

#include "actors/lead/decision.hpp"
#include "actors/lead/template/template.hpp"

namespace heed {

/// One step's message for one lead, or the tokens that cannot be filled. A later email step without a subject goes on
/// with the thread (RULES, Accounts).
[[nodiscard]] tl::expected<rendered_message, missing_values> render_touch(const message_template& text, const step& next,
                                                                        const run& r, const lead_state& lead,
                                                                        const policy& p, const std::string& address);

/// What an approval covers: channel, recipient, subject and body, as 16 hex digits.
[[nodiscard]] std::string hash_of(const rendered_message& m);

}  // namespace heed
