#include "actors/campaign/campaign_json.hpp"
#include "actors/campaign/prepare.hpp"
#include "actors/lead/calendar.hpp"
#include "actors/lead/template/template.hpp"
#include "actors/workspace/policy.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE campaign_prepare
#include <caf/test/dsl.hpp>

using namespace heed;
using heed::tests::instant;

namespace {

constexpr const char* intents[] = {"investor", "end_user", "re_engagement", "something else"};

campaign prepared(std::string_view intent, const settings& workspace = {}) {
  return prepare(campaign_id{"spring"}, intent, workspace);
}

/// From the first touch to the last when every step is taken at its first chance.
duration total_span(const campaign& c) {
  const auto start = instant("2026-11-02T10:00:00Z");
  auto at = start;
  for (const auto& s : c.current().steps)
    at = due_at(s.at, at, start, &*c.hours, utc_zone(), 100);
  return at - start;
}

}  // namespace

CAF_TEST(SS-51 a prepared campaign is valid and has channels spacing and texts) {
  for (const auto* intent : intents) {
    const auto c = prepared(intent);
    problems found;
    check_campaign(c, found);
    CAF_CHECK_EQUAL(tests::listing(found), "");
    CAF_CHECK(c.current().steps.size() >= 2);
    CAF_CHECK(total_span(c) > std::chrono::hours(24));
  }
}

CAF_TEST(SS-54 a prepared campaign is off and can be enabled unedited) {
  for (const auto* intent : intents) {
    CAF_CHECK(!prepared(intent).enabled);
    auto document = to_json(prepared(intent));
    document["enabled"] = true;
    CAF_CHECK(campaign_from_json(document, campaign_id{"spring"}).has_value());
  }
}

CAF_TEST(SS-54 every part of a prepared campaign is in its document) {
  const auto c = prepared("end_user");
  const auto read = campaign_from_json(to_json(c), c.id);
  CAF_REQUIRE(read.has_value());
  CAF_CHECK(*read == c);
}

CAF_TEST(SS-52 investors are written to gently and widely apart) {
  const auto steps = prepared("investor").current().steps;
  for (const auto& s : steps)
    CAF_CHECK(s.on == channel::email);
  for (std::size_t i = 1; i < steps.size(); ++i) {
    CAF_CHECK(steps[i].at.in == delay_rule::unit::business_days);
    CAF_CHECK(steps[i].at.amount >= 5);
  }
}

CAF_TEST(SS-53 the span for end users is shorter than for investors) {
  CAF_CHECK(total_span(prepared("end_user")) < total_span(prepared("investor")));
  CAF_CHECK(prepared("end_user").current().steps.size() > prepared("investor").current().steps.size());
}

CAF_TEST(SS-52 re-engagement is the quietest) {
  CAF_CHECK_EQUAL(prepared("re_engagement").current().steps.size(), 2u);
  CAF_CHECK(total_span(prepared("re_engagement")) >= std::chrono::hours(24 * 14));
}

CAF_TEST(SS-51 intents are understood however they are spelled and unknown ones are treated gently) {
  CAF_CHECK(prepared("End-User") == prepared("end_user"));
  CAF_CHECK(prepared("re engagement") == prepared("re_engagement"));
  CAF_CHECK(prepared("something else").sequences == prepared("investor").sequences);
}

CAF_TEST(ZRG-128 nothing prepared waits for workspace set-up) {
  const field_map fields{{"firstName", "Ana"}};
  settings full;
  full.sender_name = "Sam";
  full.calendar_link = "https://cal.example.com";
  for (const auto* intent : intents)
    for (const settings& workspace : {settings{}, full})
      for (const auto& [name, text] : prepared(intent, workspace).templates)
        CAF_CHECK(render(text, {.fields = &fields, .workspace = &workspace}).has_value());
  CAF_CHECK(prepared("investor", full).templates.at("hello").body.ends_with("{senderName}"));
}
