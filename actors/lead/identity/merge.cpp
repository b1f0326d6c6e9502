#include <algorithm>

#include "actors/lead/deliberation.hpp"
#include "actors/lead/identity/resolution.hpp"
#include "actors/lead/identity/unite.hpp"
#include "actors/lead/limits.hpp"

/// Two leads become one, and come apart again. Each side decides its own part; what they say to each other is durable with
/// the decision that says it, so the act goes on after a crash wherever it was.
namespace heed {

namespace {

void refuse(deliberation& d, std::string reason) { d.note("refused", std::move(reason)); }

std::vector<campaign_id> live_runs(const deliberation& d) {
  std::vector<campaign_id> out;
  for (const auto& r : d.lead().runs)
    if (!is_final(r.status)) out.push_back(r.campaign);
  return out;
}

/// What was planned and must not go out after what the part brought.
void cancel_what_is_over(deliberation& d) {
  const bool ticket = !d.lead().open_tickets.empty();
  std::vector<campaign_id> over;
  for (const auto& r : d.lead().runs)
    if (r.touch && (ticket || reached_elsewhere(d.lead(), r.campaign, r.touch->step))) over.push_back(r.campaign);
  for (const auto& c : over) cancel_touch(d, *d.lead().find_run(c), ticket ? "ticket_open" : "reached_already");
}

/// What restrained the part restrains the person.
void take_restraint(deliberation& d, const lead_state& part) {
  if (part.suppressed && !d.lead().suppressed) return suppress_person(d, *part.suppressed, std::string(via_merge));
  if (d.lead().suppressed) return;
  if (part.unanswered_reply) pause_live_runs(d, pause_flag::unanswered_reply);
  const auto& asleep = find_part(d.lead(), part.id)->gained;
  if (asleep->snoozed && asleep->snoozed_until && *asleep->snoozed_until > d.now()) snooze(d, *asleep->snoozed_until, "merge");
  if (part.handoff) hand_off(d, part.handoff->reason, "merge");
}

/// A snooze of the part ends with it; an earlier one of the lead's own goes on.
void give_back_snooze(deliberation& d, const merged_part& p) {
  if (!p.gained->snoozed || !d.lead().snoozed || d.lead().snoozed_until != p.gained->snoozed_until) return;
  const auto own = p.had->snoozed ? p.had->snoozed_until : std::nullopt;
  const bool goes_on = own && *own > d.now();
  d.conclude(snoozed{goes_on ? own : std::nullopt, "unmerge"});
  if (goes_on) return;
  for (const auto& c : live_runs(d)) clear_flag(d, c, pause_flag::snoozed, "unmerge");
}

void restore_runs(deliberation& d, const std::vector<campaign_id>& ended) {
  for (const auto& c : ended)
    if (const auto* r = d.lead().find_run(c); r && is_final(r->status)) d.conclude(run_restored{c});
}

}  // namespace

void on(deliberation& d, const merge_asked& s) {
  const auto& lead = d.lead();
  if (s.part == lead.id) return refuse(d, "same_lead");
  if (lead.absorbed) return refuse(d, "merged_into: " + lead.absorbed->into.value);
  if (find_part(lead, s.part)) return d.note("merge", "already_merged: " + s.part.value);
  if (lead.merging) {
    const bool same = lead.merging->part == s.part && !lead.merging->undoing;
    return same ? d.note("merge", "under_way: " + s.part.value) : refuse(d, "another_merge_under_way");
  }
  if (lead.parts.size() >= limits::parts) return refuse(d, "too_many_parts");
  d.conclude(merge_begun{d.new_effect_id().value, s.part, s.by, s.reason, s.evidence});
}

void on(deliberation& d, const absorption_asked& s) {
  const auto& lead = d.lead();
  auto why = merge_objection(s.evidence, s.keys, lead.keys);
  if (lead.absorbed) why = "merged_into: " + lead.absorbed->into.value;
  if (lead.merging) why = "another_merge_under_way";
  if (why) return d.conclude(merge_refused{s.merge, s.into, *why});
  d.conclude(lead_absorbed{s.merge, s.into, s.by, s.reason});
  for (const auto& c : live_runs(d)) end_run(d, c, run_status::done, "merged");
}

void on(deliberation& d, const absorption_answered& s) {
  const auto& m = d.lead().merging;
  if (!m || m->merge != s.merge || m->undoing) return d.note("merge", "not_awaited: " + s.part.value);
  if (!s.state) return d.conclude(merge_refused{s.merge, s.part, s.refused});
  d.conclude(lead_merged{take_over(d, s)});
  cancel_what_is_over(d);
  take_restraint(d, *s.state);
}

void on(deliberation& d, const unmerge_asked& s) {
  const auto& lead = d.lead();
  if (lead.absorbed) return refuse(d, "merged_into: " + lead.absorbed->into.value);
  const auto* part = find_part(lead, s.part);
  if (!part) return refuse(d, "not_merged: " + s.part.value);
  if (lead.merging) {
    const bool same = lead.merging->part == s.part && lead.merging->undoing;
    return same ? d.note("unmerge", "under_way: " + s.part.value) : refuse(d, "another_merge_under_way");
  }
  d.conclude(unmerge_begun{part->merge, s.part, s.by, s.reason});
}

void on(deliberation& d, const restoring_asked& s) {
  const auto& a = d.lead().absorbed;
  // Asked again after an answer that was lost, it answers again.
  if (!a || a->merge != s.merge) return d.conclude(lead_restored{s.merge, s.from, s.by, s.reason, true});
  const auto ended = a->ended;
  d.conclude(lead_restored{s.merge, s.from, s.by, s.reason, false});
  restore_runs(d, ended);
}

void on(deliberation& d, const restoring_answered& s) {
  const auto& m = d.lead().merging;
  const auto* found = find_part(d.lead(), s.part);
  if (!m || m->merge != s.merge || !m->undoing || !found) return d.note("unmerge", "not_awaited: " + s.part.value);
  const auto part = *found;
  const bool was_unanswered = part.gained->unanswered_reply && d.lead().unanswered_reply == part.seq;
  const auto by = m->by;
  d.conclude(lead_unmerged{s.merge, s.part, by, m->reason, part.seq});
  const bool still = std::ranges::any_of(d.lead().parts, [](const merged_part& p) { return p.gained->suppressed.has_value(); });
  if (d.lead().suppressed_by_part && !still) d.conclude(suppression_lifted{by, "unmerge"});
  if (was_unanswered)
    for (const auto& c : live_runs(d)) clear_flag(d, c, pause_flag::unanswered_reply, "unmerge");
  give_back_snooze(d, part);
  restore_runs(d, part.ended);
}

void on(deliberation& d, const suppression_shared& s) {
  if (!s.lifted) return suppress_person(d, s.reason, "merged_lead");
  if (!d.lead().suppressed) return d.note("lift_suppression", "not_suppressed");
  d.conclude(suppression_lifted{"merged_lead", s.reason});
}

void pass_on(deliberation& d) {
  // What the person said once and for all holds here as well, whatever becomes of the merge.
  if (suppresses_person(d.what.body)) suppress_person(d, std::holds_alternative<spam_complaint>(d.what.body) ? "complaint" : "opt_out", d.what.source);
  d.conclude(passed_on{d.lead().absorbed->into});
}

}  // namespace heed
