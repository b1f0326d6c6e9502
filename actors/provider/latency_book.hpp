#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/lead/outlook.hpp"
#include "actors/provider/latency_tracker.hpp"

namespace heed {

/// The latency trackers of the node's accounts: each is fed by its account's actor, and read by leads that choose a minute.
/// Any thread.
class latency_book {
 public:
  /// Changes or asks an account's tracker, alone with it.
  template <class F>
  auto with(const workspace_id& ws, const account_id& account, F f) {
    const auto e = entry_of(ws, account);
    const std::lock_guard guard(e->lock);
    return f(e->tracker);
  }
  /// Hour by hour from now to the end of a window; none while nothing was measured.
  [[nodiscard]] std::optional<latency_outlook> outlook(const workspace_id& ws, const account_id& account, std::string_view domain,
                                                       time_point now, time_point until) const;
  /// For one message that should arrive then; none while nothing was measured.
  [[nodiscard]] std::optional<duration> estimate(const workspace_id& ws, const account_id& account, std::string_view domain,
                                                 time_point at, time_point now) const;

 private:
  struct entry {
    mutable std::mutex lock;
    latency_tracker tracker;
  };
  [[nodiscard]] std::shared_ptr<entry> entry_of(const workspace_id& ws, const account_id& account);
  [[nodiscard]] std::shared_ptr<const entry> find(const workspace_id& ws, const account_id& account) const;

  mutable std::mutex lock_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<entry>> entries_;
};

}  // namespace heed
