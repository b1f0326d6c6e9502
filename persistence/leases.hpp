#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "persistence/store.hpp"

/// Several nodes on one store: who is alive, and who writes for which shards. All instants are by the store's clock.
namespace heed {

/// One life of a process. On the same host and boot, a process that is gone, or started at another time, is proof of death.
struct node_card {
  std::uint64_t epoch = 0;  ///< of this life; what it claims carries it
  std::string id;
  std::string name;         ///< the same in every life: what shards are assigned by
  std::string address;      ///< for other nodes
  std::uint16_t port = 0;
  std::string host, boot;
  int pid = 0;
  std::int64_t pid_started = 0;  ///< clock ticks since boot, as in /proc/PID/stat
  std::string version;
};
struct node_seen {
  node_card who;
  bool draining = false;
  std::chrono::microseconds age{0};   ///< since it started
  std::chrono::microseconds left{0};  ///< until it expires, when it was read
};
struct lease_row {
  shard_id shard = 0;
  std::uint64_t epoch = 0;
  std::string owner;  ///< a node's id; empty = nobody's
};
/// What a heartbeat brings back.
struct cluster_reading {
  time_point now{};                 ///< the store's clock
  std::vector<node_seen> nodes;     ///< those not known to be dead, by epoch
  std::vector<lease_row> leases;    ///< all, by shard
  std::map<std::string, std::uint64_t> config;  ///< version by workspace; "" = of the whole installation
};
struct granted {
  shard_id shard = 0;
  std::uint64_t epoch = 0;
};
/// A lead whose inbox has word of a call that died with its node.
struct told_lead {
  workspace_id workspace;
  lead_id lead;
};

/// One caller, one thread. Every call ends within its time: a store that does not answer is `retry`, and what was asked of
/// it may have happened. `fatal`: others hold this node for dead; it must begin a new life.
class lease_store {
 public:
  virtual ~lease_store() = default;
  virtual result<void> join(const node_card& me, std::chrono::microseconds ttl) = 0;
  /// Renews, and reads what has changed.
  virtual result<cluster_reading> beat(std::chrono::microseconds ttl, bool draining) = 0;
  /// Marks as dead who has expired, and those of `proved` whoever has not; ends their connections.
  /// @return the epochs of those that died by this very call
  virtual result<std::vector<std::uint64_t>> bury(std::span<const std::uint64_t> proved) = 0;
  /// Of these, as they were seen, those that are free still.
  virtual result<std::vector<granted>> take(std::span<const lease_row> wanted) = 0;
  /// Waits for commits under way; what begins later under the old grants is refused.
  virtual result<void> release(std::span<const shard_id> shards) = 0;
  virtual result<void> leave() = 0;
  /// Calls of dead nodes for accounts of these shards become unknown, each with its stimulus.
  virtual result<std::vector<told_lead>> lose_calls(const std::vector<bool>& shards, time_point now) = 0;
};

/// Leases of a store that was opened `shared` and attached. `refused` where the store cannot be shared.
[[nodiscard]] result<std::unique_ptr<lease_store>> open_leases(const std::string& url, store& opened);

}  // namespace heed
