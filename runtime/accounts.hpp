#pragma once

#include <map>
#include <optional>
#include <string>

#include "actors/provider/provider_actor.hpp"
#include "config/config.hpp"

namespace heed {

/// Sending accounts as configured, secrets included. Immutable once the node runs.
class account_book final : public account_source {
 public:
  void add(const workspace_id& ws, const config::account_config& a);
  [[nodiscard]] std::optional<outbound::sending_account> find(const workspace_id& ws,
                                                              const account_id& account) const override;

 private:
  std::map<std::pair<workspace_id, account_id>, outbound::sending_account> known_;
};

}  // namespace heed
