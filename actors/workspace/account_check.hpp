#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "actors/campaign/document.hpp"
#include "actors/workspace/policy.hpp"

namespace heed {

/// What an account must have before it may be used, whether the configuration file or the API sets it up.
/// `where` is the account's pointer, `workspace_where` that of the workspace whose settings go under its
/// messages. What several accounts lack alike is told once.
void check_account(const account& a, const std::string& base_url, const nlohmann::json& options,
                   const settings& s, const std::string& public_url, const std::string& where,
                   const std::string& workspace_where, problems& out);

}  // namespace heed
