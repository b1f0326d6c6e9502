#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/channel.hpp"
#include "actors/lead/draft/flow.hpp"
#include "actors/lead/ids.hpp"
#include "actors/lead/reply_class.hpp"
#include "actors/lead/time.hpp"

/// An answer that is being written, judged, held or sent: what its lead remembers of it.
namespace heed::draft {

/// What a model is asked for: about one draft, or `read`, what a reply means that the rules were not sure of.
enum class model_task : std::uint8_t { write = 0, evaluate = 1, select_context = 2, revise = 3, read = 4 };
[[nodiscard]] std::string_view to_string(model_task t);
/// What a question may take (AS-43); writing takes two calls (ZRG-84).
[[nodiscard]] std::chrono::seconds budget_of(model_task t);

/// A question that is out; its answer names the effect, so that a late one changes nothing.
struct question {
  effect_id effect;
  account_id account;
  model_task what = model_task::write;
  call_number call = 0;
  time_point until{};  ///< after that no answer counts
  bool operator==(const question&) const = default;
};

enum class author : std::uint8_t { rule = 0, model = 1, human = 2 };
[[nodiscard]] std::string_view to_string(author a);
[[nodiscard]] std::string_view to_string(draft_status s);
[[nodiscard]] std::optional<draft_status> parse_draft_status(std::string_view name);
[[nodiscard]] std::string_view to_string(phase p);
[[nodiscard]] std::string_view to_string(judge j);
[[nodiscard]] std::string_view to_string(model_failure f);

/// Where the message made of a draft is. It keeps its effect for ever, so that the store can refuse a second one.
struct sending {
  enum class stage : std::uint8_t {
    waiting = 0,    ///< gates, room or a back-off; looked at again at `next_at`
    planned = 1,    ///< with its account
    unknown = 2,    ///< called, outcome unknown
    accepted = 3,
    given_up = 4,   ///< for certain not delivered, and not tried again by itself
  };
  effect_id effect;
  stage at = stage::waiting;
  bool by_human = false;
  std::string by;            ///< `ai`, or the caller whose word it was (ZRG-98, ZRG-106)
  account_id account;
  std::uint32_t attempt = 0; ///< failures of this message so far
  bool cancel_asked = false;
  time_point since{};        ///< of the stage
  std::optional<time_point> next_at;
  std::string why;           ///< what it waits for, or why it was given up
  bool operator==(const sending&) const = default;
};

[[nodiscard]] std::string_view to_string(sending::stage s);

/// Where a reviewer was asked, so that the message can say what became of it (ZRG-95).
struct posted_notice {
  std::string channel, ts;
  bool operator==(const posted_notice&) const = default;
};

/// What the draft answers.
struct trigger {
  std::string name;         ///< of the message, as its lead knows it; `manual:` = a human began
  std::uint64_t seq = 0;    ///< of the decision that took it
  std::string message_id;   ///< what the answer is a reply to; mails only
  std::string subject;
  std::string text;         ///< what the lead wrote; empty once the draft is decided
  reply::reply_class kind = reply::reply_class::neutral;
  time_point at{};
  bool operator==(const trigger&) const = default;
};

/// One answer (ZRG-80: one a trigger and channel). A value: every change of it is a fact with all of it.
struct lead_draft {
  std::string id;                  ///< `{lead}-d{seq}`
  std::uint32_t version = 1;       ///< another one after each edit and regeneration
  trigger answers;
  channel on = channel::email;
  campaign_id campaign;            ///< of the touch replied to, else the one that wrote last; empty = none
  std::vector<campaign_id> also;   ///< others that wrote to this person, when it cannot be told which is answered
  draft_status status = draft_status::pending;
  author by = author::rule;
  std::string text;                ///< empty while it is being written, and once it is decided
  std::string subject;             ///< email
  std::string to;                  ///< email: whom people chose; empty = whoever is the first choice then
  std::vector<std::string> cc;     ///< email: copies that people asked for
  bool edited = false;             ///< a human changed words of a machine
  time_point made_at{};
  std::optional<time_point> held_since;  ///< a human's business since
  flow tree;
  std::optional<question> asks;
  std::optional<sending> out;
  std::string decided_by;          ///< who approved or rejected
  std::string why;                 ///< of the rejection
  std::vector<posted_notice> notices;
  bool operator==(const lead_draft&) const = default;
};

/// True while a human can still do something with it: pending, and nothing of it on its way.
[[nodiscard]] bool is_open(const lead_draft& d);
/// True while time or an event may still do something to it.
[[nodiscard]] bool is_live(const lead_draft& d);
/// True while something of it is on its way to a provider, or may be.
[[nodiscard]] bool is_under_way(const lead_draft& d);
/// The outcome for the record (ZRG-93): sent_as_is, edited, rejected, expired, pending, failed.
[[nodiscard]] std::string_view outcome_of(const lead_draft& d, bool is_stale);

/// Classes an answer is drafted for (ZRG-78): what says that somebody wants more, and who asks for later.
[[nodiscard]] bool wants_answer(reply::reply_class c);
/// No mail is ever drafted for a mailer (ZRG-79).
[[nodiscard]] bool is_bounce_like(std::string_view address);

/// When the draft wants to be looked at again; none = only events move it.
[[nodiscard]] std::optional<time_point> next_look(const lead_draft& d);

}  // namespace heed::draft
