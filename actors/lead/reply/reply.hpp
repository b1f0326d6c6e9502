#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/lead/channel.hpp"
#include "actors/lead/time.hpp"
#include "actors/workspace/zone.hpp"

/// What a lead's reply means. Pure: no clock, no I/O, no state; equal arguments give equal verdicts.
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

/// Below this a verdict names what is likely; nothing goes on by it alone.
inline constexpr double act_from = 0.6;

/// One reply as received. Views are borrowed for the call.
struct reply_input {
  heed::channel channel = heed::channel::email;
  std::string_view subject;
  std::string_view text;  ///< plain text, UTF-8; broken bytes are tolerated; HTML is the adapters' business
  /// Of the mail; names in any case, repeats kept.
  std::vector<std::pair<std::string, std::string>> headers;
  time_point received_at{};          ///< what "tomorrow" is told from
  const zone_rules* zone = nullptr;  ///< of the lead; none = UTC
};

/// Bytes of `reply_input::text`, or of its subject; empty when the words are elsewhere (a header).
struct evidence_span {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool in_subject = false;
};

/// What was understood and why.
struct reply_verdict {
  reply_class kind = reply_class::neutral;
  double confidence = 0;  ///< 0..1; from the rule, or the probability of the vote; see `act_from`
  std::string rule;       ///< `opt_out.no_more_contact`, `header.auto_submitted`, `vote.opt_out`, `none`
  evidence_span evidence;
  std::string evidence_text;  ///< the words at the span, or the header
  /// First day on which the lead wants, or is able, to hear again; a day in the lead's zone (4R-44).
  std::optional<std::chrono::year_month_day> resume_on;
  std::string referred_email;  ///< lower case; empty = none named
  std::string referred_name;   ///< as written; empty = none named
  bool urgent_human = false;   ///< angry, threatens, or asks for a human: somebody should look now
};

/// True when automation may go on by this verdict; all others stay paused for a human.
[[nodiscard]] bool may_go_on(const reply_verdict& v);

/// Whether the trained vote is asked where rules are silent; rules alone are for measuring.
enum class vote_use : std::uint8_t { asked, off };

/// Reads one reply. Total: any bytes have a verdict.
[[nodiscard]] reply_verdict read_reply(const reply_input& input, vote_use vote = vote_use::asked);

/// Changes whenever a rule does; belongs into whatever stores a verdict.
[[nodiscard]] std::string_view rules_version();

}  // namespace heed::reply
