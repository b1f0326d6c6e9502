#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/lead/bounce_class.hpp"
#include "actors/lead/time.hpp"

/// What a lead's reply can mean, as the decision core knows it; how it is read is `actors/lead/reply`.
namespace heed::reply {

/// In order of precedence: what stops people comes before what keeps a machine from being taken for a person,
/// and that before what a person may want. The first that holds is the verdict.
enum class reply_class : std::uint8_t {
  opt_out,                ///< does not want to be written to, in any wording
  bounce,                 ///< a delivery report (RFC 3464) or its older kin
  complaint,              ///< a feedback report (RFC 5965)
  out_of_office,          ///< away; with a return date when one is named
  auto_reply,             ///< any other words of a machine (RFC 3834)
  meeting_accepted,       ///< a time or an invitation is taken
  meeting_requested,      ///< wants to meet, asks for times
  call_requested,         ///< wants to be phoned
  information_requested,  ///< asks for prices, documents, how it works
  follow_up_later,        ///< not now, but then
  referral,               ///< names somebody else
  not_interested,         ///< declines this, without asking for silence
  question_objection,     ///< doubts, objects, asks who we are
  interested,
  acknowledgement,  ///< thanks, noted, nothing more
  neutral,          ///< none of these, or not sure: waits for a human
};

inline constexpr std::size_t reply_class_count = 16;

/// `opt_out`, `bounce`, ...: the names in the API, in facts and in labelled corpora.
[[nodiscard]] std::string_view to_string(reply_class c);
[[nodiscard]] std::optional<reply_class> parse_reply_class(std::string_view name);

/// True for what may let automation go on by itself. An opt-out or a bounce read as one of these is the
/// mistake the rules are made to avoid.
[[nodiscard]] bool goes_on(reply_class c);

/// True for what says that somebody wants more (SS-60).
[[nodiscard]] bool is_positive(reply_class c);

/// Below this a verdict names what is likely; nothing goes on by it alone.
inline constexpr double act_from = 0.6;

/// What a reply was read as; a value that travels with it, so that nothing is ever read twice.
struct reply_reading {
  reply_class kind = reply_class::neutral;
  bool sure = false;                    ///< `act_from` or more: its consequences hold; else a human looks
  bool urgent = false;                  ///< angry, threatens, or asks for a human
  std::uint32_t confidence_pct = 0;
  std::string rule;                     ///< the rule that held
  std::string rules;                    ///< version of the rule set
  std::string evidence;                 ///< the words it held on
  std::optional<time_point> resume_at;  ///< nine in the morning, the lead's time, of the day it names
  std::string referred_email, referred_name;
  std::optional<bounce_class> bounce = {};  ///< of a delivery report: what it says of the address
  std::string bounce_code = {};             ///< the status code that rests on
  bool operator==(const reply_reading&) const = default;
};

}  // namespace heed::reply
