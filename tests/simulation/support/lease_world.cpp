#include "tests/simulation/support/lease_world.hpp"

#include <algorithm>

namespace heed::test {
namespace {

using namespace std::chrono_literals;

constexpr auto one_step = 2ms;
constexpr auto most_to_settle = 60s;

std::string id_of(std::uint64_t epoch) { return "node-" + std::to_string(epoch); }

}  // namespace

lease_world::lease_world(std::size_t nodes, std::uint64_t seed, lease_faults faults)
    : faults_(faults), dice_(seed), unowned_since_(shard_count) {
  for (shard_id s = 0; s < shard_count; ++s)
    leases_.push_back({s, 0, ""});
  for (std::size_t i = 0; i < nodes; ++i)
    add_node();
}

lease_world::node lease_world::fresh(const std::string& name) {
  node n;
  n.epoch = ++epochs_;
  n.name = name;
  n.rate = 1 + faults_.drift * std::uniform_real_distribution<>(-1, 1)(dice_);
  n.next_beat = now_;
  rows_[n.epoch] = {name, now_ + times_.ttl, false, false};
  return n;
}

void lease_world::add_node() { nodes_.push_back(fresh("n" + std::to_string(nodes_.size()))); }

void lease_world::end_node(std::size_t at, bool in_order) {
  if (in_order)
    nodes_[at].draining = true;
  else
    nodes_[at].alive = false;
}

lease_world::instant lease_world::own(const node& n, instant t) const {
  return instant(static_cast<std::int64_t>(static_cast<double>(t.count()) * n.rate));
}

lease_world::instant lease_world::delay() {
  return instant(static_cast<std::int64_t>(dice_() % (static_cast<std::uint64_t>(faults_.slowest.count()) + 1)));
}

cluster_reading lease_world::read(instant at) {
  cluster_reading r;
  for (const auto& [epoch, row] : rows_) {
    if (row.dead) continue;
    node_seen n;
    n.who.epoch = epoch;
    n.who.id = id_of(epoch);
    n.who.name = row.name;
    n.draining = row.draining;
    n.left = row.expires - at;
    r.nodes.push_back(std::move(n));
  }
  r.leases = leases_;
  figures_.rows_read += r.nodes.size();
  return r;
}

/// One heartbeat with all that follows from it; what the store does happens at its own instant, between the two delays.
void lease_world::beat(node& n) {
  ++figures_.beats;
  const auto asked = own(n, now_);
  n.next_beat = now_ + times_.renew;
  if (now_ < n.cut_until || chance(faults_.lost_request)) return;
  const auto there = now_ + delay();
  auto& mine = rows_.at(n.epoch);
  if (mine.dead) {
    // Others hold it for dead: it begins a new life.
    figures_.fenced += n.grants.size();
    n = fresh(n.name);
    return;
  }
  mine.expires = there + times_.ttl;
  mine.draining = n.draining;
  for (auto& [epoch, row] : rows_)
    if (!row.dead && row.expires <= there) row.dead = true, ++figures_.deaths;
  const auto r = read(there);
  if (chance(faults_.lost_answer)) return;
  n.trusted = asked + std::chrono::duration_cast<instant>(times_.ttl - times_.renew);
  const auto moves = cluster::plan_moves(r, n.epoch, n.draining, {});
  for (const auto s : moves.leave) {
    n.grants.erase(s);
    leases_[s].owner.clear();
    ++leases_[s].epoch;
    unowned_since_[s] = there;
    ++figures_.moves;
  }
  // One statement of the store: only what is free still.
  for (const auto& wanted : moves.take) {
    auto& lease = leases_[wanted.shard];
    if (lease.epoch != wanted.epoch) continue;
    figures_.longest_unowned = std::max(figures_.longest_unowned, there - unowned_since_[wanted.shard]);
    lease.owner = id_of(n.epoch);
    lease.epoch = ++epochs_;
    n.grants[wanted.shard] = lease.epoch;
    ++figures_.moves;
  }
  n.next_beat = std::min(n.next_beat, now_ + cluster::next_look(r, n.epoch, times_));
  // Whoever released or took tells the others.
  if (moves.leave.empty() && moves.take.empty()) return;
  for (auto& other : nodes_)
    if (other.epoch != n.epoch && !chance(faults_.lost_request)) other.next_beat = std::min(other.next_beat, there + delay());
}

/// Every node begins a decision in some shard that it believes to have; I-05: nobody else has been granted it.
void lease_world::decide() {
  for (auto& n : nodes_) {
    if (!n.alive || now_ < n.frozen_until || n.grants.empty() || own(n, now_) >= n.trusted) continue;
    auto at = n.grants.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(dice_() % n.grants.size()));
    ++figures_.decisions;
    const auto& lease = leases_[at->first];
    if (lease.owner != id_of(n.epoch) || lease.epoch != at->second)
      figures_.broken.push_back("at " + std::to_string(now_.count()) + " us " + n.name + " decides in shard " +
                                std::to_string(at->first) + " that is " + lease.owner + "'s");
  }
}

void lease_world::blow() {
  auto& n = nodes_[dice_() % nodes_.size()];
  const auto time = std::chrono::milliseconds(100 + dice_() % 5'000);
  switch (dice_() % 3) {
    case 0: n.frozen_until = now_ + time; break;
    case 1: n.cut_until = now_ + time; break;
    default:
      // Dead, and started again.
      for (const auto& [s, epoch] : n.grants)
        unowned_since_[s] = now_;
      n = fresh(n.name);
      n.next_beat = now_ + time;
  }
}

void lease_world::step() {
  now_ += one_step;
  if (blows_ && chance(faults_.blows_per_second * std::chrono::duration<double>(one_step).count())) blow();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    auto& n = nodes_[i];
    if (n.alive && now_ >= n.frozen_until && now_ >= n.next_beat) beat(n);
  }
  decide();
}

void lease_world::run(std::chrono::milliseconds time) {
  const auto end = now_ + time;
  while (now_ < end)
    step();
}

bool lease_world::settle() {
  blows_ = false;
  for (auto& n : nodes_)
    n.frozen_until = n.cut_until = instant{0};
  const auto end = now_ + most_to_settle;
  auto quiet_since = now_;
  for (auto moves = figures_.moves; now_ < end;) {
    step();
    if (figures_.moves != moves) moves = figures_.moves, quiet_since = now_;
    if (now_ - quiet_since > 5s) break;
  }
  blows_ = true;
  const auto all = held();
  std::size_t sum = 0, least = shard_count, most = 0;
  for (const auto& n : nodes_) {
    if (!n.alive || n.draining) continue;
    const auto found = all.find(n.epoch);
    const auto count = found == all.end() ? 0 : found->second;
    sum += count;
    least = std::min(least, count);
    most = std::max(most, count);
  }
  return sum == shard_count && most - least <= 1;
}

std::map<std::uint64_t, std::size_t> lease_world::held() const {
  std::map<std::uint64_t, std::size_t> out;
  for (const auto& n : nodes_)
    if (n.alive) out[n.epoch] = static_cast<std::size_t>(std::ranges::count(leases_, id_of(n.epoch), &lease_row::owner));
  return out;
}

}  // namespace heed::test
