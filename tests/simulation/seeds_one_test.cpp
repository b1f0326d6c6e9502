#include "tests/simulation/support/seeds.hpp"

#define CAF_SUITE seeds_one
#include <caf/test/dsl.hpp>

using namespace heed::simulation;

// Half of the seeds; the other half is a suite of its own, so that two cores share the work.
CAF_TEST(PROTOCOL every promise holds in every first world) { hold(base_seed() + 0, 2, 2'000); }
