#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "actors/lead/state.hpp"
#include "actors/workspace/policy.hpp"

namespace heed {

/// What the workspace's own people are told: as an email, and as the data of a webhook.
struct notice {
  std::string subject;
  std::string body;
  std::string type;     ///< of the webhook: lead.handoff, lead.reminder, lead.meeting_canceled, workspace.alert
  nlohmann::json data;
};

/// About a lead, as it stands now: who it is, why people are asked, what its runs have come to.
[[nodiscard]] notice lead_notice(const std::string& what, const std::string& reason, const lead_state& lead,
                                 const policy& p, time_point now);
/// About the workspace itself.
[[nodiscard]] notice alert_notice(const std::string& detail, const policy& p, time_point now);

}  // namespace heed
