#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "persistence/leases.hpp"

/// What one node makes of what it reads at a heartbeat. Pure: the cluster actor carries it out, the simulator too.
namespace heed::cluster {

using ticks = std::chrono::steady_clock::time_point;

/// PROTOCOL, Cluster.
struct lease_times {
  std::chrono::milliseconds ttl{2'000};
  std::chrono::milliseconds renew{500};
};

/// Until when a lease may be trusted that was renewed by a call begun then: the time to live minus one renewal, by the own
/// steady clock. Whoever takes it waits for the whole of it by the store's clock, from the call's arrival there; so neither
/// a slow answer nor a wall clock that was set makes two of them.
[[nodiscard]] ticks trusted_until(ticks asked_at, const lease_times& t);

/// When to look again: at the next renewal, or as soon as somebody is expired if that is earlier.
[[nodiscard]] std::chrono::microseconds next_look(const cluster_reading& r, std::uint64_t me, const lease_times& t);

/// Who has expired, by the store's clock; and who is proved dead.
[[nodiscard]] std::vector<std::uint64_t> expired(const cluster_reading& r, std::uint64_t me);

struct move_limits {
  std::size_t leave_at_once = 32;  ///< shards that are given away together while the node stays
};
/// What a node does about its shards.
struct moves {
  std::vector<lease_row> take;   ///< free, and to be this node's: as they were seen
  std::vector<shard_id> leave;   ///< this node's, and to be another's
  std::map<shard_id, bool> dead; ///< of those to take: true when their owner died, false when they were released
};
/// @param draining this node wants to have nothing
[[nodiscard]] moves plan_moves(const cluster_reading& r, std::uint64_t me, bool draining, const move_limits& limits);

/// The node a shard belongs to, as far as it is alive; 0 = none.
[[nodiscard]] std::uint64_t owner_of(const cluster_reading& r, const lease_row& lease);

/// Lives that the former reading had and this one has not.
[[nodiscard]] std::vector<std::uint64_t> gone(const cluster_reading& before, const cluster_reading& now);

/// Workspaces whose configuration has changed between the two; "" = the whole installation.
[[nodiscard]] std::set<std::string> changed(const std::map<std::string, std::uint64_t>& before,
                                            const std::map<std::string, std::uint64_t>& now);

}  // namespace heed::cluster
