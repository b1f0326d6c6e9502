#include <algorithm>

#include "actors/lead/check.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/sqlite/usage.hpp"
#include "persistence/sqlite/writer.hpp"
#include "persistence/store_rules.hpp"

namespace heed::sqlite {

std::optional<writer::open_effect> writer::find_effect(const effect_id& id) {
  auto rows = db_["effect_open"].query(id);
  if (!rows.next()) return std::nullopt;
  open_effect e;
  e.n = rows.integer(0);
  e.id = id;
  e.workspace = rows.named<workspace_id>(1);
  e.lead = rows.integer(2);
  e.kind = rows.text(3);
  e.campaign = rows.text(4);
  e.account = rows.text(5);
  e.state = rows.as<effect_state>(6);
  e.attempt = static_cast<std::uint32_t>(rows.integer(7));
  e.calls = static_cast<std::uint32_t>(rows.integer(8));
  e.reopened = static_cast<std::uint32_t>(rows.integer(9));
  e.not_after = rows.instant(10);
  e.planned_at = rows.instant(11);
  e.request = rows.text(12);
  if (!rows.null(13)) e.counted_day = rows.integer(13);
  return e;
}

writer::target writer::lead_of(const open_effect& e) {
  auto lead = find_target(e.lead);
  CHECK(lead.has_value());
  return *lead;
}

void writer::settle(const open_effect& e, effect_state to, const std::string& detail,
                    const std::string& provider_id) {
  db_["effect_settle"].run(e.n, to, detail, provider_id);
  CHECK(db_.changes() == 1);
  // All but done ones stay: their step may be planned again under the same key.
  if (to != effect_state::done) return;
  db_["effect_archive"].run(e.n);
  db_["effect_delete"].run(e.n);
}

void writer::note_attempt(const open_effect& e, std::string_view outcome, std::string_view evidence,
                          time_point at) {
  db_["attempt_insert"].run(e.id, e.attempt, who_.node_id, who_.epoch, at, outcome, evidence);
}

accepted_for writer::end_uncalled(const open_effect& e, effect_state to, send_result r,
                                  const std::string& detail, const std::string& evidence, time_point now,
                                  std::optional<time_point> retry_at) {
  effect_outcome o;
  o.effect = e.id;
  o.attempt = e.attempt;
  o.result = r;
  o.detail = detail;
  o.evidence = evidence;
  o.retry_at = retry_at;
  auto s = codec::outcome_stimulus(o, now);
  // Planned again, the same effect may end the same way before its next claim.
  if (e.reopened > 0) s.key += "#" + std::to_string(e.reopened);
  settle(e, to, detail, "");
  return {lead_of(e).id, enqueue(e.workspace, e.lead, s.key, codec::encode(s), now), false};
}

std::optional<std::string> writer::stopped_by(const open_effect& e) {
  const auto holds = [&](stop_scope scope, std::string_view ws, std::string_view name) {
    // A missing row stops.
    return db_["switch_engaged"].number(scope, ws, name).value_or(1) != 0;
  };
  const auto& ws = e.workspace.value;
  if (holds(stop_scope::global, "", "")) return "global";
  if (holds(stop_scope::workspace, ws, "")) return "workspace";
  if (!e.campaign.empty() && holds(stop_scope::campaign, ws, e.campaign)) return "campaign:" + e.campaign;
  if (!e.account.empty() && holds(stop_scope::account, ws, e.account)) return "account:" + e.account;
  return std::nullopt;
}

bool writer::is_suppressed(const open_effect& e, const target& lead) {
  if (lead.suppressed) return true;
  return std::ranges::any_of(store_rules::addresses_of(e.request), [&](const lead_key& to) {
    return db_["suppression_find"].number(e.workspace, codec::address_hash(e.workspace, to)).has_value();
  });
}

bool writer::may_be_called(const open_effect& e, const claim_request& c, claim_result& out) {
  const auto lead = lead_of(e);
  auto stop = stopped_by(e);
  const bool send = e.kind == "send";
  if (!stop && send && lead.poisoned) stop = "poisoned";
  if (stop) {
    out.outcome = claim_result::what::stopped;
    out.scope = *stop;
    return false;
  }
  if (send && is_suppressed(e, lead)) {
    out.outcome = claim_result::what::suppressed;
    // What may have been delivered already stays unknown until there is evidence.
    if (!c.repeat)
      out.inbox =
          end_uncalled(e, effect_state::cancelled, send_result::cancelled, "suppressed", "claim", c.now);
    return false;
  }
  if (c.allowed_at && lead.version != *c.allowed_at) {
    out.outcome = claim_result::what::outdated;
    return false;
  }
  if (!c.repeat && e.calls == 0 && e.not_after != time_point{} && c.now > e.not_after) {
    out.outcome = claim_result::what::stale;
    out.inbox = end_uncalled(e, effect_state::stale, send_result::stale, "not_after", "claim", c.now);
    return false;
  }
  if (!c.defer_until) return true;
  defer(e, c, out);
  return false;
}

void writer::defer(const open_effect& e, const claim_request& c, claim_result& out) {
  // What may have been delivered is never rendered anew: it waits where it is.
  if (c.repeat || e.calls > 0) {
    out.outcome = claim_result::what::paced;
    out.retry_at = c.defer_until;
    return;
  }
  out.outcome = claim_result::what::deferred;
  out.retry_at = c.defer_until;
  out.inbox = end_uncalled(e, effect_state::stale, send_result::capacity_wait, c.defer_reason, "claim", c.now,
                           c.defer_until);
}

claim_result writer::claim(const claim_request& c) {
  claim_result out;
  auto e = find_effect(c.id);
  if (!e || e->state != (c.repeat ? effect_state::unknown : effect_state::planned)) {
    out.outcome = claim_result::what::gone;
    return out;
  }
  out.attempt = e->attempt;
  if (c.limits.any()) out.usage = usage_on_day(db_, e->workspace, account_id(e->account), c.limits.day);
  if (!may_be_called(*e, c, out)) return out;
  const bool counts = e->kind == "send" && !c.repeat && c.limits.any();
  if (counts && !take_unit(*e, c, out)) return out;
  db_["effect_claim"].run(e->n, c.now, who_.epoch, counts ? std::optional(out.usage.day) : std::nullopt);
  out.attempt = ++e->attempt;
  return out;
}

bool writer::may_finish(const open_effect& e, const finish_request& f) {
  const auto expected = f.from_unknown ? effect_state::unknown : effect_state::in_flight;
  const bool says_nothing = f.from_unknown && (f.result == send_result::unknown || f.back_to_planned);
  return e.state == expected && e.attempt == f.attempt && !says_nothing;
}

void writer::record(const open_effect& e, const finish_request& f) {
  note_attempt(e, to_string(f.result), f.evidence, f.now);
  settle(e, store_rules::state_after(f.result), f.detail, f.provider_id);
}

finish_result writer::finish(const finish_request& f) {
  finish_result out;
  const auto e = find_effect(f.id);
  if (!e || !may_finish(*e, f)) {
    out.outcome = finish_result::what::not_mine;
    return out;
  }
  if (f.back_to_planned || store_rules::gives_unit_back(f.result)) return_unit(*e);
  if (f.back_to_planned) {
    db_["effect_give_back"].run(e->n);
    note_attempt(*e, "not_started", f.evidence, f.now);
    return out;
  }
  record(*e, f);
  const auto key = store_rules::outcome_key(f.id, f.attempt, f.result);
  out.inbox = accepted_for{lead_of(*e).id, enqueue(e->workspace, e->lead, key, f.body, f.now), false};
  return out;
}

void writer::orphan_calls(time_point now) {
  std::vector<finish_request> lost;
  for (auto rows = db_["effects_orphaned"].query(who_.epoch); rows.next();)
    lost.push_back(store_rules::node_lost(
        rows.named<effect_id>(0), static_cast<std::uint32_t>(rows.integer(1)), rows.maybe_instant(2), now));
  for (const auto& f : lost)
    CHECK(finish(f).outcome == finish_result::what::finished);
}

void writer::bury_effect(const effect_id& id, const std::string& error, time_point now) {
  const auto e = find_effect(id);
  if (!e) throw database_error(errc::not_found, "no such open effect");
  db_["effect_bury"].run(id, e->workspace, e->lead, error, e->attempt, now, e->planned_at);
  if (e->state == effect_state::planned)
    end_uncalled(*e, effect_state::failed, send_result::refused_final, "dead_letter", "dead_letter", now);
}

}  // namespace heed::sqlite
