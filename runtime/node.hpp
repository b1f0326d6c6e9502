#pragma once

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "actors/lead/crowds.hpp"
#include "actors/provider/provider_actor.hpp"
#include "adapters/api/api.hpp"
#include "adapters/llm/prompt_book.hpp"
#include "runtime/accounts.hpp"
#include "runtime/chaos.hpp"
#include "runtime/cluster/cluster_actor.hpp"
#include "runtime/cluster/links_actor.hpp"
#include "runtime/mailboxes.hpp"
#include "runtime/notifier.hpp"
#include "runtime/observer.hpp"
#include "runtime/recovery.hpp"
#include "runtime/region.hpp"
#include "runtime/setup.hpp"
#include "runtime/store_actor.hpp"
#include "runtime/supervisor.hpp"
#include "runtime/timers.hpp"

namespace heed {

namespace forecast {
class desk;
}

struct node_options {
  std::string store_url;
  std::int64_t time_scale = 1;
  std::optional<time_point> time_start;  ///< domain time of a new store's first start
  std::uint64_t seed = 0;                ///< of lead ids; 0 draws one
  std::vector<workspace_setup> workspaces;
  http::server_options http;
  std::string cron_secret;
  std::string prompts;     ///< directory with prompts of one's own; empty = the shipped ones
  std::string secret_key;  ///< seals accounts set up over the API; empty = they cannot be
  bool metrics = true;

  std::size_t regions = 2;
  std::size_t readers = 3;  ///< the first one serves the actors, the others the API
  std::size_t max_connections = 64;
  std::int64_t undecided_limit = 50'000;
  std::chrono::milliseconds drain{18'000};
  region_options residency;
  timers_options timers;
  provider_options providers;
  store_actor_options writer;
  recovery_options recovery;
  supervisor_options supervision;
  cluster::cluster_options cluster;  ///< of one node of several
  std::chrono::milliseconds stuck_after{
      30'000};         ///< a component without progress for so long; 0 = nobody looks
  bool chaos = false;  ///< faults may be injected through the API
  notifier_options notifier;
  std::function<void()>
      about_to_listen;  ///< called when the node needs its address; whoever had it so far gives it up
};

/// What `heed serve` runs, from its configuration.
[[nodiscard]] node_options options_from(const config::config& c);

/// One process of Heed: store, actors, timers, senders, HTTP; and all the API needs of them.
class node final : public api::engine, public overseer {
 public:
  /// Everything up and recovery begun, or why not. Throws std::runtime_error when the address is taken.
  [[nodiscard]] static result<std::unique_ptr<node>> start(node_options o);
  ~node() override;

  /// Takes no more requests, lets what runs finish within the drain time, ends all actors. Idempotent.
  void stop();
  /// Takes no more requests and answers those under way that they may be repeated: for a node that cannot go
  /// on.
  void hang_up();
  /// The reason why this node cannot go on, once there is one; waits up to `most`.
  [[nodiscard]] std::optional<std::string> wait_broken(std::chrono::milliseconds most);
  [[nodiscard]] std::uint16_t port() const { return server_ ? server_->port() : std::uint16_t{0}; }
  [[nodiscard]] const anchored_clock& time() const { return *clock_; }

  void raise(alert_row alert) override;
  void reload_switches(const workspace_id& ws) override { reload(ws, {}); }
  [[nodiscard]] nlohmann::json cluster() const override;
  bool drain(const std::string& by) override;

  [[nodiscard]] bool overloaded() const override { return door_.full(); }
  void submit(std::vector<submission> items, patience wait, submitted done) override;
  void read(std::function<void(store_reader&)> f) override;
  void write(std::function<void(store&)> f) override;
  [[nodiscard]] time_point now() const override { return clock_->now(); }
  [[nodiscard]] std::shared_ptr<const policy> current_policy(const workspace_id& ws) const override;
  [[nodiscard]] std::optional<api_key_row> find_key(const std::string& hash) const override;
  void reload(const workspace_id& ws, std::function<void()> taken_up) override;
  [[nodiscard]] nlohmann::json actors() const override;
  restart_answer restart_actor(const std::string& path, const std::string& by) override;
  [[nodiscard]] bool chaos_enabled() const override { return options_.chaos; }
  tl::expected<void, problems> inject(const nlohmann::json& fault) override;
  [[nodiscard]] std::string metrics() const override;
  [[nodiscard]] bool ready() const override {
    return ready_.load() && !store_is_away() && (!in_cluster() || (board_of_cluster_.joined && !board_of_cluster_.draining));
  }
  void force_due_scan(std::function<void(nlohmann::json)> done) override;
  void requeue(std::uint64_t inbox, std::function<void(result<void>)> done) override;
  void after(std::chrono::milliseconds delay, std::function<void()> f) override;
  [[nodiscard]] std::vector<workspace_id> workspaces() const override;
  [[nodiscard]] std::string link_key() const override { return zones_->link_key(); }
  [[nodiscard]] std::optional<account_setup> account_of(const workspace_id& ws,
                                                        const account_id& id) const override;
  [[nodiscard]] std::optional<account_pulse> pulse_of(const workspace_id& ws, const account_id& id) const override {
    return pulses_.find(ws, id);
  }
  [[nodiscard]] std::optional<std::uint32_t> queue_of(const workspace_id& ws, const account_id& id) const override;
  [[nodiscard]] taught_priors priors_of(const workspace_id& ws) const override;
  [[nodiscard]] result<bytes> seal_account(const outbound::sending_account& a) const override;
  void use_account(const outbound::sending_account& a) override;
  void send_test(const workspace_id& ws, const account_id& through, rendered_message m,
                 std::function<void(outbound::send_report)> done) override;
  void resolve_effect(const workspace_id& ws, const effect_id& id, bool delivered, const std::string& by,
                      std::function<void(result<void>)> done) override;

 private:
  explicit node(node_options o);

  result<void> open();
  result<void> load_own_prompts();
  void read_mailboxes();
  result<void> read_accounts(store_reader& r);
  void warn_of_silence() const;
  result<void> publish_policies();
  void begin_work();
  void spawn_actors();
  // node_cluster.cpp
  [[nodiscard]] bool in_cluster() const { return options_.cluster.enabled; }
  void load_middleman();
  result<void> join_cluster(const node_identity& self);
  void spawn_cluster();
  void recover(std::shared_ptr<const std::set<shard_id>> shards, bool death);
  void take_up_config(const std::string& workspace);
  void reload_here(const workspace_id& ws, std::function<void()> taken_up);
  result<void> set_up_workspaces(store_reader& r);
  void give_shards_away();
  void leave_cluster();
  void add_cluster_gauges();
  void add_gauges();
  void listen();
  void adopt_child(const caf::actor& boss, const std::string& path, const caf::actor& child,
                   on_crash then = on_crash::restart,
                   std::chrono::milliseconds shutdown = std::chrono::seconds(2));
  void set_store_away(bool away);
  void keep_feed_alive();
  [[nodiscard]] bool store_is_away() const { return writers_away_.load(std::memory_order_relaxed) > 0; }
  [[nodiscard]] http::handler handler(api::options o);
  void begin_watch();
  void act_on(const stuck_finding& f);
  [[nodiscard]] caf::actor workspace_of(const workspace_id& ws);
  bool wait_until(const std::function<bool()>& holds, std::chrono::steady_clock::time_point end);
  void learn_from_people();  // node_learning.cpp
  void learn_from(const workspace_id& ws);
  void keep_time();

  node_options options_;
  telemetry figures_;
  std::unique_ptr<store> store_;
  std::unique_ptr<anchored_clock> clock_;
  std::unique_ptr<zone_library> zones_;
  std::unique_ptr<registry> registry_;
  std::unique_ptr<supervision_board> board_;
  std::shared_ptr<api::change_feed> feed_;
  std::unique_ptr<node_observer> observer_;
  account_book accounts_;
  account_rooms rooms_;
  call_lanes lanes_;
  llm::prompt_book prompts_;
  account_pulses pulses_;
  mutable latency_book latencies_;
  minute_crowds crowds_;
  std::map<workspace_id, time_point> looked_for_priors_;  ///< the chores' alone
  chaos_monkey chaos_;
  admission door_;
  std::atomic<std::int64_t> resident_{0};
  services services_;
  provider_environment provider_environment_;
  std::unique_ptr<call_slots> slots_;
  std::uint64_t epoch_ = 0;
  shard_table shards_;
  cluster::cluster_board board_of_cluster_;
  node_card card_;
  std::shared_ptr<lease_store> leases_;
  caf::actor cluster_, links_;
  std::unique_ptr<outbound::transport> transport_;

  caf::actor_system_config caf_config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::actor root_, regions_boss_, providers_boss_, workspaces_boss_, campaigns_boss_, chores_;
  std::mutex workspaces_lock_;
  std::map<workspace_id, caf::actor> workspaces_;
  std::atomic<std::size_t> next_reader_{0};

  std::shared_ptr<forecast::desk> forecasts_;
  std::unique_ptr<http::server> server_;
  std::atomic<bool> ready_{false};
  std::atomic<int> writers_away_{0};
  bool stopped_ = false;
  std::unique_ptr<mailbox_readers> mailboxes_;
  std::jthread watchdog_;
  std::mutex broken_lock_;
  std::condition_variable broken_;
  std::optional<std::string> broken_why_;
};

}  // namespace heed
