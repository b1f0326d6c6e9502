#include "runtime/forecast/lead_list.hpp"

#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE lead_list
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;
using namespace heed::forecast;

namespace {

struct fixture {
  policy rules = make_policy();
  const campaign& spring() { return rules.campaigns.begin()->second; }
  tl::expected<lead_list, problems> read(std::string_view text) { return read_lead_list(text, rules, spring(), monday_ten); }
  lead_list good(std::string_view text) {
    auto out = read(text);
    CAF_REQUIRE(out.has_value());
    return *out;
  }
  problems bad(std::string_view text) {
    auto out = read(text);
    CAF_REQUIRE(!out.has_value());
    return out.error();
  }
  static const lead_upserted& body(const stimulus& s) { return std::get<lead_upserted>(s.body); }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(lead_list_tests, fixture)

CAF_TEST(SS-3 the known columns are what they are and the others are fields) {
  const auto list = good("email,phone,time_zone,firstName,company\r\nana@example.com,+15550100123,,Ana,\"Acme, Inc. \"\"x\"\"\"\r\n");
  CAF_REQUIRE_EQUAL(list.enrolments.size(), 1u);
  const auto& s = list.enrolments.front();
  CAF_CHECK_EQUAL(s.keys.size(), 2u);
  CAF_CHECK_EQUAL(body(s).fields.at("firstName"), "Ana");
  CAF_CHECK_EQUAL(body(s).fields.at("company"), "Acme, Inc. \"x\"");
  CAF_CHECK_EQUAL(body(s).landing_page, "https://example.com/spring");
  CAF_CHECK(s.campaign == campaign_id{"spring"});
}

CAF_TEST(SS-17 a list without consent is taken as granted on the own channels and says so) {
  const auto bare = good("email\nana@example.com\n");
  CAF_CHECK(bare.consent_assumed);
  CAF_CHECK_EQUAL(body(bare.enrolments.front()).consents.size(), 2u);
  const auto given = good("email,consent_email\nana@example.com,signup form\n");
  CAF_CHECK(!given.consent_assumed);
  CAF_REQUIRE_EQUAL(body(given.enrolments.front()).consents.size(), 1u);
  CAF_CHECK_EQUAL(body(given.enrolments.front()).consents.front().source, "signup form");
}

CAF_TEST(SS-3 a body of the API a line is a list too) {
  const auto list = good("{\"email\":\"ana@example.com\",\"fields\":{\"firstName\":\"Ana\"}}\n\n{\"phone\":\"+15550100123\"}\n");
  CAF_CHECK_EQUAL(list.enrolments.size(), 2u);
  CAF_CHECK(list.enrolments[0].key != list.enrolments[1].key);
}

CAF_TEST(ZRG-126 every problem of a list is told with its line and column) {
  const auto all = bad("email,firstName\nana@example.com,Ana\nnobody,Bo\ncy@example.com\n");
  CAF_REQUIRE_EQUAL(all.size(), 2u);
  const auto told = [&](const std::string& where) {
    return std::ranges::any_of(all, [&](const auto& p) { return p.field.starts_with(where); });
  };
  CAF_CHECK(told("line 3, email"));
  CAF_CHECK(told("line 4"));
  CAF_CHECK(bad("{\"email\":\"ana@example.com\"}\nnot json\n").front().field == "line 2");
  CAF_CHECK(bad("").front().field == "line 1");
  CAF_CHECK(bad("email,firstName\nana@example.com,\"open\n").front().detail.find("quote") != std::string::npos);
}

CAF_TEST(SS-3 a byte order mark and blank lines are nobody) {
  CAF_CHECK_EQUAL(good("\xef\xbb\xbf" "email\nana@example.com\n\n").enrolments.size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
