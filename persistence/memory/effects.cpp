#include <algorithm>

#include "persistence/codec/codec.hpp"
#include "persistence/memory/writer.hpp"
#include "persistence/store_rules.hpp"

namespace heed::memory {

const effect_record* writer::find_effect(const effect_id& id) const {
  const auto* e = m_.effects.find(id);
  return e == nullptr || e->row.state == effect_state::done ? nullptr : e;
}

effect_record& writer::edit_effect(const effect_id& id) { return m_.effects.edit(id); }

void writer::move(const effect_id& id, effect_state to) {
  auto& e = edit_effect(id);
  m_.effects_in.erase({e.row.state, e.n, id});
  m_.effects_in.insert({to, e.n, id}, {});
  e.row.state = to;
}

void writer::forget_dead_effect(const effect_id& id) {
  for (const auto& [n, d] : m_.dead)
    if (d.letter.effect == id.value) {
      m_.dead.erase(n);
      return;
    }
}

void writer::open_again(const effect_id& id, time_point at) {
  auto& e = edit_effect(id);
  e.calls = 0;
  ++e.reopened;
  e.row.planned_at = at;
  e.row.detail.clear();
  e.counted_day.reset();
  move(id, effect_state::planned);
  forget_dead_effect(id);
}

void writer::settle(const effect_id& id, effect_state to, const std::string& detail,
                    const std::string& provider_id) {
  auto& e = edit_effect(id);
  e.row.detail = detail;
  if (!provider_id.empty()) {
    if (!e.row.provider_id.empty()) m_.effects_at_provider.erase({e.row.workspace, e.row.provider_id, id});
    e.row.provider_id = provider_id;
    m_.effects_at_provider.insert({e.row.workspace, provider_id, id}, {});
  }
  move(id, to);
}

void writer::note_attempt(const effect_record& e, std::string_view outcome, std::string_view evidence,
                          time_point at) {
  m_.attempts.insert({e.row.id, m_.next()}, {e.row.attempt, who_.node_id, who_.epoch, at,
                                             std::string(outcome), std::string(evidence)});
}

accepted_for writer::end_uncalled(const effect_id& id, effect_state to, send_result r,
                                  const std::string& detail, const std::string& evidence, time_point now,
                                  std::optional<time_point> retry_at) {
  const auto& e = m_.effects.at(id);
  effect_outcome o;
  o.effect = id;
  o.attempt = e.row.attempt;
  o.result = r;
  o.detail = detail;
  o.evidence = evidence;
  o.retry_at = retry_at;
  auto s = codec::outcome_stimulus(o, now);
  // Planned again, the same effect may end the same way before its next claim.
  if (e.reopened > 0) s.key += "#" + std::to_string(e.reopened);
  settle(id, to, detail, "");
  return {e.row.lead, enqueue(e.row.workspace, e.lead, s.key, codec::encode(s), now), false};
}

std::optional<std::string> writer::stopped_by(const effect_record& e) const {
  const auto holds = [&](stop_scope scope, const workspace_id& ws, const std::string& name) {
    const auto* row = m_.switches.find({scope, ws, name});
    // A missing row stops.
    return row == nullptr || row->engaged;
  };
  const auto& ws = e.row.workspace;
  const auto& campaign = e.row.campaign.value;
  const auto& account = e.row.account.value;
  if (holds(stop_scope::global, {}, "")) return "global";
  if (holds(stop_scope::workspace, ws, "")) return "workspace";
  if (!campaign.empty() && holds(stop_scope::campaign, ws, campaign)) return "campaign:" + campaign;
  if (!account.empty() && holds(stop_scope::account, ws, account)) return "account:" + account;
  return std::nullopt;
}

bool writer::is_suppressed(const effect_record& e) const {
  if (m_.leads.at(e.lead).suppressed) return true;
  return std::ranges::any_of(store_rules::addresses_of(e.row.request), [&](const lead_key& to) {
    const auto hash = codec::address_hash(e.row.workspace, to);
    const auto it = m_.suppressions.from({e.row.workspace, hash, "", 0});
    return it != m_.suppressions.end() && std::get<0>(it->first) == e.row.workspace && std::get<1>(it->first) == hash;
  });
}

bool writer::may_be_called(const effect_record& e, const claim_request& c, claim_result& out) {
  auto stop = stopped_by(e);
  const bool send = e.row.kind == "send";
  if (!stop && send && m_.leads.at(e.lead).row.poisoned) stop = "poisoned";
  if (stop) {
    out.outcome = claim_result::what::stopped;
    out.scope = *stop;
    return false;
  }
  if (send && is_suppressed(e)) {
    out.outcome = claim_result::what::suppressed;
    // What may have been delivered already stays unknown until there is evidence.
    if (!c.repeat)
      out.inbox =
          end_uncalled(c.id, effect_state::cancelled, send_result::cancelled, "suppressed", "claim", c.now);
    return false;
  }
  if (c.allowed_at && m_.leads.at(e.lead).row.version != *c.allowed_at) {
    out.outcome = claim_result::what::outdated;
    return false;
  }
  if (!c.repeat && e.calls == 0 && e.row.not_after != time_point{} && c.now > e.row.not_after) {
    out.outcome = claim_result::what::stale;
    out.inbox = end_uncalled(c.id, effect_state::stale, send_result::stale, "not_after", "claim", c.now);
    return false;
  }
  if (!c.defer_until) return true;
  defer(e, c, out);
  return false;
}

void writer::defer(const effect_record& e, const claim_request& c, claim_result& out) {
  out.retry_at = c.defer_until;
  // What may have been delivered is never rendered anew: it waits where it is.
  if (c.repeat || e.calls > 0) {
    out.outcome = claim_result::what::paced;
    return;
  }
  out.outcome = claim_result::what::deferred;
  out.inbox = end_uncalled(c.id, effect_state::stale, send_result::capacity_wait, c.defer_reason, "claim",
                           c.now, c.defer_until);
}

claim_result writer::claim(const claim_request& c) {
  claim_result out;
  const auto* e = find_effect(c.id);
  if (e == nullptr || e->row.state != (c.repeat ? effect_state::unknown : effect_state::planned)) {
    out.outcome = claim_result::what::gone;
    return out;
  }
  out.attempt = e->row.attempt;
  if (c.limits.any()) out.usage = usage_on_day(m_, e->row.workspace, e->row.account, c.limits.day);
  if (!may_be_called(*e, c, out)) return out;
  const bool counts = e->row.kind == "send" && !c.repeat && c.limits.any();
  if (counts && !take_unit(*e, c, out)) return out;
  auto& claimed = edit_effect(c.id);
  out.attempt = ++claimed.row.attempt;
  ++claimed.calls;
  claimed.row.claimed_at = c.now;
  claimed.row.claim_epoch = who_.epoch;
  if (counts) claimed.counted_day = out.usage.day;
  move(c.id, effect_state::in_flight);
  return out;
}

bool writer::may_finish(const finish_request& f) const {
  const auto* e = find_effect(f.id);
  const auto expected = f.from_unknown ? effect_state::unknown : effect_state::in_flight;
  const bool says_nothing = f.from_unknown && (f.result == send_result::unknown || f.back_to_planned);
  return e != nullptr && e->row.state == expected && e->row.attempt == f.attempt && !says_nothing;
}

void writer::record(const finish_request& f) {
  note_attempt(m_.effects.at(f.id), to_string(f.result), f.evidence, f.now);
  settle(f.id, store_rules::state_after(f.result), f.detail, f.provider_id);
}

finish_result writer::finish(const finish_request& f) {
  finish_result out;
  if (!may_finish(f)) {
    out.outcome = finish_result::what::not_mine;
    return out;
  }
  const auto* e = find_effect(f.id);
  if (f.back_to_planned || store_rules::gives_unit_back(f.result)) return_unit(f.id);
  if (f.back_to_planned) {
    // A repeat that was not called leaves in doubt what it was to repeat.
    const bool doubtful = --edit_effect(f.id).calls > 0;
    move(f.id, doubtful ? effect_state::unknown : effect_state::planned);
    note_attempt(*e, "not_started", f.evidence, f.now);
    return out;
  }
  record(f);
  const auto inbox =
      enqueue(e->row.workspace, e->lead, store_rules::outcome_key(f.id, f.attempt, f.result), f.body, f.now);
  out.inbox = accepted_for{e->row.lead, inbox, false};
  return out;
}

void writer::orphan_calls(time_point now) {
  std::vector<effect_id> orphans;
  each_of(m_.effects_in, effect_state::in_flight, [&](const auto& key, const nothing&) {
    const auto& id = std::get<2>(key);
    if (m_.effects.at(id).row.claim_epoch < who_.epoch) orphans.push_back(id);
  });
  lose_calls(orphans, now);
}

void writer::lose_calls(std::span<const effect_id> calls, time_point now) {
  for (const auto& id : calls) {
    const auto& row = m_.effects.at(id).row;
    const auto f = store_rules::node_lost(id, row.attempt, row.claimed_at, now);
    CHECK(finish(f).outcome == finish_result::what::finished);
  }
}

void writer::bury_effect(const effect_id& id, const std::string& error, time_point now) {
  const auto* e = find_effect(id);
  if (e == nullptr) throw broken_rule(errc::not_found, "no such open effect");
  forget_dead_effect(id);
  dead_record d;
  d.lead = e->lead;
  d.letter.effect = id.value;
  d.letter.workspace = e->row.workspace;
  d.letter.lead = e->row.lead;
  d.letter.error = error;
  d.letter.attempts = e->row.attempt;
  d.letter.died_at = now;
  d.letter.received_at = e->row.planned_at;
  m_.dead.insert(m_.next(), std::move(d));
  if (e->row.state == effect_state::planned)
    end_uncalled(id, effect_state::failed, send_result::refused_final, "dead_letter", "dead_letter", now);
}

send_usage_row usage_on_day(const image& m, const workspace_id& ws, const account_id& account,
                            std::int64_t day) {
  const auto* found = m.usage.find({ws, account});
  if (found == nullptr) return {day, 0, std::nullopt, {}};
  auto u = *found;
  if (day > u.day) {
    u.day = day;
    u.used = 0;
  }
  return u;
}

bool writer::take_unit(const effect_record& e, const claim_request& c, claim_result& out) {
  if (!store_rules::take_room(c.limits, c.now, out)) return false;
  const auto& u = out.usage;
  m_.usage.put({e.row.workspace, e.row.account}, u);
  return true;
}

void writer::return_unit(const effect_id& id) {
  auto& e = edit_effect(id);
  // The refusal of a repeat says nothing of the call it repeats, and that one was counted.
  if (!e.counted_day || e.calls > 1) return;
  const std::pair at{e.row.workspace, e.row.account};
  // A unit of a day that is over is of no use to anybody.
  if (const auto* u = m_.usage.find(at); u != nullptr && u->day == *e.counted_day && u->used > 0)
    --m_.usage.edit(at).used;
  e.counted_day.reset();
}

}  // namespace heed::memory
