#include "runtime/forecast/policy_change.hpp"

#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE policy_change
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;
using namespace heed::forecast;
using namespace std::chrono_literals;

namespace {

std::string refused(std::string_view text) {
  const auto change = policy_change::parse(text);
  if (!change) return change.error().front().field;
  const auto p = change->apply_to(make_policy());
  return p ? "" : p.error().front().field;
}

}  // namespace

CAF_TEST(SS-37 a number of intent profiles changes in every campaign and in the default) {
  const auto p = policy_change::parse("hot_threshold=18,click=4")->apply_to(make_policy());
  CAF_REQUIRE(p.has_value());
  CAF_CHECK_EQUAL(p->defaults.default_profile.threshold, 18);
  CAF_CHECK_EQUAL(p->campaigns.begin()->second.profile.threshold, 18);
  CAF_CHECK_EQUAL(p->campaigns.begin()->second.profile.click, 4);
}

CAF_TEST(SS-37 a setting changes by its name in the settings document) {
  auto before = make_policy();
  const auto p = policy_change::parse("lead_gap=2h,message_attempts=3")->apply_to(before);
  CAF_REQUIRE(p.has_value());
  CAF_CHECK(p->defaults.lead_gap == 2h);
  CAF_CHECK_EQUAL(p->defaults.message_attempts, 3u);
  // All else is as it was.
  before.defaults.lead_gap = 2h;
  before.defaults.message_attempts = 3;
  CAF_CHECK(p->defaults == before.defaults);
}

CAF_TEST(ZRG-126 what cannot be is refused with its name) {
  CAF_CHECK_EQUAL(refused("hot_threshld=18"), "hot_threshld");
  CAF_CHECK_EQUAL(refused("hot_threshold"), "hot_threshold");
  CAF_CHECK_EQUAL(refused("click=many"), "click");
  CAF_CHECK_EQUAL(refused("lead_gap=soon"), "/lead_gap");
  CAF_CHECK(!refused("hot_threshold=200").empty());
  CAF_CHECK_EQUAL(refused(""), "--policy");
}
