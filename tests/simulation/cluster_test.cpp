#include <iostream>

#include "tests/simulation/support/lease_world.hpp"

#define CAF_SUITE cluster
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

std::string all_of(const lease_figures& f) {
  std::string out;
  for (std::size_t i = 0; i < f.broken.size() && i < 3; ++i)
    out += f.broken[i] + "; ";
  return out;
}

}  // namespace

CAF_TEST(no two nodes decide in one shard whatever freezes and dies and is cut off or lost) {
  // Method: 300 worlds of 2 to 6 nodes, half a minute each, then no more blows: every shard has one owner and shares are even.
  std::uint64_t decisions = 0, deaths = 0, moves = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    lease_world w(2 + seed % 5, seed, {});
    w.run(30s);
    const bool settled = w.settle();
    const auto& f = w.figures();
    if (!f.broken.empty() || !settled)
      CAF_ERROR("seed " << seed << ": " << all_of(f) << (settled ? "" : " does not come to rest"));
    decisions += f.decisions;
    deaths += f.deaths;
    moves += f.moves;
  }
  CAF_MESSAGE(decisions << " decisions, " << deaths << " nodes held for dead, " << moves << " moves");
  CAF_CHECK(deaths > 300);
}

CAF_TEST(a node that trusts a lease for all of its life is found) {
  // The canary: a clock that runs a quarter slow trusts longer than the store waits.
  bool found = false;
  for (std::uint64_t seed = 1; seed <= 200 && !found; ++seed) {
    lease_faults f;
    f.drift = 0.6;
    lease_world w(3, seed, f);
    w.run(30s);
    found = !w.figures().broken.empty();
  }
  CAF_CHECK(found);
}

CAF_TEST(a node that comes or goes moves a share and coordination stays small) {
  // Method: no faults; nodes at rest, then one more, then one ends in order, then one dies. Figures go into runtime/cluster/README.md.
  for (const std::size_t n : {3u, 10u, 100u}) {
    lease_faults calm{0, 0, 2'000us, 0, 0};
    lease_world w(n, 1, calm);
    w.run(5s);
    CAF_CHECK(w.settle());
    const auto before = w.figures();
    w.run(10s);
    const auto& rest = w.figures();
    CAF_CHECK_EQUAL(rest.moves, before.moves);
    const auto beats = rest.beats - before.beats;
    const auto rows = rest.rows_read - before.rows_read;
    const auto at_rest = w.figures().moves;
    w.add_node();
    CAF_CHECK(w.settle());
    const auto joined = w.figures().moves - at_rest;
    w.end_node(0, true);
    CAF_CHECK(w.settle());
    const auto left = w.figures().moves - at_rest - joined;
    w.end_node(1, false);
    CAF_CHECK(w.settle());
    const auto died = w.figures().moves - at_rest - joined - left;
    CAF_MESSAGE(n << " nodes: " << beats / 10 << " heartbeats/s and " << rows / 10 << " node rows/s in all; moves: join "
                  << joined << ", leave " << left << ", death " << died);
    // A release and a grant each.
    CAF_CHECK(joined <= 2 * (shard_count / (n + 1) + 1));
    CAF_CHECK(left <= 2 * (shard_count / n + 1));
    CAF_CHECK(died <= shard_count / n + 1);
    CAF_CHECK(w.figures().broken.empty());
  }
}
