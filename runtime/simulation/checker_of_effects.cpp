#include <algorithm>
#include <array>
#include <utility>

#include "adapters/api/stops.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/store_rules.hpp"
#include "runtime/simulation/checker.hpp"

/// What must hold of every claim, every call, every message and every outcome.
namespace heed::simulation {
namespace {

/// A stop is answered no earlier than this after its commit, so no call may start later after its claim
/// (PROTOCOL, Effects).
constexpr duration latest_start = std::chrono::milliseconds(300);

/// Said of a call that nobody was reached by.
bool says_undelivered(send_result r) {
  return r == send_result::absent || r == send_result::refused_account || r == send_result::refused_message ||
         r == send_result::refused_final || r == send_result::bad_address || r == send_result::opted_out;
}

}  // namespace

void checker::claimed(const claim_request& c) {
  const auto row = reader_.effect(c.id);
  if (!row || !*row) return;  // a claim that was only said: the call will be found without one
  check_switches(**row);
  const auto decoded = codec::decode_effect((*row)->request);
  const auto* send = decoded ? std::get_if<send_effect>(&*decoded) : nullptr;
  if (send == nullptr) return;
  if (!c.repeat && effects_[c.id].doubtful)
    broken("doubt_needs_evidence", (*row)->lead, c.id.value + " may have been delivered and is claimed anew");
  if (!c.repeat && send->from == origin::step) check_parts((*row)->lead, *send, (*row)->lead);
  if (send->from == origin::step)
    check_plan(leads_[(*row)->lead], *send, c.repeat, (*row)->lead);
  else
    check_answer(leads_[(*row)->lead].state, *send, c.repeat);
  for (const auto& to : store_rules::addresses_of((*row)->request))
    check_suppressions(**row, to);
  auto& e = effects_[c.id];
  e.repeat_claimed = c.repeat;
  if (c.repeat) return;
  e.claimed_at = c.now;
  auto& latest = latest_day_.try_emplace(e.account, day_of(c.now)).first->second;
  // A day that began does not end by a clock that was set back.
  latest = std::max(latest, day_of(c.now));
  e.day = latest;
}

/// What is said of a call is what the providers know of it.
void checker::finished(const finish_request& f) {
  if (f.back_to_planned) return;
  const auto found = effects_.find(f.id);
  if (found == effects_.end() || found->second.lead.empty()) return;
  auto& e = found->second;
  e.doubtful = f.result == send_result::unknown;
  if (says_undelivered(f.result) && !e.messages.empty())
    broken("outcome_is_true", e.lead,
           f.id.value + " is said to be " + std::string(to_string(f.result)) + " and was taken");
  if (f.result == send_result::accepted && e.messages.empty())
    broken("outcome_is_true", e.lead, f.id.value + " is said to be accepted and was not taken");
}

/// Whoever is on the suppression list is not written to, whether his lead knows it yet or not.
void checker::check_suppressions(const effect_row& e, const lead_key& to) {
  const auto listed = reader_.suppressions_of(e.workspace, codec::address_hash(e.workspace, to));
  if (listed && !listed->empty())
    broken("suppression_holds_claims", e.lead, e.id.value + ": " + listed->front().reason);
}

/// What the claim is about must be what the lead's latest decision wants: an open touch of a run that moves,
/// at the step the run stands at, of a person who may be written to.
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
  // What may have been delivered is repeated when gates 1 to 6 pass (PROTOCOL, Effects); an operator's pause
  // is none.
  constexpr std::array gates{pause_flag::handed_off, pause_flag::unanswered_reply, pause_flag::snoozed};
  const bool held = repeat ? std::ranges::any_of(gates, [&](pause_flag f) { return r->pauses.has(f); })
                           : !r->pauses.empty();
  if (held) say("the run is paused: " + std::string(to_string(*r->pauses.first())));
  if (!r->touch || r->touch->effect != send.id) say("the run does not wait for it");
}

/// An answer goes out because its draft says so now; by itself only while it fits the conversation, and judged sure enough.
void checker::check_answer(const lead_state& s, const send_effect& send, bool repeat) {
  const auto say = [&](const std::string& why) {
    broken("answer_is_the_draft", s.id, send.id.value + (repeat ? " (repeat): " : ": ") + why);
  };
  if (s.suppressed) say("the person is suppressed: " + *s.suppressed);
  const auto x = std::ranges::find_if(s.drafts, [&](const auto& d) { return d.out && d.out->effect == send.id; });
  if (x == s.drafts.end()) return say("no draft knows it");
  if (x->status != draft::draft_status::approved) say("its draft is not approved");
  if (x->out->at != draft::sending::stage::planned && x->out->at != draft::sending::stage::unknown) say("its draft does not wait for it");
  if (send.from == origin::human) return;
  if (s.handoff) say("people own the lead");
  if (s.hot) say("the lead is hot");
  if (s.snoozed) say("the lead is snoozed");
  if (!s.open_tickets.empty()) say("a ticket is open");
  if (s.newest_inbound != x->answers.seq) say("a newer message came");
  const auto& d = x->tree.decided;
  if (!d || !d->sure || *d->sure < *draft::confidence::of(0.9)) say("nobody was sure enough");
}

/// What reached the person under another id is not sent once more under this one.
void checker::check_parts(const lead_id& whole, const send_effect& send, const lead_id& lead) {
  for (const auto& p : leads_[whole].state.parts) {
    for (const auto& [id, e] : effects_)
      if (e.lead == p.lead && e.campaign == send.campaign && e.step == send.step && !e.messages.empty())
        broken("merged_person_touched_once", lead, send.id.value + ": its part was sent " + id.value);
    check_parts(p.lead, send, lead);
  }
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
      broken("stop_holds_claims", e.lead,
             e.id.value + " under " + std::string(to_string(t.scope)) + " " + t.name);
  }
}

void checker::call_started(const effect_id& effect, const outbound::call& c, duration elapsed) {
  const auto row = reader_.effect(effect);
  if (!row || !*row) return;  // a test mail or a notification: of no lead
  const auto& e = **row;
  auto& known = effects_[effect];
  // A callback may prove a doubtful call delivered between the claim of its repeat and the repeat: what was
  // claimed is on its way, under the same key and with the same bytes (both are held below).
  const bool proved_on_the_way = std::exchange(known.repeat_claimed, false) && e.state == effect_state::done;
  if ((e.state != effect_state::in_flight && !proved_on_the_way) || e.claim_epoch != epoch_)
    broken("call_after_claim", e.lead, effect.value + " is " + std::string(to_string(e.state)));
  for (const auto& stop : stops_)
    if (api::covers({stop.row.scope, stop.row.workspace, stop.row.name}, e) &&
        !stop.listed.contains(effect.value))
      broken("stop_holds_calls", e.lead,
             effect.value + " after the answer to " + std::string(to_string(stop.row.scope)) + " " +
                 stop.row.name);
  const auto to = store_rules::addresses_of(e.request);
  if (!to.empty() && addressee_of(c) != to.front().value)
    broken("call_is_the_request", e.lead, effect.value + " goes to somebody else");
  if (elapsed - known.claimed_elapsed > latest_start)
    broken("call_soon_after_claim", e.lead,
           effect.value + " starts " + std::to_string((elapsed - known.claimed_elapsed).count() / 1'000) +
               " ms after its claim");
  if (!known.messages.empty() && known.body != c.body)
    broken("repeats_are_the_same_bytes", e.lead, effect.value);
  known.last_body = c.body;
}

void checker::stop_answered(const kill_switch_row& row, std::set<std::string> listed) {
  stops_.push_back({store_rules::canonical(row), std::move(listed)});
}

void checker::stop_released(const kill_switch_row& row) {
  const auto released = store_rules::canonical(row);
  std::erase_if(stops_, [&](const answered_stop& s) {
    return s.row.scope == released.scope && s.row.workspace == released.workspace &&
           s.row.name == released.name;
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
    broken("caps_kept", e.lead,
           e.account.value + " sent " + std::to_string(today.size()) + " of " + std::to_string(cap->second) +
               " in a day");
  check_gap(m.effect, e);
}

/// Of two runs' messages the later one is planned when the earlier one is over by the gap, if it was ever
/// taken. What nobody has told the lead yet counts from when it was planned (RULES, Runs).
void checker::check_gap(const effect_id& id, const seen_effect& e) {
  for (const auto& [other_id, other] : effects_) {
    if (other_id == id || other.lead != e.lead || other.campaign == e.campaign || other.messages.empty())
      continue;
    // An answer is no touch, and a person's message needs no gap.
    if (e.answer || other.answer) continue;
    const auto& first = e.planned_at <= other.planned_at ? e : other;
    const auto& second = e.planned_at <= other.planned_at ? other : e;
    const bool told = first.told_at && *first.told_at <= second.planned_at;
    const auto counts_from = told ? first.claimed_at : first.planned_at;
    if (second.planned_at - counts_from < lead_gap_)
      broken("lead_gap_kept", e.lead,
             id.value + " and " + other_id.value + ": planned " + to_iso(second.planned_at) +
                 ", the other counts from " + to_iso(counts_from));
  }
}

}  // namespace heed::simulation
