// How long a provider actor's messages take to arrive, and what follows from a rise.
#include <algorithm>
#include <caf/send.hpp>
#include <utility>

#include "actors/lead/gates.hpp"
#include "actors/provider/flight.hpp"
#include "actors/provider/stored_arrivals.hpp"
#include "persistence/codec/codec.hpp"

namespace heed {
namespace {

constexpr auto memory = std::chrono::days(28);
constexpr std::size_t remembered = 20'000;
constexpr auto look_every = std::chrono::seconds(60);
constexpr std::size_t timers_page = 1'000;
constexpr std::size_t told_at_once = 500;
/// Whatever is due later is asked about by its own decision, and a spike fades within the hour.
constexpr auto reach = std::chrono::hours(1);

struct waiting_lead {
  lead_id lead;
  time_point target{};
};

/// Whose touch waits for its minute through that account, and is to arrive soon. By the timers: everybody who waits has one.
std::vector<waiting_lead> who_waits(store_reader& r, const workspace_id& ws, const account_id& account, const std::string& domain,
                                    time_point until) {
  std::vector<waiting_lead> out;
  std::optional<timer_row> after;
  for (;;) {
    const auto timers = r.timers(until, after, timers_page);
    if (!timers || timers->empty()) return out;
    std::vector<lead_id> ids;
    for (const auto& t : *timers)
      if (t.workspace == ws) ids.push_back(t.lead);
    const auto rows = r.leads(ids);
    if (!rows) return out;
    for (const auto& row : *rows) {
      const auto state = row.snapshot.empty() ? result<lead_state>(fail(errc::not_found, "")) : codec::decode_lead_state(row.snapshot);
      if (!state) continue;
      std::optional<time_point> soonest;
      for (const auto& x : state->runs) {
        if (is_final(x.status) || x.waiting_for != timing_wait || !x.minute || x.minute->account != account) continue;
        soonest = std::min(soonest.value_or(x.minute->target), x.minute->target);
      }
      if (soonest && (domain.empty() || domain_of(address_for(*state, channel::email)) == domain)) out.push_back({row.lead, *soonest});
    }
    if (timers->size() < timers_page) return out;
    after = timers->back();
  }
}

}  // namespace

/// What it knew before it began is what is stored.
void provider_actor::read_arrivals() {
  if (!env_->latencies || std::exchange(arrivals_asked_, true)) return;
  reader_job job{[me = self(), ws = workspace_, account = account_, since = now() - memory](store_reader& r) {
    caf::anon_send(me, arrivals_read{stored_arrivals(r, ws, account, since, remembered)});
  }};
  send(env_->all->readers.front(), std::move(job));
}

void provider_actor::note_hand_over(const flight& f, const outbound::send_report& r) {
  if (!env_->latencies || r.result != send_result::accepted || f.why != flight::purpose::send) return;
  const auto domain = f.send.message.on == channel::email ? domain_of(f.send.message.to) : std::string{};
  env_->latencies->with(workspace_, account_, [&](latency_tracker& t) { t.handed_over(f.what->id, domain, f.started_at); });
  if (!std::exchange(watching_latency_, true)) delayed_send(this, look_every, tick{latency_tick});
}

void provider_actor::on_receipt(const receipt_came& r) {
  if (!env_->latencies) return;
  env_->latencies->with(workspace_, account_, [&](latency_tracker& t) { t.arrived(r.what); });
  look_at_latency();
}

void provider_actor::look_at_latency() {
  if (!env_->latencies) return;
  const auto [rises, waits] = env_->latencies->with(workspace_, account_, [&](latency_tracker& t) {
    return std::pair(t.spikes(now()), !t.unconfirmed(now()).empty());
  });
  for (const auto& s : rises)
    tell_waiting(s);
  if (waits && !std::exchange(watching_latency_, true)) delayed_send(this, look_every, tick{latency_tick});
}

/// Those who wait here are in front of whoever comes.
void provider_actor::publish_queue() {
  if (!env_->latencies || queue_.size() == std::exchange(queue_told_, queue_.size())) return;
  const auto median = std::chrono::duration<double>(times_.quantile(0.5)).count();
  double drained = median > 0 ? static_cast<double>(env_->options.slots) / median : 0;
  const auto view = env_->all->policies ? env_->all->policies->view(workspace_) : nullptr;
  const auto* a = view ? view->current->find_account(account_) : nullptr;
  if (a && a->max_per_second > 0) drained = drained > 0 ? std::min(drained, double(a->max_per_second)) : double(a->max_per_second);
  env_->latencies->with(workspace_, account_,
                        [&](latency_tracker& t) { t.queue(static_cast<std::uint32_t>(queue_.size()), drained); });
}

void provider_actor::tell_waiting(const latency_tracker::spike& s) {
  reader_job job{[all = env_->all, book = env_->latencies, ws = workspace_, account = account_, s, at = now()](store_reader& r) {
    auto batch = std::make_shared<submission_batch>();
    const auto submit = [&] {
      if (!batch->items.empty()) caf::anon_send(all->gateway, std::exchange(batch, std::make_shared<submission_batch>()));
    };
    for (const auto& w : who_waits(r, ws, account, s.domain, at + s.now + reach)) {
      const auto estimate = book->estimate(ws, account, s.domain, w.target, at).value_or(s.now);
      stimulus what;
      what.key = "latency:" + account.value + ":" + std::to_string(to_micros(at)) + ":" + w.lead.value;
      what.occurred_at = what.received_at = at;
      what.source = "dispatcher";
      what.body = latency_rose{account, s.before.count(), estimate.count()};
      batch->items.push_back({ws, std::move(what), w.lead});
      if (batch->items.size() >= told_at_once) submit();
    }
    submit();
  }};
  send(env_->all->readers.front(), std::move(job));
}

}  // namespace heed
