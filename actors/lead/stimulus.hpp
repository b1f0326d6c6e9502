#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/lead/bounce_class.hpp"
#include "actors/lead/channel.hpp"
#include "actors/lead/draft/draft.hpp"
#include "actors/lead/identity/key.hpp"
#include "actors/lead/identity/words.hpp"
#include "actors/lead/ids.hpp"
#include "actors/lead/reply/refine.hpp"
#include "actors/lead/reply_class.hpp"
#include "actors/lead/time.hpp"
#include "actors/lead/timing/evidence.hpp"

namespace heed {

using field_map = std::map<std::string, std::string>;

/// What names one message at a provider; every part may be empty.
struct message_ref {
  std::string provider_id;  ///< the provider's own id
  std::string message_id;   ///< RFC 5322 Message-ID, angle brackets kept
  std::string in_reply_to;
  std::string effect;       ///< our effect id, when the provider echoes it
  std::string run;          ///< our run id, from tags
  bool operator==(const message_ref&) const = default;
};

// ---- what can happen to a lead; one struct a kind, the canonical kinds first ----

struct reply_received {
  message_ref message;
  std::string from;
  std::string subject;
  std::string text;
  bool automated = false;      ///< RFC 3834 marks: neither an answer nor a signal
  bool metadata_only = false;  ///< the provider sends the body on request; pauses at once
  std::optional<reply::reply_reading> reading = {};  ///< none = not read: before it is decided, or it has no text
};
struct message_sent {
  message_ref message;
  std::string subject;
  std::string text;
};
struct message_delivered { message_ref message; };
struct message_opened { message_ref message; bool machine = false; };
struct link_clicked {
  message_ref message;
  std::string url;
  std::string user_agent;
  std::string ip;
};
struct message_bounced {
  message_ref message;
  std::string address;
  bounce_class severity = bounce_class::unknown;
  std::string code;  ///< the provider's code or sub-type
};
struct spam_complaint { message_ref message; std::string address; };
struct unsubscribed { message_ref message; std::string via; };  ///< via: stop_keyword, one_click, provider, text
struct form_submitted {
  std::string form;
  std::string page;  ///< the landing page
  field_map fields;
};
struct page_viewed { std::string url; };
struct ticket_opened { std::string ticket; };
struct ticket_closed { std::string ticket; };
struct meeting_booked { std::string meeting; };
struct meeting_canceled { std::string meeting; };
struct enrichment_completed { field_map fields; };

// ---- from inside and from operators ----

/// Evidence of permission for one channel (RULES, Scope of a stop).
enum class consent_status : std::uint8_t { granted = 0, withdrawn = 1 };
struct consent_grant {
  channel on = channel::email;
  consent_status status = consent_status::granted;
  std::string source;
  std::string evidence;
  time_point at{};
  bool operator==(const consent_grant&) const = default;
};

/// POST /leads: keys and fields of a person; enrols when the stimulus names a campaign.
struct lead_upserted {
  field_map fields;
  field_map attribution;
  std::string landing_page;
  std::string time_zone;
  std::vector<consent_grant> consents;
  step_id carry_on_at = {};                  ///< the enrolment carries on here what another system began
  std::optional<time_point> carry_on_due = {};  ///< when that step is due; none = after its delay from now
};
/// The lead's timer row came due; ignored unless the generation is the lead's current one.
struct timer_fired { std::uint64_t generation = 0; };

/// What became of one provider call.
enum class send_result : std::uint8_t {
  accepted = 0,         ///< the provider has it
  refused_account = 1,  ///< definite; the account is at fault: circuit, no attempt used
  refused_message = 2,  ///< definite; this message may be tried again
  refused_final = 3,    ///< definite and permanent for this message
  bad_address = 4,      ///< definite and permanent for this address
  opted_out = 5,        ///< definite: the provider says the person opted out (Twilio 21610)
  unknown = 6,          ///< may have been delivered
  stale = 7,            ///< never claimed within its life; to be gated and rendered anew
  cancelled = 8,        ///< taken back before any call
  absent = 9,           ///< evidence says the unknown call never delivered
  skipped_dry_run = 10,
  capacity_wait = 11,   ///< never called: the account has no room before `retry_at`
};
[[nodiscard]] std::string_view to_string(send_result r);
[[nodiscard]] std::optional<send_result> parse_send_result(std::string_view text);

struct effect_outcome {
  effect_id effect;
  std::uint32_t attempt = 0;
  send_result result = send_result::unknown;
  std::string provider_id;
  std::string message_id;
  std::string detail;   ///< provider's code or our reason; never a body or an address
  std::string evidence; ///< call, callback, look_up, repeat, node_lost, operator
  std::optional<time_point> started_at;
  std::optional<time_point> retry_at;
};

/// Something a campaign's, a workspace's or a switch's change means for this lead: plan again. `poisoned` is set
/// when a stimulus of this lead was dead-lettered; `why` then holds its error.
struct reconsider { std::string why; bool poisoned = false; };
/// A key given to this lead already belongs to another one.
struct key_conflict { lead_key key; lead_id holder; };
/// Messages through this account take much longer than they did; `now` is the estimate for what the lead waits for.
struct latency_rose { account_id account; std::int64_t before_us = 0; std::int64_t now_us = 0; };
/// When this person engaged, as another installation had learned it: a set of evidence, united with what is known (SF-52).
struct habits_imported { timing::evidence engagements; };

/// What a model said about a draft, checked for its form. `failed` set = it said nothing that counts.
struct model_answered {
  effect_id effect;
  std::string draft;
  draft::model_task what = draft::model_task::write;
  draft::call_number call = 0;
  std::optional<draft::model_failure> failed;
  draft::confidence sure;
  bool safe = false;
  std::string text;                   ///< written or revised
  std::string reason;
  std::vector<std::string> learnings; ///< selected
  std::optional<reply::refinement> reading = {};  ///< what a reply means
};
/// A reviewer was asked; their message can be changed under this name.
struct review_posted {
  std::string draft;
  draft::posted_notice where;
};

enum class command_kind : std::uint8_t {
  take = 0, hand_back = 1, pause_run = 2, resume_run = 3, retry_step = 4, approve_step = 5, reject_step = 6,
  snooze = 7, clear_poison = 8, lift_suppression = 9, acknowledge = 10, migrate_run = 11, answer_overdue = 12,
  approve_draft = 13, reject_draft = 14, edit_draft = 15, regenerate_draft = 16, send_message = 17,
};
[[nodiscard]] std::string_view to_string(command_kind k);
[[nodiscard]] std::optional<command_kind> parse_command_kind(std::string_view text);

/// An operator's or integrator's word; `by` names the caller's key or user.
struct command {
  command_kind what = command_kind::take;
  std::string by;
  std::string reason;
  std::string run;                           ///< campaign id of the run meant, where one is
  std::string step;                          ///< step id, for retry, approve, reject
  std::string detail;                        ///< lift: the consent's source; answer_overdue: send, skip or end
  std::vector<std::string> resume_runs;      ///< hand_back: campaign ids to set going again
  std::optional<time_point> until;           ///< snooze
  std::optional<std::uint64_t> expected_seq; ///< refused `seq_mismatch` when the lead is elsewhere
  std::string draft = {};                    ///< its id, for what is about one
  std::uint32_t version = 0;                 ///< of the draft as it was seen; 0 = whatever it is
  std::string subject = {};                  ///< of an edit or a message
  std::string text = {};                     ///< of an edit or a message; empty = as it is
  bool confirmed = false;                    ///< somebody has just read the conversation (T-15)
  std::string to = {};                       ///< of an email: one of the lead's recipients; empty = as it is
  std::optional<std::vector<std::string>> cc = {};  ///< of an email: plain addresses; none = as it is
};

using stimulus_body = std::variant<reply_received, message_sent, message_delivered, message_opened, link_clicked,
                                   message_bounced, spam_complaint, unsubscribed, form_submitted, page_viewed,
                                   ticket_opened, ticket_closed, meeting_booked, meeting_canceled, enrichment_completed,
                                   lead_upserted, timer_fired, effect_outcome, reconsider, key_conflict, command, model_answered, review_posted,
                                   merge_asked, absorption_asked, absorption_answered, unmerge_asked, restoring_asked,
                                   restoring_answered, suppression_shared, promotion_asked, latency_rose, habits_imported>;

/// The wire and journal names of the alternatives above, in the same order.
[[nodiscard]] std::string_view kind_name(const stimulus_body& body);

enum class arrival : std::uint8_t { live = 0, backfill = 1 };

/// Something that happened to a lead, in canonical form. Nothing provider-specific is left in it.
struct stimulus {
  std::string key;       ///< dedupe key within the workspace
  time_point occurred_at{};
  time_point received_at{};
  bool occurred_assumed = false;  ///< the provider gave no time; receipt counts
  arrival mode = arrival::live;
  std::string source;    ///< normalizer's name, or api, timer, dispatcher, operator
  std::vector<lead_key> keys;
  std::optional<campaign_id> campaign;
  std::optional<channel> on;
  field_map attributes;
  stimulus_body body;
};

/// True for what must reach every lead that matches any key (RULES, Scope of a stop).
[[nodiscard]] bool concerns_every_match(const stimulus_body& body);
/// True for opt-outs and complaints: decided even when their key was seen, if the person is not suppressed now.
[[nodiscard]] bool suppresses_person(const stimulus_body& body);

}  // namespace heed
