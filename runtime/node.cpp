#include "runtime/node.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <caf/send.hpp>
#include <random>
#include <thread>

#include "adapters/api/problems.hpp"
#include "adapters/api/slow_lane.hpp"
#include "adapters/console/console.hpp"
#include "runtime/chores.hpp"
#include "runtime/forecast/desk.hpp"
#include "runtime/identity_audit.hpp"
#include "runtime/replayer.hpp"
#include "runtime/zones.hpp"

namespace heed {
namespace {

constexpr auto time_kept_every = std::chrono::seconds(10);
constexpr auto watchdog_period = std::chrono::seconds(1);
/// Of all children of one supervisor together.
constexpr std::chrono::milliseconds children_shutdown{10'000};

std::uint64_t seed_of(const node_options& o) {
  if (o.seed != 0) return o.seed;
  std::random_device source;
  return (std::uint64_t{source()} << 32) ^ source();
}

template <class Handle>
Handle as(const caf::actor& a) {
  return caf::actor_cast<Handle>(a);
}

}  // namespace

node::node(node_options o) : options_(std::move(o)) {
  caf_config_.set("scheduler.policy", caf::atom("sharing"));
  caf_config_.set("scheduler.max-threads", std::max(2u, std::thread::hardware_concurrency()));
  caf_config_.set("scheduler.max-throughput", 100);
  if (in_cluster()) load_middleman();
}

result<std::unique_ptr<node>> node::start(node_options o) {
  std::unique_ptr<node> n(new node(std::move(o)));
  if (auto opened = n->open(); !opened) return tl::unexpected<store_error>(opened.error());
  n->spawn_actors();
  if (auto published = n->publish_policies(); !published)
    return tl::unexpected<store_error>(published.error());
  // Only now: shards bring leads, and they decide by what was published.
  if (n->in_cluster()) n->spawn_cluster();
  n->begin_work();
  n->add_gauges();
  n->listen();
  n->begin_watch();
  n->read_mailboxes();
  return n;
}

result<void> node::load_own_prompts() {
  if (options_.prompts.empty()) return {};
  auto book = llm::load_prompts(options_.prompts);
  if (!book) {
    std::string all;
    for (const auto& p : book.error()) all += (all.empty() ? "" : "; ") + p.field + " " + p.detail;
    return fail(errc::fatal, "prompts: " + all);
  }
  prompts_ = std::move(*book);
  return {};
}

result<void> node::open() {
  if (auto loaded = load_own_prompts(); !loaded) return loaded;
  auto opened = open_store(options_.store_url, in_cluster() ? open_mode::shared : open_mode::read_write);
  if (!opened) return tl::unexpected<store_error>(opened.error());
  store_ = std::move(*opened);
  auto reader = store_->reader();
  if (!reader) return tl::unexpected<store_error>(reader.error());
  auto clock = set_up_clock(*store_, **reader, options_.time_scale, options_.time_start);
  if (!clock) return tl::unexpected<store_error>(clock.error());
  clock_ = std::move(*clock);
  options_.timers.window *= options_.time_scale;
  // Domain time never goes back: of several nodes, it is asked for only once the store's clock is followed, for this machine's
  // own may be wrong.
  const auto asked = clock_->steady();
  auto self = store_->attach(in_cluster() ? clock_->real_now() : clock_->now());
  if (!self) return tl::unexpected<store_error>(self.error());
  if (self->store_now) clock_->follow(*self->store_now, asked + (clock_->steady() - asked) / 2);
  epoch_ = self->epoch;
  zones_ = std::make_unique<zone_library>(load_zones());
  if (auto kept = keep_zones(*store_, **reader, *zones_->current()); !kept) return kept;
  if (auto kept = keep_link_key(*store_, **reader); !kept) return kept;
  (void)zones_->link_key(**reader);
  if (auto made = set_up_workspaces(**reader); !made) return made;
  for (const auto& w : options_.workspaces) {
    for (const auto& a : w.given.accounts)
      accounts_.add(w.given.id, a);
    if (!w.given.handoff_secret.empty()) accounts_.add_webhook_secret(w.given.id, w.given.handoff_secret);
  }
  if (auto read = read_accounts(**reader); !read) return read;
  if (in_cluster())
    if (auto joined = join_cluster(*self); !joined) return joined;
  spdlog::info("node.attached node={} epoch={} tzdb={} now={} scale={}", self->node_id, epoch_,
               zones_->current()->version, to_iso(clock_->now()), options_.time_scale);
  return {};
}

/// Accounts set up over the API, opened with the installation's key: without it a start would send for
/// nobody.
result<void> node::read_accounts(store_reader& r) {
  auto rows = r.account_configs();
  if (!rows) return tl::unexpected<store_error>(rows.error());
  for (const auto& row : *rows) {
    if (accounts_.is_from_file(row.workspace, row.account)) continue;
    auto opened = open_account(row, options_.secret_key);
    if (!opened) return tl::unexpected<store_error>(opened.error());
    const auto saved = r.latest_policy(row.workspace);
    if (!saved) continue;
    const auto p = read_policy(saved->second, row.workspace, saved->first, *zones_, r);
    const auto* known = p ? (*p)->find_account(row.account) : nullptr;
    if (known) opened->public_part = *known;
    accounts_.put(*opened);
  }
  return {};
}

/// A hot lead that nobody hears of is as bad as one that is written to again.
void node::warn_of_silence() const {
  for (const auto& ws : registry_->known()) {
    const auto& p = *registry_->view(ws)->current;
    const bool sends = std::ranges::any_of(p.accounts, [](const auto& each) { return is_real(each.second); });
    if (sends && !p.defaults.handoff.reaches_somebody())
      spdlog::warn("handoff.nobody workspace={} fix=\"set handoff.to or handoff.webhook\"", ws.value);
  }
}

void node::adopt_child(const caf::actor& boss, const std::string& path, const caf::actor& child,
                       on_crash then, std::chrono::milliseconds shutdown) {
  caf::anon_send(boss, adopt{path, child, then, shutdown});
}

void node::spawn_actors() {
  board_ =
      std::make_unique<supervision_board>(*clock_, [this](const std::string& path, const std::string& why) {
        std::lock_guard guard(broken_lock_);
        broken_why_ = path + ": " + why;
        broken_.notify_all();
      });
  board_->on_crash([this](std::string_view component) { figures_.crash(component); });
  board_->on_stuck([this](std::string_view component) { figures_.stuck(component); });
  registry_ = std::make_unique<registry>(*zones_);
  feed_ = std::make_shared<api::change_feed>(std::to_string(epoch_));
  observer_ = std::make_unique<node_observer>(figures_, board_.get(), feed_);
  transport_ = outbound::make_curl_transport(options_.max_connections);
  door_.limit = options_.undecided_limit;
  system_ = std::make_unique<caf::actor_system>(caf_config_);
  auto& s = services_;
  s.time = clock_.get();
  s.policies = registry_.get();
  s.observer = observer_.get();
  s.board = board_.get();
  s.door = &door_;
  s.over = this;
  s.rooms = &rooms_;
  s.lanes = &lanes_;
  s.latencies = &latencies_;
  s.crowds = &crowds_;
  if (options_.chaos) s.chaos = &chaos_;
  s.epoch = epoch_;

  const auto supervise = [&](const std::string& path, const caf::actor& boss) {
    return caf::actor{system_->spawn<supervisor>(path, boss, board_.get(), options_.supervision)};
  };
  root_ = supervise("root", {});
  regions_boss_ = supervise("regions", root_);
  providers_boss_ = supervise("provider_accounts", root_);
  workspaces_boss_ = supervise("workspaces", root_);
  campaigns_boss_ = supervise("campaigns", root_);
  observer_->attach(*system_, campaigns_boss_, services_);

  const auto keep = [&](const caf::actor& boss, const std::string& path, const caf::actor& child,
                        on_crash then = on_crash::restart) {
    adopt_child(boss, path, child, then);
    return child;
  };
  auto writer = options_.writer;
  writer.tell_away = [this](bool away) { set_store_away(away); };
  // The order of adoption is the order of start: whoever stands on somebody comes after it and ends before
  // it. What the writer lost nobody knows, and a new start can tell; what a reader lost its askers ask again.
  for (std::size_t i = 0; i < std::max<std::size_t>(1, store_->writers()); ++i) {
    const auto path = i == 0 ? std::string("store") : "store/" + std::to_string(i);
    s.stores.push_back(as<store_handle>(
        keep(root_, path,
             system_->spawn<store_actor, caf::detached>(path, root_, board_.get(), *store_, figures_, writer),
             on_crash::escalate)));
  }
  s.store = s.stores.front();
  for (std::size_t i = 0; i < options_.readers; ++i) {
    const auto path = "readers/" + std::to_string(i);
    s.readers.push_back(as<reader_handle>(
        keep(root_, path, system_->spawn<reader_actor, caf::detached>(path, root_, board_.get(), *store_),
             on_crash::restart_rest)));
  }
  for (const auto& [path, boss] :
       {std::pair{"regions", regions_boss_}, std::pair{"workspaces", workspaces_boss_},
        std::pair{"campaigns", campaigns_boss_}, std::pair{"provider_accounts", providers_boss_}})
    adopt_child(root_, path, boss, on_crash::restart, children_shutdown);
  slots_ = std::make_unique<call_slots>(options_.max_connections);
  provider_environment_ = {&services_,         &accounts_,   transport_.get(), observer_.get(),
                           options_.providers, slots_.get(), &rooms_,          &lanes_,
                           &prompts_,         &pulses_,    &latencies_};
  // Handles first, work after: no actor sends to one that is not there yet.
  s.gateway = as<gateway_handle>(
      keep(root_, "gateway",
           system_->spawn<gateway_actor>(root_, &services_, observer_.get(), seed_of(options_))));
  s.providers = as<providers_handle>(keep(
      root_, "providers", system_->spawn<providers_actor>(root_, providers_boss_, &provider_environment_)));
  auto residency = options_.residency;
  residency.resident_limit = std::max<std::size_t>(1, residency.resident_limit / options_.regions);
  for (std::size_t i = 0; i < options_.regions; ++i) {
    const auto path = "regions/" + std::to_string(i);
    s.regions.push_back(as<region_handle>(keep(regions_boss_, path,
                                               system_->spawn<region_actor, caf::lazy_init>(
                                                   path, regions_boss_, &services_, residency, resident_))));
  }
  s.timers = as<timers_handle>(
      keep(root_, "timers",
           system_->spawn<timers_actor, caf::lazy_init>(root_, &services_, figures_, options_.timers)));
  keep(root_, "notifier",
       system_->spawn<notifier_actor>(root_, &services_, &accounts_, transport_.get(), options_.notifier));
  chores_ = keep(root_, "chores",
                 system_->spawn<chores_actor>(root_, board_.get(), time_kept_every, [this] {
                   keep_time();
                   learn_from_people();
                 }));
}

void node::read_mailboxes() {
  std::vector<mailbox_setup> boxes;
  for (const auto& w : options_.workspaces)
    for (const auto& m : w.given.mailboxes) boxes.push_back({w.given.id, m});
  if (boxes.empty()) return;
  mailboxes_ = std::make_unique<mailbox_readers>(
      std::move(boxes), mailbox_readers::surroundings{
                            this, [this](const workspace_id& ws, const std::string& box) { return services_.dispatches(ws, account_id{"imap-" + box}); },
                            [this](alert_row a) { raise(std::move(a)); }});
}

void node::begin_watch() {
  if (options_.stuck_after.count() == 0) return;
  watchdog_ = std::jthread([this](const std::stop_token& stop) {
    using std::chrono::microseconds;
    progress_watch watch(options_.stuck_after, watchdog_period);
    std::mutex lock;
    std::condition_variable_any wake;
    std::unique_lock guard(lock);
    while (!stop.stop_requested()) {
      const auto now =
          std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now().time_since_epoch());
      for (const auto& f : watch.look(now, board_->samples()))
        act_on(f);
      wake.wait_for(guard, stop, watchdog_period, [] { return false; });
    }
  });
}

/// Who takes no messages starts again in place; whoever does not come back from one cannot be reached, and
/// the process begins its next life.
void node::act_on(const stuck_finding& f) {
  if (f.is == stuck_finding::what::moving) return board_->stuck(f.path, {});
  const auto seconds = std::to_string(std::chrono::duration_cast<std::chrono::seconds>(f.lasts).count());
  const bool blocked = f.is == stuck_finding::what::blocked;
  const auto why =
      (blocked ? "a handler has not returned for " : "no message was taken for ") + seconds + " s";
  board_->stuck(f.path, why);
  if (f.for_good) return board_->escalate(f.path, why);
  if (blocked) return;
  board_->restart_wanted(f.path, why);
  if (const auto who = board_->component(f.path)) caf::anon_send(who, restart_asked{why, {}});
}

void node::keep_time() {
  // Several nodes follow the store's clock: one of them keeps it.
  if (in_cluster() && !shards_.owns(0)) return;
  caf::anon_send(services_.store, store_job{[this](store& s) { (void)keep_high_water(s, *clock_); }});
}

result<void> node::publish_policies() {
  auto reader = store_->reader();
  if (!reader) return tl::unexpected<store_error>(reader.error());
  auto known = (*reader)->workspaces();
  if (!known) return tl::unexpected<store_error>(known.error());
  for (const auto& ws : *known) {
    auto view = registry_->read(**reader, ws);
    // A workspace that only has keys so far gets its policy with its configuration.
    if (!view && view.error().code == errc::not_found) continue;
    if (!view) return tl::unexpected<store_error>(view.error());
    registry_->publish(ws, std::make_shared<const workspace_view>(std::move(*view)));
  }
  warn_of_silence();
  return {};
}

void node::begin_work() {
  for (const auto& ws : registry_->known())
    caf::anon_send(workspace_of(ws), reload_workspace{ws, {}});
  caf::anon_send(caf::actor_cast<caf::actor>(services_.timers), due_scan{[](std::size_t, std::size_t) {}});
  if (in_cluster()) {
    // What is to be recovered comes with the shards.
    ready_ = true;
    return;
  }
  auto recovery = system_->spawn<recovery_actor>(root_, &services_, options_.recovery,
                                                 [this](std::size_t) { ready_ = true; });
  adopt_child(root_, "recovery", recovery);
}

caf::actor node::workspace_of(const workspace_id& ws) {
  std::lock_guard guard(workspaces_lock_);
  auto& found = workspaces_[ws];
  if (!found) {
    found = system_->spawn<workspace_actor>(workspaces_boss_, &services_, registry_.get(), ws);
    adopt_child(workspaces_boss_, "workspaces/" + ws.value, found);
  }
  return found;
}

void node::listen() {
  std::map<std::pair<workspace_id, std::string>, inbound::hook_settings> hooks;
  for (const auto& w : options_.workspaces)
    for (const auto& [provider, h] : w.given.hooks)
      hooks[{w.given.id, provider}] = {h.secrets, h.options};
  api::options o;
  o.hook_settings = [hooks = std::move(hooks)](const workspace_id& ws, std::string_view provider) {
    const auto found = hooks.find({ws, std::string(provider)});
    return found == hooks.end() ? std::nullopt : std::optional(found->second);
  };
  o.real_now = [this] { return clock_->real_now(); };
  o.cron_secret = options_.cron_secret;
  if (!options_.workspaces.empty()) o.public_url = options_.workspaces.front().public_url;
  o.feed = feed_;
  o.replay = [this](store_reader& r, const lead_row& row) { return replay_to_json(r, *zones_, row); };
  forecasts_ = std::make_shared<forecast::desk>(zones_->current());
  o.forecasts = forecasts_;
  o.identity = [this](store_reader& r, const lead_row& row) { return identity_to_json(r, *zones_, row); };
  o.run_slowly = api::slow_lane(16);
  o.count_hook = [this](std::string_view provider, std::string_view what) { figures_.hook(provider, what); };
  // What the listener refuses before any handler sees it tells the time too.
  options_.http.on_own_answer = [this](http::response& r) {
    r.headers.emplace_back("X-Heed-Now", to_iso(now()));
  };
  if (options_.about_to_listen) options_.about_to_listen();
  server_ = http::listen(options_.http, console::with_console(handler(std::move(o))));
  spdlog::info("http.listening address={} port={}", options_.http.address, server_->port());
  api::offer_first_run(*this, [](const std::string& token) {
    spdlog::warn("console.first_run token={} open=/first-run#{}", token, token);
  });
  keep_feed_alive();
}

/// A word now and then keeps the pages' streams open in proxies, and finds those that have gone.
void node::keep_feed_alive() {
  feed_->beat();
  after(std::chrono::seconds(15), [this] { keep_feed_alive(); });
}

/// While the store is away nobody is kept waiting for it.
http::handler node::handler(api::options o) {
  return [this, answer = api::make_handler(*this, std::move(o))](http::request r, http::reply give) {
    const bool needs_store = r.path != "/healthz" && r.path != "/readyz" && r.path != "/metrics";
    if (!needs_store || !store_is_away()) return answer(std::move(r), std::move(give));
    auto refusal = http::to_response(api::store_away(), 1);
    refusal.headers.emplace_back("X-Heed-Now", to_iso(now()));
    give(std::move(refusal));
  };
}

/// Told by each writer of itself.
void node::set_store_away(bool away) {
  if (away && writers_away_++ == 0) spdlog::error("store.away");
  if (!away && --writers_away_ == 0) spdlog::info("store.back");
}

void node::add_gauges() {
  figures_.gauge("heed_resident_leads", "Leads in memory",
                 [this] { return static_cast<double>(resident_.load()); });
  figures_.gauge("heed_undecided_stimuli", "Accepted and not decided yet",
                 [this] { return static_cast<double>(door_.undecided.load()); });
  figures_.gauge("heed_actors_running", "Actors alive",
                 [this] { return static_cast<double>(system_->registry().running()); });
  figures_.gauge("heed_calls_running", "Provider calls on the wire",
                 [this] { return static_cast<double>(transport_->running()); });
  if (in_cluster()) add_cluster_gauges();
  figures_.store_counts([this]() -> std::optional<store_counts> {
    auto reader = store_->reader();
    if (!reader) return std::nullopt;
    auto counts = (*reader)->counts();
    if (!counts) return std::nullopt;
    return *counts;
  });
}

std::optional<std::string> node::wait_broken(std::chrono::milliseconds most) {
  std::unique_lock guard(broken_lock_);
  broken_.wait_for(guard, most, [this] { return broken_why_.has_value(); });
  return broken_why_;
}

bool node::wait_until(const std::function<bool()>& holds, std::chrono::steady_clock::time_point end) {
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    if (wait_broken(std::chrono::milliseconds(10))) return false;
  }
  return true;
}

void node::hang_up() {
  ready_ = false;
  if (server_) server_->drain(std::chrono::milliseconds(0));
}

void node::stop() {
  if (std::exchange(stopped_, true)) return;
  watchdog_ = {};
  mailboxes_.reset();
  // What nobody waits for any more must not take the processor from what has to end in time.
  if (forecasts_) forecasts_->stop();
  using std::chrono::steady_clock;
  if (in_cluster() && system_) give_shards_away();
  ready_ = false;
  const auto end = steady_clock::now() + options_.drain;
  if (server_) server_->drain(options_.drain / 3);
  if (system_) {
    // No new work from inside, then what is accepted is decided, then calls come back and are recorded.
    caf::anon_send_exit(caf::actor_cast<caf::actor>(services_.timers), caf::exit_reason::user_shutdown);
    caf::anon_send(services_.providers, providers_pause{});
    wait_until([this] { return door_.undecided.load() <= 0; }, steady_clock::now() + options_.drain / 4);
    wait_until([this] { return transport_->running() == 0; }, end);
    std::atomic<bool> recorded{false};
    caf::anon_send(chores_, chore_later{std::chrono::milliseconds(100), [&] {
                                          caf::anon_send(services_.store, store_job{[&](store& s) {
                                                           (void)keep_high_water(s, *clock_);
                                                           recorded = true;
                                                         }});
                                        }});
    // The job refers to this frame, so there is no end to this wait but the writer's own.
    while (!recorded && !wait_broken(std::chrono::milliseconds(5))) {
    }
  }
  server_.reset();
  if (system_) {
    observer_->detach();
    leave_cluster();
    caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
    workspaces_.clear();
    root_ = regions_boss_ = providers_boss_ = workspaces_boss_ = campaigns_boss_ = chores_ = cluster_ = links_ = nullptr;
    services_.elsewhere = nullptr;
    system_->await_all_actors_done();
    // Not before: whoever ends last may still call; its answers then reach nobody.
    transport_.reset();
    services_ = {};
    provider_environment_ = {};
    system_.reset();
  }
  transport_.reset();
  if (leases_) (void)leases_->leave();
  leases_.reset();
  store_.reset();
  spdlog::info("node.stopped");
}

node::~node() { stop(); }

}  // namespace heed
