// A node that is one of several.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/openssl/publish.hpp>
#include <caf/send.hpp>

#include "runtime/cluster/own_card.hpp"
#include "runtime/node.hpp"

namespace heed {
namespace {

using namespace std::chrono_literals;

/// How long a node that ends may take to give its shards away; what is left then is taken like a dead node's, at once.
constexpr auto most_of_a_drain = 8s;
constexpr auto tell_the_middleman = 500ms;  ///< heartbeats of links
constexpr auto silent_link = 2s;
constexpr int conflicts_at_start = 20;

}  // namespace

/// Whoever has no certificate of the cluster's own CA gets no link: set none of the three and CAF would encrypt and ask nobody
/// who they are, so a configuration without them is refused before.
void node::load_middleman() {
  caf_config_.load<caf::io::middleman>();
  caf_config_.load<caf::openssl::manager>();
  caf_config_.openssl_cafile = options_.cluster.ca;
  caf_config_.openssl_certificate = options_.cluster.certificate;
  caf_config_.openssl_key = options_.cluster.key;
  caf_config_.set("middleman.heartbeat-interval", caf::timespan(tell_the_middleman));
  caf_config_.set("middleman.connection-timeout", caf::timespan(silent_link));
  caf_config_.set("middleman.workers", std::size_t{1});
}

/// Nodes that start together may write the same part of a policy; whoever comes second reads it again.
result<void> node::set_up_workspaces(store_reader& r) {
  for (const auto& w : options_.workspaces) {
    result<void> made;
    for (int i = 0; i < conflicts_at_start; ++i) {
      made = set_up_workspace(*store_, r, w, *zones_, clock_->now());
      if (made || made.error().code != errc::conflict) break;
    }
    if (!made) return made;
  }
  return {};
}

result<void> node::join_cluster(const node_identity& self) {
  auto leases = open_leases(options_.store_url, *store_);
  if (!leases) return tl::unexpected<store_error>(leases.error());
  leases_ = std::move(*leases);
  services_.shards = &shards_;
  card_ = cluster::own_card();
  card_.epoch = self.epoch;
  card_.id = self.node_id;
  card_.version = HEED_VERSION;
  const auto& o = options_.cluster;
  card_.name = o.name.empty() ? card_.host : o.name;
  card_.address = o.address.empty() ? o.listen : o.address;
  return {};
}

void node::spawn_cluster() {
  const auto& o = options_.cluster;
  links_ = system_->spawn<cluster::links_actor>(
      root_, &services_, card_, &board_of_cluster_,
      [this](const workspace_id& ws, std::function<void()> done) { reload_here(ws, std::move(done)); });
  const auto port = caf::openssl::publish(links_, o.port, o.listen.c_str(), true);
  if (!port) throw std::runtime_error("cluster: cannot listen on " + o.listen + ":" + std::to_string(o.port) + ": " +
                                      system_->render(port.error()));
  card_.port = o.advertised_port != 0 ? o.advertised_port : *port;
  spdlog::info("cluster.listening address={} port={} name={}", o.listen, *port, card_.name);
  services_.elsewhere = links_;
  adopt_child(root_, "links", links_);
  if (auto joined = leases_->join(card_, o.times.ttl); !joined)
    throw std::runtime_error("cluster: cannot join: " + joined.error().detail);
  cluster::cluster_hooks hooks;
  hooks.tell_workspaces = [this](const shards_changed& c) {
    crowds_.forget();
    std::lock_guard guard(workspaces_lock_);
    for (const auto& [ws, actor] : workspaces_)
      caf::anon_send(actor, c);
  };
  hooks.recover = [this](std::shared_ptr<const std::set<shard_id>> shards, bool death) { recover(std::move(shards), death); };
  hooks.take_up = [this](const std::string& ws) { take_up_config(ws); };
  cluster_ = system_->spawn<cluster::cluster_actor, caf::detached>(root_, &services_, &shards_, leases_, card_,
                                                                   clock_.get(), &figures_, &board_of_cluster_, o,
                                                                   std::move(hooks));
  adopt_child(root_, "cluster", cluster_);
}

void node::recover(std::shared_ptr<const std::set<shard_id>> shards, bool death) {
  auto o = options_.recovery;
  o.shards = std::move(shards);
  o.after_a_death = death;
  adopt_child(root_, o.path, system_->spawn<recovery_actor>(root_, &services_, o, [](std::size_t) {}));
}

/// Another node wrote it: accounts that were set up over the API first, then what decides with them.
void node::take_up_config(const std::string& workspace) {
  caf::anon_send(services_.readers.back(), reader_job{[this, workspace](store_reader& r) {
                   if (const auto read = read_accounts(r); !read)
                     spdlog::error("cluster.accounts_not_read detail=\"{}\"", read.error().detail);
                   std::vector<workspace_id> all{workspace_id{workspace}};
                   if (workspace.empty()) all = r.workspaces().value_or(registry_->known());
                   for (const auto& ws : all) {
                     // One that only has keys so far has no policy to take up.
                     if (r.latest_policy(ws)) reload_here(ws, {});
                   }
                 }});
}

nlohmann::json node::cluster() const { return in_cluster() ? board_of_cluster_.to_json() : nlohmann::json(); }

bool node::drain(const std::string& by) {
  if (!in_cluster()) return false;
  spdlog::info("node.draining by={}", by);
  board_of_cluster_.draining = true;
  caf::anon_send(cluster_, cluster::drain_asked{});
  return true;
}

/// Before the listener closes: first a balancer sees that no more requests are wanted, and all the while they are answered.
void node::give_shards_away() {
  using std::chrono::steady_clock;
  const auto began = steady_clock::now();
  const bool told_before = board_of_cluster_.draining.exchange(true);
  caf::anon_send(cluster_, cluster::drain_asked{});
  const bool drained = wait_until([this] { return board_of_cluster_.drained.load(); }, began + most_of_a_drain);
  spdlog::info("cluster.drained all={} ms={}", drained,
               std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began).count());
  if (!told_before) wait_until([] { return false; }, began + options_.cluster.notice);
}

void node::leave_cluster() {
  if (!in_cluster() || !leases_) return;
  caf::anon_send_exit(cluster_, caf::exit_reason::user_shutdown);
}

void node::add_cluster_gauges() {
  figures_.gauge("heed_cluster_shards", "Shards this node decides for",
                 [this] { return static_cast<double>(shards_.owned()); });
  figures_.gauge("heed_cluster_nodes", "Nodes that are not known to be dead", [this] { return board_of_cluster_.nodes(); });
  figures_.gauge("heed_cluster_links_up", "Other nodes this one can talk to", [this] { return board_of_cluster_.links_up(); });
  figures_.gauge("heed_cluster_link_queue", "Things for other nodes that they have not acknowledged",
                 [this] { return board_of_cluster_.queued(); });
  figures_.gauge("heed_cluster_lease_trusted", "1 while this node may believe in its leases",
                 [this] { return shards_.trusted(clock_->steady()) ? 1.0 : 0.0; });
  figures_.gauge("heed_cluster_draining", "1 while this node gives everything away",
                 [this] { return board_of_cluster_.draining ? 1.0 : 0.0; });
  figures_.gauge("heed_cluster_oldest_undecided_seconds", "Age of the oldest undecided stimulus of this node's shards",
                 [this] { return board_of_cluster_.lag_seconds(); });
}

}  // namespace heed
