#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/lead/draft/confidence.hpp"
#include "actors/lead/draft/evaluation.hpp"
#include "actors/lead/draft/rules.hpp"
#include "actors/lead/ids.hpp"
#include "actors/lead/time.hpp"

/// One draft on its way through the tree, as its lead keeps it.
namespace heed::draft {

/// What a draft is of, and what it answers. Order is that of the journal, never that of clocks.
struct subject_of_draft {
  std::string draft;
  std::uint32_t version = 1;
  std::string trigger;            ///< the message that is answered
  std::uint64_t trigger_seq = 0;  ///< of the decision that took it
  bool operator==(const subject_of_draft&) const = default;
};

/// ZRG-81. Approved = somebody has sent it on its way, by hand or by the tree.
enum class draft_status : std::uint8_t { pending = 0, approved = 1, rejected = 2 };

/// Answers name the call they answer, so that one that comes late or twice changes nothing (AS-28).
using call_number = std::uint8_t;

enum class model_call : std::uint8_t { evaluate = 0, select_context = 1, revise = 2 };
/// AS-29: `auto_send.evaluate.v1` and kin.
[[nodiscard]] std::string_view prompt_of(model_call c);
/// What a call may take; over it is the error path (AS-43).
[[nodiscard]] std::chrono::seconds budget_of(model_call c);

enum class model_failure : std::uint8_t { error = 0, timed_out = 1, invalid = 2, refused = 3 };

enum class action : std::uint8_t {
  send_immediate = 0,
  send_delayed = 1,
  needs_review = 2,
  skip = 3,
  draft_only = 4
};
[[nodiscard]] std::string_view to_string(action a);

/// Kept with the draft (AS-37, ZRG-92).
struct decision_record {
  send_mode mode = send_mode::draft_only;
  std::optional<confidence> sure;       ///< none = nobody judged
  std::optional<confidence> threshold;  ///< none = no campaign's
  std::string reason;                   ///< one word: below_threshold, not_safe, evaluator_timed_out, ...
  std::string explanation;              ///< what the judge said
  action what = action::draft_only;
  time_point at{};
  std::optional<time_point> send_at;
  bool revised = false;  ///< the text that was decided about is the reviser's
  bool operator==(const decision_record&) const = default;
};

enum class phase : std::uint8_t {
  evaluating = 0,
  selecting = 1,
  revising = 2,
  evaluating_again = 3,
  scheduled = 4,
  closed = 5
};

/// One draft on its way through the tree: everything a later step needs, so that it survives in a journal.
struct flow {
  lead_id lead;
  subject_of_draft about;
  send_mode mode = send_mode::draft_only;
  bool validate_immediate_send = true;
  bool preview_in_slack = false;
  phase at = phase::closed;
  call_number calls = 0;            ///< made so far, at most `calls_max`
  std::string content;              ///< as it was handed in
  std::string candidate;            ///< the reviser's text while it is judged
  std::optional<evaluation> first;  ///< of the content
  std::optional<decision_record> decided;
  bool operator==(const flow&) const = default;
};
inline constexpr call_number calls_max = 4;  ///< evaluate, select, revise, evaluate again

}  // namespace heed::draft
