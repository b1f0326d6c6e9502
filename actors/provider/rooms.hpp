#pragma once

#include <atomic>
#include <map>
#include <set>
#include <shared_mutex>
#include <string>

#include "actors/lead/ids.hpp"
#include "actors/lead/time.hpp"

namespace heed {

/// Which accounts have no room now, as their actors last said: read on every decision, written when a day is used up or
/// a circuit opens.
class account_rooms {
 public:
  void close(const workspace_id& ws, const account_id& account, time_point until) {
    std::unique_lock guard(lock_);
    closed_[ws.value][account.value] = until;
    any_ = true;
  }
  void open(const workspace_id& ws, const account_id& account) {
    if (!any_.load(std::memory_order_relaxed)) return;
    std::unique_lock guard(lock_);
    if (const auto found = closed_.find(ws.value); found != closed_.end()) found->second.erase(account.value);
  }
  [[nodiscard]] std::set<std::string> full(const workspace_id& ws, time_point now) const {
    if (!any_.load(std::memory_order_relaxed)) return {};
    std::shared_lock guard(lock_);
    std::set<std::string> out;
    if (const auto found = closed_.find(ws.value); found != closed_.end())
      for (const auto& [account, until] : found->second)
        if (now < until) out.insert(account);
    return out;
  }

 private:
  mutable std::shared_mutex lock_;
  std::map<std::string, std::map<std::string, time_point>> closed_;
  std::atomic<bool> any_{false};
};

}  // namespace heed
