#include "runtime/cluster/view.hpp"

#include <algorithm>

namespace heed::cluster {

void cluster_board::read(const cluster_reading& r, std::uint64_t me, std::size_t holds, bool drains) {
  std::lock_guard guard(lock_);
  reading_ = r;
  me_ = me;
  held = holds;
  draining = drains;
}

void cluster_board::links(std::map<std::uint64_t, link_state> all) {
  std::lock_guard guard(lock_);
  links_ = std::move(all);
}

void cluster_board::note_move(const std::string& why, std::size_t shards) {
  std::lock_guard guard(lock_);
  moves_[why] += shards;
}

void cluster_board::note_lag(std::chrono::microseconds oldest) { lag_ = oldest.count(); }

nlohmann::json cluster_board::to_json() const {
  std::lock_guard guard(lock_);
  auto nodes = nlohmann::json::array();
  std::map<std::uint64_t, std::vector<shard_id>> shards;
  std::uint64_t epoch = 0;
  std::vector<shard_id> nobodys;
  for (const auto& l : reading_.leases) {
    const auto owner = owner_of(reading_, l);
    (owner == 0 ? nobodys : shards[owner]).push_back(l.shard);
    epoch = std::max(epoch, l.epoch);
  }
  for (const auto& n : reading_.nodes) {
    const auto link = links_.find(n.who.epoch);
    const bool self = n.who.epoch == me_;
    nlohmann::json one{{"node", n.who.id},
                       {"name", n.who.name},
                       {"epoch", n.who.epoch},
                       {"address", n.who.address + ":" + std::to_string(n.who.port)},
                       {"version", n.who.version},
                       {"draining", n.draining},
                       {"self", self},
                       {"up_seconds", n.age.count() / 1'000'000},
                       {"lease_left_ms", n.left.count() / 1'000},
                       {"shards", shards[n.who.epoch].size()},
                       {"shard_ids", shards[n.who.epoch]}};
    if (!self) one["link"] = {{"up", link != links_.end() && link->second.greeted}, {"queued", link == links_.end() ? 0 : link->second.queued}};
    nodes.push_back(std::move(one));
  }
  return {{"nodes", std::move(nodes)},
          {"shards", reading_.leases.size()},
          {"unowned", nobodys},
          {"epoch", epoch},
          {"moves", moves_},
          {"draining", draining.load()},
          {"oldest_undecided_ms", lag_.load() / 1'000}};
}

double cluster_board::links_up() const {
  std::lock_guard guard(lock_);
  return static_cast<double>(std::ranges::count_if(links_, [](const auto& l) { return l.second.greeted; }));
}

double cluster_board::queued() const {
  std::lock_guard guard(lock_);
  std::size_t n = 0;
  for (const auto& [epoch, l] : links_)
    n += l.queued;
  return static_cast<double>(n);
}

double cluster_board::nodes() const {
  std::lock_guard guard(lock_);
  return static_cast<double>(reading_.nodes.size());
}

}  // namespace heed::cluster
