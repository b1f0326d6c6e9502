#include <algorithm>

#include "actors/lead/check.hpp"
#include "persistence/sqlite/writer.hpp"
#include "persistence/store_rules.hpp"

namespace heed::sqlite {

bool writer::effects_can_be_planned(const lead_commit& c, std::int64_t lead) {
  for (auto it = c.effects.begin(); it != c.effects.end(); ++it) {
    const auto same = [&](const planned_effect& e) {
      return e.id == it->id || store_rules::touch_of(e) == store_rules::touch_of(*it);
    };
    if (std::any_of(c.effects.begin(), it, same)) return false;
    auto holder = db_["effect_key_find"].query(c.workspace, it->kind, it->key);
    if (!holder.next()) {
      if (db_["effect_exists"].number(it->id)) return false;
      continue;
    }
    if (holder.text(0) != it->id.value) return false;
    const auto e = find_effect(it->id);
    if (!e || e->lead != lead || !store_rules::may_open_again(e->state)) return false;
  }
  for (const auto& id : c.resends) {
    const auto e = find_effect(id);
    if (!e || e->lead != lead || !store_rules::may_open_again(e->state)) return false;
  }
  return true;
}

void writer::change_effects(const lead_commit& c, std::int64_t lead, commit_result& out) {
  for (const auto& id : c.cancels) {
    const auto e = find_effect(id);
    const bool ours = e && e->lead == lead;
    if (ours && e->state == effect_state::planned) {
      out.outcomes.push_back(end_uncalled(*e, effect_state::cancelled, send_result::cancelled, "cancelled",
                                          "decision", c.journal.decided_at));
      continue;
    }
    // Its claim may come back as too late; then it is not called any more but returned to its lead.
    if (ours && e->state == effect_state::in_flight) db_["effect_expire"].run(e->n, store_rules::long_past);
    out.not_cancelled.push_back(id);
  }
  for (const auto& id : c.resends) {
    db_["effect_resend"].run(id, c.journal.decided_at);
    db_["dead_effect_delete"].run(id);
  }
  for (const auto& e : c.effects)
    plan(c, e, lead, out);
}

void writer::plan(const lead_commit& c, const planned_effect& e, std::int64_t lead, commit_result& out) {
  const auto at = c.journal.decided_at;
  if (db_["effect_key_find"].query(c.workspace, e.kind, e.key).next()) {
    db_["effect_plan_again"].run(e.id, e.campaign, e.account, e.not_after, at, blob{e.request});
    db_["dead_effect_delete"].run(e.id);
  } else {
    db_["effect_key_insert"].run(c.workspace, e.kind, e.key, e.id);
    db_["effect_insert"].run(e.id, c.workspace, lead, e.kind, e.key, e.campaign, e.account,
                             effect_state::planned, e.not_after, at, e.dry_run, blob{e.request});
  }
  if (!e.dry_run) return;
  const auto planned = find_effect(e.id);
  CHECK(planned.has_value());
  out.outcomes.push_back(end_uncalled(*planned, effect_state::done, send_result::skipped_dry_run,
                                      "skipped_dry_run", "decision", at));
}

}  // namespace heed::sqlite
