#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "runtime/cluster/membership.hpp"

/// Nodes of a cluster as far as leases go, in virtual time: the product's own functions over a model of the store's rows. Calls to
/// the store take time in both directions, are lost in either, nodes freeze, die, come back and are cut off, and clocks drift.
namespace heed::test {

struct lease_faults {
  double lost_request = 0.02, lost_answer = 0.02;  ///< of calls to the store
  std::chrono::microseconds slowest{40'000};       ///< of one direction
  double blows_per_second = 0.3;                   ///< freezes, deaths, cuts
  double drift = 200e-6;                           ///< of a node's steady clock
};

struct lease_figures {
  std::uint64_t beats = 0, rows_read = 0, moves = 0, deaths = 0, fenced = 0, decisions = 0;
  std::chrono::microseconds longest_unowned{0};
  std::vector<std::string> broken;  ///< promises, with when and whose
};

class lease_world {
 public:
  lease_world(std::size_t nodes, std::uint64_t seed, lease_faults faults);
  /// Runs so long, blows included.
  void run(std::chrono::milliseconds time);
  /// No more blows; runs on until nothing moves. False when it does not come to that.
  [[nodiscard]] bool settle();
  void add_node();
  void end_node(std::size_t node, bool in_order);
  [[nodiscard]] const lease_figures& figures() const { return figures_; }
  /// Shards by node, of those alive.
  [[nodiscard]] std::map<std::uint64_t, std::size_t> held() const;

 private:
  using instant = std::chrono::microseconds;  ///< of the world
  struct node {
    std::uint64_t epoch = 0;
    std::string name;
    double rate = 1;
    bool alive = true, draining = false;
    instant frozen_until{0}, cut_until{0};
    instant next_beat{0};
    instant trusted{0};  ///< in its own time
    std::map<shard_id, std::uint64_t> grants;
  };
  struct stored {
    std::string name;
    instant expires{0};
    bool dead = false, draining = false;
  };
  [[nodiscard]] instant own(const node& n, instant t) const;
  void step();
  void blow();
  void beat(node& n);
  void decide();
  [[nodiscard]] cluster_reading read(instant at);
  [[nodiscard]] instant delay();
  [[nodiscard]] bool chance(double p) { return std::uniform_real_distribution<>(0, 1)(dice_) < p; }
  [[nodiscard]] node fresh(const std::string& name);

  lease_faults faults_;
  std::mt19937_64 dice_;
  cluster::lease_times times_;
  instant now_{0};
  std::uint64_t epochs_ = 0;
  std::vector<node> nodes_;
  std::map<std::uint64_t, stored> rows_;
  std::vector<lease_row> leases_;
  std::vector<instant> unowned_since_;
  lease_figures figures_;
  bool blows_ = true;
};

}  // namespace heed::test
