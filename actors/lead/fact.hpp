#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/lead/effect.hpp"
#include "actors/lead/identity/part.hpp"
#include "actors/lead/reply/doubt.hpp"
#include "actors/lead/stimulus.hpp"
#include "actors/lead/timing/evidence.hpp"
#include "actors/lead/verdict.hpp"

/// What is true after a decision. Facts are journaled and never change; `evolve` folds them into the state.
namespace heed {

enum class run_status : std::uint8_t { pending = 0, running = 1, paused = 2, suppressed = 3, failed = 4, done = 5 };
[[nodiscard]] std::string_view to_string(run_status s);
[[nodiscard]] std::optional<run_status> parse_run_status(std::string_view text);
[[nodiscard]] constexpr bool is_final(run_status s) { return s >= run_status::suppressed; }

/// Why a run stands still; a set, shown by its first member in this order (RULES, Runs).
enum class pause_flag : std::uint8_t {
  handed_off = 0, unanswered_reply = 1, snoozed = 2, awaiting_approval = 3, missing_data = 4, overdue = 5,
  meeting_booked = 6, by_operator = 7,
};
/// The public reason: handed_off, lead_replied, snoozed, awaiting_approval, missing_*, overdue, meeting_booked, operator.
[[nodiscard]] std::string_view to_string(pause_flag f);

/// How a step ended. `delivered` is SS-10's word for accepted by the provider.
enum class step_outcome : std::uint8_t { sent = 0, skipped = 1, blocked = 2, unknown = 3 };
[[nodiscard]] std::string_view to_string(step_outcome o);

enum class signal_kind : std::uint8_t { reply = 0, form = 1, click = 2, view = 3 };
[[nodiscard]] std::string_view to_string(signal_kind k);

/// One piece of evidence of intent. `source_key` makes the set a set: one entry per thing that happened.
struct intent_signal {
  signal_kind kind = signal_kind::view;
  time_point at{};
  std::string source_key;
  std::string about;        ///< form name, or the message a click belongs to
  bool enrolling = false;   ///< the form that enrolled: weighs 0
  bool machine = false;     ///< known at once: scanner list
  bool email = false;       ///< machine rules apply
  std::uint8_t less_pct = 0;  ///< how much less than its kind's points it weighs: by what a reply says
  bool operator==(const intent_signal&) const = default;
};

struct profile_changed { field_map fields; std::string time_zone; };
struct key_added { lead_key key; };
struct key_refused { lead_key key; std::string reason; };
struct consent_changed { consent_grant grant; };
struct enrolled {
  campaign_id campaign;
  std::uint32_t sequence_version = 0;
  std::string landing_page;
  field_map attribution;
  bool by_form = false;
  bool dry_run = false;
  time_point at{};
  std::uint32_t cursor = 0;  ///< steps that another system had taken before
};
struct not_enrolled { std::string campaign; std::string reason; };
struct signal_recorded { intent_signal signal; };
struct delivery_noted { std::string message; time_point at{}; };
/// The lead became hot; `signals` are the source keys that made the score.
struct promoted { std::int32_t score = 0; std::int32_t threshold = 0; std::string profile; std::vector<std::string> signals; bool with_reply = false; };
struct handed_off { std::string reason; std::uint64_t episode = 0; std::string by; };
struct handed_back { std::string by; std::string reason; };
struct reply_noted { time_point at{}; message_ref message; bool automated = false; std::optional<channel> on = {}; std::string from = {}; };
/// What the reply says, and what it led to: suppressed, handed_off, snoozed, delayed, address_suppressed, noted or paused.
struct reply_read { reply::reply_reading reading; std::string led_to; };
/// A model is asked what the rules were not sure of (`now` set), or that came to its end: read, overtaken, answered_meanwhile, timed_out,
/// failed or merged.
struct doubt_changed { std::string what; std::string reason; std::optional<reply::doubted_reply> now; };
/// Somebody a reply names to turn to instead. Nobody is written to for it: a human decides what it is good for.
struct proposed_lead { std::string email; std::string name; time_point at{}; bool operator==(const proposed_lead&) const = default; };
struct lead_proposed { proposed_lead who; };
/// What happened to an answer, and the whole of it afterwards. `what`: made, asked, written, held, scheduled, skipped, edited,
/// regenerated, approved, rejected, sending, waiting, unknown, sent, not_sent or told.
struct draft_changed { std::string what; std::string reason; draft::lead_draft now; };
/// What a provider says became of one of our messages; `effect` empty = it cannot be told which. Counted by tripwires.
struct bounce_noted { campaign_id campaign; std::string effect; bounce_class severity = bounce_class::unknown; std::string code; };
struct complaint_noted { campaign_id campaign; std::string effect; };
struct reply_answered { std::string by; };
struct human_touched { time_point at{}; time_point until{}; };
struct snoozed { std::optional<time_point> until; std::string by; };  ///< none = snooze ended
struct ticket_noted { std::string ticket; bool open = false; time_point at{}; };
struct person_suppressed { std::string reason; std::string via; };      ///< opt_out, complaint, erased
struct suppression_lifted { std::string by; std::string source; };
struct address_suppressed { key_kind kind = key_kind::email; std::string value; std::string reason; };

struct run_paused { campaign_id campaign; pause_flag flag = pause_flag::by_operator; std::string detail; std::optional<time_point> until; };
struct run_unpaused { campaign_id campaign; pause_flag flag = pause_flag::by_operator; std::string by; };
struct run_ended { campaign_id campaign; run_status status = run_status::done; std::string reason; };
/// The next attempt at the current step; `anchor` is what the delay counted from. None = waits for an event.
struct step_scheduled { campaign_id campaign; step_id step; std::optional<time_point> next_at; time_point anchor{}; std::string why; std::uint8_t band = 0; };
/// The step is terminal: history entry, cursor + 1 (SS-9).
struct step_handled { campaign_id campaign; step_id step; channel on = channel::email; step_outcome outcome = step_outcome::sent; std::string detail; time_point at{}; };
/// `subject` is that of an email which opens a thread; later steps without one continue it.
struct touch_planned { campaign_id campaign; step_id step; effect_id effect; account_id account; channel on = channel::email; std::uint32_t attempt = 0; std::string subject; };
enum class touch_state : std::uint8_t { planned = 0, unknown = 1, returned = 2 };
/// `called_at`: of a call in doubt, when its clock was ahead of the one that tells of it.
struct touch_changed { campaign_id campaign; effect_id effect; touch_state state = touch_state::planned; std::string detail; std::optional<time_point> called_at = {}; };
/// A message of ours reached a provider: what its echoes and callbacks will be matched by.
struct message_known { effect_id effect; std::string provider_id; std::string message_id; std::string campaign; };
struct touch_repeated { campaign_id campaign; effect_id effect; };  ///< operator retry re-arms the same effect
struct approval_requested { campaign_id campaign; step_id step; std::string rendered_hash; };
struct approval_given { campaign_id campaign; step_id step; std::string by; std::string rendered_hash; };
struct approval_refused { campaign_id campaign; step_id step; std::string by; std::string reason; };
struct cancel_requested { effect_id effect; std::string why; };
/// One per run ended by restraint, sharing the decision's id (SS-45): `sender.suppressed_hot` and kin.
struct audience_action { std::string type; campaign_id campaign; std::int32_t score = 0; std::int32_t threshold = 0; };
struct poison_cleared { std::string by; };
/// A stimulus was dead-lettered: outbound pauses until a human clears it.
struct poison_noted { std::string error; };
/// A human has seen the handoff: no reminder follows. The first one to do so owns the conversation.
struct handoff_acknowledged { std::string by; time_point at{}; };
/// The workspace's own people are told of this lead; `remind_at` = once more unless acknowledged by then.
struct people_notified { std::string what; std::string reason; std::optional<time_point> remind_at; };
/// The run goes on by another version of its sequence; the cursor never moves back.
struct run_migrated { campaign_id campaign; std::uint32_t from_version = 0; std::uint32_t version = 0; std::uint32_t cursor = 0; };
/// The person engaged with a message, in their local week; `taken_back` = what counted turned out to be a machine (SF-19).
struct engagement_noted { timing::engagement_kind kind = timing::engagement_kind::open; timing::local_minute at = 0; bool taken_back = false; };
/// The person is active right now: `sms_click` or `browsing`. The latest of a name counts, so it never adds up (SF-33).
struct hot_path_noted { std::string name; time_point at{}; };
struct minute_weight { std::string name; std::int64_t ppm = 0; bool operator==(const minute_weight&) const = default; };
struct minute_alternative { time_point at{}; std::int64_t chance_ppb = 0; bool operator==(const minute_alternative&) const = default; };
/// The instant at which the run's step is handed over, and everything that led to it (SF-53). Chances are of the target's
/// minute among all minutes of the week, in billionths; weights, confidence and evidence in millionths.
struct minute_chosen {
  campaign_id campaign;
  step_id step;
  std::string why;           ///< first; brought forward by a hot_path, or by a rise of the latency; no_open_minute
  time_point from{}, until{};  ///< the window
  time_point target{};       ///< when it should arrive
  time_point trigger{};      ///< when it is handed over
  std::int64_t base_ppb = 0, chance_ppb = 0;
  std::vector<minute_weight> weights;
  std::int64_t latency_us = 0;  ///< of the way to the inbox, as estimated; measured or assumed (SF-26)
  bool latency_measured = false;
  bool due_now = false, at_opening = false, by_hour = false;
  std::string source;        ///< lead, segment, workspace or global
  std::int64_t confidence_ppm = 0, evidence_ppm = 0;
  std::vector<minute_alternative> runners_up;
  account_id account;        ///< through which it is to go
  std::uint64_t priors = 0;  ///< version of the priors it rests on; 0 = those of people nobody knows
  std::uint64_t recipients = 0;  ///< of the campaign, when the touches were spread; 0 = they were not
  std::uint32_t room = 0;    ///< touches that one minute may carry
  std::int64_t shift_us = 0; ///< how far the trigger was moved by that
};
// Who is who (identity/). `merge` names the act.
struct merge_begun { std::string merge; lead_id part; std::string by; std::string reason; std::vector<lead_key> evidence; };
struct merge_refused { std::string merge; lead_id other; std::string reason; };
/// This lead is another one's part from now on: its runs end, and what is said to it is passed on.
struct lead_absorbed { std::string merge; lead_id into; std::string by; std::string reason; };
/// Another lead is this one's part from now on, with all that was taken over.
struct lead_merged { merged_part part; };
struct unmerge_begun { std::string merge; lead_id part; std::string by; std::string reason; };
/// This lead is itself again; `again` = it was before.
struct lead_restored { std::string merge; lead_id from; std::string by; std::string reason; bool again = false; };
/// The part is another person again; every decision after `since` may have rested on the merge.
struct lead_unmerged { std::string merge; lead_id part; std::string by; std::string reason; std::uint64_t since = 0; };
/// A run that the merge had ended stands where it stood and waits for a human.
struct run_restored { campaign_id campaign; };
struct passed_on { lead_id to; };
/// Who answers for the lead; no email = the lead itself again.
struct replier_changed { std::string email; std::string name; };
/// That address is the first one from now on, and the one before it one of several.
struct key_promoted { std::string email; std::string was; std::string by; };
/// Nothing else to do about this stimulus, and why: the answer of an impossible or harmless pair.
struct noted { std::string what; std::string reason; };

using fact = std::variant<profile_changed, key_added, key_refused, consent_changed, enrolled, not_enrolled, signal_recorded,
                          delivery_noted, promoted, handed_off, handed_back, reply_noted, reply_answered, human_touched,
                          snoozed, ticket_noted, person_suppressed, suppression_lifted, address_suppressed, run_paused,
                          run_unpaused, run_ended, step_scheduled, step_handled, touch_planned, touch_changed,
                          message_known, touch_repeated, approval_requested, approval_given, approval_refused,
                          cancel_requested, audience_action, poison_cleared, noted, poison_noted, handoff_acknowledged,
                          people_notified, run_migrated, bounce_noted, complaint_noted,
                          engagement_noted, hot_path_noted, minute_chosen, reply_read, lead_proposed, draft_changed,
                          doubt_changed,
                          merge_begun, merge_refused, lead_absorbed, lead_merged, unmerge_begun, lead_restored, lead_unmerged,
                          run_restored, passed_on, replier_changed, key_promoted>;

/// The journal's name of a fact, frozen: `run_paused`, `promoted`, ...
[[nodiscard]] std::string_view kind_name(const fact& f);

}  // namespace heed
