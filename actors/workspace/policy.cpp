#include "actors/workspace/policy.hpp"

namespace heed {

const campaign* policy::find_campaign(const campaign_id& id) const {
  const auto found = campaigns.find(id);
  return found == campaigns.end() ? nullptr : &found->second;
}

const account* policy::find_account(const account_id& id) const {
  const auto found = accounts.find(id);
  return found == accounts.end() ? nullptr : &found->second;
}

}  // namespace heed
