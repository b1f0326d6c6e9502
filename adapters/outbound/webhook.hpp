#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "adapters/outbound/sender.hpp"

/// Our own webhooks, as the Standard Webhooks specification 1.0 says: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
namespace heed::outbound {

/// Signed at the moment of the attempt: `real_now` is what receivers hold against their clock. `id` stays the same over
/// all attempts of one event.
/// @pre `secret` is `whsec_` and base64, or base64 alone
[[nodiscard]] call build_webhook(const std::string& url, const std::string& secret, const std::string& id,
                                 time_point real_now, const nlohmann::json& payload);

struct webhook_report {
  enum class what : std::uint8_t { delivered, later, never } is = what::later;
  std::string detail;
  std::optional<std::chrono::seconds> retry_after;
};
/// 2xx is delivered, 410 ends it, everything else is tried again.
[[nodiscard]] webhook_report read_webhook(const answer& a);

}  // namespace heed::outbound
