#include "runtime/cluster/membership.hpp"

#include <algorithm>

#include "runtime/cluster/assignment.hpp"

namespace heed::cluster {
namespace {

/// Beyond the instant of expiry, so that the look finds it past.
constexpr std::chrono::microseconds slack{5'000};

const node_seen* find(const cluster_reading& r, std::uint64_t epoch) {
  const auto at = std::ranges::find(r.nodes, epoch, [](const node_seen& n) { return n.who.epoch; });
  return at == r.nodes.end() ? nullptr : &*at;
}

}  // namespace

ticks trusted_until(ticks asked_at, const lease_times& t) { return asked_at + t.ttl - t.renew; }

std::chrono::microseconds next_look(const cluster_reading& r, std::uint64_t me, const lease_times& t) {
  std::chrono::microseconds out = t.renew;
  for (const auto& n : r.nodes)
    if (n.who.epoch != me) out = std::min(out, std::max(n.left, std::chrono::microseconds{0}) + slack);
  return out;
}

std::vector<std::uint64_t> expired(const cluster_reading& r, std::uint64_t me) {
  std::vector<std::uint64_t> out;
  for (const auto& n : r.nodes)
    if (n.who.epoch != me && n.left.count() <= 0) out.push_back(n.who.epoch);
  return out;
}

std::uint64_t owner_of(const cluster_reading& r, const lease_row& lease) {
  if (lease.owner.empty()) return 0;
  const auto at = std::ranges::find(r.nodes, lease.owner, [](const node_seen& n) -> const std::string& { return n.who.id; });
  return at == r.nodes.end() ? 0 : at->who.epoch;
}

moves plan_moves(const cluster_reading& r, std::uint64_t me, bool draining, const move_limits& limits) {
  moves out;
  if (!find(r, me)) return out;
  std::vector<std::string> names;
  std::vector<std::uint64_t> epochs;
  for (const auto& n : r.nodes) {
    if (n.draining || (draining && n.who.epoch == me)) continue;
    // Two lives of one name, as when a process was started before its former life was found dead: both count, apart.
    auto name = n.who.name;
    if (std::ranges::find(names, name) != names.end()) name += "#" + std::to_string(n.who.epoch);
    names.push_back(std::move(name));
    epochs.push_back(n.who.epoch);
  }
  if (names.empty()) return out;
  const auto at = std::ranges::find(epochs, me);
  const auto mine = static_cast<std::size_t>(at - epochs.begin());
  std::vector<std::optional<std::size_t>> owners;
  for (const auto& l : r.leases) {
    const auto owner = std::ranges::find(epochs, owner_of(r, l));
    owners.push_back(owner == epochs.end() ? std::nullopt
                                           : std::optional(static_cast<std::size_t>(owner - epochs.begin())));
  }
  const auto wanted = assign(names, owners);
  // Whoever goes gives all at once: each hand-over waits for what is being committed, and its people would wait for several of them.
  const auto leave_most = draining ? r.leases.size() : limits.leave_at_once;
  for (std::size_t i = 0; i < r.leases.size(); ++i) {
    const auto& lease = r.leases[i];
    const auto owner = owner_of(r, lease);
    const bool to_me = at != epochs.end() && wanted[i] == mine;
    // One whose owner drains is that owner's until it has released it.
    if (owner == 0 && to_me) {
      out.take.push_back(lease);
      out.dead[lease.shard] = !lease.owner.empty();
    } else if (owner == me && !to_me && out.leave.size() < leave_most) {
      out.leave.push_back(lease.shard);
    }
  }
  return out;
}

std::vector<std::uint64_t> gone(const cluster_reading& before, const cluster_reading& now) {
  std::vector<std::uint64_t> out;
  for (const auto& n : before.nodes)
    if (!find(now, n.who.epoch)) out.push_back(n.who.epoch);
  return out;
}

std::set<std::string> changed(const std::map<std::string, std::uint64_t>& before,
                              const std::map<std::string, std::uint64_t>& now) {
  std::set<std::string> out;
  for (const auto& [ws, version] : now)
    if (const auto at = before.find(ws); at == before.end() || at->second != version) out.insert(ws);
  return out;
}

}  // namespace heed::cluster
