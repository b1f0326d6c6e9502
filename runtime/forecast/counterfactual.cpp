#include "runtime/forecast/counterfactual.hpp"

#include <algorithm>

#include "persistence/commit_builder.hpp"

namespace heed::forecast {
namespace {

using namespace std::chrono_literals;

constexpr duration call_takes = 1s;
/// Two plans of one touch as close as this are the same plan: timers are never early and little late.
constexpr duration same_plan = 2min;
/// A lead whose timers go round without end is broken, and said to be.
constexpr int most_decisions = 20'000;

/// Our effect a webhook is about; empty when it is about none.
std::string* effect_named(stimulus_body& body) {
  return std::visit(
      [](auto& b) -> std::string* {
        if constexpr (requires { b.message.effect; })
          return b.message.effect.empty() ? nullptr : &b.message.effect;
        else
          return nullptr;
      },
      body);
}

bool is_final_result(send_result r) {
  return r == send_result::accepted || r == send_result::refused_final || r == send_result::bad_address ||
         r == send_result::opted_out || r == send_result::unknown;
}

}  // namespace

/// What happened to each touch in the journal, and all that came from outside. Timers and outcomes of its own touches are made
/// anew; outcomes of touches from before it began are not its own.
void other_life::learn() {
  for (const auto& e : happened_) {
    for (const auto& asked : e.answer.effects)
      if (const auto* send = std::get_if<send_effect>(&asked)) {
        key_of_effect_[send->id.value] = send->key;
        auto& t = touches_[send->key];
        if (t.key.empty()) t.planned_at = e.when.now;
        t.key = send->key;
      }
    if (std::holds_alternative<timer_fired>(e.what.body)) continue;
    const auto* o = std::get_if<effect_outcome>(&e.what.body);
    const auto key = o ? key_of_effect_.find(o->effect.value) : key_of_effect_.end();
    if (key == key_of_effect_.end()) {
      coming_.emplace(e.when.now, e.what);
    } else if (is_final_result(o->result)) {
      touches_[key->second].outcome = *o;
      touches_[key->second].ended_at = e.when.now;
    }
  }
}

/// What a message caused does not happen when the message was not sent.
bool other_life::happens(const stimulus& s) const {
  auto body = s.body;
  const auto* effect = effect_named(body);
  if (effect == nullptr) return true;
  const auto key = key_of_effect_.find(*effect);
  return key == key_of_effect_.end() || sent_keys_.contains(key->second);
}

void other_life::plan(const send_effect& e, time_point at) {
  effect_outcome o;
  o.effect = e.id;
  o.attempt = 1;
  o.result = e.dry_run ? send_result::skipped_dry_run : send_result::accepted;
  o.evidence = "call";
  o.started_at = at;
  auto when = at + call_takes;
  const auto real = touches_.find(e.key);
  if (real != touches_.end() && real->second.ended_at != time_point{}) {
    o.result = real->second.outcome.result;
    o.provider_id = real->second.outcome.provider_id;
    o.message_id = real->second.outcome.message_id;
    o.detail = real->second.outcome.detail;
    const bool same = std::chrono::abs(at - real->second.planned_at) <= same_plan;
    if (same) {
      when = std::max(when, real->second.ended_at);
      o.started_at = real->second.outcome.started_at.value_or(at);
    }
  }
  effect_of_key_[e.key] = e.id.value;
  auto s = codec::outcome_stimulus(o, when);
  coming_.emplace(when, std::move(s));
  if (o.result == send_result::accepted || o.result == send_result::unknown) sent_keys_.insert(e.key);
}

void other_life::note(const fact& f, time_point at) {
  if (const auto* h = std::get_if<step_handled>(&f))
    life_.emplace(h->campaign.value + "/" + h->step.value, life_event{std::string(to_string(h->outcome)), h->detail, h->at});
  else if (const auto* ended = std::get_if<run_ended>(&f); ended && ended->status == run_status::suppressed)
    life_.emplace(ended->campaign.value, life_event{"suppressed", ended->reason, at});
  else if (const auto* hand = std::get_if<handed_off>(&f))
    life_.emplace("handoff", life_event{"handed_off", hand->reason, at});
}

void other_life::decide_on(const stimulus& s, time_point at) {
  const auto rules = rules_(revision_);
  if (!rules) return;
  circumstances c;
  c.now = std::max(at, state_.last_decided);
  c.stops = stops_;
  c.outlook = outlook_;
  const auto answer = decide(state_, s, *rules, c);
  const auto seq = state_.seq + 1;
  for (const auto& f : answer.facts) {
    note(f, c.now);
    apply(state_, f, seq, c.now);
  }
  state_.seq = seq;
  state_.last_decided = c.now;
  for (const auto& e : answer.effects) {
    if (const auto* send = std::get_if<send_effect>(&e)) plan(*send, c.now);
    if (const auto* back = std::get_if<cancel_effect>(&e)) cancel(back->id, c.now);
  }
}

/// What is on the wire cannot be taken back; its outcome comes as it would have.
void other_life::cancel(const effect_id& id, time_point at) {
  const auto outcome = std::ranges::find_if(coming_, [&](const auto& each) {
    const auto* o = std::get_if<effect_outcome>(&each.second.body);
    return o && o->effect == id;
  });
  if (outcome == coming_.end()) return;
  if (std::get<effect_outcome>(outcome->second.body).started_at <= at) return;
  coming_.erase(outcome);
  for (const auto& [key, effect] : effect_of_key_)
    if (effect == id.value) sent_keys_.erase(key);
  effect_outcome gone;
  gone.effect = id;
  gone.result = send_result::cancelled;
  coming_.emplace(at, codec::outcome_stimulus(gone, at));
}

life other_life::run(time_point until) {
  if (happened_.empty()) return {};
  learn();
  std::size_t next_real = 0;
  const auto follow = [&](time_point at) {
    for (; next_real < happened_.size() && happened_[next_real].when.now <= at; ++next_real) {
      revision_ = happened_[next_real].revision;
      stops_ = happened_[next_real].when.stops;
      if (happened_[next_real].when.outlook) outlook_ = happened_[next_real].when.outlook;
    }
  };
  follow(happened_.front().when.now);
  for (int n = 0; n < most_decisions; ++n) {
    const auto due = next_due(state_);
    const auto outside = coming_.empty() ? std::optional<time_point>{} : std::optional(coming_.begin()->first);
    const bool timer = due && (!outside || *due < *outside);
    if (!due && !outside) break;
    const auto at = timer ? std::max(*due, state_.last_decided) : *outside;
    if (at > until) break;
    follow(at);
    if (timer) {
      stimulus s;
      s.key = "timer:" + std::to_string(state_.seq);
      s.source = "timer";
      s.occurred_at = s.received_at = at;
      s.body = timer_fired{state_.seq};
      decide_on(s, at);
      continue;
    }
    auto s = std::move(coming_.extract(coming_.begin()).mapped());
    if (!happens(s)) continue;
    // This life counts its decisions by itself; the operator meant the same step.
    if (auto* word = std::get_if<command>(&s.body)) word->expected_seq.reset();
    if (auto* effect = effect_named(s.body))
      if (const auto key = key_of_effect_.find(*effect); key != key_of_effect_.end())
        if (const auto own = effect_of_key_.find(key->second); own != effect_of_key_.end()) *effect = own->second;
    decide_on(s, at);
  }
  return std::move(life_);
}

}  // namespace heed::forecast
