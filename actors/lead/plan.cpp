#include <algorithm>

#include "actors/lead/answer.hpp"
#include "actors/lead/deliberation.hpp"
#include "actors/lead/gates.hpp"
#include "actors/lead/minute.hpp"
#include "actors/lead/touch.hpp"

namespace heed {

namespace {

using namespace std::chrono_literals;

duration as_elapsed(const delay_rule& rule) {
  return rule.in == delay_rule::unit::elapsed ? duration(rule.amount) : duration(std::chrono::days(rule.amount));
}

/// Later than `max_lateness` at its first chance: not sent, a human answers for the whole campaign (RULES, Runs). Time
/// that rules of pace held the step is none; time that people or a broken account held it is.
bool is_overdue(const deliberation& d, const run& r, const step& next) {
  if (r.retry) return false;
  auto most = std::max(d.defaults().max_lateness, as_elapsed(next.at));
  // A wait that outlives its reason is one an attempt ended for a moment: the fault it began with goes on.
  bool held = is_fault(r.waiting_for) || r.waiting_for.empty();
  auto due = held && r.waiting_since ? r.waiting_since : r.next_at;
  if (!due) return false;
  return d.now() - std::max(*due, r.paced_until.value_or(*due)) > most;
}

std::string touch_key(const deliberation& d, const run& r, const step& next) {
  return run_id(r.campaign, d.lead().id) + "/" + next.id.value;
}

void plan_touch(deliberation& d, const run& r, prepared_touch touch) {
  const step& next = *touch.view.next;
  auto id = r.touch ? r.touch->effect : d.new_effect_id();
  identify(touch.message, d, *touch.view.via, id);
  send_effect send{id, touch_key(d, r, next), r.campaign, next.id, touch.view.via->id, origin::step,
                   std::move(touch.message), d.now() + d.defaults().effect_life, d.defaults().dry_run};
  // A thread goes on by its subject: the Message-ID of its last message may not be known yet.
  bool goes_on = !r.thread_subject.empty() && send.message.subject == "Re: " + r.thread_subject;
  bool opens_thread = next.on == channel::email && !goes_on;
  touch_planned f{r.campaign, next.id, id, send.account, next.on, r.touch ? r.touch->attempt : 0,
                  opens_thread ? send.message.subject : std::string{}};
  d.conclude(std::move(f));
  d.ask(std::move(send));
}

void end_by_gate(deliberation& d, const run& r, const std::string& reason) {
  bool defect = reason == "definition_gone";
  end_run(d, r.campaign, defect ? run_status::failed : run_status::done, reason);
}

void pause_by_gate(deliberation& d, const run& r, const gate_verdict& v) {
  auto flag = pause_flag::missing_data;
  if (v.reason == "handed_off") flag = pause_flag::handed_off;
  if (v.reason == "lead_replied") flag = pause_flag::unanswered_reply;
  if (v.reason == "snoozed") flag = pause_flag::snoozed;
  d.conclude(run_paused{r.campaign, flag, v.reason, v.opens_at});
}

void skip_step(deliberation& d, const run& r, const step& next, const std::string& reason) {
  d.conclude(step_handled{r.campaign, next.id, next.on, step_outcome::skipped, reason, d.now()});
}

enum class after : std::uint8_t { stand_still, look_again };

after act_on(deliberation& d, const run& r, const touch_view& v, const gate_verdict& closed) {
  switch (closed.outcome) {
    case gate_outcome::pass: return after::stand_still;
    case gate_outcome::end: end_by_gate(d, r, closed.reason); return after::stand_still;
    case gate_outcome::wait: reschedule(d, r, closed.opens_at, closed.reason); return after::stand_still;
    case gate_outcome::pause: pause_by_gate(d, r, closed); return after::stand_still;
    case gate_outcome::suppress: {
      auto id = r.campaign;
      bool hot = closed.at == gate::hot_brake;
      end_run(d, id, run_status::suppressed, closed.reason);
      if (hot) hand_off(d, "hot", "heat");
      return after::stand_still;
    }
    case gate_outcome::hold: {
      auto id = r.campaign;
      auto step = v.next->id;
      d.conclude(approval_requested{id, step, v.rendered_hash});
      d.conclude(run_paused{id, pause_flag::awaiting_approval, {}, {}});
      return after::stand_still;
    }
    case gate_outcome::skip:
      skip_step(d, r, *v.next, closed.reason);
      // The cursor moved, and what is hot is braked by that too (RULES, Heat).
      if (d.lead().hot) weigh_heat(d);
      return after::look_again;
  }
  return after::stand_still;
}

/// A call whose outcome nobody could establish in time counts as sent for cursor and delay, never resent.
after settle_by_time(deliberation& d, const run& r) {
  if (!r.next_at || *r.next_at > d.now()) return after::stand_still;
  auto touch = *r.touch;
  d.conclude(step_handled{r.campaign, touch.step, touch.on, step_outcome::unknown, "unresolved: " + touch.effect.value,
                          touch.since});
  weigh_heat(d);
  return after::look_again;
}

after look_at(deliberation& d, const campaign_id& id) {
  const run& r = *d.lead().find_run(id);
  if (is_final(r.status)) return after::stand_still;
  if (r.touch && r.touch->state == touch_state::unknown) return settle_by_time(d, r);
  if (!r.pauses.empty() || (r.touch && r.touch->state == touch_state::planned)) return after::stand_still;
  auto* c = d.rules.find_campaign(id);
  auto* sequence = c ? c->find_sequence(r.sequence_version) : nullptr;
  if (sequence && r.cursor >= sequence->steps.size() && !r.retry) {
    end_run(d, id, run_status::done, "completed");
    return after::stand_still;
  }
  if (!r.next_at && r.waiting_for.empty() && !r.retry && sequence) schedule_current_step(d, id, r.anchor);
  // A retry does not wait for its run's next step, only for a gate that held the retry itself.
  bool early = r.next_at && *r.next_at > d.now();
  if (early && (!r.retry || !r.waiting_for.empty())) return after::stand_still;

  auto touch = gather(d, r);
  auto verdicts = ask_gates(touch.view);
  if (!first_closed(verdicts) && wants_minute(touch.view) && !is_overdue(d, r, *touch.view.next)) {
    choose_minute(d, touch.view);
    verdicts = ask_gates(touch.view);
  }
  d.keep({id.value, touch.view.next ? touch.view.next->id.value : std::string{}, verdicts});
  auto* closed = first_closed(verdicts);
  bool restrained = closed && closed->at <= gate::human_owns;
  if (!restrained && touch.view.next && is_overdue(d, r, *touch.view.next)) {
    d.conclude(run_paused{id, pause_flag::overdue, {}, {}});
    return after::stand_still;
  }
  if (closed) return act_on(d, r, touch.view, *closed);
  plan_touch(d, r, std::move(touch));
  return after::stand_still;
}

}  // namespace

void plan_runs(deliberation& d) {
  std::vector<campaign_id> live;
  for (const auto& r : d.lead().runs)
    if (!is_final(r.status)) live.push_back(r.campaign);
  for (const auto& id : live)
    // Bounded by the sequence: every further look handled one step.
    while (look_at(d, id) == after::look_again) {
    }
}

std::vector<gate_verdict> keep_verdicts(deliberation& d, const run& r) {
  auto* next = current_step(d, r);
  auto verdicts = ask_gates(gather(d, r).view);
  d.keep({r.campaign.value, r.touch ? r.touch->step.value : next ? next->id.value : std::string{}, verdicts});
  return verdicts;
}

bool repeat_allowed(deliberation& d, const run& r) { return may_repeat(r, keep_verdicts(d, r)); }

void review_repeats(deliberation& d) {
  for (auto& asked : d.asked()) {
    auto* settle = std::get_if<settle_effect>(&asked);
    if (!settle || !settle->may_repeat) continue;
    if (const auto of_draft = answer_may_repeat(d, settle->id)) {
      settle->may_repeat = *of_draft;
      continue;
    }
    auto r = std::ranges::find_if(d.lead().runs, [&](const run& x) { return x.touch && x.touch->effect == settle->id; });
    settle->may_repeat = r != d.lead().runs.end() && !is_final(r->status) &&
                         may_repeat(*r, ask_gates(gather(d, *r).view));
  }
}

}  // namespace heed
