#include "runtime/simulation/world.hpp"

#include <algorithm>

#include "persistence/memory/image.hpp"

/// Time and lives: which message runs next, when the clocks move, when the node dies and comes back.
namespace heed::simulation {
namespace {

using namespace std::chrono_literals;

constexpr auto high_water_name = "clock_high_water";

}  // namespace

class world::accounts_of_world final : public account_source {
 public:
  [[nodiscard]] std::optional<outbound::sending_account> find(const workspace_id& ws,
                                                              const account_id& id) const override {
    const auto found = known.find(id);
    if (ws != home || found == known.end()) return std::nullopt;
    return found->second;
  }
  std::map<account_id, outbound::sending_account> known;
};

world::world(const seed_options& o)
    : options_(o),
      order_(o.seed, "order"),
      store_rolls_(o.seed, "store"),
      people_rolls_(o.seed, "people"),
      operator_rolls_(o.seed, "operators"),
      chaos_(o.seed, "chaos"),
      trace_(o.keep_trace),
      true_zones_(simulated_zones()),
      zones_(o.bug == planted_bug::quiet_hours_by_utc ? zones_without_offsets() : simulated_zones()),
      accounts_(std::make_unique<accounts_of_world>()),
      image_(memory::make_image()) {
  dice rolls(o.seed, "plan");
  plan_ = draw_plan(rolls, o);
  store_faults_ = plan_.store;
  machine_.wall = plan_.start;
  providers_ = std::make_unique<simulated_providers>(
      dice(o.seed, "providers"), machine_,
      [this](duration d, std::function<void()> f) { later(d, std::move(f)); }, counts_);
  providers_->faults = plan_.providers;
  rules_ = draw_policy(rolls, plan_, zones_.current());
  lead_gap_ = rules_.defaults.lead_gap;
  if (o.bug == planted_bug::gap_not_kept) rules_.defaults.lead_gap = duration{0};
  config_.set("scheduler.policy", caf::atom("testing"));
  config_.set("logger.inline-output", true);
  system_ = std::make_unique<caf::actor_system>(config_);
  schedule_ = dynamic_cast<caf::scheduler::test_coordinator*>(&system_->scheduler());
  schedule_->clock().current_time += 1h;
  set_up();
}

world::~world() {
  events_.clear();
  bury_node();
}

void world::set_up() {
  auto first = memory::open(image_, open_mode::read_write);
  auto& s = **first;
  (void)s.attach(machine_.wall);
  (void)s.create_workspace(home, machine_.wall);
  (void)s.put_meta(link_key_name, "a key that is the same in every simulated world");
  revision_ = *s.put_policy(home, 0, write_policy(rules_), {home, "set-up", "policy", "", machine_.wall});
  for (const auto& [id, c] : rules_.campaigns)
    (void)s.put_kill_switch({home, stop_scope::campaign, id.value, false, "set-up", machine_.wall});
  for (const auto& [id, a] : rules_.accounts) {
    (void)s.put_kill_switch({home, stop_scope::account, id.value, false, "set-up", machine_.wall});
    accounts_->known[id] = sending_account_of(a);
    if (options_.bug == planted_bug::absent_too_soon)
      accounts_->known[id].options["visibility_delay_seconds"] = 0;
  }
  first->reset();
  witness_ = std::move(*memory::open(image_, open_mode::read_only));
  reader_ = std::move(*witness_->reader());
  checker_ = std::make_unique<checker>(
      *reader_, zones_, true_zones_,
      [this](const char* i, const lead_id& l, const std::string& d) { complain(i, l, d); });
  for (const auto& [id, a] : rules_.accounts)
    checker_->know_cap(id, a.max_per_day);
  checker_->know_rules(lead_gap_, true_zones_->find(rules_.defaults.time_zone));
  providers_->on_accepted = [this](const accepted_message& m) {
    note(m.effect.value.substr(0, m.effect.value.find('-')),
         "taken " + m.effect.value + " as " + m.provider_id);
    const auto touch = reader_->effect(m.effect);
    ++counts_[touch && *touch ? "messages_to_leads" : "messages_to_the_team"];
    checker_->accepted(m);
    call_back(m);
  };
  draw_people();
  draw_doings();
}

node_world world::around_node() {
  node_world w;
  w.system = system_.get();
  w.target = target_.get();
  w.time = clock_.get();
  w.calls = transport_.get();
  w.accounts = accounts_.get();
  w.zones = &zones_;
  w.figures = &figures_;
  w.crashed = [this](std::string_view path, std::string_view why) {
    note("", "crash of " + std::string(path) + ": " + std::string(why));
    ++counts_["crash_reports"];
    if (!dying_ && !counts_.contains("store_refused") && why.find("simulated") == std::string_view::npos)
      complain("no_actor_crashes", {}, std::string(path) + ": " + std::string(why));
  };
  w.escalated = [this](std::string_view path, std::string_view why) {
    if (!dying_ && why.find("simulated") == std::string_view::npos)
      complain("node_stays_up", {}, std::string(path) + ": " + std::string(why));
    node_dies("escalated: " + std::string(why));
  };
  return w;
}

void world::start_life() {
  ++life_;
  dying_ = false;
  auto sound = memory::open(image_, open_mode::read_write);
  if (!sound) return complain("node_stays_up", {}, sound.error().detail);
  faulty_store::surroundings around;
  around.rolls = &store_rolls_;
  around.faults = &store_faults_;
  around.counts = &counts_;
  around.node_dies = [this] { node_dies("at a commit"); };
  around.time_passes = [this](duration d) { advance(d); };
  around.written = [this](const write_batch& b, const write_result& r) { written(b, r); };
  around.wrote_in_doubt = [this] {
    complain("unknown_commit_stops", {}, "a write after one of unknown outcome");
  };
  auto faulty = std::make_unique<faulty_store>(plant_on_medium(std::move(*sound), image_, options_.bug),
                                               std::move(around));
  faults_ = faulty.get();
  target_ = plant(std::move(faulty), image_, options_.bug);
  time_point high_water{};
  if (const auto kept = reader_->meta(high_water_name); kept && *kept && !(*kept)->empty())
    high_water = from_micros(std::stoll(**kept));
  clock_ = std::make_unique<simulated_clock>(machine_, high_water, [this] {
    if (!std::exchange(crash_armed_, false)) return;
    ++counts_["actor_crash"];
    throw std::runtime_error("simulated: a crash");
  });
  transport_ = std::make_unique<simulated_transport>(simulated_transport::surroundings{
      providers_.get(),
      [this](const effect_id& id, const outbound::call& c) {
        note(id.value.substr(0, id.value.find('-')), "call " + id.value);
        checker_->call_started(id, c, machine_.elapsed);
      },
      {options_.bug == planted_bug::resend_with_fresh_key, options_.bug == planted_bug::repeat_rewritten,
       options_.bug == planted_bug::call_misdirected}});
  auto settings = plan_.node;
  settings.names_seed = options_.seed;
  if (options_.bug == planted_bug::late_start_allowed) settings.providers.start_by = 1h;
  if (options_.bug == planted_bug::old_epoch) settings.epoch_lag = 1;
  settings.places_not_counted = options_.bug == planted_bug::places_not_counted;
  if (options_.bug == planted_bug::timers_not_looked_at)
    settings.timers.refill_every = std::chrono::hours(9'000);
  node_ = std::make_unique<simulated_node>(around_node(), settings);
  const auto up = node_->start(home);
  note("", "life " + std::to_string(life_) + (up ? "" : ": " + up.error().detail));
  if (!up) return complain("node_stays_up", {}, up.error().detail);
  checker_->node_began(node_->epoch());
}

void world::node_dies(const std::string& why) {
  if (dying_) return;
  dying_ = true;
  ++counts_["node_died"];
  note("", "the node dies " + why);
  faults_->cut_off();
  transport_->cut_off();
}

void world::bury_node() {
  if (!node_) return;
  stalled_ = nullptr;
  dying_ = true;
  faults_->cut_off();
  transport_->cut_off();
  node_->kill();
  settle();
  schedule_->clock().cancel_all();
  settle();
  node_.reset();
  transport_.reset();
  target_.reset();
  clock_.reset();
}

void world::run_job(std::size_t which) {
  auto& jobs = schedule_->jobs;
  if (which != 0) std::swap(jobs[0], jobs[which]);
  schedule_->try_run_once();
}

/// Any actor that has something to do, but not the one whose thread is slow; false when there is none.
bool world::run_some_job() {
  auto& jobs = schedule_->jobs;
  if (stalled_ != nullptr && machine_.elapsed >= stalled_until_) stalled_ = nullptr;
  if (jobs.empty()) return false;
  auto which = order_.below(jobs.size());
  if (stalled_ == nullptr && !resting_ && chaos_.below(10'000) < plan_.stall) {
    stalled_ = jobs[which];
    stalled_until_ = machine_.elapsed + chaos_.between(1ms, 2s);
    // Whoever waits for it sees time pass.
    later(stalled_until_ - machine_.elapsed, [] {});
    ++counts_["actor_stalled"];
  }
  if (jobs[which] == stalled_) {
    if (jobs.size() == 1) return false;
    which = (which + 1) % jobs.size();
  }
  // Not in its first message: an actor that cannot even begin is none that is started again in place.
  const auto* actor = dynamic_cast<const caf::abstract_actor*>(jobs[which]);
  const bool begun = actor != nullptr && actor->getf(caf::abstract_actor::is_initialized_flag);
  crash_armed_ = begun && !resting_ && chaos_.below(10'000) < plan_.actor_crash;
  run_job(which);
  crash_armed_ = false;
  return true;
}

void world::settle() {
  while (!schedule_->jobs.empty())
    run_job(0);
}

void world::advance(duration d) {
  machine_.advance(d);
  schedule_->clock().current_time += d;
}

void world::later(duration d, std::function<void()> f) {
  events_.emplace(machine_.elapsed + d, std::move(f));
}

bool world::next_event(std::optional<duration> until) {
  auto& timeouts = schedule_->clock().schedule();
  const auto actor_time =
      timeouts.empty()
          ? std::nullopt
          : std::optional(machine_.elapsed + std::chrono::ceil<duration>(timeouts.begin()->first -
                                                                         schedule_->clock().current_time));
  const auto outside = events_.empty() ? std::nullopt : std::optional(events_.begin()->first);
  if (!actor_time && !outside) return false;
  const bool inside = actor_time && (!outside || *actor_time <= *outside);
  const auto at = inside ? *actor_time : *outside;
  if (until && at > *until) return false;
  if (at > machine_.elapsed) advance(at - machine_.elapsed);
  if (inside) {
    schedule_->clock().trigger_expired_timeouts();
  } else {
    auto event = events_.extract(events_.begin());
    event.mapped()();
  }
  return true;
}

/// What nobody does: the node dies, the wall clock is set, time passes between two messages.
void world::disturb() {
  if (resting_ || !options_.faults) return;
  if (chaos_.below(10'000) < plan_.creep) {
    advance(chaos_.between(1ms, 400ms));
    schedule_->clock().trigger_expired_timeouts();
  }
  if (alive() && chaos_.below(10'000) < plan_.crash) node_dies("between two messages");
  if (alive() && chaos_.below(10'000) < plan_.pause) {
    paused_until_ = machine_.elapsed + chaos_.between(1s, 60s);
    ++counts_["node_paused"];
    note("", "the process stands still");
  }
  if (chaos_.below(10'000) < plan_.clock_set) {
    const auto by = chaos_.chance(500) ? chaos_.between(-1h, -1s) : chaos_.between(1s, 1h);
    machine_.set_wall(by);
    ++counts_["clock_set"];
    note("", "the wall clock is set by " + std::to_string(by.count() / 1'000'000) + " s");
  }
}

/// The process is stopped: calls that left it arrive, people and providers speak, and nobody listens.
void world::outside_goes_on() {
  if (events_.empty() || events_.begin()->first > paused_until_)
    return advance(paused_until_ - machine_.elapsed);
  auto event = events_.extract(events_.begin());
  if (event.key() > machine_.elapsed) advance(event.key() - machine_.elapsed);
  event.mapped()();
}

void world::step() {
  ++steps_;
  disturb();
  if (dying_ && node_) {
    bury_node();
    if (!broken_) checker_->audit();
    later(resting_ ? 1s : chaos_.between(10ms, chaos_.chance(100) ? duration(3h) : duration(2min)),
          [this] { start_life(); });
    return;
  }
  if (machine_.elapsed < paused_until_) return outside_goes_on();
  const bool due = !events_.empty() && events_.begin()->first <= machine_.elapsed;
  if ((!due || !order_.chance(150)) && run_some_job()) return;
  if (!next_event()) return;
  schedule_->clock().trigger_expired_timeouts();
}

seed_report world::run() {
  start_life();
  const auto limit = options_.step_limit.value_or(most_steps);
  while (!broken_ && steps_ < limit && machine_.elapsed < plan_.horizon)
    step();
  seed_report r;
  r.seed = options_.seed;
  r.steps = steps_;
  if (!broken_) come_to_rest();
  r.trace_hash = trace_.hash();
  r.simulated = machine_.elapsed;
  r.leads = image_->leads.size();
  r.broken = broken_;
  r.counts = counts_;
  r.trace = broken_ ? trace_.about(broken_->lead, 80) : trace_.all();
  for (const auto& [id, e] : image_->effects)
    if (e.row.kind == "send") ++r.touches[e.row.state];
  return r;
}

void world::note(const std::string& lead, const std::string& what) {
  trace_.add(steps_, machine_.elapsed, lead, what);
}

void world::complain(const char* invariant, const lead_id& lead, const std::string& detail) {
  if (broken_) return;
  broken_ = violation{invariant, detail, lead.value, steps_};
  note(lead.value, std::string("BROKEN ") + invariant + ": " + detail);
}

void world::written(const write_batch& batch, const write_result& r) {
  for (std::size_t i = 0; i < batch.accepts.size(); ++i)
    for (const auto& to : r.accepts[i].leads)
      note(to.lead.value, "accepted " + batch.accepts[i].key +
                              (r.accepts[i].outcome == accept_result::what::duplicate ? " again" : ""));
  for (std::size_t i = 0; i < batch.commits.size(); ++i) {
    const auto& c = batch.commits[i];
    const bool done = r.commits[i].outcome == commit_result::what::committed;
    ++counts_[done ? "commits" : "commit_conflicts"];
    if (done && !c.direct_keys.empty()) ++counts_["commits_without_inbox"];
    note(c.lead.value, (done ? "decided " : "lost the swap for ") + std::to_string(c.journal.seq) + " " +
                           c.journal.stimulus_key + " effects " + std::to_string(c.effects.size()) +
                           " cancels " + std::to_string(c.cancels.size()));
    if (done && !c.effects.empty() && operator_rolls_.chance(plan_.bad_moments))
      later(operator_rolls_.between(0ms, 3s), [this, lead = c.lead] { bad_moment(lead); });
  }
  for (std::size_t i = 0; i < batch.finishes.size(); ++i)
    note(batch.finishes[i].id.value.substr(0, batch.finishes[i].id.value.find('-')),
         "finished " + batch.finishes[i].id.value + " " + std::string(to_string(batch.finishes[i].result)) +
             " " + batch.finishes[i].detail + (batch.finishes[i].back_to_planned ? " (given back)" : "") +
             (r.finishes[i].outcome == finish_result::what::finished ? "" : " (not mine)"));
  for (std::size_t i = 0; i < batch.claims.size(); ++i)
    note(batch.claims[i].id.value.substr(0, batch.claims[i].id.value.find('-')),
         "claim " + batch.claims[i].id.value + " " + std::to_string(static_cast<int>(r.claims[i].outcome)) +
             " " + r.claims[i].scope + (batch.claims[i].repeat ? " (repeat)" : ""));
  for (const auto& c : r.claims)
    if (c.outcome == claim_result::what::claimed && operator_rolls_.chance(plan_.bad_moments))
      later(operator_rolls_.between(0ms, 600ms), [this] { stop_something(); });
  checker_->written(batch, r, machine_.elapsed);
}

}  // namespace heed::simulation
