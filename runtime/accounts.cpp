#include "runtime/accounts.hpp"

namespace heed {

void account_book::add(const workspace_id& ws, const config::account_config& a) {
  known_[{ws, a.public_part.id}] = {ws, a.public_part, a.base_url, a.secrets, a.options};
}

std::optional<outbound::sending_account> account_book::find(const workspace_id& ws,
                                                            const account_id& account) const {
  const auto found = known_.find({ws, account});
  if (found == known_.end()) return std::nullopt;
  return found->second;
}

}  // namespace heed
