#include "actors/campaign/campaign.hpp"

#include "actors/workspace/policy.hpp"

#define CAF_SUITE campaign
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;

CAF_TEST(SS-4 delays are elapsed time days or business days) {
  CAF_CHECK(parse_delay("0s") == (delay_rule{delay_rule::base::previous, delay_rule::unit::elapsed, 0}));
  CAF_CHECK(parse_delay("5m") ==
            (delay_rule{delay_rule::base::previous, delay_rule::unit::elapsed, 300'000'000}));
  CAF_CHECK(parse_delay("2d") == (delay_rule{delay_rule::base::previous, delay_rule::unit::days, 2}));
  CAF_CHECK(parse_delay("3bd") ==
            (delay_rule{delay_rule::base::previous, delay_rule::unit::business_days, 3}));
}

CAF_TEST(SS-4 a delay that is none of these is refused) {
  for (const auto* text :
       {"", "d", "bd", "5", "-1d", "1.5d", "2 d", "2w", "b", "3db", "3651d", "3651bd", "9999999999d"})
    CAF_CHECK(!parse_delay(text).has_value());
}

CAF_TEST(SS-4 a delay prints in its largest whole unit and reads back) {
  for (const auto* text : {"0s", "1s", "90s", "5m", "61m", "3h", "36h", "0d", "2d", "3bd"})
    CAF_CHECK_EQUAL(to_string(*parse_delay(text)), std::string(text));
  CAF_CHECK_EQUAL(to_string(*parse_delay("120s")), "2m");
  CAF_CHECK_EQUAL(to_string(*parse_delay("180m")), "3h");
}

CAF_TEST(SS-1 a run finds the sequence version it is pinned to) {
  campaign c;
  c.sequences = {sequence{1, {}}, sequence{3, {step{}}}};
  CAF_CHECK_EQUAL(c.current().version, 3u);
  CAF_REQUIRE(c.find_sequence(1) != nullptr);
  CAF_CHECK(c.find_sequence(1)->steps.empty());
  CAF_CHECK(c.find_sequence(2) == nullptr);
}

CAF_TEST(SS-17 a policy answers null for what it does not hold) {
  policy p;
  p.campaigns[campaign_id{"spring"}].name = "Spring";
  p.accounts[account_id{"mail"}].provider = "smtp";
  CAF_REQUIRE(p.find_campaign(campaign_id{"spring"}) != nullptr);
  CAF_CHECK_EQUAL(p.find_campaign(campaign_id{"spring"})->name, "Spring");
  CAF_CHECK(p.find_campaign(campaign_id{"autumn"}) == nullptr);
  CAF_REQUIRE(p.find_account(account_id{"mail"}) != nullptr);
  CAF_CHECK(p.find_account(account_id{"sms"}) == nullptr);
}
