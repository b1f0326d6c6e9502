#include "tests/simulation/support/seeds.hpp"

#define CAF_SUITE replay
#include <caf/test/dsl.hpp>

using namespace heed::simulation;

namespace {

seed_report told(std::uint64_t seed) {
  seed_options o;
  o.seed = seed;
  o.keep_trace = true;
  return run_seed(o);
}

}  // namespace

CAF_TEST(the same seed goes the same way to the letter) {
  for (auto seed = base_seed(); seed < base_seed() + 20; ++seed) {
    const auto one = told(seed);
    const auto other = told(seed);
    CAF_CHECK(one.trace.size() > 20u);
    if (one.trace != other.trace || one.trace_hash != other.trace_hash)
      CAF_ERROR("seed " << seed << " goes two ways");
  }
}

CAF_TEST(another seed goes another way) {
  CAF_CHECK(told(base_seed()).trace_hash != told(base_seed() + 1).trace_hash);
}
