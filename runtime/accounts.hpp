#pragma once

#include <map>
#include <optional>
#include <shared_mutex>
#include <string>

#include "actors/provider/provider_actor.hpp"
#include "config/config.hpp"

namespace heed {

/// Sending accounts, secrets included: those of the configuration file and those set up over the API. Asked by many
/// threads; a change counts from the next call on.
/// The name under which a workspace's webhook secret is kept; no account can be called so by people's eyes: it sends to
/// no lead and is in no policy.
inline const account_id webhook_secret_name{"handoff"};

class account_book final : public account_source {
 public:
  void add(const workspace_id& ws, const config::account_config& a);
  /// The secret that signs a workspace's own webhooks, kept like an account's.
  void add_webhook_secret(const workspace_id& ws, const std::string& secret);
  /// One that was set up over the API.
  void put(const outbound::sending_account& a);
  [[nodiscard]] std::optional<outbound::sending_account> find(const workspace_id& ws,
                                                              const account_id& account) const override;
  [[nodiscard]] bool is_from_file(const workspace_id& ws, const account_id& account) const;

 private:
  struct entry {
    outbound::sending_account account;
    bool from_file = false;
  };
  mutable std::shared_mutex lock_;
  std::map<std::pair<workspace_id, account_id>, entry> known_;
};

/// What is sealed of an account: its provider's address, options and secrets; not its public part.
[[nodiscard]] result<bytes> seal_account(const outbound::sending_account& a, const std::string& key);
/// The other way round; `refused` when the key is another one.
[[nodiscard]] result<outbound::sending_account> open_account(const account_config_row& row, const std::string& key);

}  // namespace heed
