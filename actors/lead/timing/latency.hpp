#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "actors/lead/timing/choice.hpp"

/// How long a message takes from hand-over to delivery receipt, per sending account and recipient domain: a
/// signal over time, not a constant (SF-23, SF-24).
namespace heed::timing {

/// One hand-over whose receipt has come.
struct receipt {
  time_point handed_over;
  time_point delivered;
};

/// What waits at the account when an estimate is asked.
struct queue_view {
  std::uint32_t depth = 0;        ///< messages before this one
  double drained_per_second = 0;  ///< 0 = not known
  /// Hand-overs without a receipt that have waited longest, oldest first. Receipts that never come must be
  /// left out by the caller after a day.
  std::span<const time_point> unconfirmed;
};

/// The slow part is a level for each hour of the week, kept as logarithms, because a provider that is slow is
/// so by a factor; hours borrow from their neighbours and from the whole. The fast part is the factor by
/// which receipts of the last minutes differ from it; it fades within the hour.
class latency_signal {
 public:
  void add(const receipt& r);

  /// How long a message handed over at `at` will take. With nothing measured yet the default, marked as
  /// assumed (SF-26).
  [[nodiscard]] latency_used estimate(time_point at, time_point now, const queue_view& queue) const;
  [[nodiscard]] std::uint64_t receipts() const { return receipts_; }

  bool operator==(const latency_signal&) const = default;

  static constexpr duration assumed{std::chrono::seconds(0)};
  static constexpr duration longest{std::chrono::hours(6)};

 private:
  struct level {
    float log_sum = 0;  ///< of log2 seconds
    float weight = 0;
    bool operator==(const level&) const = default;
  };
  [[nodiscard]] float slow(time_point at) const;
  [[nodiscard]] float fast(time_point now) const;

  std::array<level, hours_per_week> by_hour_{};
  level whole_;
  level recent_;  ///< log2 of measured over foretold
  time_point recent_at_{};
  std::uint64_t receipts_ = 0;
};

/// Three times the estimate or more (SF-30).
[[nodiscard]] bool is_spike(duration before, duration after);

}  // namespace heed::timing
