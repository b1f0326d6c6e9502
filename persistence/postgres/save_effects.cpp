#include <algorithm>

#include "persistence/postgres/work.hpp"

/// The outbox: plans, claims, outcomes.
namespace heed::postgres {
namespace {

bool same(const memory::effect_record& a, const memory::effect_record& b) {
  return a.row.state == b.row.state && a.row.attempt == b.row.attempt && a.calls == b.calls &&
         a.reopened == b.reopened && a.row.not_after == b.row.not_after &&
         a.row.planned_at == b.row.planned_at && a.row.claimed_at == b.row.claimed_at &&
         a.row.claim_epoch == b.row.claim_epoch && a.row.detail == b.row.detail &&
         a.row.provider_id == b.row.provider_id && a.counted_day == b.counted_day;
}

}  // namespace

void work::save_effects() {
  save_new_effects();
  save_changed_effects();
  save_attempts();
}

void work::save_new_effects() {
  std::vector<const memory::effect_record*> made;
  for (const auto& [id, e] : image_.effects)
    if (!had_effects_.contains(id)) made.push_back(&e);
  if (made.empty()) return;
  std::ranges::sort(made, {}, &memory::effect_record::n);
  rows_of<number, time_point, time_point, std::optional<time_point>, std::uint64_t,
          std::optional<std::int64_t>, std::uint32_t, std::uint32_t, std::uint32_t, effect_state, bool,
          effect_id, workspace_id, std::string_view, std::string_view, campaign_id, account_id,
          std::string_view, std::string_view, blob>
      rows;
  for (const auto* e : made) {
    const auto& r = e->row;
    rows.add(e->lead, r.not_after, r.planned_at, r.claimed_at, r.claim_epoch, e->counted_day, r.attempt,
             e->calls, e->reopened, r.state, e->dry_run, r.id, r.workspace, r.kind, r.key, r.campaign,
             r.account, r.detail, r.provider_id, blob{r.request});
  }
  session_.run("effect_insert", rows);
  save_done(made);
  rows_of<workspace_id, std::string_view, std::string_view, effect_id> touches;
  for (const auto& [at, id] : image_.effect_keys)
    if (!had_touches_.contains(at)) touches.add(std::get<0>(at), std::get<1>(at), std::get<2>(at), id);
  if (!touches.empty()) session_.run("effect_key_insert", touches);
}

/// Of those that were made a moment ago; their numbers are the table's.
void work::save_done(const std::vector<const memory::effect_record*>& made) {
  column done(type_oid::text);
  bool any = false;
  for (const auto* e : made) {
    if (e->row.state != effect_state::done) continue;
    done.add(e->row.id);
    any = true;
  }
  if (any) session_.run("effect_archive_new", done);
}

void work::save_changed_effects() {
  using changes = rows_of<number, time_point, time_point, std::optional<time_point>, std::uint64_t,
                          std::optional<std::int64_t>, std::uint32_t, std::uint32_t, std::uint32_t, effect_state,
                          campaign_id, account_id, std::string_view, std::string_view, std::optional<blob>>;
  changes rows, done;
  column opened(type_oid::text);
  bool any_opened = false;
  for (const auto& [id, before] : had_effects_) {
    const auto& e = image_.effects.at(id);
    const bool again = e.reopened != before.reopened;
    if (same(before, e)) continue;
    const auto& r = e.row;
    const auto request = again && planned_again_.contains(id) ? std::optional(blob{r.request}) : std::nullopt;
    // All but done ones stay: their step may be planned again under the same key.
    auto& to = r.state == effect_state::done && before.row.state != effect_state::done ? done : rows;
    to.add(e.n, r.not_after, r.planned_at, r.claimed_at, r.claim_epoch, e.counted_day, r.attempt, e.calls,
           e.reopened, r.state, r.campaign, r.account, r.detail, r.provider_id, request);
    if (!again) continue;
    opened.add(id);
    any_opened = true;
  }
  if (!rows.empty()) session_.run("effect_update", rows);
  if (!done.empty()) session_.run("effect_archive", done);
  if (any_opened) session_.run("dead_effect_delete", opened);
}

void work::save_attempts() {
  std::vector<std::pair<const std::pair<effect_id, number>*, const memory::attempt_record*>> made;
  for (const auto& [at, a] : image_.attempts)
    made.emplace_back(&at, &a);
  if (made.empty()) return;
  std::ranges::sort(made, {}, [](const auto& each) { return each.first->second; });
  rows_of<workspace_id, effect_id, std::uint32_t, std::string_view, std::uint64_t, time_point,
          std::string_view, std::string_view>
      rows;
  for (const auto& [at, a] : made)
    rows.add(image_.effects.at(at->first).row.workspace, at->first, a->attempt, a->who, a->epoch, a->at,
             a->outcome, a->evidence);
  session_.run("attempt_insert", rows);
}

void work::orphan_calls(time_point now) {
  session_.run("lock_orphans", who_.epoch).each([&](const row_view& r) { put_effect(r); });
  if (image_.effects.empty()) return;
  name_leads_of_effects();
  expected_numbers_ = image_.effects.size();
  writer_.orphan_calls(now);
  save();
}

void work::bury_effect(const effect_id& id, const std::string& error, time_point now) {
  column ids(type_oid::text);
  ids.add(id);
  rows_of<effect_id, bool> asked;
  asked.add(id, false);
  session_.run("lock_effects", asked).each([&](const row_view& r) { put_effect(r); });
  name_leads_of_effects();
  writer_.bury_effect(id, error, now);
  save();
  session_.run("dead_effect_delete", ids);
  for (const auto& [n, d] : image_.dead)
    session_.run("dead_effect_insert", d.letter.effect, d.letter.workspace, d.lead, d.letter.error,
                 d.letter.attempts, d.letter.died_at, d.letter.received_at);
}

}  // namespace heed::postgres
