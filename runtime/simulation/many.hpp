#pragma once

#include <chrono>
#include <functional>

#include "runtime/simulation/simulate.hpp"

namespace heed::simulation {

/// What many seeds came to.
struct many_report {
  std::uint64_t seeds = 0, steps = 0, twice = 0;
  double lead_days = 0;
  tally counts;      ///< faults, doings and what came of them, by name
  tally seeds_with;  ///< in how many seeds each came up
  std::optional<seed_report> broken;

  void add(const seed_report& r);
  void add(const many_report& r);
};

struct many_options {
  seed_options each;  ///< its seed is not looked at
  std::uint64_t first = 1, stride = 1;
  std::uint64_t twice = 50;  ///< of a thousand seeds run once more, which must give the same trace
  std::function<bool(const many_report&)> enough;
  std::function<void(std::uint64_t)> begins = {};  ///< told of every seed before it runs
};

/// Runs seeds until there are enough or one breaks a promise.
[[nodiscard]] many_report run_many(const many_options& o);
/// A table for people: what was drawn and done, how often, and in how many seeds.
[[nodiscard]] std::string to_table(const many_report& r, std::chrono::duration<double> took);

}  // namespace heed::simulation
