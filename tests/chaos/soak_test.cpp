#include <cstdlib>
#include <iostream>
#include <sstream>

#include "tests/support/chaos_run.hpp"

#define CAF_SUITE soak
#include <caf/test/dsl.hpp>

using namespace heed::test;

CAF_TEST(SS-15 half a minute of kills and hangs and crashes and poison breaks no promise) {
  chaos_options o;
  o.heed_binary = HEED_BINARY;
  o.lasts = std::chrono::seconds(30);
  const auto* store = std::getenv("HEED_TEST_STORE");
  o.on_postgres = store && std::string_view(store) == "postgres";
  const auto* seed = std::getenv("HEED_SEED");
  o.seed = seed ? std::strtoull(seed, nullptr, 10) : 20'261'126;
  std::ostringstream out;
  const auto report = run_chaos(o, out);
  print(report, out);
  CAF_MESSAGE("seed " << o.seed << out.str());
  CAF_CHECK(report.held());
}
