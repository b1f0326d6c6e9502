#include <algorithm>

#include "actors/lead/answer.hpp"
#include "actors/lead/deliberation.hpp"
#include "actors/lead/gates.hpp"
#include "actors/lead/migration.hpp"

namespace heed {

namespace {

void refuse(deliberation& d, std::string reason) { d.note("refused", std::move(reason)); }

/// The run a command names; says why there is none to act on.
const run* named_run(deliberation& d, const command& c) {
  const run* r = d.lead().find_run(campaign_id{c.run});
  if (!r) {
    refuse(d, "unknown_run: " + c.run);
    return nullptr;
  }
  if (is_final(r->status)) {
    refuse(d, "run_" + std::string(to_string(r->status)) + (r->end_reason.empty() ? "" : ": " + r->end_reason));
    return nullptr;
  }
  return r;
}

/// What no operator may lift with a run's own buttons (SS-33): the lead-wide gates 3, 5 and 6.
std::string lead_wide_refusal(const deliberation& d) {
  if (d.lead().suppressed) return "suppression: " + *d.lead().suppressed;
  if (d.lead().hot) return "hot_brake: score " + std::to_string(d.lead().hot->score) + " >= " + std::to_string(d.lead().hot->threshold);
  if (d.lead().handoff) return "human_owns: handed_off";
  return {};
}

/// Times after a resume are spread by hash, so that a thousand resumed runs do not speak in one minute.
void spread_after_resume(deliberation& d, const campaign_id& id) {
  const run& r = *d.lead().find_run(id);
  // A touch that came back from its account is under way no more: its step is the one to be timed anew.
  bool under_way = r.retry || (r.touch && r.touch->state != touch_state::returned);
  if (!r.pauses.empty() || under_way || !current_step(d, r)) return;
  schedule_current_step(d, id, r.anchor);
  const run& timed = *d.lead().find_run(id);
  if (timed.next_at && *timed.next_at > d.now()) return;
  auto spread = d.defaults().resume_spread.count();
  auto offset = spread > 0 ? static_cast<std::int64_t>(stable_hash(run_id(id, d.lead().id)) % static_cast<std::uint64_t>(spread)) : 0;
  // Named, so that the time until then is pace: what people let go on is not late once more.
  d.conclude(step_scheduled{id, current_step(d, timed)->id, d.now() + duration(offset), timed.anchor, "resumed", timed.band});
}

void resume(deliberation& d, const campaign_id& id, const std::string& by) {
  if (d.lead().unanswered_reply) d.conclude(reply_answered{by});
  for (auto flag : {pause_flag::by_operator, pause_flag::overdue, pause_flag::unanswered_reply, pause_flag::missing_data,
                    pause_flag::meeting_booked, pause_flag::handed_off})
    clear_flag(d, id, flag, by);
  spread_after_resume(d, id);
}

void pause_run(deliberation& d, const command& c) {
  const run* r = named_run(d, c);
  if (!r) return;
  if (r->pauses.has(pause_flag::by_operator)) return d.note("pause", "already_paused");
  auto id = r->campaign;
  cancel_touch(d, *r, "operator");
  d.conclude(run_paused{id, pause_flag::by_operator, c.reason, {}});
}

void resume_run(deliberation& d, const command& c) {
  const run* r = named_run(d, c);
  if (!r) return;
  if (auto why = lead_wide_refusal(d); !why.empty()) return refuse(d, why);
  if (r->pauses.empty() && !d.lead().unanswered_reply) return d.note("resume", "not_paused");
  resume(d, r->campaign, c.by);
}

void take(deliberation& d, const command& c) {
  if (d.lead().handoff) {
    if (d.lead().handoff->acknowledged_by.empty()) return d.conclude(handoff_acknowledged{c.by, d.now()});
    return d.note("take", "already_human_owned");
  }
  hand_off(d, c.reason.empty() ? "taken" : c.reason, c.by);
}

void hand_back(deliberation& d, const command& c) {
  if (!d.lead().handoff && !d.lead().hot) return refuse(d, "not_handed_off");
  d.conclude(handed_back{c.by, c.reason});
  for (const auto& name : c.resume_runs) {
    campaign_id id{name};
    const run* r = d.lead().find_run(id);
    if (!r || is_final(r->status)) {
      d.note("not_resumed", name + (r ? ": run_" + std::string(to_string(r->status)) : ": unknown_run"));
      continue;
    }
    resume(d, id, c.by);
  }
}

const run* waiting_for_approval(deliberation& d, const command& c) {
  const run* r = named_run(d, c);
  if (!r) return nullptr;
  if (!r->pauses.has(pause_flag::awaiting_approval) || !r->approval || r->approval->step.value != c.step) {
    refuse(d, "not_awaiting_approval: " + c.step);
    return nullptr;
  }
  return r;
}

void approve_step(deliberation& d, const command& c) {
  const run* r = waiting_for_approval(d, c);
  if (!r) return;
  auto id = r->campaign;
  d.conclude(approval_given{id, step_id{c.step}, c.by, r->approval->rendered_hash});
  clear_flag(d, id, pause_flag::awaiting_approval, c.by);
}

void reject_step(deliberation& d, const command& c) {
  const run* r = waiting_for_approval(d, c);
  if (!r) return;
  auto id = r->campaign;
  auto* next = current_step(d, *r);
  d.conclude(approval_refused{id, step_id{c.step}, c.by, c.reason});
  clear_flag(d, id, pause_flag::awaiting_approval, c.by);
  d.conclude(step_handled{id, step_id{c.step}, next ? next->on : channel::email, step_outcome::skipped, "rejected", d.now()});
}

void retry_step(deliberation& d, const command& c) {
  const run* r = named_run(d, c);
  if (!r) return;
  if (auto why = lead_wide_refusal(d); !why.empty()) return refuse(d, why);
  auto known = std::ranges::find(r->failed, step_id{c.step}, &failed_touch::step);
  if (known == r->failed.end()) return refuse(d, "not_failed: " + c.step);
  if (r->touch || r->retry) return refuse(d, "another_step_is_under_way");
  auto* plan = d.rules.find_campaign(r->campaign);
  auto* sequence = plan ? plan->find_sequence(r->sequence_version) : nullptr;
  if (!sequence) return refuse(d, "definition_gone");
  auto at = std::ranges::find(sequence->steps, known->step, &step::id);
  if (at == sequence->steps.end()) return refuse(d, "step_gone: " + c.step);
  auto index = static_cast<std::uint32_t>(at - sequence->steps.begin());
  if (r->last_sent && *r->last_sent > index) return refuse(d, "later_step_was_sent");
  d.conclude(touch_repeated{r->campaign, known->effect});
}

void acknowledge(deliberation& d, const command& c) {
  if (!d.lead().handoff) return refuse(d, "not_handed_off");
  if (!d.lead().handoff->acknowledged_by.empty())
    return d.note("acknowledge", "already_acknowledged");
  d.conclude(handoff_acknowledged{c.by, d.now()});
}

void migrate_run(deliberation& d, const command& c) {
  const run* r = named_run(d, c);
  if (!r) return;
  auto* plan = d.rules.find_campaign(r->campaign);
  if (!plan) return refuse(d, "definition_gone");
  auto place = place_in(*plan, *r);
  if (!place) return refuse(d, place.error());
  if (r->sequence_version == plan->current().version) return d.note("migrate", "already_there");
  if (r->touch || r->retry) return refuse(d, "a_step_is_under_way");
  auto id = r->campaign;
  auto from = r->sequence_version;
  clear_flag(d, id, pause_flag::awaiting_approval, c.by);
  d.conclude(run_migrated{id, from, plan->current().version, *place});
}

/// One answer to `overdue`: send it after all, skip that step, or end the run (RULES, Runs).
void answer_overdue(deliberation& d, const command& c) {
  const run* r = named_run(d, c);
  if (!r) return;
  if (!r->pauses.has(pause_flag::overdue)) return refuse(d, "not_overdue");
  auto id = r->campaign;
  if (c.detail == "end") return end_run(d, id, run_status::done, "overdue_ended");
  auto* next = current_step(d, *r);
  clear_flag(d, id, pause_flag::overdue, c.by);
  if (c.detail == "skip" && next)
    d.conclude(step_handled{id, next->id, next->on, step_outcome::skipped, "overdue", d.now()});
  else if (next)
    spread_after_resume(d, id);
}

void snooze(deliberation& d, const command& c) {
  if (!c.until || *c.until <= d.now()) return refuse(d, "until_is_not_in_the_future");
  heed::snooze(d, *c.until, c.by);
}

}  // namespace

void on(deliberation& d, const command& c) {
  switch (c.what) {
    case command_kind::take: return take(d, c);
    case command_kind::hand_back: return hand_back(d, c);
    case command_kind::pause_run: return pause_run(d, c);
    case command_kind::resume_run: return resume_run(d, c);
    case command_kind::retry_step: return retry_step(d, c);
    case command_kind::approve_step: return approve_step(d, c);
    case command_kind::reject_step: return reject_step(d, c);
    case command_kind::snooze: return snooze(d, c);
    case command_kind::clear_poison:
      return d.lead().poisoned ? d.conclude(poison_cleared{c.by}) : d.note("clear_poison", "not_poisoned");
    case command_kind::lift_suppression:
      if (!d.lead().suppressed) return d.note("lift_suppression", "not_suppressed");
      return d.conclude(suppression_lifted{c.by, c.detail});
    case command_kind::acknowledge: return acknowledge(d, c);
    case command_kind::migrate_run: return migrate_run(d, c);
    case command_kind::answer_overdue: return answer_overdue(d, c);
    case command_kind::approve_draft:
    case command_kind::reject_draft:
    case command_kind::edit_draft:
    case command_kind::regenerate_draft:
    case command_kind::send_message: return answer_command(d, c);
  }
}

}  // namespace heed
