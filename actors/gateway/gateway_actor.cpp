#include "actors/gateway/gateway_actor.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <mutex>

#include "actors/lead/check.hpp"
#include "persistence/codec/codec.hpp"

namespace heed {
namespace {

constexpr auto deadline_step = std::chrono::milliseconds(20);

/// The message a stimulus is about, where it is about one of ours.
const message_ref* message_of(const stimulus_body& body) {
  return std::visit(
      [](const auto& b) -> const message_ref* {
        if constexpr (requires { b.message.effect; }) return &b.message;
        return nullptr;
      },
      body);
}

/// Callbacks about a message that nobody here knows are no reason to invent a person.
bool makes_no_lead(const stimulus_body& body) {
  return std::holds_alternative<message_delivered>(body) || std::holds_alternative<message_opened>(body) ||
         std::holds_alternative<effect_outcome>(body);
}

}  // namespace

inbox_item to_inbox_item(const submitted_item& s, lead_namer& names, time_point now) {
  inbox_item item;
  item.workspace = s.workspace;
  item.key = s.what.key;
  item.body = codec::encode(s.what);
  item.lead = s.lead;
  item.keys = s.what.keys;
  std::ranges::stable_sort(item.keys, {}, &lead_key::kind);
  if (!item.lead && item.keys.empty())
    if (const auto* about = message_of(s.what.body)) item.lead = lead_of_effect(about->effect);
  item.received_at = s.what.received_at;
  item.suppresses = suppresses_person(s.what.body);
  item.may_create = !item.lead && !makes_no_lead(s.what.body);
  item.every_match = !item.lead && concerns_every_match(s.what.body);
  if (item.may_create) {
    item.candidate = names.next(now);
    item.candidate_secret = codec::new_secret();
  }
  return item;
}

/// Collects the decisions of one submission; answers when all are in or at the deadline, whichever is first.
class gateway_actor::batch_waiter final : public waiter {
 public:
  batch_waiter(std::vector<item_outcome> outcomes, std::size_t open,
               std::function<void(result<std::vector<item_outcome>>)> done)
      : outcomes_(std::move(outcomes)), open_(open), done_(std::move(done)) {}

  void decided(std::size_t index, std::uint64_t seq, const std::vector<fact>& facts,
               std::vector<std::string> calls) override {
    std::unique_lock guard(lock_);
    if (!done_) return;
    auto& o = outcomes_[index];
    if (!o.seq) o.seq = seq, o.facts = facts;
    std::ranges::move(calls, std::back_inserter(o.calls_in_flight));
    close_one(std::move(guard));
  }
  void given_up(std::size_t) override {
    std::unique_lock guard(lock_);
    if (done_) close_one(std::move(guard));
  }
  void deadline() {
    std::unique_lock guard(lock_);
    if (done_) finish(std::move(guard));
  }

 private:
  void close_one(std::unique_lock<std::mutex> guard) {
    if (--open_ == 0) finish(std::move(guard));
  }
  void finish(std::unique_lock<std::mutex> guard) {
    auto done = std::exchange(done_, nullptr);
    auto outcomes = std::move(outcomes_);
    guard.unlock();
    done(std::move(outcomes));
  }

  std::mutex lock_;
  std::vector<item_outcome> outcomes_;
  std::size_t open_;
  std::function<void(result<std::vector<item_outcome>>)> done_;
};

gateway_actor::gateway_actor(caf::actor_config& cfg, caf::actor boss, const services* all,
                             door_figures* figures, std::uint64_t seed)
    : component_actor(cfg, "gateway", std::move(boss), all->board),
      all_(all),
      figures_(figures),
      names_(seed) {}
gateway_actor::~gateway_actor() = default;

caf::behavior gateway_actor::running() {
  return {
      [this](std::shared_ptr<submission_batch>& b) { submit(std::move(b)); },
      [this](accept_done& d) { accepted(d); },
      [this](tick) { expire(); },
  };
}

void gateway_actor::restarted() {
  if (std::exchange(ticking_, false)) expire();
}

void gateway_actor::ended() {
  for (auto& [ticket, o] : open_)
    if (o.batch->done) o.batch->done(fail(errc::retry, "shutting down"));
  open_.clear();
}

void gateway_actor::submit(std::shared_ptr<submission_batch> b) {
  // Only callers are refused: what the runtime itself says must not get lost.
  if (b->done && all_->door->undecided.load(std::memory_order_relaxed) >= all_->door->limit) {
    if (figures_) figures_->refused_overload();
    return b->done(fail(errc::retry, "too many undecided stimuli"));
  }
  if (b->items.empty()) {
    if (b->done) b->done(std::vector<item_outcome>{});
    return;
  }
  accept_work w{{}, ++ticket_, self()};
  open o{std::move(b), {}};
  const auto now = all_->time->now();
  w.items.reserve(o.batch->items.size());
  for (const auto& item : o.batch->items) {
    w.items.push_back(to_inbox_item(item, names_, now));
    o.candidates.emplace_back(w.items.back().candidate, w.items.back().candidate_secret);
  }
  open_.emplace(ticket_, std::move(o));
  send(all_->store, std::move(w));
}

void gateway_actor::accepted(accept_done& d) {
  auto found = open_.extract(d.ticket);
  if (!found) return;
  auto& [batch, candidates] = found.mapped();
  if (!d.answer) {
    if (batch->done) batch->done(tl::unexpected<store_error>(d.answer.error()));
    return;
  }
  std::vector<item_outcome> outcomes(d.answer->size());
  std::vector<parcel_ptr> parcels;
  const auto taken = all_->time->steady();
  for (std::size_t i = 0; i < d.answer->size(); ++i) {
    auto& a = (*d.answer)[i];
    outcomes[i].accepted = a.outcome;
    for (const auto& l : a.leads)
      outcomes[i].leads.push_back(l.lead);
    // What the store put before the item is decided before it.
    for (auto& n : a.notices) deliver_notice(batch->items[i].workspace, n);
    if (figures_) figures_->accepted(a.outcome);
    if (a.outcome != accept_result::what::accepted) continue;
    auto& item = batch->items[i];
    settle_by_callback(item);
    for (std::size_t n = 0; n < a.leads.size(); ++n) {
      auto p = std::make_shared<parcel>();
      p->workspace = item.workspace;
      p->lead = a.leads[n].lead;
      p->inbox = a.leads[n].inbox;
      if (n + 1 < a.leads.size())
        p->what = item.what;
      else
        p->what = std::move(item.what);
      if (a.leads[n].created && p->lead == candidates[i].first)
        p->fresh_secret = std::move(candidates[i].second);
      p->index = i;
      p->taken = taken;
      p->count(*all_->door);
      parcels.push_back(std::move(p));
    }
  }
  std::shared_ptr<batch_waiter> waits;
  if (batch->done && batch->wait.count() > 0 && !parcels.empty()) {
    waits = std::make_shared<batch_waiter>(std::move(outcomes), parcels.size(), std::move(batch->done));
    watch(waits, batch->wait);
  }
  for (auto& p : parcels) {
    p->waits = waits;
    const auto& region = all_->region_of(p->lead);
    send(region, std::move(p));
  }
  if (!waits && batch->done) batch->done(std::move(outcomes));
}

void gateway_actor::deliver_notice(const workspace_id& ws, const accept_result::notice& n) {
  auto what = codec::decode_stimulus(n.body);
  CHECK(what.has_value());
  auto p = std::make_shared<parcel>();
  p->workspace = ws;
  p->lead = n.to.lead;
  p->inbox = n.to.inbox;
  p->what = std::move(*what);
  p->count(*all_->door);
  const auto& region = all_->region_of(p->lead);
  send(region, std::move(p));
}

void gateway_actor::settle_by_callback(const submitted_item& item) {
  const auto* about = message_of(item.what.body);
  if (!about || about->effect.empty() || std::holds_alternative<reply_received>(item.what.body)) return;
  settled_by_callback c{item.workspace, effect_id{about->effect}, about->provider_id};
  // Filtered, or the sender is not registered: the next message would fare no better.
  const auto* bounce = std::get_if<message_bounced>(&item.what.body);
  if (bounce && bounce->severity == bounce_class::our_sender) c.trouble = bounce->code.empty() ? "refused" : bounce->code;
  send(all_->providers, std::move(c));
}

void gateway_actor::watch(const std::shared_ptr<batch_waiter>& w, std::chrono::milliseconds wait) {
  deadlines_.emplace(all_->time->steady() + wait, w);
  if (std::exchange(ticking_, true)) return;
  delayed_send(this, deadline_step, tick{});
}

void gateway_actor::expire() {
  const auto now = all_->time->steady();
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    if (auto w = deadlines_.begin()->second.lock()) w->deadline();
    deadlines_.erase(deadlines_.begin());
  }
  ticking_ = !deadlines_.empty();
  if (ticking_) delayed_send(this, deadline_step, tick{});
}

}  // namespace heed
