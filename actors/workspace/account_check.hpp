#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "actors/campaign/document.hpp"
#include "actors/workspace/policy.hpp"

namespace heed {

/// What an account must have before it may be saved, whether it comes from the configuration file or over the
/// API. Faults of the account itself are named below `where`; what an email to real people needs besides it
/// is named
/// `/public_url`, `/sender_name` and `/postal_address`, the settings that mend it.
void check_account(const account& a, const std::string& base_url, const nlohmann::json& options,
                   const settings& s, const std::string& public_url, const std::string& where, problems& out);

/// Names of the senders an account may have.
[[nodiscard]] const std::vector<std::string>& account_providers();

}  // namespace heed
