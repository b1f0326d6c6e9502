#include <algorithm>
#include <sstream>

#include "persistence/codec/codec.hpp"
#include "runtime/replayer.hpp"
#include "runtime/simulation/checker.hpp"

/// What must hold when nothing is under way any more.
namespace heed::simulation {
namespace {

constexpr std::size_t everything = 100'000;

}  // namespace

void checker::audit() {
  const auto found = reader_.audit_invariants();
  if (!found) return broken("store_audit", {}, found.error().detail);
  for (const auto& line : *found)
    broken("store_audit", {}, line);
}

void checker::undisturbed(time_point now) {
  const auto rows = reader_.timers(now - std::chrono::minutes(5), std::nullopt, everything);
  if (!rows) return;
  for (const auto& t : *rows)
    broken("timers_ring", t.lead, "due at " + to_iso(t.due) + ", and it is " + to_iso(now));
}

void checker::at_rest() {
  audit();
  const auto rows = reader_.all_leads(std::nullopt, page{everything, {}});
  if (!rows) return broken("store_audit", {}, rows.error().detail);
  for (const auto& row : rows->items) {
    replay(row);
    check_lead_at_rest(row);
  }
  check_effects_at_rest();
  check_timers_at_rest();
  check_merges_at_rest();
}

/// Both leads of a merge say the same of it, and none waits for the other any more; unless what one of them said lies in the
/// dead letters.
void checker::check_merges_at_rest() {
  const auto dead = reader_.dead_letters(std::nullopt, page{everything, {}});
  if (!dead || std::ranges::any_of(dead->items, [](const auto& d) { return d.inbox != 0; })) return;
  for (const auto& [lead, l] : leads_) {
    if (l.state.merging) broken("merges_end", lead, l.state.merging->merge + " waits for " + l.state.merging->part.value);
    const auto& a = l.state.absorbed;
    if (a && std::ranges::find(leads_[a->into].state.parts, lead, &merged_part::lead) == leads_[a->into].state.parts.end())
      broken("merges_end", lead, "is a part of " + a->into.value + ", which does not know of it");
    for (const auto& p : l.state.parts)
      if (!leads_[p.lead].state.absorbed || leads_[p.lead].state.absorbed->into != lead)
        broken("merges_end", lead, p.lead.value + " is its part and does not know of it");
    if (a)
      for (const auto& r : l.state.runs)
        if (!is_final(r.status)) broken("merges_end", lead, r.campaign.value + " goes on though its lead is a part");
  }
}

void checker::replay(const lead_row& row) {
  std::ostringstream out;
  replayer r(reader_, zones_, out);
  r.replay(row);
  if (r.sums.violations + r.sums.unreadable + r.sums.other_rules > 0)
    broken("journal_replays", row.lead, out.str().substr(0, out.str().find('\n')));
}

/// Everything accepted was decided, or is in the dead letters.
void checker::check_lead_at_rest(const lead_row& row) {
  const auto waiting = reader_.pending_of(row.lead);
  if (waiting)
    for (const auto& p : *waiting) {
      const auto s = codec::decode_stimulus(p.body);
      broken("decided_once", row.lead, "never decided: " + (s ? s->key : std::string("?")));
    }
  const auto dead = reader_.dead_letters(std::nullopt, page{everything, {}});
  std::size_t buried = 0;
  if (dead)
    for (const auto& d : dead->items)
      buried += d.lead == row.lead && d.inbox != 0 ? 1u : 0u;
  const auto& l = leads_[row.lead];
  std::size_t missing = 0;
  std::string which;
  for (const auto& [key, times] : l.accepted) {
    const auto decided = l.decided.find(key);
    const int n = decided == l.decided.end() ? 0 : decided->second;
    if (n >= times) continue;
    missing += static_cast<std::size_t>(times - n);
    which = key;
  }
  if (missing > buried)
    broken("decided_once", row.lead,
           std::to_string(missing) + " lost, " + std::to_string(buried) + " buried: " + which);
  check_touches_at_rest(row, buried);
}

/// What a run waits for exists. A lead with dead letters may wait for what one of them said: that is what
/// they are for.
void checker::check_touches_at_rest(const lead_row& row, std::size_t buried) {
  const auto& state = leads_[row.lead].state;
  if (buried > 0 || state.poisoned) return;
  for (const auto& r : state.runs) {
    if (!r.touch || r.touch->state == touch_state::returned || is_final(r.status)) continue;
    const auto e = reader_.effect(r.touch->effect);
    const auto wanted =
        r.touch->state == touch_state::unknown ? effect_state::unknown : effect_state::planned;
    if (e && (!*e || (*e)->state != wanted))
      broken("touches_have_effects", row.lead,
             r.touch->effect.value + " is " + (*e ? std::string(to_string((*e)->state)) : "nowhere"));
  }
  // Nobody's answer is forgotten: what a draft waits for exists, and no question is out for ever.
  using stage = draft::sending::stage;
  if (state.doubt) broken("answers_come_to_an_end", row.lead, "a reply still waits for a model to say what it means");
  for (const auto& x : state.drafts) {
    if (x.asks) broken("answers_come_to_an_end", row.lead, x.id + " still waits for a model");
    if (!x.out || (x.out->at != stage::planned && x.out->at != stage::unknown)) continue;
    const auto e = reader_.effect(x.out->effect);
    const auto wanted = x.out->at == stage::unknown ? effect_state::unknown : effect_state::planned;
    if (e && (!*e || (*e)->state != wanted))
      broken("touches_have_effects", row.lead, x.out->effect.value + " is " + (*e ? std::string(to_string((*e)->state)) : "nowhere"));
  }
}

void checker::check_effects_at_rest() {
  for (const auto state : {effect_state::planned, effect_state::in_flight}) {
    const auto open = reader_.open_effects(std::nullopt, state, everything);
    if (!open) continue;
    for (const auto& e : *open)
      broken("effects_settled", e.lead, e.id.value + " is still " + std::string(to_string(state)));
  }
  const auto doubtful = reader_.open_effects(std::nullopt, effect_state::unknown, everything);
  if (!doubtful) return;
  for (const auto& e : *doubtful)
    if (e.detail.empty()) broken("effects_settled", e.lead, e.id.value + " is unknown without a reason");
}

void checker::check_timers_at_rest() {
  const auto rows = reader_.timers(from_micros(4'000'000'000'000'000), std::nullopt, everything);
  if (!rows) return;
  std::map<lead_id, time_point> armed;
  for (const auto& t : *rows)
    armed[t.lead] = t.due;
  for (const auto& [lead, l] : leads_) {
    if (l.state.seq == 0) continue;
    const auto found = armed.find(lead);
    const auto have = found == armed.end() ? std::nullopt : std::optional(found->second);
    if (have != l.due)
      broken("timer_kept", lead, "the store's timer is not the one the latest state asks for");
  }
}

}  // namespace heed::simulation
