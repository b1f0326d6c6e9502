#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/workspace/policy.hpp"
#include "persistence/store.hpp"
#include "runtime/forecast/response_model.hpp"
#include "runtime/policies.hpp"

/// What a workspace will do in its next days, found by letting it do so: the node's own actors in virtual time, with a
/// store of their own and a sandbox for every account. Nobody is written to.
namespace heed::forecast {

struct forecast_options {
  workspace_id workspace;
  policy rules;                       ///< of a new world; a given store has its own
  std::vector<stimulus> enrolments;
  duration enrol_over{};              ///< people come in evenly over that time
  time_point start{};
  duration length{};
  response_model people;
  std::uint64_t seed = 1;
  std::uint32_t handoffs_per_day = 0; ///< what the team can take; 0 = not asked
  std::unique_ptr<store> from;        ///< a copy to go on with; none = a new world in memory
  bool without_stops = false;         ///< as if every kill switch were off
  std::vector<std::string> notes;     ///< for the report: what was assumed
  std::function<bool()> given_up;     ///< asked often while it runs; true ends it unfinished. Empty = it runs to its end
  std::function<void(duration)> reached;  ///< told how much of the time has been lived; may be empty
};

/// One step of one person that came to an end.
struct touch_outcome {
  std::string lead;
  std::string person;    ///< the first key, address or number; the lead's id where it was there before
  std::string campaign;
  std::string step;
  step_outcome outcome = step_outcome::sent;
  std::string detail;
  time_point at{};
};

struct forecast_day {
  std::map<std::string, std::uint64_t> sends;      ///< by account
  std::map<std::string, std::uint64_t> channels;   ///< the same sends, by channel
  std::map<std::string, std::uint64_t> waits;      ///< steps that were due and waited, by gate
  std::map<std::string, std::uint64_t> pauses;     ///< runs that wait for a person, by reason
  std::map<std::string, std::uint64_t> suppressed; ///< runs ended by restraint, by reason
  std::map<std::string, std::uint64_t> reactions;  ///< by kind
  std::map<std::string, std::uint64_t> decisions;  ///< suppressed (brakes and opt-outs), takeover, skipped, blocked
  std::uint64_t handoffs = 0;
  std::uint64_t backlog = 0;                       ///< handoffs the team has not come to, at the day's end
};

/// Runs that stand where they stand when the time is over, with an example of whom.
struct standing {
  std::uint64_t runs = 0;
  std::string example;
};

struct forecast_report {
  time_point start{}, end{};
  std::string zone;
  response_model people;
  std::uint64_t seed = 0;
  std::uint64_t leads = 0, decisions = 0;
  std::uint32_t handoffs_per_day = 0;
  std::map<std::string, std::uint32_t> caps;       ///< of each account; 0 = none
  std::map<std::string, forecast_day> days;        ///< by local date
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts;    ///< what, reason
  std::map<std::pair<std::string, std::string>, standing> standings;      ///< status, reason or gate
  std::map<std::string, std::map<std::uint64_t, std::uint64_t>> touches_by_band;  ///< band of the score: touches -> leads
  std::vector<touch_outcome> touches;
  std::vector<std::string> notes;                  ///< what the reader must know of the assumptions
};

/// `refused` with `gave_up` when it was given up.
inline constexpr auto gave_up = "the forecast was given up";
[[nodiscard]] result<forecast_report> run_forecast(forecast_options o, zone_library& zones);

}  // namespace heed::forecast
