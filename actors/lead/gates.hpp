#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/lead/decision.hpp"
#include "actors/lead/intent.hpp"
#include "actors/lead/quiet.hpp"
#include "actors/lead/template/template.hpp"

namespace heed {

/// Everything the gates look at for the next touch of one run, gathered once and changed by none of them.
struct touch_view {
  touch_view(const lead_state& l, const run& r, const policy& p, const circumstances& c)
      : lead(l), journey(r), rules(p), when(c) {}

  const lead_state& lead;
  const run& journey;
  const policy& rules;
  const circumstances& when;
  const campaign* plan = nullptr;       ///< none = its definition is gone
  const step* next = nullptr;           ///< none = its sequence version is gone
  const account* via = nullptr;         ///< none = the channel has no usable account
  std::string address;                  ///< where the step would go, empty = unknown
  std::optional<missing_values> gap;      ///< tokens that cannot be filled
  bool template_gone = false;
  std::string rendered_hash;            ///< what an approval would cover
  intent_score score;
  touch_zones zones;                    ///< never empty: of the lead, else of the number, else of the campaign
  const business_hours* hours = nullptr;
  std::vector<std::string> copies;      ///< of an email: who else would get it
  std::optional<std::uint64_t> answers; ///< of an answer: the decision that took the reply it answers
};

/// Asks every gate in the fixed order (DESIGN 4, T-10). All answers are kept; the first that does not pass decides.
/// Whoever wants to know why a lead was not messaged reads gates.cpp.
[[nodiscard]] std::vector<gate_verdict> ask_gates(const touch_view& v);

/// The same for an answer, by who writes (RULES, gates by origin): a human passes everything that only restrains automation, the
/// tree does not; neither is bound to business hours, the tree is to quiet ones.
[[nodiscard]] std::vector<gate_verdict> ask_answer_gates(const touch_view& v, bool by_human);

/// What a run waits for while its lead's best minute has not come.
inline constexpr std::string_view timing_wait = "timing";

/// The first verdict that does not pass; null when all do.
[[nodiscard]] const gate_verdict* first_closed(const std::vector<gate_verdict>& verdicts);

/// What repeating a call of unknown outcome needs: gates 1 to 6 pass (PROTOCOL, Effects), and nothing pauses the run. After a
/// hand-back a run stays paused until it is resumed, though its gates are open.
[[nodiscard]] bool may_repeat(const run& r, const std::vector<gate_verdict>& verdicts);

/// Evaluates a step's own condition against what is known of the lead.
[[nodiscard]] bool guard_holds(const guard_rule& rule, const touch_view& v);

/// When the ticket breaker lets touches through again: none while a ticket is open, `now` or earlier when closed.
struct breaker_state { bool open = false; std::optional<time_point> cooling_until; };
[[nodiscard]] breaker_state ticket_breaker(const lead_state& lead, const settings& s, time_point now);

/// The key kind a channel's address lives under; none for channels without one.
[[nodiscard]] std::optional<key_kind> address_kind(channel c);
/// The address a channel would use: the first key of its kind.
[[nodiscard]] std::string address_for(const lead_state& lead, channel c);
[[nodiscard]] bool address_held(const lead_state& lead, channel c, const std::string& address);

}  // namespace heed
