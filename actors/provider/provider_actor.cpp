#include "actors/provider/provider_actor.hpp"

#include <algorithm>
#include <caf/send.hpp>

#include "actors/lead/check.hpp"
#include "actors/provider/flight.hpp"
#include "actors/provider/settling.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/store_rules.hpp"

namespace heed {

/// Ticks with a meaning of their own: what a stop held is looked at again, a connection may be free by now.
/// Wake-ups for the circuit count from 2.
constexpr std::uint64_t look_again_tick = 0;
constexpr std::uint64_t slot_tick = 1;

provider_actor::provider_actor(caf::actor_config& cfg, std::string path, caf::actor boss,
                               const provider_environment* env, workspace_id ws, account_id account)
    : component_actor(cfg, std::move(path), std::move(boss), env->all->board),
      env_(env),
      workspace_(std::move(ws)),
      account_(std::move(account)),
      circuit_(workspace_.value + "/" + account_.value) {
  const auto known = env_->accounts->find(workspace_, account_);
  const bool boxed = known && known->public_part.provider == "sandbox";
  lane_ = std::make_shared<call_lane>(boxed ? env_->options.sandbox_slots : env_->options.slots,
                                      boxed ? nullptr : env_->slots);
  if (env_->lanes) env_->lanes->put(workspace_, account_, lane_);
}

provider_actor::~provider_actor() { lane_->become(call_lane::state::closed); }

caf::behavior provider_actor::running() {
  read_arrivals();
  return {
      [this](dispatch_ptr& d) { holding(d, [&] { take(std::move(d)); }); },
      [this](claim_done& d) { holding_flight(d.id, [&] { on_claimed(d); }); },
      [this](call_answered& a) { holding_flight(a.id, [&] { on_answer(a); }); },
      [this](finish_done& d) { holding_flight(d.id, [&] { on_finished(d); }); },
      [this](const outcome_undecided& u) { holding_flight(u.id, [&] { on_undecided(u); }); },
      [this](conversation_read& c) { holding_flight(c.id, [&] { on_conversation(c); }); },
      [this](const asking_paused& p) { holding_flight(p.id, [&] { on_asking_paused(p); }); },
      [this](const receipt_came& r) { on_receipt(r); },
      [this](arrivals_read& a) {
        if (a.rows && env_->latencies)
          env_->latencies->with(workspace_, account_, [&](latency_tracker& t) { t.take_up(std::move(*a.rows)); });
      },
      [this](effect_read& r) { holding(r.what, [&] { on_effect_read(r); }); },
      [this](providers_resume) {
        circuit_.reset();
        pace_.forget_slots();
        publish_room();
        publish_pulse();
        resume_stopped();
      },
      [this](const account_troubled& t) {
        trouble(t.code);
        publish_room();
        publish_pulse();
      },
      [this](providers_pause) {
        paused_ = true;
        publish_lane();
      },
      [this](account_left) { left(); },
      [this](tick t) {
        if (t.generation == slot_tick) {
          asking_ = false;
          pump();
        } else if (t.generation == look_again_tick) {
          looking_again_ = false;
          resume_stopped();
        } else if (t.generation == latency_tick) {
          watching_latency_ = false;
          look_at_latency();
        } else if (t.generation == wake_) {
          waking_at_.reset();
          pump();
        }
      },
  };
}

template <class Handler>
void provider_actor::holding(dispatch_ptr d, Handler handler) {
  in_hand_ = std::move(d);
  handler();
  in_hand_.reset();
}

template <class Handler>
void provider_actor::holding_flight(const effect_id& id, Handler handler) {
  const auto found = flights_.find(id.value);
  holding(found == flights_.end() ? nullptr : found->second->what, handler);
}

void provider_actor::take(dispatch_ptr d) {
  if (d->kind == "settle") return settle(std::move(d));
  if (d->permit) return take_claimed(std::move(d));
  (d->kind == "send" ? queue_ : unpaced_).push_back(std::move(d));
  pump();
}

void provider_actor::read_limits() {
  const auto view = env_->all->policies ? env_->all->policies->view(workspace_) : nullptr;
  const auto* a = view ? view->current->find_account(account_) : nullptr;
  if (!a) return;
  const auto& p = *view->current;
  pace_.configure(*a, p.defaults, p.zones ? p.zones->find(p.defaults.time_zone) : utc_zone());
  // The zone must outlive what the pacer remembers of it.
  zones_ = p.zones;
}

/// Its plan and its claim were one transaction.
void provider_actor::take_claimed(dispatch_ptr d) {
  // What was planned, taken back and planned anew may still have its first claim on the way, which finds
  // nothing.
  if (flights_.contains(d->id.value)) return delayed_send(this, std::chrono::milliseconds(1), std::move(d));
  auto made = std::make_unique<flight>(std::exchange(d->permit, nullptr));
  made->attempt = d->attempt;
  made->claim_sent = d->claim_sent;
  made->at = flight::stage::claimed;
  made->what = std::move(d);
  auto& f = *flights_.emplace(made->what->id.value, std::move(made)).first->second;
  if (paused_) return give_back(f, "stopping");
  if (!circuit_.may_call(now(), flights_.size() - 1)) return give_back(f, "account");
  begin(f);
}

void provider_actor::pump() {
  claim_waiting();
  publish_lane();
  publish_queue();
}

/// Leads may help themselves while it may be called at all and nobody waits here.
void provider_actor::publish_lane() {
  using at = call_lane::state;
  const bool sound = !paused_ && env_->all->dispatches(workspace_, account_) && circuit_.failures() == 0 && !circuit_.open_until();
  const bool idle = queue_.empty() && unpaced_.empty() && stopped_.empty();
  lane_->become(!sound ? at::closed : idle ? at::idle : at::busy);
}

void provider_actor::claim_waiting() {
  if (paused_) return;
  if (!env_->all->dispatches(workspace_, account_)) return left();
  if (!env_->all->is_trusted()) return ask_again_soon();
  if (!queue_.empty()) read_limits();
  while (!queue_.empty() || !unpaced_.empty()) {
    if (!circuit_.may_call(now(), flights_.size())) {
      if (flights_.empty()) wake_at(*circuit_.open_until());
      return;
    }
    auto& from = unpaced_.empty() ? queue_ : unpaced_;
    if (&from == &queue_ && !may_claim_send()) return;
    auto permit = lane_->take();
    if (!permit) return ask_again_soon();
    auto d = std::move(from.front());
    from.pop_front();
    const bool repeat = d->kind == "repeat";
    claim(std::move(d), repeat, std::move(permit));
  }
  defer_excess();
}

bool provider_actor::may_claim_send() {
  defer_excess();
  if (queue_.empty()) return false;
  const auto at = pace_.next_at(now());
  if (at <= now()) return true;
  wake_at(at);
  return false;
}

/// Whoever would wait for long is better off with its lead, which may be stopped, answered or explained
/// meanwhile.
void provider_actor::defer_excess() {
  if (!pace_.bounded() || queue_.empty()) return;
  const auto keep = pace_.worth_keeping(now(), env_->options.patience);
  while (queue_.size() > keep) {
    // In the order of arrival: those behind the ones that are kept get the next slots.
    const auto next = queue_.begin() + static_cast<std::ptrdiff_t>(keep);
    auto r = deferral(**next);
    const auto lead = (*next)->lead;
    const bool asked = deferring_.try_emplace(r.id.value, std::move(*next)).second;
    queue_.erase(next);
    if (asked) send(env_->all->store_of(lead), claim_work{std::move(r), self()});
  }
}

claim_request provider_actor::deferral(const dispatch& d) {
  claim_request r;
  r.id = d.id;
  r.now = now();
  // Whoever waits because the account fails is late by it; whoever waits for its pace is not.
  r.defer_reason = pace_.is_full(r.now) ? "daily_cap" : circuit_.failures() > 0 ? "account" : "pace";
  r.defer_until = pace_.slot(r.now);
  return r;
}

void provider_actor::on_deferred(claim_done& d) {
  auto found = deferring_.extract(d.id.value);
  if (!found) return;
  auto& what = found.mapped();
  if (!d.answer || d.answer->outcome == claim_result::what::stopped) {
    // Nothing came of it: it is planned still, and waits like the others.
    stopped_.push_back(std::move(what));
    if (!std::exchange(looking_again_, true))
      delayed_send(this, env_->options.look_again, tick{look_again_tick});
    return;
  }
  if (d.answer->outcome != claim_result::what::gone && d.answer->outcome != claim_result::what::fenced)
    send(env_->all->region_of(what->lead), deliver_pending{what->workspace, what->lead});
}

void provider_actor::claim(dispatch_ptr d, bool repeat, permit_ptr permit) {
  const auto id = d->id;
  auto made = std::make_unique<flight>(std::move(permit));
  made->what = std::move(d);
  made->repeat = repeat;
  const auto [placed, fresh] = flights_.try_emplace(id.value, std::move(made));
  if (!fresh) return;
  auto& f = *placed->second;
  // Read before the claim is sent: a claim that took long is given back uncalled, so that a stop which was
  // answered after `start_by` has no call starting behind it.
  f.claim_sent = env_->all->time->steady();
  claim_request r;
  r.id = id;
  r.repeat = repeat;
  if (f.what->may_repeat) r.allowed_at = f.what->allowed_at;
  r.now = now();
  if (!repeat)
    r.outline = std::make_shared<effect_outline>(
        effect_outline{workspace_, f.what->lead, account_, f.what->campaign, f.what->kind, f.what->request});
  if (f.what->kind == "send" && pace_.bounded()) {
    r.limits = pace_.limits(r.now);
    pace_.took(r.now);
  }
  f.at = flight::stage::claiming;
  send(env_->all->store_of(f.what->lead), claim_work{std::move(r), self()});
}

void provider_actor::on_claimed(claim_done& d) {
  if (deferring_.contains(d.id.value)) return on_deferred(d);
  const auto found = flights_.find(d.id.value);
  if (found == flights_.end()) return;
  auto& f = *found->second;
  auto& home = f.what->kind == "send" ? queue_ : unpaced_;
  f.at = flight::stage::unclaimed;
  if (!d.answer) {
    home.push_back(f.what);
    return drop(d.id);
  }
  const auto& answer = *d.answer;
  if (answer.outcome == claim_result::what::claimed) {
    f.attempt = answer.attempt;
    f.at = flight::stage::claimed;
  }
  if (f.what->kind == "send" && !f.repeat && pace_.bounded() && answer.outcome != claim_result::what::gone)
    pace_.learned(answer.usage);
  switch (answer.outcome) {
    case claim_result::what::claimed:
      publish_room();
      return begin(f);
    case claim_result::what::gone:
    case claim_result::what::fenced:
      break;
    case claim_result::what::outdated:
      ask_again(*f.what, answer.attempt);
      break;
    case claim_result::what::full:
      pace_.day_is_full(now());
      publish_room();
      [[fallthrough]];
    case claim_result::what::paced:
      home.push_front(f.what);
      break;
    case claim_result::what::stopped:
      stopped_.push_back(f.what);
      if (!std::exchange(looking_again_, true))
        delayed_send(this, env_->options.look_again, tick{look_again_tick});
      break;
    case claim_result::what::suppressed:
    case claim_result::what::stale:
    case claim_result::what::deferred:
      send(env_->all->region_of(f.what->lead), deliver_pending{f.what->workspace, f.what->lead});
      break;
  }
  drop(d.id);
}

/// A repeat was allowed by a decision, and another one came before the claim: gates are asked again.
void provider_actor::ask_again(const dispatch& d, std::uint32_t attempt) {
  auto batch = std::make_shared<submission_batch>();
  auto s = ask_to_settle(d.id, attempt, "outdated", "v" + std::to_string(d.allowed_at), now());
  batch->items.push_back({d.workspace, std::move(s), d.lead});
  send(env_->all->gateway, std::move(batch));
}

void provider_actor::give_back(flight& f, const char* why) {
  finish_request r;
  r.id = f.what->id;
  r.attempt = f.attempt;
  r.back_to_planned = true;
  r.detail = r.evidence = why;
  r.now = now();
  f.gave_back = true;
  f.permit.reset();
  f.at = flight::stage::recording;
  send(env_->all->store_of(f.what->lead), finish_work{std::move(r), std::nullopt, self()});
}

void provider_actor::finish(flight& f, outbound::send_report r, std::string evidence,
                            std::optional<sandbox_message> copy) {
  const auto at = now();
  effect_outcome o;
  o.effect = f.what->id;
  o.attempt = f.attempt;
  o.result = r.result;
  o.provider_id = r.provider_id;
  o.message_id = r.message_id;
  o.detail = r.detail;
  o.evidence = evidence;
  if (f.why != flight::purpose::look_up) o.started_at = f.started_at;
  if (r.result == send_result::refused_account) o.retry_at = circuit_.open_until();
  if (r.retry_after && !o.retry_at) o.retry_at = at + *r.retry_after;
  f.outcome = codec::outcome_stimulus(o, at);
  finish_request q;
  q.id = f.what->id;
  q.account = account_;
  q.attempt = f.attempt;
  q.result = r.result;
  q.from_unknown = f.why == flight::purpose::look_up;
  q.provider_id = std::move(r.provider_id);
  q.message_id = std::move(r.message_id);
  q.detail = std::move(r.detail);
  q.evidence = std::move(evidence);
  q.now = at;
  q.body = codec::encode(f.outcome);
  f.at = flight::stage::recording;
  if (!copy && store_rules::may_go_with_decision(q)) return hand_to_lead(f, std::move(q));
  f.permit.reset();
  send(env_->all->store_of(f.what->lead), finish_work{std::move(q), std::move(copy), self()});
}

void provider_actor::hand_to_lead(flight& f, finish_request q) {
  f.record = q;
  auto p = std::make_shared<parcel>();
  p->workspace = f.what->workspace;
  p->lead = f.what->lead;
  p->what = f.outcome;
  p->finish = std::move(q);
  p->permit = std::move(f.permit);
  p->home = self();
  const auto& region = env_->all->region_of(p->lead);
  send(region, std::move(p));
}

void provider_actor::on_undecided(const outcome_undecided& u) {
  const auto found = flights_.find(u.id.value);
  if (found == flights_.end() || !found->second->record) return;
  auto& f = *found->second;
  send(env_->all->store_of(f.what->lead),
       finish_work{*std::exchange(f.record, std::nullopt), std::nullopt, self()});
  // Its connection is free.
  pump();
}

void provider_actor::on_finished(finish_done& d) {
  const auto found = flights_.find(d.id.value);
  if (found == flights_.end()) return;
  auto& f = *found->second;
  if (!d.answer) {
    // It stays in flight in the store; the next start makes it unknown and settles it by evidence.
    if (env_->all->board) env_->all->board->crashed(path(), "unrecorded outcome: " + d.answer.error().detail);
  } else if (f.gave_back) {
    (f.what->kind == "send" ? queue_ : unpaced_).push_front(f.what);
  } else if (d.answer->outcome == finish_result::what::finished && d.answer->inbox) {
    auto p = std::make_shared<parcel>();
    p->workspace = f.what->workspace;
    p->lead = f.what->lead;
    p->inbox = d.answer->inbox->inbox;
    p->what = std::move(f.outcome);
    const auto& region = env_->all->region_of(p->lead);
    send(region, std::move(p));
  }
  drop(d.id);
}

void provider_actor::weigh(const outbound::send_report& r, time_point started) {
  // Doubt is the account's failure as well: nothing more is tried until a probe answers.
  const bool account_failed = r.result == send_result::refused_account || r.result == send_result::unknown;
  if (r.stop_account)
    trouble(r.detail);
  else if (account_failed)
    circuit_.failed(now(), started, r.retry_after ? std::optional<duration>(*r.retry_after) : std::nullopt);
  else {
    circuit_.succeeded();
    alerted_at_.reset();
  }
  publish_room();
  // The sandbox is no provider: nobody asks how long it takes.
  if (answered_ > 0 || account_failed || r.stop_account) publish_pulse();
  if (env_->figures)
    env_->figures->circuit(workspace_.value + "/" + account_.value, circuit_.open_until().has_value());
}

/// Only people can mend it: they are told, again once a day for as long as it lasts (ZRG-165).
void provider_actor::trouble(const std::string& code) {
  circuit_.stopped(now());
  if (alerted_at_ && now() - *alerted_at_ < std::chrono::hours(24)) return;
  alerted_at_ = now();
  if (!env_->all->over) return;
  alert_row alert;
  alert.workspace = workspace_;
  alert.what = "account_stopped";
  alert.subject = "account:" + account_.value;
  alert.detail = "the provider refuses it: " + code;
  alert.at = now();
  env_->all->over->raise(std::move(alert));
}

void provider_actor::publish_pulse() {
  if (!env_->pulses) return;
  env_->pulses->put(workspace_, account_,
                    {circuit_.open_until(), circuit_.failures(), answered_, answered_at_, times_.quantile(0.5), times_.quantile(0.95)});
}

void provider_actor::publish_room() {
  if (!env_->rooms) return;
  const auto open = circuit_.open_until();
  const bool full = pace_.bounded() && pace_.is_full(now());
  if (open || full)
    env_->rooms->close(workspace_, account_,
                       std::max(open.value_or(now()), full ? pace_.next_at(now()) : now()));
  else
    env_->rooms->open(workspace_, account_);
}

void provider_actor::drop(const effect_id& id) {
  flights_.erase(id.value);
  pump();
}

void provider_actor::ask_again_soon() {
  if (std::exchange(asking_, true)) return;
  delayed_send(this, env_->options.slot_pause, tick{slot_tick});
}

void provider_actor::wake_at(time_point when) {
  if (waking_at_ == when) return;
  waking_at_ = when;
  delayed_send(this, env_->all->time->real_delay_until(when), tick{++wake_});
}

/// What is planned is in the outbox, where whoever dispatches for the account now finds it; calls under way come to
/// their end here, for their claims are this node's.
void provider_actor::left() {
  queue_.clear();
  unpaced_.clear();
  stopped_.clear();
  tries_.clear();
  publish_lane();
}

void provider_actor::resume_stopped() {
  for (auto& d : stopped_)
    (d->kind == "send" ? queue_ : unpaced_).push_back(std::move(d));
  stopped_.clear();
  pump();
}

}  // namespace heed
