#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/lead/draft/conversation.hpp"
#include "actors/lead/draft/entry.hpp"
#include "actors/lead/draft/evaluation.hpp"
#include "actors/lead/draft/rules.hpp"

/// The decision tree of one draft, as a machine of values: `begin` and `on` answer with the next state and
/// the one step to take. Nothing here waits, asks or sends; a lead keeps the state, takes the step and tells
/// what came of it.
namespace heed::draft {

/// Answers name the call they answer, so that one that comes late or twice changes nothing (AS-28).
using call_number = std::uint8_t;

enum class model_call : std::uint8_t { evaluate = 0, select_context = 1, revise = 2 };
/// AS-29: `auto_send.evaluate.v1` and kin.
[[nodiscard]] std::string_view prompt_of(model_call c);
/// What a call may take; over it is the error path (AS-43).
[[nodiscard]] std::chrono::seconds budget_of(model_call c);

/// One thing to do next.
struct ask_evaluator {
  call_number call = 0;
  std::string text;
};
struct ask_selector {
  call_number call = 0;
};
struct ask_reviser {
  call_number call = 0;
  std::vector<std::string> learnings;
};
struct send_now {};
struct send_at {
  time_point at{};
};
struct hold_for_review {
  bool preview = false;
};
struct skip {};        ///< automation lets go: no job, no message to anybody (AS-40)
struct draft_only {};  ///< a human's business from the start
struct unchanged {
  std::string_view why;
};
using next_step = std::variant<ask_evaluator, ask_selector, ask_reviser, send_now, send_at, hold_for_review,
                               skip, draft_only, unchanged>;

/// What happened.
struct evaluated {
  call_number call = 0;
  confidence sure;
  bool safe = false;
  std::string reason;
};
struct context_selected {
  call_number call = 0;
  std::vector<std::string> learnings;
};
struct revised {
  call_number call = 0;
  std::string text;
};
enum class model_failure : std::uint8_t { error = 0, timed_out = 1, invalid = 2, refused = 3 };
struct model_failed {
  call_number call = 0;
  model_failure why = model_failure::error;
};
struct fired {};  ///< the delayed send's timer
struct not_scheduled {
  std::string why;
};                               ///< whoever keeps timers took none
struct conversation_changed {};  ///< anything that may have overtaken the draft
using event = std::variant<evaluated, context_selected, revised, model_failed, fired, not_scheduled,
                           conversation_changed>;

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

/// Under what a step is decided; always what holds now, never what held when the flow began (AS-3, AS-41).
struct moment {
  time_point now{};
  lead_rules rules;
  switches off;
  conversation lead;
  bool model_available = false;
};

struct turn {
  flow next;
  next_step step;
  std::optional<std::string> store_text;  ///< the draft's text from now on (AS-32)
};

/// A timer that fires later than this is no answer any more: a human looks.
inline constexpr duration latest_fire = std::chrono::hours(24);

/// `known` is the flow of the same trigger and channel, if there was one: asked twice there is one decision
/// (AS-17, AS-38).
[[nodiscard]] turn begin(const entry& e, const moment& m, const std::optional<flow>& known = std::nullopt);
[[nodiscard]] turn on(flow f, const event& what, const moment& m);

}  // namespace heed::draft
