#pragma once

#include <optional>
#include <string>

#include "actors/lead/state.hpp"
#include "actors/workspace/policy.hpp"
#include "adapters/slack/review_message.hpp"
#include "persistence/rows.hpp"

namespace heed {

/// A held draft as a reviewer is shown it, by what its lead's state says now; none = the lead has forgotten it.
[[nodiscard]] std::optional<slack::review> review_of(const lead_state& lead, const std::string& draft, const policy& p);
/// What became of it; none = nothing yet.
[[nodiscard]] slack::review_outcome outcome_of(const lead_state& lead, const std::string& draft, const policy& p,
                                               time_point now);

/// Where a notice in Slack goes: somebody who is asked, or a message that asked.
struct slack_place {
  std::string person;       ///< an address; empty = the message below
  std::string channel, ts;
};
[[nodiscard]] std::optional<slack_place> slack_place_of(const std::string& to);

}  // namespace heed
