#pragma once

#include <algorithm>
#include <functional>

#include "runtime/clock.hpp"

namespace heed::simulation {

/// The machine's two clocks: steady time only grows, the wall clock can be set.
struct machine_time {
  time_point wall{};
  duration elapsed{};  ///< steady, since the seed began

  void advance(duration d) {
    wall += d;
    elapsed += d;
  }
  void set_wall(duration by) { wall += by; }
};

/// A node's view of them, as `anchored_clock` at scale 1: never below what it answered before, and a sleep
/// ends when the wall clock itself gets there. `asked` is told of every question and may throw: a crash in
/// the middle of whatever was being done.
class simulated_clock final : public clock {
 public:
  simulated_clock(const machine_time& machine, time_point high_water, std::function<void()> asked)
      : machine_(machine), high_water_(high_water), asked_(std::move(asked)) {}

  [[nodiscard]] time_point now() const override {
    asked_();
    return high_water_ = std::max(high_water_, machine_.wall);
  }
  [[nodiscard]] time_point real_now() const override { return machine_.wall; }
  [[nodiscard]] ticks steady() const override {
    asked_();
    return ticks{std::chrono::seconds(1'000) + machine_.elapsed};
  }
  [[nodiscard]] duration real_delay_until(time_point domain) const override {
    return std::max(domain - machine_.wall, duration{0});
  }

 private:
  const machine_time& machine_;
  mutable time_point high_water_;
  std::function<void()> asked_;
};

}  // namespace heed::simulation
