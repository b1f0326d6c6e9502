#include "runtime/forecast/forecast.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "persistence/memory/memory_store.hpp"
#include "runtime/forecast/ledger.hpp"
#include "runtime/forecast/observed_store.hpp"
#include "runtime/setup.hpp"
#include "runtime/simulation/simulated_node.hpp"

namespace heed::forecast {
namespace {

using namespace std::chrono_literals;

/// People come in, and their answers, as a batch of this many at most.
constexpr std::size_t batch_most = 200;

/// Every account delivers into the sandbox; its limits stay its own.
class sandboxed_accounts final : public account_source {
 public:
  explicit sandboxed_accounts(const registry& known) : known_(known) {}
  [[nodiscard]] std::optional<outbound::sending_account> find(const workspace_id& ws, const account_id& id) const override {
    const auto view = known_.view(ws);
    const auto* a = view ? view->current->find_account(id) : nullptr;
    if (a == nullptr) return std::nullopt;
    outbound::sending_account out;
    out.workspace = ws;
    out.public_part = *a;
    out.public_part.provider = "sandbox";
    return out;
  }

 private:
  const registry& known_;
};

/// Nothing leaves this process.
class no_calls final : public outbound::transport {
 public:
  void start(outbound::call, std::function<bool()>, done when_done) override {
    outbound::answer none;
    none.error = "a forecast calls nobody";
    when_done(std::move(none));
  }
  [[nodiscard]] std::size_t running() const override { return 0; }
};

/// Few rounds of upkeep: in virtual time nobody has to be told soon.
simulation::node_settings unhurried() {
  simulation::node_settings s;
  s.regions = 1;
  s.residency.resident_limit = 10'000'000;
  s.residency.idle_after = 24h * 365;
  s.residency.sweep_every = 6h;
  s.timers.window = 12h;
  s.timers.window_rows = 1'000'000;
  s.timers.in_flight = 100'000;
  s.timers.refill_every = 3h;
  s.timers.fire_again = 24h * 365;
  s.notifier.look_every = 24h;
  s.providers.look_again = 15min;
  s.chores_every = 24h;
  return s;
}

class forecast_world {
 public:
  forecast_world(forecast_options o, zone_library& zones);
  ~forecast_world();
  result<forecast_report> run();

 private:
  result<void> set_up();
  result<void> make_workspace();
  result<void> release_stops();
  void enrol();
  void arrived(const received_message& m);
  void submit_due();
  bool next_event(duration until);
  void advance(duration d);
  void settle();
  [[nodiscard]] bool settle_unless_given_up();
  void finish_days();

  forecast_options options_;
  zone_library& zones_;
  forecast_report report_;
  std::unique_ptr<ledger> books_;
  simulation::machine_time machine_;
  simulation::simulated_clock clock_;
  telemetry figures_;
  registry published_;
  sandboxed_accounts accounts_;
  no_calls calls_;
  std::shared_ptr<memory::image> image_;
  std::unique_ptr<store> target_;
  std::multimap<duration, stimulus> events_;  ///< by elapsed time
  std::optional<std::string> failed_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator* schedule_ = nullptr;
  std::unique_ptr<simulation::simulated_node> node_;
};

forecast_world::forecast_world(forecast_options o, zone_library& zones)
    : options_(std::move(o)),
      zones_(zones),
      machine_{options_.start, {}},
      clock_(machine_, options_.start, [] {}),
      published_(zones),
      accounts_(published_) {
  config_.set("scheduler.policy", caf::atom("testing"));
  config_.set("logger.inline-output", true);
  system_ = std::make_unique<caf::actor_system>(config_);
  schedule_ = dynamic_cast<caf::scheduler::test_coordinator*>(&system_->scheduler());
  schedule_->clock().current_time += 1h;
}

forecast_world::~forecast_world() {
  if (!node_) return;
  node_->kill();
  settle();
  schedule_->clock().cancel_all();
  settle();
  node_.reset();
}

result<void> forecast_world::make_workspace() {
  image_ = memory::make_image();
  auto made = memory::open(image_, open_mode::read_write);
  if (!made) return tl::unexpected<store_error>(made.error());
  options_.from = std::move(*made);
  auto& s = *options_.from;
  const auto& ws = options_.workspace;
  if (auto r = s.attach(options_.start); !r) return tl::unexpected<store_error>(r.error());
  if (auto r = s.create_workspace(ws, options_.start); !r) return r;
  auto rules = options_.rules;
  rules.workspace = ws;
  rules.zones = zones_.current();
  // Nobody is written to, so nobody needs to be kept from it.
  rules.allow_recipients.reset();
  if (auto r = s.put_policy(ws, 0, write_policy(rules), {ws, "simulate", "policy", "", options_.start}); !r)
    return tl::unexpected<store_error>(r.error());
  for (const auto& [id, c] : rules.campaigns)
    if (auto r = s.put_kill_switch({ws, stop_scope::campaign, id.value, false, "simulate", options_.start}); !r) return r;
  for (const auto& [id, a] : rules.accounts)
    if (auto r = s.put_kill_switch({ws, stop_scope::account, id.value, false, "simulate", options_.start}); !r) return r;
  return {};
}

result<void> forecast_world::release_stops() {
  auto reader = options_.from->reader();
  if (!reader) return tl::unexpected<store_error>(reader.error());
  auto rows = (*reader)->kill_switches();
  if (!rows) return tl::unexpected<store_error>(rows.error());
  for (auto& row : *rows) {
    const bool concerns = row.scope == stop_scope::global || row.workspace == options_.workspace;
    if (!row.engaged || !concerns) continue;
    if (!options_.without_stops) {
      report_.notes.push_back("a stop holds (" + std::string(to_string(row.scope)) + (row.name.empty() ? "" : " " + row.name) +
                              "): what it keeps back is not sent here either; --without-stops looks past it");
      continue;
    }
    row.engaged = false;
    if (auto r = options_.from->put_kill_switch(row); !r) return r;
  }
  return {};
}

result<void> forecast_world::set_up() {
  const bool made = !options_.from;
  if (made)
    if (auto r = make_workspace(); !r) return r;
  auto reader = options_.from->reader();
  if (!reader) return tl::unexpected<store_error>(reader.error());
  if (auto r = keep_link_key(*options_.from, **reader); !r) return r;
  if (!made)
    if (auto r = release_stops(); !r) return r;
  auto view = published_.read(**reader, options_.workspace);
  if (!view) return tl::unexpected<store_error>(view.error());
  // Accounts are looked up before the node publishes its own view of them.
  published_.publish(options_.workspace, std::make_shared<const workspace_view>(*view));
  const auto& rules = *view->current;
  report_.zone = rules.defaults.time_zone;
  for (const auto& [id, a] : rules.accounts)
    if (a.enabled) report_.caps[id.value] = a.max_per_day;
  books_ = std::make_unique<ledger>(report_, zones_.current()->find(report_.zone),
                                    [this](const received_message& m) { arrived(m); });
  for (const auto& [id, c] : rules.campaigns)
    books_->know_landing_page(id, c.landing_page);
  target_ = std::make_unique<observed_store>(std::move(options_.from), [this](const write_batch& b, const write_result& r) {
    books_->read(b, r);
  });
  simulation::node_world around;
  around.system = system_.get();
  around.target = target_.get();
  around.time = &clock_;
  around.calls = &calls_;
  around.accounts = &accounts_;
  around.zones = &zones_;
  around.figures = &figures_;
  around.crashed = [this](std::string_view path, std::string_view why) {
    report_.notes.push_back("crash of " + std::string(path) + ": " + std::string(why));
  };
  around.escalated = [this](std::string_view path, std::string_view why) {
    failed_ = std::string(path) + ": " + std::string(why);
  };
  node_ = std::make_unique<simulation::simulated_node>(std::move(around), unhurried());
  return node_->start(options_.workspace);
}

void forecast_world::enrol() {
  const auto n = options_.enrolments.size();
  for (std::size_t i = 0; i < n; ++i) {
    const auto at = options_.enrol_over * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(n);
    // They come when they come: what happened days before it is told would enrol nobody.
    options_.enrolments[i].occurred_at = options_.start + at;
    events_.emplace(at, std::move(options_.enrolments[i]));
  }
  options_.enrolments.clear();
}

void forecast_world::arrived(const received_message& m) {
  for (auto& r : react(options_.people, options_.seed, m)) {
    stimulus s;
    s.key = "reaction:" + m.ref.effect + ":" + std::string(to_string(r.kind));
    s.occurred_at = r.at;
    s.source = "simulated";
    s.keys = {m.on == channel::email ? lead_key{key_kind::email, {}, m.person} : lead_key{key_kind::phone, {}, m.person}};
    s.on = m.on;
    s.body = std::move(r.body);
    const auto at = std::max(r.at - options_.start, machine_.elapsed);
    if (at < options_.length) books_->reacted(r.kind, r.at);
    events_.emplace(at, std::move(s));
  }
}

/// All that happens at this instant, in batches as the API would take them.
void forecast_world::submit_due() {
  std::vector<submitted_item> items;
  while (!events_.empty() && events_.begin()->first <= machine_.elapsed && items.size() < batch_most) {
    auto s = std::move(events_.extract(events_.begin()).mapped());
    s.received_at = clock_.now();
    s.occurred_at = std::max(s.occurred_at, options_.start);
    items.push_back({options_.workspace, std::move(s), std::nullopt});
  }
  node_->submit(std::move(items), 0ms, [this](const result<std::vector<item_outcome>>& r) {
    if (!r) failed_ = r.error().detail;
  });
}

void forecast_world::advance(duration d) {
  machine_.advance(d);
  schedule_->clock().current_time += d;
}

void forecast_world::settle() {
  while (schedule_->try_run_once()) {
  }
}

/// Looks up between messages, for a moment of many people can be long; false = it was given up.
bool forecast_world::settle_unless_given_up() {
  constexpr int messages_between_looks = 64;
  for (int n = 0; schedule_->try_run_once(); ++n)
    if (n % messages_between_looks == 0 && options_.given_up && options_.given_up()) return false;
  return !options_.given_up || !options_.given_up();
}

/// The next thing that happens before `until`; false when there is none.
bool forecast_world::next_event(duration until) {
  auto& timeouts = schedule_->clock().schedule();
  std::optional<duration> at;
  if (!timeouts.empty())
    at = machine_.elapsed + std::max(duration{0}, std::chrono::ceil<duration>(timeouts.begin()->first - schedule_->clock().current_time));
  const bool outside = !events_.empty() && (!at || events_.begin()->first < *at);
  if (outside) at = events_.begin()->first;
  if (!at || *at >= until) return false;
  if (*at > machine_.elapsed) advance(*at - machine_.elapsed);
  if (outside)
    submit_due();
  else
    schedule_->clock().trigger_expired_timeouts();
  return true;
}

void forecast_world::finish_days() {
  const auto& zone = zones_.current()->find(report_.zone);
  for (auto t = report_.start; t < report_.end; t += 12h)
    (void)report_.days[local_date(zone, t)];
}

result<forecast_report> forecast_world::run() {
  report_.start = options_.start;
  report_.end = options_.start + options_.length;
  report_.people = options_.people;
  report_.seed = options_.seed;
  report_.notes = options_.notes;
  report_.handoffs_per_day = options_.handoffs_per_day;
  if (auto up = set_up(); !up) return tl::unexpected<store_error>(up.error());
  enrol();
  do {
    if (!settle_unless_given_up()) return fail(errc::refused, gave_up);
    if (options_.reached) options_.reached(machine_.elapsed);
  } while (!failed_ && next_event(options_.length));
  if (failed_) return fail(errc::refused, *failed_);
  finish_days();
  auto reader = target_->reader();
  if (!reader) return tl::unexpected<store_error>(reader.error());
  const auto view = published_.view(options_.workspace);
  if (auto closed = books_->close(**reader, *view->current, clock_.now()); !closed)
    return tl::unexpected<store_error>(closed.error());
  return std::move(report_);
}

}  // namespace

result<forecast_report> run_forecast(forecast_options o, zone_library& zones) {
  return forecast_world(std::move(o), zones).run();
}

}  // namespace heed::forecast
