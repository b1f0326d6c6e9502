#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/lead/calendar.hpp"
#include "actors/lead/timing/estimate.hpp"
#include "actors/lead/timing/influence.hpp"

/// One precise instant to hand a message over, and everything that led to it (SF-20, SF-21, SF-53).
namespace heed::timing {

/// Half-open: `until` is too late. What delay rule and gap allow at the earliest is its beginning (T-12).
struct window {
  time_point from;
  time_point until;
};

/// How long the way to the inbox takes, as estimated when it was asked (SF-26).
struct latency_used {
  enum class origin : std::uint8_t { assumed = 0, measured = 1 };
  duration value{};
  origin from = origin::assumed;
  bool operator==(const latency_used&) const = default;
};

/// Each can be switched off alone; the rest goes on with the fallback (SF-55).
struct capabilities {
  bool minute_grid = true;  ///< off: the hourly histogram decides (SF-8)
  bool latency = true;      ///< off: handed over at the target itself
  bool hot_paths = true;    ///< off: the curve alone
};

struct choice_request {
  time_point now;
  window within;
  const zone_rules& zone;
  const business_hours* hours = nullptr;  ///< none = any time
  std::span<const influence> influences;
  breaker stop;
  latency_used latency;
  capabilities on;
  std::size_t runners_up = 3;
};

/// What a person's timing rests on, ready to be asked about any window.
struct profile {
  estimate minute;
  hourly_histogram hour;
};
[[nodiscard]] profile profile_of(std::span<const engagement> events, const population& known,
                                 std::string_view segment, local_minute as_of);

struct active_weight {
  std::string name;
  float weight = 0;  ///< at the target
  bool operator==(const active_weight&) const = default;
};
struct alternative {
  time_point at;
  double probability = 0;
  bool operator==(const alternative&) const = default;
};

/// The glass box. Equal arguments give an equal record, to the byte.
struct choice {
  enum class outcome : std::uint8_t {
    chosen = 0,
    breaker_open = 1,  ///< probability is exactly 0; asked afresh when it closes (SF-35, SF-37)
    never_open = 2,    ///< no minute of the window is inside the opening hours
  };
  outcome result = outcome::never_open;
  time_point target{};     ///< when the message should arrive
  time_point trigger{};    ///< when it is handed over
  double base = 0;         ///< chance of the target's minute by the curve alone, of all minutes of the week
  double probability = 0;  ///< with the weights of the moment
  std::vector<active_weight> weights;
  latency_used latency;
  bool due_now = false;     ///< the exact trigger had passed, the target had not (SF-27)
  bool at_opening = false;  ///< the exact trigger lay outside the opening hours (T-12)
  std::optional<time_point> breaker_until;
  std::vector<alternative> runners_up;  ///< best minutes at least half an hour from all better ones
  curve_source source = curve_source::global;
  float confidence = 0;
  float evidence_weight = 0;
  bool by_hour = false;  ///< the hourly fallback decided
  bool operator==(const choice&) const = default;
};

/// The best minute of the window inside the opening hours, minus latency; the result in opening hours again
/// (T-12). A local minute that the clock skips counts for the next existing one, a doubled one is offered
/// once: the first (SF-22).
[[nodiscard]] choice choose(const profile& person, const choice_request& r);

/// A kept choice looked at later: a trigger that has passed is due now as long as the target is live, and
/// after a rise of the latency a trigger moves earlier, bounded by now and the window, never later (SF-27,
/// SF-30). None = the target's window is over.
[[nodiscard]] std::optional<time_point> trigger_now(const choice& kept, const window& within,
                                                    duration latency, time_point now);

[[nodiscard]] nlohmann::json to_json(const choice& c);

}  // namespace heed::timing
