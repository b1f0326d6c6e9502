#pragma once

#include "actors/lead/deliberation.hpp"
#include "actors/lead/gates.hpp"

/// The next touch of a run, prepared for the gates: where it would go, through which account, in which words.
/// Internal to actors/lead.
namespace heed {

struct prepared_touch {
  touch_view view;
  rendered_message message;  ///< as its template says it; `identify` adds what the law wants
};

[[nodiscard]] prepared_touch gather(const deliberation& d, const run& r);
/// The same for an answer, which is no step of a sequence: without words, which are the draft's. Both must outlive the view.
[[nodiscard]] prepared_touch gather_answer(const deliberation& d, const run& ground, const step& as);

/// Adds the sender's identity: under an email with the unsubscribe link of this effect, in a first text message.
void identify(rendered_message& m, const deliberation& d, const account& via, const effect_id& of);

}  // namespace heed
