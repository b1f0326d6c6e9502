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
#include "actors/lead/draft/flow.hpp"

/// The decision tree of one draft, as a machine of values: `begin` and `on` answer with the next state and
/// the one step to take. Nothing here waits, asks or sends; a lead keeps the state, takes the step and tells
/// what came of it.
namespace heed::draft {

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
