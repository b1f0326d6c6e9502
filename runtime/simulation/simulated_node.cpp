#include "runtime/simulation/simulated_node.hpp"

#include <caf/send.hpp>

namespace heed::simulation {
namespace {

template <class Handle>
Handle as(const caf::actor& a) {
  return caf::actor_cast<Handle>(a);
}

constexpr auto high_water_name = "clock_high_water";

}  // namespace

class simulated_node::watched_board final : public supervision {
 public:
  explicit watched_board(const node_world& world) : world_(world) {}
  void started(std::string_view) override {}
  void stopped(std::string_view, std::string_view) override {}
  void crashed(std::string_view path, std::string_view why) override {
    if (world_.crashed) world_.crashed(path, why);
  }
  void escalate(std::string_view path, std::string_view why) override {
    if (world_.escalated) world_.escalated(path, why);
  }

 private:
  const node_world& world_;
};

simulated_node::simulated_node(node_world world, node_settings settings)
    : world_(std::move(world)),
      settings_(std::move(settings)),
      board_(std::make_unique<watched_board>(world_)),
      registry_(*world_.zones),
      observer_(*world_.figures, board_.get(), nullptr) {
  door_.limit = settings_.most_undecided;
}

simulated_node::~simulated_node() { kill(); }

caf::actor simulated_node::supervise(const std::string& path, const caf::actor& boss) {
  auto made = world_.system->spawn<supervisor>(path, boss, board_.get(), supervisor_options{});
  all_.push_back(caf::actor{made});
  return caf::actor{made};
}

caf::actor simulated_node::keep(const caf::actor& boss, const std::string& path, const caf::actor& child,
                                on_crash then) {
  caf::anon_send(boss, adopt{path, child, then});
  all_.push_back(child);
  return child;
}

result<void> simulated_node::start(const workspace_id& ws) {
  auto reader = world_.target->reader();
  if (!reader) return tl::unexpected<store_error>(reader.error());
  auto self = world_.target->attach(now());
  if (!self) return tl::unexpected<store_error>(self.error());
  epoch_ = self->epoch;
  auto view = registry_.read(**reader, ws);
  if (!view) return tl::unexpected<store_error>(view.error());
  spawn_actors();
  registry_.publish(ws, std::make_shared<const workspace_view>(std::move(*view)));
  if (settings_.places_not_counted)
    for (const auto& [id, unused] : registry_.view(ws)->current->campaigns)
      if (crowds_.begin_count(ws, id, now())) crowds_.counted(ws, id, minute_crowds::count{});
  workspace_ = keep(root_, "workspaces/" + ws.value,
                    world_.system->spawn<workspace_actor>(root_, &services_, &registry_, ws));
  reload(ws, {});
  caf::anon_send(caf::actor_cast<caf::actor>(services_.timers), due_scan{[](std::size_t, std::size_t) {}});
  keep(root_, "recovery",
       world_.system->spawn<recovery_actor>(root_, &services_, settings_.recovery, [](std::size_t) {}));
  return {};
}

void simulated_node::spawn_actors() {
  auto& s = services_;
  auto& system = *world_.system;
  s.time = world_.time;
  s.policies = &registry_;
  s.observer = &observer_;
  s.board = board_.get();
  s.door = &door_;
  s.over = this;
  s.rooms = &rooms_;
  s.lanes = &lanes_;
  s.latencies = &latencies_;
  s.crowds = &crowds_;
  s.epoch = epoch_ - std::min(settings_.epoch_lag, epoch_ - 1);
  root_ = supervise("root", {});
  regions_boss_ = supervise("regions", root_);
  providers_boss_ = supervise("provider_accounts", root_);
  const auto campaigns_boss = supervise("campaigns", root_);
  observer_.attach(system, campaigns_boss, services_);
  s.store = as<store_handle>(keep(root_, "store",
                                  system.spawn<store_actor>("store", root_, board_.get(), *world_.target,
                                                            *world_.figures, settings_.writer),
                                  on_crash::escalate));
  for (const auto* path : {"readers/0", "readers/1"})
    s.readers.push_back(as<reader_handle>(
        keep(root_, path, system.spawn<reader_actor>(path, root_, board_.get(), *world_.target),
             on_crash::restart_rest)));
  for (const auto& [path, boss] :
       {std::pair{"regions", regions_boss_}, std::pair{"campaigns", campaigns_boss},
        std::pair{"provider_accounts", providers_boss_}})
    caf::anon_send(root_, adopt{path, boss});
  spawn_senders();
  s.gateway = as<gateway_handle>(
      keep(root_, "gateway",
           system.spawn<gateway_actor>(root_, &services_, &observer_, settings_.names_seed + epoch_)));
  for (std::size_t i = 0; i < settings_.regions; ++i) {
    const auto path = "regions/" + std::to_string(i);
    s.regions.push_back(as<region_handle>(
        keep(regions_boss_, path,
             system.spawn<region_actor>(path, regions_boss_, &services_, settings_.residency, resident_))));
  }
  s.timers = as<timers_handle>(keep(
      root_, "timers", system.spawn<timers_actor>(root_, &services_, *world_.figures, settings_.timers)));
  keep(root_, "notifier",
       system.spawn<notifier_actor>(root_, &services_, world_.accounts, world_.calls, settings_.notifier));
  chores_ =
      keep(root_, "chores", system.spawn<chores_actor>(root_, board_.get(), settings_.chores_every, [this] {
        write([at = now()](store& target) {
          (void)target.put_meta(high_water_name, std::to_string(to_micros(at)));
        });
      }));
}

void simulated_node::spawn_senders() {
  senders_ = {&services_,          world_.accounts, world_.calls, &observer_,
              settings_.providers, &slots_,         &rooms_,      &lanes_,
              &prompts_,          nullptr,         &latencies_};
  services_.providers = as<providers_handle>(
      keep(root_, "providers", world_.system->spawn<providers_actor>(root_, providers_boss_, &senders_)));
}

void simulated_node::kill() {
  if (!root_) return;
  observer_.detach();
  for (const auto& a : all_)
    caf::anon_send_exit(a, caf::exit_reason::kill);
  all_.clear();
  root_ = regions_boss_ = providers_boss_ = workspace_ = chores_ = nullptr;
}

void simulated_node::submit(std::vector<submitted_item> items, std::chrono::milliseconds wait,
                            std::function<void(result<std::vector<item_outcome>>)> done) {
  auto batch = std::make_shared<submission_batch>();
  batch->items = std::move(items);
  batch->wait = wait;
  batch->done = std::move(done);
  caf::anon_send(services_.gateway, std::move(batch));
}

void simulated_node::write(std::function<void(store&)> f) {
  caf::anon_send(services_.store, store_job{std::move(f)});
}

void simulated_node::read(std::function<void(store_reader&)> f) {
  caf::anon_send(services_.readers.back(), reader_job{std::move(f)});
}

void simulated_node::after(std::chrono::milliseconds delay, std::function<void()> f) {
  caf::anon_send(chores_, chore_later{delay, std::move(f)});
}

void simulated_node::reload(const workspace_id& ws, std::function<void()> taken_up) {
  caf::anon_send(workspace_, reload_workspace{ws, std::move(taken_up)});
}

void simulated_node::deliver_pending_of(const workspace_id& ws, const lead_id& lead) {
  caf::anon_send(services_.region_of(lead), deliver_pending{ws, lead});
}

void simulated_node::raise(alert_row alert) {
  write([this, alert = std::move(alert)](store& s) {
    const auto view = registry_.view(alert.workspace);
    const auto carried_by = carriers_of(alert, view ? view->current->defaults.handoff : handoff_settings{});
    (void)s.add_alert(alert, carried_by);
  });
}

}  // namespace heed::simulation
