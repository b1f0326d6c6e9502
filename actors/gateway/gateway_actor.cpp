#include "actors/gateway/gateway_actor.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <mutex>

#include "actors/lead/check.hpp"
#include "persistence/codec/codec.hpp"

namespace heed {
namespace {

constexpr auto deadline_step = std::chrono::milliseconds(20);
constexpr std::uint32_t most_crashes = 3;  ///< over one submission of the runtime's own

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

std::vector<item_outcome> outcomes_of(const std::vector<accept_result>& answer) {
  std::vector<item_outcome> out(answer.size());
  for (std::size_t i = 0; i < answer.size(); ++i) {
    out[i].accepted = answer[i].outcome;
    for (const auto& l : answer[i].leads)
      out[i].leads.push_back(l.lead);
  }
  return out;
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
      [this](std::shared_ptr<submission_batch>& b) {
        submitting_ = std::move(b);
        submit(submitting_);
        submitting_.reset();
      },
      [this](accept_done& d) {
        accepting_ = std::move(d);
        accepted(*accepting_);
        accepting_.reset();
      },
      [this](tick) { expire(); },
  };
}

void gateway_actor::restarted() {
  if (submitting_) submit_again();
  submitting_.reset();
  if (accepting_) hand_over_again();
  accepting_.reset();
  if (std::exchange(ticking_, false)) expire();
}

/// It never reached the store. Callers ask again themselves; what the runtime says has nobody else to say it.
void gateway_actor::submit_again() {
  if (submitting_->done) return submitting_->done(fail(errc::retry, "the gateway crashed"));
  if (++submitting_->crashes < most_crashes) return send(this, submitting_);
  if (all_->board) all_->board->crashed(path(), "a submission of the runtime's own is given up: it crashed the gateway again and again");
}

/// It is durable; its parcels may or may not have been on their way.
void gateway_actor::hand_over_again() {
  const auto found = open_.extract(accepting_->ticket);
  if (!found || !accepting_->answer) return;
  const auto& batch = *found.mapped().batch;
  for (std::size_t i = 0; i < accepting_->answer->size(); ++i) {
    const auto& a = (*accepting_->answer)[i];
    if (a.outcome != accept_result::what::accepted && a.notices.empty()) continue;
    const auto fetch = [&](const lead_id& lead) {
      send(all_->region_of(lead), deliver_pending{batch.items[i].workspace, lead});
    };
    for (const auto& n : a.notices)
      fetch(n.to.lead);
    for (const auto& l : a.leads)
      fetch(l.lead);
  }
  if (batch.done) batch.done(outcomes_of(*accepting_->answer));
}

void gateway_actor::ended() {
  for (auto& [ticket, o] : open_)
    if (o.batch->done) o.batch->done(fail(errc::retry, "shutting down"));
  open_.clear();
}

void gateway_actor::submit(const std::shared_ptr<submission_batch>& b) {
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
  open o{b, {}};
  const auto now = all_->time->now();
  w.items.reserve(b->items.size());
  for (const auto& item : b->items) {
    w.items.push_back(to_inbox_item(item, names_, now));
    o.candidates.emplace_back(w.items.back().candidate, w.items.back().candidate_secret);
  }
  open_.emplace(ticket_, std::move(o));
  send(all_->store, std::move(w));
}

void gateway_actor::accepted(accept_done& d) {
  const auto found = open_.find(d.ticket);
  if (found == open_.end()) return;
  if (d.answer)
    hand_over(found->second, *d.answer);
  else if (found->second.batch->done)
    found->second.batch->done(tl::unexpected<store_error>(d.answer.error()));
  open_.erase(found);
}

void gateway_actor::hand_over(open& o, std::vector<accept_result>& answer) {
  auto& batch = *o.batch;
  for (std::size_t i = 0; i < answer.size(); ++i)
    if (answer[i].outcome == accept_result::what::accepted) settle_by_callback(batch.items[i]);
  std::vector<parcel_ptr> parcels;
  const auto taken = all_->time->steady();
  for (std::size_t i = 0; i < answer.size(); ++i) {
    auto& a = answer[i];
    auto& item = batch.items[i];
    // What the store put before the item is decided before it.
    for (auto& n : a.notices)
      deliver_notice(item.workspace, n);
    if (figures_) figures_->accepted(a.outcome);
    if (a.outcome != accept_result::what::accepted) continue;
    for (std::size_t n = 0; n < a.leads.size(); ++n) {
      auto p = std::make_shared<parcel>();
      p->workspace = item.workspace;
      p->lead = a.leads[n].lead;
      p->inbox = a.leads[n].inbox;
      if (n + 1 < a.leads.size())
        p->what = item.what;
      else
        p->what = std::move(item.what);
      auto& [candidate, secret] = o.candidates[i];
      if (a.leads[n].created && p->lead == candidate) p->fresh_secret = std::move(secret);
      p->index = i;
      p->taken = taken;
      p->count(*all_->door);
      parcels.push_back(std::move(p));
    }
  }
  auto outcomes = outcomes_of(answer);
  std::shared_ptr<batch_waiter> waits;
  if (batch.done && batch.wait.count() > 0 && !parcels.empty()) {
    waits = std::make_shared<batch_waiter>(std::move(outcomes), parcels.size(), std::exchange(batch.done, nullptr));
    watch(waits, taken + batch.wait);
  }
  for (auto& p : parcels) {
    p->waits = waits;
    const auto& region = all_->region_of(p->lead);
    send(region, std::move(p));
  }
  if (!waits && batch.done) batch.done(std::move(outcomes));
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

void gateway_actor::watch(const std::shared_ptr<batch_waiter>& w, clock::ticks until) {
  deadlines_.emplace(until, w);
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
