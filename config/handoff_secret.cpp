#include "config/handoff_secret.hpp"

#include <algorithm>
#include <array>

namespace heed::config {
namespace {

using json = nlohmann::json;

constexpr auto in_clear = "webhook_secret";
constexpr auto by_variable = "webhook_secret_env";
constexpr auto by_file = "webhook_secret_file";

constexpr auto fix =
    "a secret is whsec_ and 24 to 64 random bytes in base64; make one with: echo whsec_$(openssl rand "
    "-base64 32)";

/// Bytes that this base64 text stands for; 0 when it is none.
std::size_t decoded_size(std::string_view text) {
  const auto body = text.substr(0, text.find_last_not_of('=') + 1);
  const auto padding = text.size() - body.size();
  const bool letters = std::ranges::all_of(body, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
  return letters && padding <= 2 && text.size() % 4 == 0 ? text.size() / 4 * 3 - padding : 0;
}

bool is_signing_secret(std::string_view text) {
  constexpr std::string_view prefix = "whsec_";
  if (!text.starts_with(prefix)) return false;
  const auto size = decoded_size(text.substr(prefix.size()));
  return size >= 24 && size <= 64;
}

}  // namespace

json without_handoff_secret(json workspace) {
  if (!workspace.is_object()) return workspace;
  if (const auto handoff = workspace.find("handoff"); handoff != workspace.end() && handoff->is_object())
    for (const auto* name : {in_clear, by_variable, by_file})
      handoff->erase(name);
  return workspace;
}

std::string read_handoff_secret(const json& workspace, const std::string& where, const secret_reader& secrets,
                                problems& out) {
  if (!workspace.is_object()) return {};
  const auto handoff = workspace.find("handoff");
  if (handoff == workspace.end() || !handoff->is_object()) return {};
  object_reader in(*handoff, pointer_to(where, "handoff"), out);
  const auto variable = in.text(by_variable);
  const auto file = in.text(by_file);
  if (in.any(in_clear) != nullptr) {
    in.report(in_clear,
              "secrets are not written here: name a variable with webhook_secret_env or a file with "
              "webhook_secret_file");
    return {};
  }
  const bool has_webhook = handoff->contains("webhook") && (*handoff)["webhook"].is_string() &&
                           !(*handoff)["webhook"].get_ref<const std::string&>().empty();
  if (!variable && !file) {
    if (has_webhook)
      in.report(by_variable,
                std::string("is missing: calls of the webhook are signed; name a variable here, or a file "
                            "with webhook_secret_file; ") +
                    fix);
    return {};
  }
  const auto* named_by = variable ? by_variable : by_file;
  const auto secret = variable ? secrets.from_variable(*variable, in.at(by_variable), out)
                               : secrets.from_file(*file, in.at(by_file), out);
  if (!secret) return {};
  if (is_signing_secret(*secret)) return *secret;
  in.report(named_by, std::string("names something else: ") + fix);
  return {};
}

}  // namespace heed::config
