#include <initializer_list>

#include "tests/simulation/support/seeds.hpp"

#define CAF_SUITE undisturbed
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::simulation;

CAF_TEST(PROTOCOL without faults every touch is taken exactly once or was taken back before its call) {
  std::uint64_t sent = 0;
  for (auto seed = base_seed(); seed < base_seed() + 200; ++seed) {
    seed_options o;
    o.seed = seed;
    o.faults = false;
    auto r = run_seed(o);
    if (r.broken) {
      CAF_ERROR(to_text(r));
      return;
    }
    if (r.counts["messages_to_leads"] != r.touches[effect_state::done])
      CAF_ERROR("seed " << seed << ": " << r.counts["messages_to_leads"] << " messages of "
                        << r.touches[effect_state::done] << " touches");
    for (const auto state :
         {effect_state::planned, effect_state::in_flight, effect_state::unknown, effect_state::failed})
      if (r.touches[state] > 0)
        CAF_ERROR("seed " << seed << ": " << r.touches[state] << " touches are " << to_string(state));
    sent += r.touches[effect_state::done];
  }
  CAF_CHECK(sent > 500u);
}
