#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "persistence/rows.hpp"
#include "runtime/simulation/planted.hpp"
#include "runtime/simulation/trace.hpp"

namespace heed::simulation {

struct seed_options {
  std::uint64_t seed = 1;
  planted_bug bug = planted_bug::none;
  bool faults = true;  ///< false = an undisturbed world
  std::optional<std::uint64_t>
      step_limit;           ///< after so many steps nothing new happens; the world comes to rest
  bool keep_trace = false;  ///< of the lead concerned, or of everything when nothing breaks
};

struct seed_report {
  std::uint64_t seed = 0;
  std::uint64_t steps = 0;  ///< up to where the world began to come to rest
  std::uint64_t trace_hash = 0;
  duration simulated{};
  std::uint64_t leads = 0;
  std::optional<violation> broken;
  std::vector<std::string> trace;                 ///< when it was kept
  tally counts;                                   ///< faults, crashes, messages, ... by name
  std::map<effect_state, std::uint64_t> touches;  ///< sends by what became of them, at rest
};

/// Runs one world from its seed to its rest, or to the first broken promise.
[[nodiscard]] seed_report run_seed(const seed_options& o);
/// The same failure in fewer steps, if there is one: bisects the step limit. `o` is what failed.
[[nodiscard]] seed_report shrink(const seed_options& o, const seed_report& failed);
/// What people need of a failing seed: how to repeat it, what broke, and what its lead went through.
[[nodiscard]] std::string to_text(const seed_report& r);

}  // namespace heed::simulation
