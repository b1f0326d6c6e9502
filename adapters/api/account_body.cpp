#include "adapters/api/account_body.hpp"

#include <algorithm>

#include "actors/workspace/policy_json.hpp"
#include "adapters/inbound/crypto.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

constexpr std::size_t secret_max = 4'096;
constexpr std::size_t options_max = 16 * 1024;

using secret_map = std::map<std::string, std::string>;

const std::vector<std::string>& secret_names(const std::string& provider) {
  static const std::map<std::string, std::vector<std::string>> all{
      {"resend", {"api_key"}},
      {"twilio", {"account_sid", "auth_token", "username", "password"}},
      {"smtp", {"username", "password"}},
      {"http", {"api_key"}},
      {"openai", {"api_key"}},
      {"slack", {"bot_token"}}};
  static const std::vector<std::string> none;
  const auto found = all.find(provider);
  return found == all.end() ? none : found->second;
}

bool is_secret(const std::string& text) {
  return !text.empty() && text.size() <= secret_max &&
         std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != 127; });
}

/// The values themselves are in no problem.
void read_secrets(const json* given, const std::string& provider, const std::string& where, secret_map& out,
                  problems& found) {
  if (!given) return;
  object_reader in(*given, where, found);
  for (const auto& name : secret_names(provider)) {
    const auto text = in.text(name);
    if (!text) continue;
    if (is_secret(*text))
      out[name] = *text;
    else
      in.report(name, "must be 1 to 4096 bytes without white space");
  }
  in.finish();
}

void require_secrets(const account& a, const secret_map& secrets, const std::string& where, problems& found) {
  const auto need = [&](const char* name, const char* what) {
    if (!secrets.contains(name)) found.push_back({pointer_to(where, name), what});
  };
  if (a.provider == "resend") need("api_key", "is missing: the API key of Resend");
  if (a.provider == "openai") need("api_key", "is missing: the key of the model's endpoint");
  if (a.provider == "slack") need("bot_token", "is missing: the bot token of the Slack app");
  if (a.provider != "twilio") return;
  need("account_sid", "is missing: the account's SID of Twilio");
  // An API key's pair stands in for the token.
  if (secrets.contains("username"))
    need("password", "is missing: the secret of the API key in username");
  else
    need("auth_token", "is missing: the auth token of Twilio");
}

}  // namespace

tl::expected<outbound::sending_account, problems> read_account_body(const json& body, const workspace_id& ws,
                                                                    const account_id& id,
                                                                    const outbound::sending_account* before) {
  problems found;
  outbound::sending_account out;
  out.workspace = ws;
  if (id.value == webhook_account)
    return tl::unexpected(problems{{"account", "is a name of Heed's own; choose another one"}});
  auto document = body;
  if (document.is_object()) {
    if (document.contains("id") && document["id"] != id.value)
      found.push_back({"/id", "must be the id in the path, or be left out"});
    document["id"] = id.value;
  }
  object_reader in(document, "", found);
  out.public_part = read_account(in);
  in.read("base_url", out.base_url);
  // A password in it would be shown with it.
  if (out.base_url.find('@') != std::string::npos)
    in.report("base_url", "must hold no user and password; send them as secrets");
  if (const auto* options = in.object("options")) {
    out.options = *options;
    if (options->dump().size() > options_max) in.report("options", "must be at most 16 KiB");
  }
  const auto* given = in.object("secrets");
  const bool same_place =
      before && before->public_part.provider == out.public_part.provider && before->base_url == out.base_url;
  if (same_place) out.secrets = before->secrets;
  read_secrets(given, out.public_part.provider, in.at("secrets"), out.secrets, found);
  require_secrets(out.public_part, out.secrets, in.at("secrets"), found);
  in.finish();
  if (!found.empty()) return tl::unexpected(std::move(found));
  return out;
}

bool is_webhook_secret(const std::string& text) {
  constexpr std::string_view mark = "whsec_";
  if (!text.starts_with(mark)) return false;
  const auto raw = inbound::from_base64(std::string_view(text).substr(mark.size()));
  return raw && raw->size() >= 24 && raw->size() <= 64;
}

}  // namespace heed::api
