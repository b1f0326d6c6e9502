#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "actors/component_actor.hpp"
#include "runtime/cluster/messages.hpp"
#include "runtime/cluster/options.hpp"
#include "runtime/cluster/view.hpp"
#include "runtime/telemetry.hpp"

namespace heed::cluster {

/// What the node does for its cluster actor. Called from that actor's thread.
struct cluster_hooks {
  std::function<void(const shards_changed&)> tell_workspaces;
  /// Take up what an owner of these left undone; `death` = it may have been killed by it.
  std::function<void(std::shared_ptr<const std::set<shard_id>>, bool death)> recover;
  /// A workspace's configuration has changed; "" = the whole installation's.
  std::function<void(const std::string& workspace)> take_up;
};

/// Membership and leases of one node of several: renews its row, finds others dead, takes and gives shards, and tells the
/// node's actors. On a thread of its own, with a connection of its own, so that nothing that is busy keeps it from renewing.
class cluster_actor final : public component_actor {
 public:
  cluster_actor(caf::actor_config& cfg, caf::actor boss, const services* all, shard_table* table,
                std::shared_ptr<lease_store> leases, node_card me, anchored_clock* time, telemetry* figures,
                cluster_board* shown, cluster_options options, cluster_hooks hooks);
  [[nodiscard]] const char* name() const override { return "cluster"; }

 protected:
  caf::behavior running() override;
  void restarted() override;
  void ended() override { hooks_ = {}; }

 private:
  /// Shards that are being given away.
  struct wave {
    std::uint64_t round = 0;
    std::set<shard_id> shards;
    std::size_t waits_for = 0;  ///< regions
    ticks began{};
  };

  void beat();
  void beat_at_once();
  void plan_next_beat(std::chrono::microseconds in);
  [[nodiscard]] bool bury_the_dead(const cluster_reading& r);
  void take_in(const cluster_reading& r);
  void follow_owners(const cluster_reading& r);
  void move_shards(const cluster_reading& r);
  void gained(const std::vector<granted>& all, const moves& asked);
  void begin_leaving(const std::vector<shard_id>& shards);
  void quiet(std::uint64_t round);
  void release();
  void lose_calls();
  void look_for_lost();
  void tell(const shards_changed& c);
  [[nodiscard]] std::shared_ptr<const std::set<shard_id>> held_shards() const;

  const services* all_;
  shard_table* table_;
  std::shared_ptr<lease_store> leases_;
  node_card me_;
  anchored_clock* time_;
  telemetry* figures_;
  cluster_board* shown_;
  cluster_options options_;
  cluster_hooks hooks_;

  cluster_reading last_;
  std::map<shard_id, std::uint64_t> held_;  ///< with the epochs of their grants; those being given away too
  std::optional<wave> leaving_;
  std::uint64_t rounds_ = 0;
  bool draining_ = false;
  bool read_once_ = false;
  ticks beaten_at_{};
  std::uint64_t beat_wanted_ = 0;  ///< the one tick that counts
  std::optional<ticks> found_dead_at_;
  bool calls_to_lose_ = false;
  /// The newest undecided stimulus that the last look found; a reader's thread writes it.
  std::shared_ptr<std::atomic<std::uint64_t>> seen_pending_ = std::make_shared<std::atomic<std::uint64_t>>(0);
  unsigned looks_ = 0;
};

}  // namespace heed::cluster
