#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/lead/state.hpp"
#include "actors/workspace/policy.hpp"

namespace heed {

/// One addend of a score, for explanations: `reply x1`, `rapid interaction 2026-11-20T10:00:00Z`.
struct score_part {
  std::string what;
  std::int32_t points = 0;
  std::vector<std::string> signals;  ///< source keys that made it
};

struct intent_score {
  std::int32_t points = 0;
  bool with_reply = false;
  std::vector<score_part> parts;
};

/// RULES, Heat: a pure function of the *set* of signals of the last `signal_life` in the current evidence epoch, so
/// the order of arrival cannot matter. Machine clicks and opens weigh 0 (SS-50).
[[nodiscard]] intent_score score_of(const lead_state& lead, const intent_profile& profile, const settings& s, time_point now);

/// True for a click that a machine made: within 10 s after delivery, one of several links within a second, or from a
/// known scanner. Email only (RULES, Heat).
[[nodiscard]] bool is_machine_click(const intent_signal& click, const lead_state& lead);

/// 0, 1, 2 for the score bands below the threshold (RULES: 0-6, 7-13, 14-20).
[[nodiscard]] std::uint8_t band_of(std::int32_t points, const intent_profile& profile);
/// What a delay is multiplied with in a band, in percent.
[[nodiscard]] std::int32_t spacing_of(std::uint8_t band, const intent_profile& profile);

}  // namespace heed
