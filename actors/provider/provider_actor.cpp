#include "actors/provider/provider_actor.hpp"

#include <algorithm>
#include <caf/send.hpp>

#include "actors/lead/check.hpp"
#include "actors/provider/flight.hpp"
#include "persistence/codec/codec.hpp"

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
  most_flights_ = boxed ? env_->options.sandbox_slots : env_->options.slots;
  if (!boxed) connections_ = env_->slots;
}

provider_actor::~provider_actor() = default;

caf::behavior provider_actor::running() {
  return {
      [this](dispatch_ptr& d) { take(std::move(d)); },
      [this](claim_done& d) { on_claimed(d); },
      [this](call_answered& a) { on_answer(a); },
      [this](finish_done& d) { on_finished(d); },
      [this](effect_read& r) { on_effect_read(r); },
      [this](providers_resume) {
        circuit_.reset();
        resume_stopped();
      },
      [this](providers_pause) { paused_ = true; },
      [this](tick t) {
        if (t.generation == slot_tick) {
          asking_ = false;
          pump();
        } else if (t.generation == look_again_tick) {
          looking_again_ = false;
          resume_stopped();
        } else if (t.generation == wake_) {
          waking_at_.reset();
          pump();
        }
      },
  };
}

void provider_actor::restarted() {
  // Calls under way answer to their flights, which are still there; what waited goes on.
  looking_again_ = asking_ = false;
  resume_stopped();
}

void provider_actor::take(dispatch_ptr d) {
  if (d->kind == "settle") return settle(std::move(d));
  queue_.push_back(std::move(d));
  pump();
}

void provider_actor::pump() {
  if (paused_) return;
  while (!queue_.empty() && flights_.size() < most_flights_) {
    if (!circuit_.may_call(now(), flights_.size())) {
      if (flights_.empty()) wake_at(*circuit_.open_until());
      return;
    }
    if (connections_ && !connections_->take()) return ask_again_soon();
    auto d = std::move(queue_.front());
    queue_.pop_front();
    const bool repeat = d->kind == "repeat";
    claim(std::move(d), repeat);
  }
}

void provider_actor::claim(dispatch_ptr d, bool repeat) {
  auto f = std::make_unique<flight>(connections_);
  f->repeat = repeat;
  // Read before the claim is sent: a claim that took long is given back uncalled, so that a stop which was
  // answered after `start_by` has no call starting behind it.
  f->claim_sent = env_->all->time->steady();
  f->what = std::move(d);
  const auto id = f->what->id;
  if (!flights_.try_emplace(id.value, std::move(f)).second) return;
  send(env_->all->store, claim_work{{id, repeat, now()}, self()});
}

void provider_actor::on_claimed(claim_done& d) {
  const auto found = flights_.find(d.id.value);
  if (found == flights_.end()) return;
  auto& f = *found->second;
  if (!d.answer) {
    queue_.push_back(f.what);
    return drop(d.id);
  }
  switch (d.answer->outcome) {
    case claim_result::what::claimed:
      f.attempt = d.answer->attempt;
      return begin(f);
    case claim_result::what::gone:
      break;
    case claim_result::what::stopped:
      stopped_.push_back(f.what);
      if (!std::exchange(looking_again_, true))
        delayed_send(this, env_->options.look_again, tick{look_again_tick});
      break;
    case claim_result::what::paced:
    case claim_result::what::full:
      queue_.push_back(f.what);
      break;
    case claim_result::what::suppressed:
    case claim_result::what::stale:
    case claim_result::what::deferred:
      send(env_->all->region_of(f.what->lead), deliver_pending{f.what->workspace, f.what->lead});
      break;
  }
  drop(d.id);
}

void provider_actor::give_back(flight& f, const char* why) {
  finish_request r;
  r.id = f.what->id;
  r.attempt = f.attempt;
  r.back_to_planned = true;
  r.detail = r.evidence = why;
  r.now = now();
  f.gave_back = true;
  send(env_->all->store, finish_work{std::move(r), std::nullopt, self()});
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
  q.attempt = f.attempt;
  q.result = r.result;
  q.from_unknown = f.why == flight::purpose::look_up;
  q.provider_id = std::move(r.provider_id);
  q.message_id = std::move(r.message_id);
  q.detail = std::move(r.detail);
  q.evidence = std::move(evidence);
  q.now = at;
  q.body = codec::encode(f.outcome);
  send(env_->all->store, finish_work{std::move(q), std::move(copy), self()});
}

void provider_actor::on_finished(finish_done& d) {
  const auto found = flights_.find(d.id.value);
  if (found == flights_.end()) return;
  auto& f = *found->second;
  if (!d.answer) {
    // It stays in flight in the store; the next start makes it unknown and settles it by evidence.
    if (env_->all->board) env_->all->board->crashed(path(), "unrecorded outcome: " + d.answer.error().detail);
  } else if (f.gave_back) {
    queue_.push_front(f.what);
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

void provider_actor::weigh(const outbound::send_report& r) {
  // Doubt is the account's failure as well: nothing more is tried until a probe answers.
  const bool account_failed = r.result == send_result::refused_account || r.result == send_result::unknown;
  if (r.stop_account)
    circuit_.stopped(now());
  else if (account_failed)
    circuit_.failed(now(), r.retry_after ? std::optional<duration>(*r.retry_after) : std::nullopt);
  else
    circuit_.succeeded();
  if (env_->figures)
    env_->figures->circuit(workspace_.value + "/" + account_.value, circuit_.open_until().has_value());
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

void provider_actor::resume_stopped() {
  for (auto& d : stopped_)
    queue_.push_back(std::move(d));
  stopped_.clear();
  pump();
}

}  // namespace heed
