#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "persistence/rows.hpp"

namespace heed {

/// The shard of what belongs to a workspace as a whole: its actor, its notices, its jobs.
[[nodiscard]] inline shard_id shard_of(const workspace_id& ws) {
  return static_cast<shard_id>(stable_hash(ws.value) % shard_count);
}

/// Which shards this node of several may decide for, under which epochs, and until when it may believe that; read on every
/// decision by many threads, written by the cluster actor alone. A shard that is being given away has no epoch here any
/// more, while its lease row still names this node: what is under way may finish, nothing new begins.
class shard_table {
 public:
  using ticks = std::chrono::steady_clock::time_point;

  /// The epoch of its grant; 0 = this node does not decide for it.
  [[nodiscard]] std::uint64_t epoch(shard_id s) const { return epochs_[s].load(std::memory_order_acquire); }
  [[nodiscard]] bool owns(shard_id s) const { return epoch(s) != 0; }
  /// False once the leases were not renewed in time by this node's own steady clock (I-05).
  [[nodiscard]] bool trusted(ticks now) const { return now < ticks{ticks::duration{until_.load(std::memory_order_acquire)}}; }
  /// The epoch of the node that owned it when the membership was last read; 0 = nobody.
  [[nodiscard]] std::uint64_t owner(shard_id s) const { return owners_[s].load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t owned() const {
    std::size_t n = 0;
    for (const auto& e : epochs_)
      n += e.load(std::memory_order_relaxed) != 0 ? 1 : 0;
    return n;
  }

  void take(shard_id s, std::uint64_t epoch) { epochs_[s].store(epoch, std::memory_order_release); }
  void leave(shard_id s) { epochs_[s].store(0, std::memory_order_release); }
  void trust_until(ticks t) { until_.store(t.time_since_epoch().count(), std::memory_order_release); }
  void set_owner(shard_id s, std::uint64_t node) { owners_[s].store(node, std::memory_order_relaxed); }

 private:
  std::array<std::atomic<std::uint64_t>, shard_count> epochs_{};
  std::array<std::atomic<std::uint64_t>, shard_count> owners_{};
  std::atomic<ticks::rep> until_{0};
};

}  // namespace heed
