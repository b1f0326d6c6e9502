#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "actors/lead/channel.hpp"
#include "actors/lead/draft/draft.hpp"
#include "actors/lead/ids.hpp"
#include "actors/lead/stimulus.hpp"
#include "actors/lead/time.hpp"

namespace heed {

/// Why automation writes (RULES, gates by origin).
enum class origin : std::uint8_t { step = 0, auto_reply = 1, human = 2 };

/// One rendered message, exactly as it will be handed to a provider on every attempt.
struct rendered_message {
  channel on = channel::email;
  std::string to;
  std::string subject;      ///< email only
  std::string body;
  std::string in_reply_to;  ///< email: Message-ID of the thread's last message, empty for a first touch
  std::vector<std::string> references;
  field_map headers;
  std::vector<std::string> cc;  ///< email: plain addresses; only a human's message has any
  bool operator==(const rendered_message&) const = default;
};

/// Send one message through one account. `key` is the touch key `run/step_id`: one effect per key for ever.
struct send_effect {
  effect_id id;
  std::string key;
  campaign_id campaign;
  step_id step;
  account_id account;
  origin from = origin::step;
  rendered_message message;
  time_point not_after{};   ///< older and never claimed = stale
  bool dry_run = false;     ///< recorded `skipped_dry_run`, never called
};
/// Take a planned effect back; what is already in flight answers with its outcome.
struct cancel_effect { effect_id id; };
/// Find out what became of a call with unknown outcome. `may_repeat` only when gates 1 to 6 pass now.
struct settle_effect { effect_id id; account_id account; bool may_repeat = false; };
/// Fetch the body of a reply of which only metadata came (Resend `email.received`).
struct fetch_reply_effect { effect_id id; std::string provider_id; account_id account; };
/// Tell the workspace's own people about this lead (handoff, reminder, meeting_canceled, draft_review, draft_outcome; of the latter two
/// `reason` is the draft). Written to the outbox of
/// notifications with the decision, outside the lead's gates; delivered at least once.
struct notify_effect { effect_id id; std::string what; std::string reason; };

/// Ask a model about a draft, or about a reply. The call changes nothing for anybody, so doubt about it is none: it is made again. What the lead
/// wrote goes as data; the conversation is read when the call is made. The answer comes as `model_answered`.
struct ask_model_effect {
  effect_id id;
  account_id account;
  draft::model_task what = draft::model_task::write;
  draft::call_number call = 0;
  std::string draft;
  std::uint32_t version = 1;
  channel on = channel::email;
  std::string subject;
  std::string text;                    ///< the draft that is judged or revised; empty when one is to be written
  std::string inbound;
  reply::reply_class kind = reply::reply_class::neutral;
  time_point inbound_at{};
  std::string finding;                 ///< what the judge said
  std::vector<std::string> learnings;
  std::uint32_t lines = 40;            ///< of the conversation (ZRG-71)
  time_point not_after{};
  std::string received_on = {};        ///< the day of the reply where the lead is, YYYY-MM-DD
  std::string persona = {};            ///< the campaign's; empty = the workspace's
};

using effect = std::variant<send_effect, cancel_effect, settle_effect, fetch_reply_effect, notify_effect, ask_model_effect>;

}  // namespace heed
