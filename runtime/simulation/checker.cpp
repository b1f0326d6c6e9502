#include "runtime/simulation/checker.hpp"

#include <algorithm>
#include <array>

#include "actors/lead/quiet.hpp"
#include "adapters/api/stops.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/store_rules.hpp"

/// What must hold after every transaction and every call.
namespace heed::simulation {

std::int64_t checker::day_of(time_point t) const {
  return std::chrono::floor<std::chrono::days>(to_local(*home_, t)).time_since_epoch().count();
}

void checker::know_cap(const account_id& account, std::uint32_t per_day) {
  auto& most = caps_[account];
  most = std::max(most, per_day);
}

void checker::written(const write_batch& batch, const write_result& r) {
  for (std::size_t i = 0; i < batch.accepts.size(); ++i)
    accepted_in_store(batch.accepts[i], r.accepts[i]);
  for (std::size_t i = 0; i < batch.commits.size(); ++i)
    if (r.commits[i].outcome == commit_result::what::committed) committed(batch.commits[i]);
  for (std::size_t i = 0; i < batch.claims.size(); ++i)
    if (r.claims[i].outcome == claim_result::what::claimed) claimed(batch.claims[i]);
}

void checker::accepted_in_store(const inbox_item& item, const accept_result& r) {
  if (r.outcome != accept_result::what::accepted) return;
  const auto s = codec::decode_stimulus(item.body);
  if (!s) return broken("stimulus_readable", {}, item.key);
  for (const auto& to : r.leads) {
    auto& times = leads_[to.lead].accepted[s->key];
    // An opt-out is accepted again while its person is not suppressed (RULES, Scope of a stop).
    if (++times > 1 && !item.suppresses) broken("accepted_once", to.lead, s->key);
    // A stimulus that is only said to be kept has no row, and is found missing when its sender is answered.
    if (to.inbox != 0) kept_keys_[s->key].insert(to.lead.value);
  }
  for (const auto& n : r.notices)
    if (const auto told = codec::decode_stimulus(n.body)) ++leads_[n.to.lead].accepted[told->key];
}

void checker::acknowledged(const std::string& stimulus_key, const item_outcome& o) {
  if (o.accepted != accept_result::what::accepted) return;
  const auto kept = kept_keys_.find(stimulus_key);
  for (const auto& lead : o.leads)
    if (kept == kept_keys_.end() || !kept->second.contains(lead.value))
      broken("answer_after_commit", lead, stimulus_key);
}

void checker::committed(const lead_commit& c) {
  auto& l = leads_[c.lead];
  const auto& j = c.journal;
  if (j.epoch != epoch_)
    broken("epoch_of_the_node", c.lead, "journal says " + std::to_string(j.epoch) + ", the node has " + std::to_string(epoch_));
  if (j.epoch < l.epoch) broken("epoch_of_the_node", c.lead, "the epoch falls as the journal grows");
  l.epoch = std::max(l.epoch, j.epoch);
  if (j.kind == "timer_fired" && l.due && j.decided_at < *l.due)
    broken("timer_not_early", c.lead, to_iso(j.decided_at) + " before " + to_iso(*l.due));
  if (++l.decided[j.stimulus_key] > 1) {
    const auto again = l.accepted.find(j.stimulus_key);
    if (again == l.accepted.end() || again->second < l.decided[j.stimulus_key])
      broken("decided_once", c.lead, j.stimulus_key);
  }
  auto after = codec::decode_lead_state(c.snapshot);
  if (!after) return broken("snapshot_readable", c.lead, after.error().detail);
  if (c.due != next_due(*after) && after->seq == j.seq)
    broken(c.due && next_due(*after) && *c.due < *next_due(*after) ? "timer_not_early" : "timer_kept", c.lead,
           "the row's timer is not the state's at seq " + std::to_string(j.seq));
  check_runs(c, l);
  l.state = std::move(*after);
  l.due = next_due(l.state);
  note_plans(c, l.state);
}

void checker::check_runs(const lead_commit& c, seen_lead& l) {
  for (const auto& r : c.runs) {
    const auto [at, fresh] = l.cursors.try_emplace(r.campaign, r.cursor);
    if (!fresh && r.cursor < at->second)
      broken("cursor_monotone", c.lead, r.campaign.value + " from " + std::to_string(at->second) + " to " +
                                            std::to_string(r.cursor));
    at->second = std::max(at->second, r.cursor);
  }
}

void checker::note_plans(const lead_commit& c, const lead_state& after) {
  for (const auto& p : c.effects) {
    if (p.kind != "send") continue;
    auto& e = effects_[p.id];
    e.lead = c.lead;
    e.campaign = p.campaign;
    e.account = p.account;
    e.planned_at = c.journal.decided_at;
    e.zone = after.time_zone;
    if (const auto decoded = codec::decode_effect(p.request))
      if (const auto* send = std::get_if<send_effect>(&*decoded)) e.on = send->message.on;
    // Quiet hours hold in the zone the lead named, always (RULES, Runs).
    const auto& zone = zones_.current()->find(e.zone);
    if (!e.zone.empty() && zone.name == e.zone && is_quiet(e.on, zone, e.planned_at))
      broken("quiet_hours_kept", c.lead, p.id.value + " planned at " + to_iso(e.planned_at));
  }
}

void checker::claimed(const claim_request& c) {
  const auto row = reader_.effect(c.id);
  if (!row || !*row) return;  // a claim that was only said: the call will be found without one
  check_switches(**row);
  const auto decoded = codec::decode_effect((*row)->request);
  const auto* send = decoded ? std::get_if<send_effect>(&*decoded) : nullptr;
  if (send == nullptr) return;
  check_plan(leads_[(*row)->lead], *send, c.repeat, (*row)->lead);
  if (c.repeat) return;
  auto& e = effects_[c.id];
  e.claimed_at = c.now;
  auto& latest = latest_day_.try_emplace(e.account, day_of(c.now)).first->second;
  // A day that began does not end by a clock that was set back.
  latest = std::max(latest, day_of(c.now));
  e.day = latest;
}

/// What the claim is about must be what the lead's latest decision wants: an open touch of a run that moves, at the step
/// the run stands at, of a person who may be written to.
void checker::check_plan(const seen_lead& l, const send_effect& send, bool repeat, const lead_id& lead) {
  const auto& s = l.state;
  const auto say = [&](const std::string& why) {
    broken("claim_is_the_plan", lead, send.id.value + (repeat ? " (repeat): " : ": ") + why);
  };
  if (s.suppressed) say("the person is suppressed: " + *s.suppressed);
  if (s.handoff) say("people own the lead");
  if (s.unanswered_reply) say("a reply is unanswered");
  if (s.poisoned) say("the lead is poisoned");
  const auto* r = s.find_run(send.campaign);
  if (r == nullptr) return say("the lead has no such run");
  if (is_final(r->status)) return say("the run has ended: " + r->end_reason);
  // What may have been delivered is repeated when gates 1 to 6 pass (PROTOCOL, Effects); an operator's pause is none.
  constexpr std::array gates{pause_flag::handed_off, pause_flag::unanswered_reply, pause_flag::snoozed};
  const bool held = repeat ? std::ranges::any_of(gates, [&](pause_flag f) { return r->pauses.has(f); })
                           : !r->pauses.empty();
  if (held) say("the run is paused: " + std::string(to_string(*r->pauses.first())));
  if (!r->touch || r->touch->effect != send.id) say("the run does not wait for it");
}

void checker::check_switches(const effect_row& e) {
  const auto rows = reader_.kill_switches();
  if (!rows) return;
  const api::stop_target scopes[] = {{stop_scope::global, {}, {}},
                                     {stop_scope::workspace, e.workspace, {}},
                                     {stop_scope::campaign, e.workspace, e.campaign.value},
                                     {stop_scope::account, e.workspace, e.account.value}};
  for (const auto& t : scopes) {
    if (t.scope >= stop_scope::campaign && t.name.empty()) continue;
    if (api::is_stopped(*rows, t))
      broken("stop_holds_claims", e.lead, e.id.value + " under " + std::string(to_string(t.scope)) + " " + t.name);
  }
}

void checker::call_started(const effect_id& effect, const std::string& body) {
  const auto row = reader_.effect(effect);
  if (!row || !*row) return;  // a test mail or a notification: of no lead
  const auto& e = **row;
  if (e.state != effect_state::in_flight || e.claim_epoch != epoch_)
    broken("call_after_claim", e.lead, effect.value + " is " + std::string(to_string(e.state)));
  for (const auto& stop : stops_)
    if (api::covers({stop.row.scope, stop.row.workspace, stop.row.name}, e) && !stop.listed.contains(effect.value))
      broken("stop_holds_calls", e.lead, effect.value + " after the answer to " +
                                             std::string(to_string(stop.row.scope)) + " " + stop.row.name);
  auto& known = effects_[effect];
  if (!known.messages.empty() && known.body != body)
    broken("repeats_are_the_same_bytes", e.lead, effect.value);
  known.last_body = body;
}

void checker::stop_answered(const kill_switch_row& row, std::set<std::string> listed) {
  stops_.push_back({store_rules::canonical(row), std::move(listed)});
}

void checker::stop_released(const kill_switch_row& row) {
  const auto released = store_rules::canonical(row);
  std::erase_if(stops_, [&](const answered_stop& s) {
    return s.row.scope == released.scope && s.row.workspace == released.workspace && s.row.name == released.name;
  });
}

void checker::accepted(const accepted_message& m) {
  const auto found = effects_.find(m.effect);
  if (found == effects_.end() || found->second.lead.empty()) return;
  auto& e = found->second;
  if (e.messages.empty()) e.body = e.last_body;
  e.messages.insert(m.provider_id);
  if (e.messages.size() > 1)
    return broken("one_message_per_touch", e.lead,
                  m.effect.value + " was taken " + std::to_string(e.messages.size()) + " times");
  auto& today = sent_on_[{e.account, e.day}];
  today.insert(m.effect.value);
  const auto cap = caps_.find(e.account);
  if (cap != caps_.end() && cap->second > 0 && today.size() > cap->second)
    broken("caps_kept", e.lead, e.account.value + " sent " + std::to_string(today.size()) + " of " +
                                    std::to_string(cap->second) + " in a day");
  check_gap(m.effect, e);
}

/// Of two runs' messages the later one is planned when the earlier one is over by the gap, if it was ever taken.
void checker::check_gap(const effect_id& id, const seen_effect& e) {
  for (const auto& [other_id, other] : effects_) {
    if (other_id == id || other.lead != e.lead || other.campaign == e.campaign || other.messages.empty()) continue;
    const auto& first = e.planned_at <= other.planned_at ? e : other;
    const auto& second = e.planned_at <= other.planned_at ? other : e;
    if (second.planned_at - first.claimed_at < lead_gap_)
      broken("lead_gap_kept", e.lead, id.value + " and " + other_id.value + ": planned " + to_iso(second.planned_at) +
                                          ", the other called " + to_iso(first.claimed_at));
  }
}

}  // namespace heed::simulation
