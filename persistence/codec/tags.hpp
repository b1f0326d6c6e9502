#pragma once

#include <cstdint>
#include <string_view>

#include "actors/lead/decision.hpp"

/// Frozen: a variant alternative's tag and an enumerator's number never change and are never used again.
/// A new alternative takes the next free tag, wherever it stands in its variant.
namespace heed::codec {

struct tag {
  std::uint64_t number = 0;
  std::string_view name;
};
template <class T>
inline constexpr tag tag_of{};  // 0 is no tag: a struct without a line below does not compile into a variant

template <>
inline constexpr tag tag_of<reply_received>{1, "reply_received"};
template <>
inline constexpr tag tag_of<message_sent>{2, "message_sent"};
template <>
inline constexpr tag tag_of<message_delivered>{3, "message_delivered"};
template <>
inline constexpr tag tag_of<message_opened>{4, "message_opened"};
template <>
inline constexpr tag tag_of<link_clicked>{5, "link_clicked"};
template <>
inline constexpr tag tag_of<message_bounced>{6, "message_bounced"};
template <>
inline constexpr tag tag_of<spam_complaint>{7, "spam_complaint"};
template <>
inline constexpr tag tag_of<unsubscribed>{8, "unsubscribed"};
template <>
inline constexpr tag tag_of<form_submitted>{9, "form_submitted"};
template <>
inline constexpr tag tag_of<page_viewed>{10, "page_viewed"};
template <>
inline constexpr tag tag_of<ticket_opened>{11, "ticket_opened"};
template <>
inline constexpr tag tag_of<ticket_closed>{12, "ticket_closed"};
template <>
inline constexpr tag tag_of<meeting_booked>{13, "meeting_booked"};
template <>
inline constexpr tag tag_of<meeting_canceled>{14, "meeting_canceled"};
template <>
inline constexpr tag tag_of<enrichment_completed>{15, "enrichment_completed"};
template <>
inline constexpr tag tag_of<lead_upserted>{16, "lead_upserted"};
template <>
inline constexpr tag tag_of<timer_fired>{17, "timer_fired"};
template <>
inline constexpr tag tag_of<effect_outcome>{18, "effect_outcome"};
template <>
inline constexpr tag tag_of<reconsider>{19, "reconsider"};
template <>
inline constexpr tag tag_of<key_conflict>{20, "key_conflict"};
template <>
inline constexpr tag tag_of<command>{21, "command"};
template <>
inline constexpr tag tag_of<model_answered>{22, "model_answered"};
template <>
inline constexpr tag tag_of<review_posted>{23, "review_posted"};
template <>
inline constexpr tag tag_of<merge_asked>{80, "merge_asked"};
template <>
inline constexpr tag tag_of<absorption_asked>{81, "absorption_asked"};
template <>
inline constexpr tag tag_of<absorption_answered>{82, "absorption_answered"};
template <>
inline constexpr tag tag_of<unmerge_asked>{83, "unmerge_asked"};
template <>
inline constexpr tag tag_of<restoring_asked>{84, "restoring_asked"};
template <>
inline constexpr tag tag_of<restoring_answered>{85, "restoring_answered"};
template <>
inline constexpr tag tag_of<suppression_shared>{86, "suppression_shared"};
template <>
inline constexpr tag tag_of<promotion_asked>{87, "promotion_asked"};
template <>
inline constexpr tag tag_of<latency_rose>{88, "latency_rose"};
template <>
inline constexpr tag tag_of<habits_imported>{89, "habits_imported"};

template <>
inline constexpr tag tag_of<profile_changed>{1, "profile_changed"};
template <>
inline constexpr tag tag_of<key_added>{2, "key_added"};
template <>
inline constexpr tag tag_of<key_refused>{3, "key_refused"};
template <>
inline constexpr tag tag_of<consent_changed>{4, "consent_changed"};
template <>
inline constexpr tag tag_of<enrolled>{5, "enrolled"};
template <>
inline constexpr tag tag_of<not_enrolled>{6, "not_enrolled"};
template <>
inline constexpr tag tag_of<signal_recorded>{7, "signal_recorded"};
template <>
inline constexpr tag tag_of<delivery_noted>{8, "delivery_noted"};
template <>
inline constexpr tag tag_of<promoted>{9, "promoted"};
template <>
inline constexpr tag tag_of<handed_off>{10, "handed_off"};
template <>
inline constexpr tag tag_of<handed_back>{11, "handed_back"};
template <>
inline constexpr tag tag_of<reply_noted>{12, "reply_noted"};
template <>
inline constexpr tag tag_of<reply_answered>{13, "reply_answered"};
template <>
inline constexpr tag tag_of<human_touched>{14, "human_touched"};
template <>
inline constexpr tag tag_of<snoozed>{15, "snoozed"};
template <>
inline constexpr tag tag_of<ticket_noted>{16, "ticket_noted"};
template <>
inline constexpr tag tag_of<person_suppressed>{17, "person_suppressed"};
template <>
inline constexpr tag tag_of<suppression_lifted>{18, "suppression_lifted"};
template <>
inline constexpr tag tag_of<address_suppressed>{19, "address_suppressed"};
template <>
inline constexpr tag tag_of<run_paused>{20, "run_paused"};
template <>
inline constexpr tag tag_of<run_unpaused>{21, "run_unpaused"};
template <>
inline constexpr tag tag_of<run_ended>{22, "run_ended"};
template <>
inline constexpr tag tag_of<step_scheduled>{23, "step_scheduled"};
template <>
inline constexpr tag tag_of<step_handled>{24, "step_handled"};
template <>
inline constexpr tag tag_of<touch_planned>{25, "touch_planned"};
template <>
inline constexpr tag tag_of<touch_changed>{26, "touch_changed"};
template <>
inline constexpr tag tag_of<message_known>{27, "message_known"};
template <>
inline constexpr tag tag_of<touch_repeated>{28, "touch_repeated"};
template <>
inline constexpr tag tag_of<approval_requested>{29, "approval_requested"};
template <>
inline constexpr tag tag_of<approval_given>{30, "approval_given"};
template <>
inline constexpr tag tag_of<approval_refused>{31, "approval_refused"};
template <>
inline constexpr tag tag_of<cancel_requested>{32, "cancel_requested"};
template <>
inline constexpr tag tag_of<audience_action>{33, "audience_action"};
template <>
inline constexpr tag tag_of<poison_cleared>{34, "poison_cleared"};
template <>
inline constexpr tag tag_of<noted>{35, "noted"};
template <>
inline constexpr tag tag_of<poison_noted>{36, "poison_noted"};
template <>
inline constexpr tag tag_of<handoff_acknowledged>{37, "handoff_acknowledged"};
template <>
inline constexpr tag tag_of<people_notified>{38, "people_notified"};
template <>
inline constexpr tag tag_of<run_migrated>{39, "run_migrated"};
template <>
inline constexpr tag tag_of<bounce_noted>{40, "bounce_noted"};
template <>
inline constexpr tag tag_of<complaint_noted>{41, "complaint_noted"};

template <>
inline constexpr tag tag_of<engagement_noted>{60, "engagement_noted"};
template <>
inline constexpr tag tag_of<hot_path_noted>{61, "hot_path_noted"};
template <>
inline constexpr tag tag_of<minute_chosen>{62, "minute_chosen"};
template <>
inline constexpr tag tag_of<reply_read>{63, "reply_read"};
template <>
inline constexpr tag tag_of<lead_proposed>{64, "lead_proposed"};
template <>
inline constexpr tag tag_of<draft_changed>{65, "draft_changed"};
template <>
inline constexpr tag tag_of<doubt_changed>{66, "doubt_changed"};

template <>
inline constexpr tag tag_of<merge_begun>{80, "merge_begun"};
template <>
inline constexpr tag tag_of<merge_refused>{81, "merge_refused"};
template <>
inline constexpr tag tag_of<lead_absorbed>{82, "lead_absorbed"};
template <>
inline constexpr tag tag_of<lead_merged>{83, "lead_merged"};
template <>
inline constexpr tag tag_of<unmerge_begun>{84, "unmerge_begun"};
template <>
inline constexpr tag tag_of<lead_restored>{85, "lead_restored"};
template <>
inline constexpr tag tag_of<lead_unmerged>{86, "lead_unmerged"};
template <>
inline constexpr tag tag_of<run_restored>{87, "run_restored"};
template <>
inline constexpr tag tag_of<passed_on>{88, "passed_on"};
template <>
inline constexpr tag tag_of<replier_changed>{89, "replier_changed"};
template <>
inline constexpr tag tag_of<key_promoted>{90, "key_promoted"};

template <>
inline constexpr tag tag_of<send_effect>{1, "send"};
template <>
inline constexpr tag tag_of<cancel_effect>{2, "cancel"};
template <>
inline constexpr tag tag_of<settle_effect>{3, "settle"};
template <>
inline constexpr tag tag_of<fetch_reply_effect>{4, "fetch_reply"};
template <>
inline constexpr tag tag_of<notify_effect>{5, "notify"};
template <>
inline constexpr tag tag_of<ask_model_effect>{6, "ask_model"};

/// The highest number of an enum whose numbers have no holes.
template <class E>
inline constexpr std::uint64_t last_of = 0;
template <>
inline constexpr std::uint64_t last_of<channel> = 4;
template <>
inline constexpr std::uint64_t last_of<timing::engagement_kind> = 2;
template <>
inline constexpr std::uint64_t last_of<reply::reply_class> = reply::reply_class_count - 1;
template <>
inline constexpr std::uint64_t last_of<key_kind> = 7;
template <>
inline constexpr std::uint64_t last_of<bounce_class> = 4;
template <>
inline constexpr std::uint64_t last_of<consent_status> = 1;
template <>
inline constexpr std::uint64_t last_of<send_result> = 11;
template <>
inline constexpr std::uint64_t last_of<command_kind> = 17;
template <>
inline constexpr std::uint64_t last_of<arrival> = 1;
template <>
inline constexpr std::uint64_t last_of<origin> = 2;
template <>
inline constexpr std::uint64_t last_of<run_status> = 5;
template <>
inline constexpr std::uint64_t last_of<pause_flag> = 7;
template <>
inline constexpr std::uint64_t last_of<step_outcome> = 3;
template <>
inline constexpr std::uint64_t last_of<signal_kind> = 3;
template <>
inline constexpr std::uint64_t last_of<touch_state> = 2;
template <>
inline constexpr std::uint64_t last_of<gate_outcome> = 6;
template <>
inline constexpr std::uint64_t last_of<draft::judge> = 1;
template <>
inline constexpr std::uint64_t last_of<draft::send_mode> = 2;
template <>
inline constexpr std::uint64_t last_of<draft::action> = 4;
template <>
inline constexpr std::uint64_t last_of<draft::phase> = 5;
template <>
inline constexpr std::uint64_t last_of<draft::draft_status> = 2;
template <>
inline constexpr std::uint64_t last_of<draft::model_failure> = 3;
template <>
inline constexpr std::uint64_t last_of<draft::model_task> = 4;
template <>
inline constexpr std::uint64_t last_of<draft::author> = 2;
template <>
inline constexpr std::uint64_t last_of<draft::sending::stage> = 4;

/// Whether a number read from bytes is one of the enum's; a gate's numbers are the design's and start at 1.
template <class E>
constexpr bool is_known(std::uint64_t n) {
  if constexpr (std::is_same_v<E, gate>) {
    return n >= 1 && n <= 14;
  } else {
    static_assert(last_of<E> > 0, "an enum lacks its last number");
    return n <= last_of<E>;
  }
}

}  // namespace heed::codec
