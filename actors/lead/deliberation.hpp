#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "actors/lead/decision.hpp"
#include "actors/lead/intent.hpp"

namespace heed {

/// One decision in the making: the facts found so far, and the lead as it is after them. Internal to actors/lead:
/// `decide` makes one, the handlers add to it, `plan` has the last word.
class deliberation {
 public:
  deliberation(const lead_state& lead, const stimulus& s, const policy& p, const circumstances& c)
      : lead_(lead), what(s), rules(p), when(c), seq_(lead.seq + 1) {}

  [[nodiscard]] const lead_state& lead() const { return lead_; }
  [[nodiscard]] time_point now() const { return when.now; }
  [[nodiscard]] const settings& defaults() const { return rules.defaults; }
  /// True for history arriving late: it restrains, it never starts anything (RULES, What enrols).
  [[nodiscard]] bool is_backfill() const;

  void conclude(fact f) {
    apply(lead_, f, seq_, when.now);
    out_.facts.push_back(std::move(f));
  }
  void note(std::string what_happened, std::string reason) { conclude(noted{std::move(what_happened), std::move(reason)}); }
  void ask(effect e) { out_.effects.push_back(std::move(e)); }
  [[nodiscard]] std::vector<effect>& asked() { return out_.effects; }
  void keep(run_verdicts v) { out_.verdicts.push_back(std::move(v)); }
  [[nodiscard]] effect_id new_effect_id() {
    return effect_id{lead_.id.value + "-" + std::to_string(seq_) + "-" + std::to_string(effects_named_++)};
  }
  template <class F>
  [[nodiscard]] bool has_concluded() const {
    return std::ranges::any_of(out_.facts, [](const fact& f) { return std::holds_alternative<F>(f); });
  }
  [[nodiscard]] bool silent() const { return out_.facts.empty(); }
  [[nodiscard]] decision finish() && { return std::move(out_); }

 private:
  lead_state lead_;

 public:
  const stimulus& what;
  const policy& rules;
  const circumstances& when;

 private:
  std::uint64_t seq_;
  unsigned effects_named_ = 0;
  decision out_;
};

// ---- the parts a decision is made of, each in the file of its name ----

/// heat.cpp: promotes, brakes and re-times after score or cursor changed.
void weigh_heat(deliberation& d);
[[nodiscard]] intent_score campaign_score(const deliberation& d, const run& r);

/// stops.cpp: what ends or pauses runs.
void end_run(deliberation& d, const campaign_id& c, run_status status, const std::string& reason);
void pause_live_runs(deliberation& d, pause_flag flag, std::optional<time_point> until = {});
void suppress_person(deliberation& d, const std::string& reason, const std::string& via);
void suppress_address(deliberation& d, const lead_key& key, const std::string& reason);
/// Tells the workspace's own people, where it has any (settings, handoff).
void tell_people(deliberation& d, const std::string& what, const std::string& reason);
void hand_off(deliberation& d, const std::string& reason, const std::string& by);
void cancel_touch(deliberation& d, const run& r, const std::string& why);
/// Silence until then; it goes on by itself.
void snooze(deliberation& d, time_point until, const std::string& by);
void clear_flag(deliberation& d, const campaign_id& c, pause_flag flag, const std::string& by);

/// engage.cpp: evidence of when this person is there.
void engage(deliberation& d, timing::engagement_kind kind);
struct click_verdict { time_point at; bool by_a_person = false; };
/// The clicks in force, by source key.
using click_verdicts = std::map<std::string, click_verdict>;
[[nodiscard]] click_verdicts judge_clicks(const lead_state& lead);
/// Counts the clicks that turned out to be a person's since then, and takes back those that turned out to be a machine's.
void engage_by_clicks(deliberation& d, const click_verdicts& before);
/// `sms_click` or `browsing`; only noted where a run could be brought forward by it.
void note_hot_path(deliberation& d, const std::string& name);

/// enrol.cpp: keys, fields, consent and new runs.
void learn_keys(deliberation& d);
void learn_fields(deliberation& d, const field_map& fields, const std::string& time_zone);
void learn_consent(deliberation& d, consent_grant grant);
struct enrolment {
  std::string campaign;
  std::string landing_page;
  field_map attribution;
  bool by_form = false;
  step_id carry_on_at = {};
  std::optional<time_point> carry_on_due = {};
};
/// True when this call made a run.
bool enrol(deliberation& d, const enrolment& e);
[[nodiscard]] std::string resolve_campaign(const deliberation& d, const std::string& landing_page);

/// schedule.cpp: when the current step of a run is due.
void schedule_current_step(deliberation& d, const campaign_id& c, time_point anchor);
void reschedule(deliberation& d, const run& r, std::optional<time_point> next_at, const std::string& why);
[[nodiscard]] const step* current_step(const deliberation& d, const run& r);
[[nodiscard]] const zone_rules& zone_of(const lead_state& lead, const campaign* c, const policy& p);
[[nodiscard]] const business_hours* hours_of(const campaign* c, const policy& p);

/// plan.cpp: the only place that consults the gates.
void plan_runs(deliberation& d);
/// Asks all gates for a run as it stands and keeps the answers, for a wait that was decided elsewhere.
std::vector<gate_verdict> keep_verdicts(deliberation& d, const run& r);
/// Gates 1 to 6 for a run as it stands, for repeating a call of unknown outcome.
[[nodiscard]] bool repeat_allowed(deliberation& d, const run& r);
/// What braked, paused or ended a run in this very decision takes back what its outcome had allowed before.
void review_repeats(deliberation& d);

/// on_reply.cpp: the unanswered reply has its answer.
void answer_reply(deliberation& d, const std::string& by);

/// on_event.cpp: true for what tells of a message that Heed sent.
[[nodiscard]] bool is_own_message(const deliberation& d, const message_ref& m);

/// on_event.cpp, on_reply.cpp, on_outcome.cpp, on_command.cpp: one overload a stimulus.
void on(deliberation& d, const reply_received& s);
void on(deliberation& d, const message_sent& s);
void on(deliberation& d, const message_delivered& s);
void on(deliberation& d, const message_opened& s);
void on(deliberation& d, const link_clicked& s);
void on(deliberation& d, const message_bounced& s);
void on(deliberation& d, const spam_complaint& s);
void on(deliberation& d, const unsubscribed& s);
void on(deliberation& d, const form_submitted& s);
void on(deliberation& d, const page_viewed& s);
void on(deliberation& d, const ticket_opened& s);
void on(deliberation& d, const ticket_closed& s);
void on(deliberation& d, const meeting_booked& s);
void on(deliberation& d, const meeting_canceled& s);
void on(deliberation& d, const enrichment_completed& s);
void on(deliberation& d, const lead_upserted& s);
void on(deliberation& d, const timer_fired& s);
void on(deliberation& d, const effect_outcome& s);
void on(deliberation& d, const reconsider& s);
void on(deliberation& d, const key_conflict& s);
void on(deliberation& d, const command& s);
void on(deliberation& d, const model_answered& s);
void on(deliberation& d, const review_posted& s);
/// minute.cpp, engage.cpp: what the world outside says about when to speak.
void on(deliberation& d, const latency_rose& s);
void on(deliberation& d, const habits_imported& s);

/// identity/merge.cpp: two leads become one, and come apart again.
void on(deliberation& d, const merge_asked& s);
void on(deliberation& d, const absorption_asked& s);
void on(deliberation& d, const absorption_answered& s);
void on(deliberation& d, const unmerge_asked& s);
void on(deliberation& d, const restoring_asked& s);
void on(deliberation& d, const restoring_answered& s);
void on(deliberation& d, const suppression_shared& s);
/// What is said to a part is the business of the lead it belongs to.
void pass_on(deliberation& d);
/// identity/replier.cpp: who answers for the lead.
void on(deliberation& d, const promotion_asked& s);
void note_replier(deliberation& d, const reply_received& s);

}  // namespace heed
