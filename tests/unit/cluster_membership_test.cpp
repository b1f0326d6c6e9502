#include "runtime/cluster/membership.hpp"

#include <algorithm>

#include "runtime/cluster/own_card.hpp"

#define CAF_SUITE cluster_membership
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::cluster;
using namespace std::chrono_literals;

namespace {

node_seen node(std::uint64_t epoch, const std::string& name, std::chrono::microseconds left = 2s) {
  node_seen n;
  n.who.epoch = epoch;
  n.who.id = "node-" + std::to_string(epoch);
  n.who.name = name;
  n.left = left;
  return n;
}

/// All shards are that node's; 0 = nobody's.
cluster_reading reading(std::vector<node_seen> nodes, std::uint64_t owner = 0) {
  cluster_reading r;
  r.nodes = std::move(nodes);
  for (shard_id s = 0; s < shard_count; ++s)
    r.leases.push_back({s, 7, owner == 0 ? "" : "node-" + std::to_string(owner)});
  return r;
}

/// Carries out what every node wants, until nobody wants anything; the number of rounds, 100 = it did not end.
int settle(cluster_reading& r, const std::map<std::uint64_t, bool>& draining = {}) {
  for (int round = 0; round < 100; ++round) {
    bool any = false;
    for (const auto& n : r.nodes) {
      const auto drains = draining.contains(n.who.epoch);
      const auto m = plan_moves(r, n.who.epoch, drains, {});
      for (const auto& l : m.take) r.leases[l.shard].owner = n.who.id, ++r.leases[l.shard].epoch, any = true;
      for (const auto s : m.leave) r.leases[s].owner = "", ++r.leases[s].epoch, any = true;
    }
    if (!any) return round;
  }
  return 100;
}

std::map<std::string, int> held(const cluster_reading& r) {
  std::map<std::string, int> out;
  for (const auto& l : r.leases)
    ++out[l.owner];
  return out;
}

}  // namespace

CAF_TEST(a lease is trusted for its life minus one renewal counted from before it was asked for) {
  const ticks asked{100s};
  CAF_CHECK(trusted_until(asked, {2'000ms, 500ms}) == asked + 1'500ms);
}

CAF_TEST(the next look is the next renewal or the instant at which somebody has expired) {
  const lease_times t{2'000ms, 500ms};
  CAF_CHECK(next_look(reading({node(1, "a"), node(2, "b")}), 1, t) == 500ms);
  CAF_CHECK(next_look(reading({node(1, "a"), node(2, "b", 120ms)}), 1, t) == 125ms);
  CAF_CHECK(next_look(reading({node(1, "a", 1ms), node(2, "b")}), 1, t) == 500ms);
}

CAF_TEST(only others are held for dead and only once their life is over) {
  const auto r = reading({node(1, "a", -1s), node(2, "b", 1us), node(3, "c", 0us)});
  CAF_CHECK(expired(r, 1) == std::vector<std::uint64_t>{3});
}

CAF_TEST(free shards are taken by each node up to its share) {
  auto r = reading({node(1, "a"), node(2, "b"), node(3, "c")});
  CAF_CHECK(settle(r) < 3);
  for (const auto& [owner, n] : held(r))
    CAF_CHECK(n == 85 || n == 86);
}

CAF_TEST(nobody takes a shard whose owner is alive even when it should be elsewhere) {
  const auto r = reading({node(1, "a"), node(2, "b")}, 1);
  const auto of_b = plan_moves(r, 2, false, {});
  CAF_CHECK(of_b.take.empty());
  const auto of_a = plan_moves(r, 1, false, {.leave_at_once = 32});
  CAF_CHECK_EQUAL(of_a.leave.size(), 32u);
}

CAF_TEST(shards of the dead are told from released ones) {
  auto r = reading({node(2, "b")}, 1);
  r.leases[0].owner = "";
  const auto m = plan_moves(r, 2, false, {});
  CAF_CHECK_EQUAL(m.take.size(), std::size_t{shard_count});
  CAF_CHECK(!m.dead.at(0));
  CAF_CHECK(m.dead.at(1));
}

CAF_TEST(a draining node gives everything away and gets nothing back) {
  auto r = reading({node(1, "a"), node(2, "b"), node(3, "c")});
  settle(r);
  r.nodes[1].draining = true;
  CAF_CHECK_EQUAL(plan_moves(r, 2, true, {}).leave.size(), static_cast<std::size_t>(held(r).at("node-2")));
  CAF_CHECK(settle(r, {{2, true}}) < 20);
  const auto after = held(r);
  CAF_CHECK(!after.contains("node-2"));
  CAF_CHECK_EQUAL(after.at("node-1"), 128);
}

CAF_TEST(the last node keeps what it has however much it wants to drain) {
  auto r = reading({node(1, "a")}, 1);
  r.nodes[0].draining = true;
  CAF_CHECK(plan_moves(r, 1, true, {}).leave.empty());
}

CAF_TEST(who is not in the reading takes nothing) {
  CAF_CHECK(plan_moves(reading({node(2, "b")}), 1, false, {}).take.empty());
}

CAF_TEST(two lives of one name do not share their shards) {
  auto r = reading({node(1, "a"), node(2, "a")});
  settle(r);
  const auto after = held(r);
  CAF_CHECK_EQUAL(after.at("node-1"), 128);
  CAF_CHECK_EQUAL(after.at("node-2"), 128);
}

CAF_TEST(what changed between two readings is told) {
  CAF_CHECK(gone(reading({node(1, "a"), node(2, "b")}), reading({node(2, "b"), node(3, "c")})) == std::vector<std::uint64_t>{1});
  CAF_CHECK(changed({{"acme", 1}, {"", 4}}, {{"acme", 2}, {"", 4}, {"zeta", 1}}) == (std::set<std::string>{"acme", "zeta"}));
}

CAF_TEST(death is proved by processes of this machine alone) {
  const auto me = own_card();
  CAF_CHECK(!me.host.empty());
  CAF_CHECK(me.pid_started > 0);
  auto them = me;
  CAF_CHECK(!is_proved_dead(them, me));
  them.epoch = 1;
  auto later = me;
  later.epoch = 2;
  // A former life of this process, which started itself again.
  CAF_CHECK(is_proved_dead(them, later));
  them = me;
  them.pid = 1;
  them.pid_started = me.pid_started + 1;
  CAF_CHECK(is_proved_dead(them, me));
  them.host = "elsewhere";
  CAF_CHECK(!is_proved_dead(them, me));
}
