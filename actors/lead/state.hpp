#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/fact.hpp"

namespace heed {

/// A set of pause flags; a run moves only when it is empty.
struct pause_set {
  std::uint16_t bits = 0;

  [[nodiscard]] bool has(pause_flag f) const { return (bits >> static_cast<unsigned>(f)) & 1u; }
  void add(pause_flag f) { bits = static_cast<std::uint16_t>(bits | (1u << static_cast<unsigned>(f))); }
  void remove(pause_flag f) { bits = static_cast<std::uint16_t>(bits & ~(1u << static_cast<unsigned>(f))); }
  [[nodiscard]] bool empty() const { return bits == 0; }
  /// The first flag in the order of `pause_flag`; none when empty.
  [[nodiscard]] std::optional<pause_flag> first() const;
  bool operator==(const pause_set&) const = default;
};

/// A touch that has been planned and is not terminal yet.
struct open_touch {
  effect_id effect;
  step_id step;
  account_id account;
  channel on = channel::email;
  std::uint32_t attempt = 0;     ///< failures of this message so far
  touch_state state = touch_state::planned;
  bool cancel_asked = false;
  time_point since{};
  bool operator==(const open_touch&) const = default;
};

/// A touch that ended blocked with proof that nothing was delivered.
struct failed_touch {
  step_id step;
  effect_id effect;
  bool operator==(const failed_touch&) const = default;
};

/// The minute chosen for a run's current step (gate 14), kept until the step is handled or a breaker opens.
struct chosen_minute {
  step_id step;
  time_point target{};
  time_point trigger{};
  time_point until{};      ///< the end of the window; after it the step goes out as soon as it may
  account_id account;      ///< through which it is to go
  std::int64_t latency_us = 0;  ///< of the way to the inbox, as it was estimated
  std::uint32_t room = 0;  ///< touches of the campaign that its minute may carry; 0 = they were not spread
  std::int64_t shift_us = 0;    ///< how far it was moved by that
  bool operator==(const chosen_minute&) const = default;
};

struct approval_state {
  step_id step;
  std::string rendered_hash;
  bool given = false;
  bool operator==(const approval_state&) const = default;
};

/// A lead's journey through one campaign. Its id is computed, not stored.
struct run {
  campaign_id campaign;
  run_status status = run_status::pending;
  pause_set pauses;
  std::string pause_detail;        ///< `missing_lead_data: {firstName}`; the words behind missing_data
  std::string end_reason;
  std::uint32_t sequence_version = 0;
  std::uint32_t cursor = 0;
  std::optional<time_point> next_at;
  time_point started_at{};
  time_point anchor{};             ///< the previous outcome, what a delay counts from
  std::optional<time_point> last_touch;
  std::uint8_t band = 0;           ///< score band the pending step was timed by
  std::string landing_page;
  field_map attribution;
  bool dry_run = false;
  std::optional<open_touch> touch;
  std::optional<approval_state> approval;
  std::string thread_subject;      ///< email: subject of the first touch, for Re:
  std::string thread_last;         ///< email: Message-ID to reply to
  std::optional<time_point> waiting_since;  ///< when the current step was first due and a gate held it
  std::string waiting_for;         ///< that gate's reason
  std::optional<std::uint32_t> last_sent;   ///< index of the latest step that was sent
  std::vector<failed_touch> failed;         ///< blocked with proof of non-delivery: an operator may retry
  std::optional<step_id> retry;             ///< an operator's retry of one of them, under way
  std::optional<time_point> paced_until;    ///< how long rules of pace held the current step; such time is no lateness
  std::optional<chosen_minute> minute;
  bool operator==(const run&) const = default;
};

/// True for waits that are somebody's fault or word (a stop, a disabled campaign, a broken account): such time counts as
/// lateness. What rules of pace hold back does not.
[[nodiscard]] bool is_fault(std::string_view waiting_for);

struct hot_latch {
  time_point at{};
  std::int32_t score = 0;
  std::int32_t threshold = 0;
  std::string profile;
  bool with_reply = false;
  bool operator==(const hot_latch&) const = default;
};

struct handoff_state {
  time_point since{};
  std::string reason;
  std::string by;
  std::uint64_t episode = 0;
  std::string acknowledged_by = {};        ///< empty = nobody has said yet that they saw it
  std::optional<time_point> acknowledged_at = {};
  std::optional<time_point> remind_at = {}; ///< people are told once more then
  bool operator==(const handoff_state&) const = default;
};

struct held_address {
  key_kind kind = key_kind::email;
  std::string value;
  std::string reason;
  bool operator==(const held_address&) const = default;
};

struct delivery { std::string message; time_point at{}; bool operator==(const delivery&) const = default; };
struct sent_ref {
  effect_id effect;
  std::string provider_id;
  std::string message_id;
  std::string campaign;
  bool operator==(const sent_ref&) const = default;
};

/// What the person was doing at that instant; weights and life are the policy's.
struct hot_path { std::string name; time_point at{}; bool operator==(const hot_path&) const = default; };

/// Everything `decide` reads about one person in one workspace, bounded by limits.hpp. A value: it is
/// rebuilt by folding the journal, and the snapshot is only that fold kept.
struct lead_state {
  lead_id id;
  workspace_id workspace;
  std::uint64_t seq = 0;             ///< decisions made so far
  time_point last_decided{};         ///< `now` never goes below it
  field_map fields;                  ///< firstName, lastName, company, ...
  std::string time_zone;
  std::vector<lead_key> keys;
  std::vector<held_address> held_addresses;
  std::vector<consent_grant> consents;   ///< the latest per channel
  std::map<channel, account_id> accounts; ///< the account a channel is held on with
  bool enrolled_otherwise = false;   ///< first enrolment was no form, so the first form counts

  std::uint32_t evidence_epoch = 0;
  std::vector<intent_signal> signals;
  std::vector<delivery> deliveries;
  std::optional<hot_latch> hot;

  std::optional<handoff_state> handoff;
  std::uint64_t handoff_episodes = 0;
  std::optional<std::uint64_t> unanswered_reply;  ///< seq of the decision that noted it
  time_point unanswered_since{};
  std::string unanswered_message;    ///< that reply's message, to tell its later text from a new reply
  bool earlier_reply_waits = false;  ///< another one before that has had no answer either
  std::optional<reply::reply_class> last_reply;   ///< what the latest reply was read as
  bool last_reply_sure = false;
  std::optional<time_point> last_reply_at;
  std::string last_reply_led_to;
  std::optional<reply::doubted_reply> doubt;      ///< a model is asked what the newest reply means
  std::vector<proposed_lead> proposals;           ///< whom replies named to turn to, until a human hands back
  std::optional<time_point> not_interested_until; ///< no run begins before, but by the lead's own new form
  std::optional<time_point> human_silence_until;
  std::optional<time_point> snoozed_until;
  bool snoozed = false;

  std::optional<std::string> suppressed;  ///< reason, when the person may not be written to
  std::vector<std::string> open_tickets;
  std::vector<std::string> closed_early;  ///< a close seen before its open
  std::optional<time_point> last_ticket_close;

  std::vector<run> runs;             ///< oldest first
  std::vector<sent_ref> sent;
  bool poisoned = false;             ///< outbound pauses until a human clears it
  std::uint8_t introduced = 0;       ///< channels (bit by number) on which a message of ours was accepted
  timing::evidence engagements;      ///< when this person engages, in their local week
  std::vector<hot_path> hot_paths;   ///< the latest of each name
  std::optional<merge_under_way> merging;
  std::optional<absorbed_state> absorbed;   ///< it is another lead's part
  std::vector<merged_part> parts;           ///< other leads that are the same person
  bool suppressed_by_part = false;          ///< the person is suppressed by what a part brought, and by nothing else
  std::optional<current_replier> replier;
  std::string latest_sender;         ///< email: who wrote the lead's latest message, bare and lower case
  std::optional<time_point> whatsapp_inbound;  ///< the lead's latest WhatsApp message: free text needs one within 24 h

  [[nodiscard]] const run* find_run(const campaign_id& campaign) const;
  [[nodiscard]] run* find_run(const campaign_id& campaign);
  std::vector<draft::lead_draft> drafts;       ///< answers, oldest first
  std::uint64_t newest_inbound = 0;  ///< seq of the decision that noted the lead's latest own message
  std::uint64_t newest_outbound = 0; ///< of the latest message of ours, or of a human outside

  [[nodiscard]] const draft::lead_draft* find_draft(std::string_view name) const;
  bool operator==(const lead_state&) const = default;
};

}  // namespace heed
