#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>

#include "actors/campaign/campaign_json.hpp"
#include "actors/campaign/document.hpp"
#include "actors/workspace/policy.hpp"

/// Settings, accounts and whole policy revisions as documents.
namespace heed {

/// Settings that may be saved, or everything that is wrong; what the document leaves out has its default.
[[nodiscard]] tl::expected<settings, problems> settings_from_json(const nlohmann::json& document,
                                                                  const zone_table* zones = nullptr);
[[nodiscard]] nlohmann::json to_json(const settings& s);
/// The names a settings document may hold, for callers that share one object with other members.
[[nodiscard]] const std::vector<std::string>& settings_names();

/// Reads `in`'s settings members and leaves the rest to its owner, who finishes it.
[[nodiscard]] settings read_settings(object_reader& in, problems& out);
void check_settings(const settings& s, const std::string& where, problems& out,
                    const zone_table* zones = nullptr);

/// The account's public part; secrets never come near a document.
[[nodiscard]] account read_account(object_reader& in);
[[nodiscard]] nlohmann::json to_json(const account& a);

/// A revision as read back: zones stay with the caller, who finds them by the release they came from.
struct policy_document {
  policy value;
  std::string tzdb_version;
};

/// One whole revision, every version of every sequence included; form is checked, the rules of saving are
/// not, so that a revision saved once can be replayed for ever.
[[nodiscard]] tl::expected<policy_document, problems> policy_from_json(const nlohmann::json& document);
[[nodiscard]] nlohmann::json to_json(const policy& p);

}  // namespace heed
