#include "runtime/telemetry.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>

namespace heed {
namespace {

using prometheus::Histogram;

constexpr double micro = 1e-6;
const Histogram::BucketBoundaries latency{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.015,
                                          0.025,  0.05,  0.1,    0.25,  1,    5};
const Histogram::BucketBoundaries sizes{1, 2, 4, 8, 16, 32, 64, 128, 256, 512};

}  // namespace

struct telemetry::parts {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& decisions =
      prometheus::BuildCounter().Name("heed_decisions_total").Help("Decisions committed").Register(registry);
  prometheus::Family<prometheus::Counter>& accepts = prometheus::BuildCounter()
                                                         .Name("heed_stimuli_total")
                                                         .Help("Stimuli at the door, by outcome")
                                                         .Register(registry);
  prometheus::Family<prometheus::Counter>& sends = prometheus::BuildCounter()
                                                       .Name("heed_sends_total")
                                                       .Help("Provider calls ended, by result")
                                                       .Register(registry);
  prometheus::Family<prometheus::Counter>& crashes = prometheus::BuildCounter()
                                                         .Name("heed_crashes_total")
                                                         .Help("Crashes caught, by component")
                                                         .Register(registry);
  prometheus::Family<prometheus::Counter>& stuck = prometheus::BuildCounter()
                                                       .Name("heed_stuck_total")
                                                       .Help("Components found without progress, by component")
                                                       .Register(registry);
  prometheus::Family<prometheus::Counter>& hooks = prometheus::BuildCounter()
                                                       .Name("heed_hooks_total")
                                                       .Help("Provider hooks, by outcome")
                                                       .Register(registry);
  prometheus::Family<prometheus::Gauge>& stored =
      prometheus::BuildGauge().Name("heed_stored").Help("Rows in the store, by kind").Register(registry);
  prometheus::Family<prometheus::Gauge>& circuits = prometheus::BuildGauge()
                                                        .Name("heed_circuit_open")
                                                        .Help("1 while an account's circuit is open")
                                                        .Register(registry);
  prometheus::Family<prometheus::Counter>& alerts =
      prometheus::BuildCounter().Name("heed_alerts_total").Help("Alerts raised, by kind").Register(registry);
  prometheus::Counter& untold = prometheus::BuildCounter()
                                    .Name("heed_handoffs_untold_total")
                                    .Help("Handoffs nobody was told of: handoff.to is not set")
                                    .Register(registry)
                                    .Add({});
  prometheus::Counter& fenced = prometheus::BuildCounter()
                                    .Name("heed_fenced_total")
                                    .Help("Writes refused because another node has their shard")
                                    .Register(registry)
                                    .Add({});
  prometheus::Family<prometheus::Counter>& moves = prometheus::BuildCounter()
                                                       .Name("heed_shards_moved_total")
                                                       .Help("Shards that came to this node or left it, by why")
                                                       .Register(registry);
  prometheus::Counter& dead = prometheus::BuildCounter()
                                  .Name("heed_dead_letters_total")
                                  .Help("Stimuli and effects given up")
                                  .Register(registry)
                                  .Add({});
  Histogram& took = prometheus::BuildHistogram()
                        .Name("heed_decision_seconds")
                        .Help("Acceptance to durable decision")
                        .Register(registry)
                        .Add({}, latency);
  Histogram& taken = prometheus::BuildHistogram()
                         .Name("heed_takeover_seconds")
                         .Help("From finding a node dead to having its shards")
                         .Register(registry)
                         .Add({}, latency);
  Histogram& handed = prometheus::BuildHistogram()
                          .Name("heed_handover_seconds")
                          .Help("From deciding to give shards away to having released them")
                          .Register(registry)
                          .Add({}, latency);
  Histogram& batches = prometheus::BuildHistogram()
                           .Name("heed_commit_batch")
                           .Help("Writes per transaction")
                           .Register(registry)
                           .Add({}, sizes);
  Histogram& lateness = prometheus::BuildHistogram()
                            .Name("heed_timer_lateness_seconds")
                            .Help("Real time between due and fired")
                            .Register(registry)
                            .Add({}, latency);
  std::array<prometheus::Counter*, 3> accepted{&accepts.Add({{"outcome", "accepted"}}),
                                               &accepts.Add({{"outcome", "duplicate"}}),
                                               &accepts.Add({{"outcome", "no_lead"}})};
  prometheus::Counter& overload = accepts.Add({{"outcome", "overload"}});

  std::map<std::string_view, prometheus::Counter*> by_stimulus;
  std::mutex lock;
  std::vector<std::pair<prometheus::Gauge*, std::function<double()>>> asked;
  std::function<std::optional<heed::store_counts>()> counts;
};

/// Every kind of stimulus gets its counter at start, so that counting one is a look-up without a lock.
template <std::size_t... I>
void add_kinds(std::map<std::string_view, prometheus::Counter*>& to,
               prometheus::Family<prometheus::Counter>& family, std::index_sequence<I...>) {
  const auto add = [&](const stimulus_body& kind) {
    const auto name = kind_name(kind);
    to.emplace(name, &family.Add({{"stimulus", std::string(name)}}));
  };
  (add(stimulus_body(std::in_place_index<I>)), ...);
}

telemetry::telemetry() : parts_(std::make_unique<parts>()) {
  add_kinds(parts_->by_stimulus, parts_->decisions,
            std::make_index_sequence<std::variant_size_v<stimulus_body>>());
}
telemetry::~telemetry() = default;

void telemetry::decided(std::string_view stimulus, std::chrono::microseconds took) {
  const auto known = parts_->by_stimulus.find(stimulus);
  if (known != parts_->by_stimulus.end()) known->second->Increment();
  if (took.count() > 0) parts_->took.Observe(static_cast<double>(took.count()) * micro);
}
void telemetry::committed(std::size_t batch) { parts_->batches.Observe(static_cast<double>(batch)); }
void telemetry::accepted(accept_result::what outcome) {
  parts_->accepted.at(static_cast<std::size_t>(outcome))->Increment();
}
void telemetry::refused_overload() { parts_->overload.Increment(); }
void telemetry::sent(std::string_view provider, std::string_view outcome) {
  parts_->sends.Add({{"provider", std::string(provider)}, {"result", std::string(outcome)}}).Increment();
}
void telemetry::nobody_told() { parts_->untold.Increment(); }
void telemetry::alert(std::string_view what) { parts_->alerts.Add({{"what", std::string(what)}}).Increment(); }
void telemetry::dead_letter() { parts_->dead.Increment(); }
void telemetry::crash(std::string_view component) {
  parts_->crashes.Add({{"component", std::string(component)}}).Increment();
}
void telemetry::stuck(std::string_view component) {
  parts_->stuck.Add({{"component", std::string(component)}}).Increment();
}
void telemetry::timer_late(std::chrono::microseconds late) {
  parts_->lateness.Observe(static_cast<double>(late.count()) * micro);
}
void telemetry::circuit(const std::string& account, bool open) {
  parts_->circuits.Add({{"account", account}}).Set(open ? 1 : 0);
}

void telemetry::fenced(std::size_t writes) { parts_->fenced.Increment(static_cast<double>(writes)); }
double telemetry::fenced_so_far() const { return parts_->fenced.Value(); }
void telemetry::shards_moved(std::string_view why, std::size_t shards) {
  parts_->moves.Add({{"why", std::string(why)}}).Increment(static_cast<double>(shards));
}
void telemetry::taken_over(std::chrono::microseconds took) {
  parts_->taken.Observe(static_cast<double>(took.count()) * micro);
}
void telemetry::handed_over(std::chrono::microseconds took) {
  parts_->handed.Observe(static_cast<double>(took.count()) * micro);
}

void telemetry::hook(std::string_view provider, std::string_view outcome) {
  parts_->hooks.Add({{"provider", std::string(provider)}, {"outcome", std::string(outcome)}}).Increment();
}

void telemetry::store_counts(std::function<std::optional<heed::store_counts>()> counts) {
  std::lock_guard guard(parts_->lock);
  parts_->counts = std::move(counts);
}

void telemetry::gauge(const std::string& name, const std::string& help, std::function<double()> value) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(parts_->registry);
  std::lock_guard guard(parts_->lock);
  parts_->asked.emplace_back(&family.Add({}), std::move(value));
}

std::string telemetry::text() const {
  {
    std::lock_guard guard(parts_->lock);
    for (auto& [gauge, value] : parts_->asked)
      gauge->Set(value());
    if (const auto n = parts_->counts ? parts_->counts() : std::nullopt) {
      const auto set = [&](const char* what, std::uint64_t value) {
        parts_->stored.Add({{"what", what}}).Set(static_cast<double>(value));
      };
      set("leads", n->leads);
      set("pending", n->pending);
      set("dead_letters", n->dead);
      set("timers", n->timers);
      set("effects_planned", n->effects_planned);
      set("effects_in_flight", n->effects_in_flight);
      set("effects_unknown", n->effects_unknown);
    }
  }
  return prometheus::TextSerializer{}.Serialize(parts_->registry.Collect());
}

}  // namespace heed
