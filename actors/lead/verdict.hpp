#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/time.hpp"

namespace heed {

/// The restraint checks in their one fixed order (DESIGN 4). Numbers are the design's; a gate that is not
/// built yet has no entry, so the list grows by adding to it.
enum class gate : std::uint8_t {
  run_live = 1, kill_switch = 2, suppression = 3, circuit_breaker = 4, hot_brake = 5, human_owns = 6,
  reachable = 7, message_template = 8, guard = 9, approval = 10, frequency = 11, capacity = 12, calendar = 13,
  timing = 14,
};
[[nodiscard]] std::string_view to_string(gate g);

/// What a gate that does not pass asks for.
enum class gate_outcome : std::uint8_t { pass = 0, wait = 1, pause = 2, skip = 3, suppress = 4, hold = 5, end = 6 };
[[nodiscard]] std::string_view to_string(gate_outcome o);

struct gate_number {
  std::string name;
  std::int64_t value = 0;
  bool operator==(const gate_number&) const = default;
};

/// One gate's answer with the numbers it used, so that any send and any silence can be explained.
struct gate_verdict {
  gate at = gate::run_live;
  gate_outcome outcome = gate_outcome::pass;
  std::string reason;                 ///< empty when it passes
  std::optional<time_point> opens_at; ///< when a wait ends; none = by an event only
  std::vector<gate_number> numbers;
  bool operator==(const gate_verdict&) const = default;
};

/// All gates asked for one run in one decision.
struct run_verdicts {
  std::string campaign;
  std::string step;
  std::vector<gate_verdict> gates;
  bool operator==(const run_verdicts&) const = default;
};

}  // namespace heed
