#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/lead/channel.hpp"
#include "actors/lead/reply_class.hpp"
#include "actors/lead/time.hpp"
#include "actors/workspace/zone.hpp"

/// What a lead's reply means. Pure: no clock, no I/O, no state; equal arguments give equal verdicts.
namespace heed::reply {

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
