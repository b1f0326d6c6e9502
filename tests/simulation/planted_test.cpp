#include <algorithm>
#include <iostream>

#include "tests/simulation/support/seeds.hpp"

#define CAF_SUITE planted
#include <caf/test/dsl.hpp>

using namespace heed::simulation;

namespace {

seed_report run(std::uint64_t seed, planted_bug bug) {
  seed_options o;
  o.seed = seed;
  o.bug = bug;
  return run_seed(o);
}

/// The first seed that breaks a promise with the bug in it.
std::optional<seed_report> find(planted_bug bug) {
  for (std::uint64_t seed = 1; seed <= found_within(bug); ++seed)
    if (auto r = run(seed, bug); r.broken) return r;
  return std::nullopt;
}

}  // namespace

CAF_TEST(every planted bug is found in time and by its name and its seed holds without it) {
  CAF_CHECK(planted_bugs().size() >= 12u);
  for (const auto bug : planted_bugs()) {
    const auto found = find(bug);
    if (!found) {
      CAF_ERROR(to_string(bug) << " is not found within " << found_within(bug) << " seeds");
      continue;
    }
    std::cout << to_string(bug) << ": seed " << found->seed << ", " << found->broken->invariant << "\n";
    if (std::ranges::find(found_as(bug), found->broken->invariant) == found_as(bug).end())
      CAF_ERROR(to_string(bug) << " is found under another name: " << to_text(*found));
    const auto sound = run(found->seed, planted_bug::none);
    if (sound.broken) CAF_ERROR("without " << to_string(bug) << ": " << to_text(sound));
  }
}

CAF_TEST(a failing seed is told with its invariant a shorter prefix and the trace of its lead) {
  seed_options o;
  o.seed = 1;
  o.bug = planted_bug::timer_forgotten;
  const auto failed = run_seed(o);
  CAF_REQUIRE(failed.broken.has_value());
  const auto least = shrink(o, failed);
  CAF_REQUIRE(least.broken.has_value());
  CAF_CHECK(least.broken->invariant == failed.broken->invariant);
  CAF_CHECK(least.steps <= failed.steps);
  const auto text = to_text(least);
  for (const auto& part : {std::string("seed 1 "), failed.broken->invariant, least.broken->lead,
                           std::string("--steps "), std::string("decided 1 ")})
    if (text.find(part) == std::string::npos) CAF_ERROR("nothing of `" << part << "` in: " << text);
}
