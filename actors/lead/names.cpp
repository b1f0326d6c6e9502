#include <algorithm>
#include <array>
#include <iterator>

#include "actors/lead/check.hpp"
#include "actors/lead/decision.hpp"

/// The public name of every enumerator and alternative of the core, one table a type, in declaration order.
namespace heed {
namespace {

using namespace std::string_view_literals;

template <std::size_t N, class E>
std::string_view name_in(const std::array<std::string_view, N>& names, E value) {
  const auto at = static_cast<std::size_t>(value);
  CHECK(at < N);
  return names[at];
}

template <class E, std::size_t N>
std::optional<E> value_in(const std::array<std::string_view, N>& names, std::string_view text) {
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<E>(std::distance(names.begin(), found));
}

constexpr std::array key_kinds{"ghl"sv,   "emailbison"sv, "linkedin"sv, "email"sv, "alternate_email"sv,
                               "phone"sv, "other"sv,      "lead"sv};
constexpr std::array bounce_classes{"hard"sv, "soft"sv, "provider"sv, "our_sender"sv, "unknown"sv};
constexpr std::array send_results{"accepted"sv,      "refused_account"sv, "refused_message"sv,
                                  "refused_final"sv, "bad_address"sv,     "opted_out"sv,
                                  "unknown"sv,       "stale"sv,           "cancelled"sv,
                                  "absent"sv,        "skipped_dry_run"sv,
                                  "capacity_wait"sv};
constexpr std::array command_kinds{"take"sv,         "hand_back"sv,        "pause_run"sv,      "resume_run"sv,
                                   "retry_step"sv,   "approve_step"sv,     "reject_step"sv,    "snooze"sv,
                                   "clear_poison"sv, "lift_suppression"sv,   "acknowledge"sv,    "migrate_run"sv,
                                   "answer_overdue"sv, "approve_draft"sv,     "reject_draft"sv,   "edit_draft"sv,
                                   "regenerate_draft"sv, "send_message"sv};
constexpr std::array run_statuses{"pending"sv, "running"sv, "paused"sv, "suppressed"sv, "failed"sv, "done"sv};
constexpr std::array pause_flags{"handed_off"sv,        "lead_replied"sv, "snoozed"sv,
                                 "awaiting_approval"sv, "missing_data"sv, "overdue"sv,
                                 "meeting_booked"sv,    "operator"sv};
constexpr std::array step_outcomes{"sent"sv, "skipped"sv, "blocked"sv, "unknown"sv};
constexpr std::array signal_kinds{"reply"sv, "form"sv, "click"sv, "view"sv};
constexpr std::array gate_outcomes{"pass"sv, "wait"sv, "pause"sv, "skip"sv, "suppress"sv, "hold"sv, "end"sv};

constexpr std::array stimulus_kinds{"reply_received"sv, "message_sent"sv,     "message_delivered"sv,
                                    "message_opened"sv, "link_clicked"sv,     "message_bounced"sv,
                                    "spam_complaint"sv, "unsubscribed"sv,     "form_submitted"sv,
                                    "page_viewed"sv,    "ticket_opened"sv,    "ticket_closed"sv,
                                    "meeting_booked"sv, "meeting_canceled"sv, "enrichment_completed"sv,
                                    "lead_upserted"sv,  "timer_fired"sv,      "effect_outcome"sv,
                                    "reconsider"sv,     "key_conflict"sv,     "command"sv,
                                    "model_answered"sv, "review_posted"sv,
                                    "merge_asked"sv,    "absorption_asked"sv, "absorption_answered"sv,
                                    "unmerge_asked"sv,  "restoring_asked"sv,  "restoring_answered"sv,
                                    "suppression_shared"sv, "promotion_asked"sv, "latency_rose"sv, "habits_imported"sv};
static_assert(stimulus_kinds.size() == std::variant_size_v<stimulus_body>, "a stimulus lacks its name");

constexpr std::array fact_kinds{"profile_changed"sv,
                                "key_added"sv,
                                "key_refused"sv,
                                "consent_changed"sv,
                                "enrolled"sv,
                                "not_enrolled"sv,
                                "signal_recorded"sv,
                                "delivery_noted"sv,
                                "promoted"sv,
                                "handed_off"sv,
                                "handed_back"sv,
                                "reply_noted"sv,
                                "reply_answered"sv,
                                "human_touched"sv,
                                "snoozed"sv,
                                "ticket_noted"sv,
                                "person_suppressed"sv,
                                "suppression_lifted"sv,
                                "address_suppressed"sv,
                                "run_paused"sv,
                                "run_unpaused"sv,
                                "run_ended"sv,
                                "step_scheduled"sv,
                                "step_handled"sv,
                                "touch_planned"sv,
                                "touch_changed"sv,
                                "message_known"sv,
                                "touch_repeated"sv,
                                "approval_requested"sv,
                                "approval_given"sv,
                                "approval_refused"sv,
                                "cancel_requested"sv,
                                "audience_action"sv,
                                "poison_cleared"sv,
                                "noted"sv,
                                "poison_noted"sv,
                                "handoff_acknowledged"sv,
                                "people_notified"sv,
                                "run_migrated"sv,
                                "bounce_noted"sv,
                                "complaint_noted"sv,
                                "engagement_noted"sv,
                                "hot_path_noted"sv,
                                "minute_chosen"sv,
                                "reply_read"sv,
                                "lead_proposed"sv,
                                "draft_changed"sv,
                                "doubt_changed"sv,
                                "merge_begun"sv,
                                "merge_refused"sv,
                                "lead_absorbed"sv,
                                "lead_merged"sv,
                                "unmerge_begun"sv,
                                "lead_restored"sv,
                                "lead_unmerged"sv,
                                "run_restored"sv,
                                "passed_on"sv,
                                "replier_changed"sv,
                                "key_promoted"sv};
static_assert(fact_kinds.size() == std::variant_size_v<fact>, "a fact lacks its name");

}  // namespace

std::string_view to_string(key_kind k) { return name_in(key_kinds, k); }
std::optional<key_kind> parse_key_kind(std::string_view text) { return value_in<key_kind>(key_kinds, text); }

std::string_view to_string(bounce_class c) { return name_in(bounce_classes, c); }
std::optional<bounce_class> parse_bounce_class(std::string_view text) {
  return value_in<bounce_class>(bounce_classes, text);
}

std::string_view to_string(send_result r) { return name_in(send_results, r); }
std::optional<send_result> parse_send_result(std::string_view text) {
  return value_in<send_result>(send_results, text);
}

std::string_view to_string(command_kind k) { return name_in(command_kinds, k); }
std::optional<command_kind> parse_command_kind(std::string_view text) {
  return value_in<command_kind>(command_kinds, text);
}

std::string_view to_string(run_status s) { return name_in(run_statuses, s); }
std::optional<run_status> parse_run_status(std::string_view text) {
  return value_in<run_status>(run_statuses, text);
}

std::string_view to_string(pause_flag f) { return name_in(pause_flags, f); }
std::string_view to_string(step_outcome o) { return name_in(step_outcomes, o); }
std::string_view to_string(signal_kind k) { return name_in(signal_kinds, k); }
std::string_view to_string(gate_outcome o) { return name_in(gate_outcomes, o); }

std::string_view to_string(gate g) {
  // Numbers have holes where later gates will stand, so this is a switch and no table.
  switch (g) {
    case gate::run_live:
      return "run_live";
    case gate::kill_switch:
      return "kill_switch";
    case gate::suppression:
      return "suppression";
    case gate::circuit_breaker:
      return "circuit_breaker";
    case gate::hot_brake:
      return "hot_brake";
    case gate::human_owns:
      return "human_owns";
    case gate::reachable:
      return "reachable";
    case gate::message_template:
      return "message_template";
    case gate::guard:
      return "guard";
    case gate::approval:
      return "approval";
    case gate::frequency:
      return "frequency";
    case gate::capacity:
      return "capacity";
    case gate::calendar:
      return "calendar";
    case gate::timing:
      return "timing";
  }
  check_failed("gate has a name", __FILE__, __LINE__);
}

std::string_view kind_name(const stimulus_body& body) { return stimulus_kinds[body.index()]; }
std::string_view kind_name(const fact& f) { return fact_kinds[f.index()]; }

}  // namespace heed
