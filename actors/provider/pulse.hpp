#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "actors/lead/ids.hpp"
#include "actors/lead/time.hpp"

namespace heed {

/// How an account fares, as its actor last saw it: for people who look, never for decisions.
struct account_pulse {
  std::optional<time_point> open_until;  ///< of its circuit; none = closed
  std::uint32_t failures = 0;            ///< of the account, in a row
  std::uint64_t calls = 0;               ///< answered since the node began
  std::optional<time_point> last_call_at;
  std::chrono::microseconds median{};  ///< of the latest answers, by the steady clock
  std::chrono::microseconds p95{};
  bool operator==(const account_pulse&) const = default;
};

/// How long an account's latest calls took.
class call_times {
 public:
  static constexpr std::size_t kept = 64;

  void add(std::chrono::microseconds took) {
    times_[next_] = took;
    next_ = (next_ + 1) % kept;
    count_ = std::min(count_ + 1, kept);
  }
  /// @param share of all that are not above the answer; zero while there was no call
  [[nodiscard]] std::chrono::microseconds quantile(double share) const {
    if (count_ == 0) return {};
    auto sorted = times_;
    std::sort(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(count_));
    return sorted[static_cast<std::size_t>(share * static_cast<double>(count_ - 1) + 0.5)];
  }

 private:
  std::array<std::chrono::microseconds, kept> times_{};
  std::size_t next_ = 0, count_ = 0;
};

/// The pulses of the node's accounts. Any thread.
class account_pulses {
 public:
  void put(const workspace_id& ws, const account_id& account, account_pulse p) {
    const std::lock_guard guard(lock_);
    pulses_.insert_or_assign({ws.value, account.value}, p);
  }
  /// None: this node has not called for the account.
  [[nodiscard]] std::optional<account_pulse> find(const workspace_id& ws, const account_id& account) const {
    const std::lock_guard guard(lock_);
    const auto found = pulses_.find({ws.value, account.value});
    return found == pulses_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  mutable std::mutex lock_;
  std::map<std::pair<std::string, std::string>, account_pulse> pulses_;
};

}  // namespace heed
