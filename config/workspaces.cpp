#include "config/workspaces.hpp"

#include <set>

#include "actors/workspace/account_check.hpp"
#include "actors/workspace/policy_json.hpp"
#include "config/handoff_secret.hpp"
#include "config/yaml.hpp"

namespace heed::config {
namespace {

using json = nlohmann::json;

account_config read_account_config(const json& value, const std::string& where,
                                   const std::string& workspace_where, const settings& defaults,
                                   const workspace_context& context, problems& out) {
  object_reader in(value, where, out);
  account_config a;
  a.public_part = read_account(in);
  in.read("base_url", a.base_url);
  const auto* secrets = in.object("secrets");
  if (const auto* options = in.object("options")) a.options = *options;
  // An account that is switched off may wait for its secrets.
  if (a.public_part.enabled)
    a.secrets = context.secrets.read_all(in, secrets, "secrets", a.public_part.provider, out);
  check_account(a.public_part, a.base_url, a.options, defaults, context.public_url, where, workspace_where,
                out);
  in.finish();
  return a;
}

/// `secret_env` and `secret_file` may each be one name or a list of them.
std::vector<std::string> names_at(object_reader& in, std::string_view key) {
  const auto* found = in.any(key);
  if (found != nullptr && found->is_array()) return in.texts(key);
  const auto one = in.text(key);
  return one ? std::vector<std::string>{*one} : std::vector<std::string>{};
}

/// The secret of a hook that says nothing of its own: from the provider's known variables.
std::optional<std::string> default_secret(const std::string& provider, const std::string& where,
                                          const workspace_context& context, problems& out) {
  const auto variables = variables_of("hook:" + provider, "secret");
  const auto before = out.size();
  auto secret = context.secrets.from_variables(variables, out);
  if (!secret && out.size() == before)
    out.push_back(
        {where, "has no secret: " + (variables.empty() ? "" : "set " + listed(variables) + ", or ") +
                    "name secret_env or secret_file"});
  return secret;
}

hook_config read_hook(const json& value, const std::string& provider, const std::string& where,
                      const workspace_context& context, problems& out) {
  object_reader in(value, where, out);
  hook_config hook;
  const auto keep = [&](std::optional<std::string> secret) {
    if (secret) hook.secrets.push_back(std::move(*secret));
  };
  const auto variables = names_at(in, "secret_env");
  const auto files = names_at(in, "secret_file");
  for (const auto& name : variables)
    keep(context.secrets.from_variable(name, in.at("secret_env"), out));
  for (const auto& path : files)
    keep(context.secrets.from_file(path, in.at("secret_file"), out));
  if (in.any("secret") != nullptr)
    in.report("secret", "secrets are not written here: use secret_env or secret_file");
  else if (variables.empty() && files.empty())
    keep(default_secret(provider, where, context, out));
  if (const auto* options = in.object("options")) hook.options = *options;
  in.finish();
  return hook;
}

void read_accounts(const json& list, const std::string& workspace_where, const workspace_context& context,
                   workspace_config& w, problems& out) {
  const auto where = pointer_to(workspace_where, "accounts");
  std::set<account_id> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto a = read_account_config(list[i], pointer_to(where, i), workspace_where, w.defaults, context, out);
    if (!a.public_part.id.empty() && !seen.insert(a.public_part.id).second)
      out.push_back({pointer_to(pointer_to(where, i), "id"), "is used twice in this workspace"});
    w.accounts.push_back(std::move(a));
  }
}

void load_campaigns(const std::vector<std::string>& files, const std::string& where,
                    const workspace_context& context, workspace_config& w, problems& out) {
  std::map<account_id, account> accounts;
  for (const auto& a : w.accounts)
    accounts.emplace(a.public_part.id, a.public_part);
  const campaign_context held_against{
      .zones = context.zones, .accounts = &accounts, .default_profile = &w.defaults.default_profile};
  std::set<campaign_id> seen;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto c = load_campaign_file(context.directory / files[i], held_against);
    if (!c) {
      out.insert(out.end(), c.error().begin(), c.error().end());
      continue;
    }
    if (!seen.insert(c->id).second)
      out.push_back({pointer_to(where, i), "the campaign " + c->id.value + " is there twice"});
    w.campaigns.push_back(std::move(*c));
  }
}

workspace_config read_workspace(const json& value, const std::string& where, const workspace_context& context,
                                problems& out) {
  // Settings go into documents, the handoff's secret never does: it is read here and kept from them.
  const json open_part = without_handoff_secret(value);
  object_reader in(open_part, where, out);
  workspace_config w;
  in.read("id", w.id.value);
  if (w.id.empty() && in.any("id") == nullptr)
    in.report("id", "is missing");
  else if (!is_valid_id(w.id.value))
    in.report("id", "must be letters, digits, - and single _ inside");
  w.defaults = read_settings(in, out);
  check_settings(w.defaults, where, out, context.zones);
  w.handoff_secret = read_handoff_secret(value, where, context.secrets, out);
  if (const auto* accounts = in.array("accounts")) read_accounts(*accounts, where, context, w, out);
  if (const auto* hooks = in.object("hooks"))
    for (const auto& [provider, hook] : hooks->items())
      w.hooks.emplace(provider,
                      read_hook(hook, provider, pointer_to(in.at("hooks"), provider), context, out));
  if (const auto* boxes = in.array("mailboxes")) w.mailboxes = read_mailboxes(*boxes, in.at("mailboxes"), context.secrets, out);
  load_campaigns(in.texts("campaigns"), in.at("campaigns"), context, w, out);
  in.finish();
  return w;
}

}  // namespace

std::vector<workspace_config> read_workspaces(const json& list, const std::string& where,
                                              const workspace_context& context, problems& out) {
  std::vector<workspace_config> all;
  std::set<workspace_id> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    auto w = read_workspace(list[i], pointer_to(where, i), context, out);
    if (!w.id.empty() && !seen.insert(w.id).second)
      out.push_back({pointer_to(pointer_to(where, i), "id"), "is used twice"});
    all.push_back(std::move(w));
  }
  return all;
}

tl::expected<campaign, problems> load_campaign_file(const std::filesystem::path& file,
                                                    const campaign_context& context) {
  const auto text = read_file(file);
  if (!text) return tl::unexpected(problems{text.error()});
  auto document = parse_yaml(*text);
  const auto in_file = [&](problems found) {
    for (auto& p : found)
      p.field = file.string() + "#" + p.field;
    return tl::unexpected(std::move(found));
  };
  if (!document) return in_file(document.error());
  std::string id = file.stem().string();
  if (document->is_object() && document->contains("id") && (*document)["id"].is_string())
    id = (*document)["id"];
  auto c = campaign_from_json(*document, campaign_id{id}, context);
  if (!c) return in_file(std::move(c.error()));
  return std::move(*c);
}

}  // namespace heed::config
