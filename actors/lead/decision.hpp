#pragma once

#include <set>
#include <string>
#include <vector>

#include "actors/lead/effect.hpp"
#include "actors/lead/fact.hpp"
#include "actors/lead/outlook.hpp"
#include "actors/lead/state.hpp"
#include "actors/lead/verdict.hpp"
#include "actors/workspace/policy.hpp"

namespace heed {

/// The answer to one stimulus.
struct decision {
  std::vector<fact> facts;
  std::vector<effect> effects;
  std::vector<run_verdicts> verdicts;
};

/// What a decision is taken under, besides the policy: all of it is journaled with the decision.
struct circumstances {
  time_point now{};
  active_stops stops;
  std::set<std::string> full = {};  ///< accounts known to have no room now: a first touch picks another one
  std::optional<timing_outlook> outlook = {};  ///< only where a run may wait for its lead's best minute
};

/// Raised whenever the same inputs may give other bytes; replay demands equality within one version only.
inline constexpr std::uint32_t rules_version = 7;

/// What a lead does about one stimulus. Total and pure: every pair has an answer, equal arguments give equal
/// bytes on every machine. Facts are already in the order in which `evolve` must fold them.
[[nodiscard]] decision decide(const lead_state& lead, const stimulus& s, const policy& p, const circumstances& c);

/// The state after one fact. `at` is the decision's `now`, `seq` its number.
[[nodiscard]] lead_state evolve(lead_state lead, const fact& f, std::uint64_t seq, time_point at);
/// In place, for the hot path; the same fold.
void apply(lead_state& lead, const fact& f, std::uint64_t seq, time_point at);

/// The earliest instant at which this lead wants its timer, none when only events move it.
[[nodiscard]] std::optional<time_point> next_due(const lead_state& lead);

}  // namespace heed
