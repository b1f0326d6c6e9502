#include "tests/simulation/support/seeds.hpp"

#include <cstdlib>
#include <iostream>

#include <caf/test/unit_test.hpp>

namespace heed::simulation {

std::uint64_t base_seed() {
  const auto* given = std::getenv("HEED_SEED");
  return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

void hold(std::uint64_t first, std::uint64_t stride, std::uint64_t count) {
  many_options o;
  o.first = first;
  o.stride = stride;
  o.enough = [count](const many_report& r) { return r.seeds >= count; };
  const auto began = std::chrono::steady_clock::now();
  const auto r = run_many(o);
  std::cout << "seeds from " << first << " by " << stride << ": "
            << to_table(r, std::chrono::steady_clock::now() - began);
  CAF_CHECK(r.twice > 0);
  if (!r.broken) return;
  auto failed = o.each;
  failed.seed = r.broken->seed;
  const bool elsewhere = r.broken->broken->invariant == "same_seed_same_trace";
  CAF_ERROR(to_text(elsewhere ? *r.broken : shrink(failed, *r.broken)));
}

}  // namespace heed::simulation
