#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "config/secrets.hpp"

/// The secret that signs calls of a workspace's `handoff.webhook`, as Standard Webhooks says.
namespace heed::config {

/// The workspace's document without the members of its handoff that speak of the secret.
[[nodiscard]] nlohmann::json without_handoff_secret(nlohmann::json workspace);

/// By `webhook_secret_env` or `webhook_secret_file` of its handoff; empty when it has no webhook and names
/// none, or when there is a problem.
[[nodiscard]] std::string read_handoff_secret(const nlohmann::json& workspace, const std::string& where,
                                              const secret_reader& secrets, problems& out);

}  // namespace heed::config
