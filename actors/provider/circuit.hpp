#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/lead/time.hpp"

namespace heed {

/// An account's circuit. A failure of the account (not connected, 429, 5xx, credentials) opens it; while it
/// is open nothing is called, so that due steps wait without using attempts. After that one probe decides.
class circuit {
 public:
  explicit circuit(std::string account) : account_(std::move(account)) {}

  /// True when a call may start now; at most one at a time until a probe has succeeded.
  [[nodiscard]] bool may_call(time_point now, std::size_t in_flight) const;
  void succeeded();
  /// A call that began at `started` failed. `retry_after` is the provider's own word; without it the pause doubles, with
  /// jitter by hash of the account. Calls that were on the wire when it opened fail of the same cause and count once.
  void failed(time_point now, time_point started, std::optional<duration> retry_after);
  /// An operator must act: opens for the longest pause, after which one probe is allowed.
  void stopped(time_point now);
  /// An operator changed something: try at once.
  void reset() { *this = circuit(account_); }

  /// None while it is closed.
  [[nodiscard]] std::optional<time_point> open_until() const { return open_until_; }
  [[nodiscard]] std::uint32_t failures() const { return failures_; }

  static constexpr duration shortest_pause = std::chrono::seconds(1);
  static constexpr duration longest_pause = std::chrono::minutes(15);

 private:
  std::string account_;
  std::uint32_t failures_ = 0;
  std::optional<time_point> open_until_;
  std::optional<time_point> counted_at_;  ///< the latest failure that was counted
};

}  // namespace heed
