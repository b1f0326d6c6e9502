#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "actors/campaign/campaign.hpp"
#include "actors/campaign/document.hpp"

/// The campaign document (DESIGN 10), in JSON or converted from YAML.
namespace heed {

struct account;
struct zone_table;

/// What else a document is held against, where it is known. Absent parts are not checked.
struct campaign_context {
  const zone_table* zones = nullptr;
  const std::map<account_id, account>* accounts = nullptr;
  const intent_profile* default_profile = nullptr;  ///< of a document without profile; else the built-in one
};

/// A campaign that may be saved, or everything that is wrong with the document. Its one sequence has the
/// version the document names, else 1; `next_version` gives it its place among the older ones.
[[nodiscard]] tl::expected<campaign, problems> campaign_from_json(const nlohmann::json& document,
                                                                  const campaign_id& id,
                                                                  const campaign_context& context = {});

/// The document of the campaign's current sequence, complete: every member that may be set is there.
[[nodiscard]] nlohmann::json to_json(const campaign& c);

/// Form only, without the rules of `check_campaign`: what was saved once can be read for ever.
[[nodiscard]] campaign read_campaign(const nlohmann::json& document, const campaign_id& id,
                                     const std::string& where, problems& out,
                                     const campaign_context& context = {});
[[nodiscard]] std::vector<step> read_steps(const nlohmann::json& list, const std::string& where,
                                           problems& out);
[[nodiscard]] nlohmann::json steps_to_json(const std::vector<step>& steps);
[[nodiscard]] intent_profile read_profile(const nlohmann::json& value, const std::string& where,
                                          problems& out);
[[nodiscard]] nlohmann::json to_json(const intent_profile& p);
[[nodiscard]] business_hours read_hours(const nlohmann::json& value, const std::string& where, problems& out);
[[nodiscard]] nlohmann::json to_json(const business_hours& h);

/// The rules a campaign must keep to be saved: references, variables, first touches, heat (RULES), limits.
void check_campaign(const campaign& c, problems& out, const campaign_context& context = {});
/// The rules of a profile (RULES, Heat).
void check_profile(const intent_profile& p, const std::string& where, problems& out);
/// Unknown zones, when the table is known.
void check_zone(const std::string& name, const zone_table* zones, const std::string& where, problems& out);
/// Letters, digits, `_` and `-`, no `__` and no `_` at an end, at most limits::id_length: safe in run ids,
/// keys and tags.
[[nodiscard]] bool is_valid_id(std::string_view text);

/// The profile of a name: default, bench; null for any other.
[[nodiscard]] const intent_profile* find_profile(std::string_view name);

/// `next` as the successor of `old`: changed steps become a new version after the old ones, which stay for
/// the runs pinned to them; unchanged steps keep their version. Texts are live and make no version.
[[nodiscard]] campaign next_version(const campaign& old, campaign next);

}  // namespace heed
