#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>

#include "actors/campaign/document.hpp"
#include "adapters/api/problems.hpp"
#include "adapters/outbound/sender.hpp"

/// Accounts as they are sent to us, secrets included. Nothing read here is ever shown again but names.
namespace heed::api {

/// The account under its path's id. Secrets left out stay as in `before` (none = new); they are never taken
/// along to another provider or address, where whoever asks for that could read them.
[[nodiscard]] tl::expected<outbound::sending_account, problems> read_account_body(
    const nlohmann::json& body, const workspace_id& ws, const account_id& id,
    const outbound::sending_account* before);

/// A Standard Webhooks secret: `whsec_` and 24 to 64 bytes in base64.
[[nodiscard]] bool is_webhook_secret(const std::string& text);

/// The workspace's webhook is no sending account, but its secret is kept like one's, under this id.
inline constexpr const char* webhook_account = "handoff";

[[nodiscard]] http::problem no_secret_key();
[[nodiscard]] http::problem from_file(const std::string& what);

}  // namespace heed::api
