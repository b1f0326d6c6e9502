#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>

#include "actors/component_actor.hpp"
#include "runtime/telemetry.hpp"

namespace heed {

struct timers_options {
  duration window =
      std::chrono::minutes(10);      ///< how far ahead, in domain time, due times are held in memory
  std::size_t window_rows = 50'000;  ///< most rows read at once
  std::size_t in_flight = 2'000;     ///< fired and not committed; bounds the stampede after a stop
  std::chrono::milliseconds refill_every = std::chrono::seconds(1);
  std::chrono::seconds fire_again{60};  ///< a firing nobody answered is repeated
};

/// All due times of the node. Sleeps until the earliest one, never wakes a lead early, and keeps an entry
/// until the commit that came of it re-armed or ended it. The store's timer rows are the truth; this is their
/// near end.
class timers_actor final : public component_actor {
 public:
  timers_actor(caf::actor_config& cfg, caf::actor boss, const services* all, telemetry& figures,
               timers_options options);
  [[nodiscard]] const char* name() const override { return "timers"; }
  [[nodiscard]] std::size_t held() const { return slots_.size(); }
  [[nodiscard]] std::size_t in_flight() const { return fired_; }

 protected:
  caf::behavior running() override;
  void restarted() override;

 private:
  struct slot {
    workspace_id workspace;
    std::uint64_t generation = 0;
    time_point due{};
    bool fired = false;
    clock::ticks fired_at{};
  };
  using slots = std::unordered_map<std::string, slot>;
  using queue = std::multimap<time_point, slots::value_type*>;

  void arm(const arm_timer& a);
  void put(const workspace_id& ws, const lead_id& lead, std::uint64_t generation, time_point due);
  void drop(slots::iterator at);
  void fire_due();
  void fire(slots::value_type& s);
  void sleep();
  void refill();
  void load(time_point until);
  void on_loaded(timers_loaded& l);
  void repeat_lost();
  void shards_moved(const shards_changed& c);

  const services* all_;
  telemetry& figures_;
  timers_options options_;
  slots slots_;
  queue queue_;  ///< armed slots by due time; fired ones are not in it
  std::size_t fired_ = 0;
  std::optional<time_point> horizon_;  ///< due times up to it are in memory; none before the first read
  bool loading_ = false;
  bool started_ = false;
  std::uint64_t wake_ = 0;  ///< generation of the one wake-up that counts
  std::optional<time_point> wake_at_;
};

}  // namespace heed
