#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <string_view>

#include "actors/lead/time.hpp"
#include "persistence/errc.hpp"

namespace heed {

/// The one clock, injected everywhere. Decisions live in domain time; signatures, TLS, leases and HTTP
/// deadlines stay in real time.
class clock {
 public:
  using ticks = std::chrono::steady_clock::time_point;
  virtual ~clock() = default;

  /// Domain time; never goes back, not even over a restart.
  [[nodiscard]] virtual time_point now() const = 0;
  [[nodiscard]] virtual time_point real_now() const = 0;
  [[nodiscard]] virtual ticks steady() const = 0;
  /// How long to sleep in real time until that domain instant, rounded up so that nothing fires early.
  [[nodiscard]] virtual duration real_delay_until(time_point domain) const = 0;
};

/// Where domain time was pinned to real time, and how many times faster it runs. Kept in the store, so that a
/// restarted demo goes on where it was.
struct clock_anchor {
  time_point real0{};
  time_point domain0{};
  std::int64_t scale = 1;
};
[[nodiscard]] std::string encode_anchor(const clock_anchor& a);
[[nodiscard]] result<clock_anchor> decode_anchor(std::string_view text);

/// The machine's clock through an anchor, above a persisted high-water mark.
class anchored_clock final : public clock {
 public:
  anchored_clock(clock_anchor anchor, time_point high_water);

  [[nodiscard]] time_point now() const override;
  [[nodiscard]] time_point real_now() const override;
  [[nodiscard]] ticks steady() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] duration real_delay_until(time_point domain) const override;
  /// From now on real time is what somebody else's clock says plus what has passed here since, whatever becomes of this
  /// machine's own clock.
  void follow(time_point theirs, ticks at);
  /// The latest instant ever answered; the node persists it.
  [[nodiscard]] time_point high_water() const { return from_micros(high_water_.load()); }
  [[nodiscard]] const clock_anchor& anchor() const { return anchor_; }

 private:
  clock_anchor anchor_;
  mutable std::atomic<std::int64_t> high_water_;
  std::atomic<std::int64_t> ahead_of_steady_{0};  ///< microseconds; 0 = this machine's own clock
};

/// Stands still until told; steady time moves with it.
class manual_clock final : public clock {
 public:
  explicit manual_clock(time_point start) : now_(to_micros(start)) {}

  [[nodiscard]] time_point now() const override { return from_micros(now_.load()); }
  [[nodiscard]] time_point real_now() const override { return now(); }
  [[nodiscard]] ticks steady() const override { return ticks{std::chrono::microseconds(steady_.load())}; }
  [[nodiscard]] duration real_delay_until(time_point domain) const override {
    return domain > now() ? domain - now() : duration{0};
  }
  void advance(duration d) { now_ += d.count(), steady_ += d.count(); }

 private:
  std::atomic<std::int64_t> now_;
  std::atomic<std::int64_t> steady_{1'000'000};
};

}  // namespace heed
