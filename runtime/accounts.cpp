#include "runtime/accounts.hpp"

#include <sodium.h>

#include <mutex>
#include <nlohmann/json.hpp>

#include "persistence/codec/codec.hpp"

namespace heed {
namespace {

/// Any text of enough length is a key; what seals is its hash.
bytes sealing_key(const std::string& key) {
  bytes out(crypto_secretbox_KEYBYTES, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                     reinterpret_cast<const unsigned char*>(key.data()), key.size(), nullptr, 0);
  return out;
}

std::string context_of(const workspace_id& ws, const account_id& account) {
  return "account/" + ws.value + "/" + account.value;
}

}  // namespace

void account_book::add(const workspace_id& ws, const config::account_config& a) {
  std::unique_lock guard(lock_);
  known_[{ws, a.public_part.id}] = {{ws, a.public_part, a.base_url, a.secrets, a.options}, true};
}

void account_book::add_webhook_secret(const workspace_id& ws, const std::string& secret) {
  outbound::sending_account a;
  a.workspace = ws;
  a.public_part.id = webhook_secret_name;
  a.public_part.provider = "webhook";
  a.secrets["secret"] = secret;
  std::unique_lock guard(lock_);
  known_[{ws, webhook_secret_name}] = {std::move(a), true};
}

void account_book::put(const outbound::sending_account& a) {
  std::unique_lock guard(lock_);
  auto& e = known_[{a.workspace, a.public_part.id}];
  // The file's word holds for what the file names.
  if (!e.from_file) e.account = a;
}

std::optional<outbound::sending_account> account_book::find(const workspace_id& ws,
                                                            const account_id& account) const {
  std::shared_lock guard(lock_);
  const auto found = known_.find({ws, account});
  if (found == known_.end()) return std::nullopt;
  return found->second.account;
}

bool account_book::is_from_file(const workspace_id& ws, const account_id& account) const {
  std::shared_lock guard(lock_);
  const auto found = known_.find({ws, account});
  return found != known_.end() && found->second.from_file;
}

result<bytes> seal_account(const outbound::sending_account& a, const std::string& key) {
  if (key.empty())
    return fail(errc::refused, "accounts over the API need a key to be sealed with: set HEED_SECRET_KEY and start again");
  const nlohmann::json body{{"base_url", a.base_url}, {"options", a.options}, {"secrets", a.secrets}};
  return codec::seal(sealing_key(key), context_of(a.workspace, a.public_part.id), body.dump());
}

result<outbound::sending_account> open_account(const account_config_row& row, const std::string& key) {
  const auto name = row.workspace.value + "/" + row.account.value;
  if (key.empty()) return fail(errc::refused, "the account " + name + " is sealed: set HEED_SECRET_KEY");
  const auto clear = codec::unseal(sealing_key(key), context_of(row.workspace, row.account), row.sealed);
  if (!clear) return fail(errc::refused, "the account " + name + " was sealed with another HEED_SECRET_KEY");
  const auto body = nlohmann::json::parse(*clear, nullptr, false);
  if (!body.is_object()) return fail(errc::fatal, "the account " + name + " cannot be read");
  outbound::sending_account a;
  a.workspace = row.workspace;
  a.public_part.id = row.account;
  a.base_url = body.value("base_url", "");
  a.options = body.value("options", nlohmann::json::object());
  a.secrets = body.value("secrets", std::map<std::string, std::string>{});
  return a;
}

}  // namespace heed
