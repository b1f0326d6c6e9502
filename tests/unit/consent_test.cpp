#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE consent
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

const consent_grant* held(const story& s, channel on) {
  auto found = std::ranges::find(s.lead.consents, on, &consent_grant::on);
  return found == s.lead.consents.end() ? nullptr : &*found;
}

/// Through POST /leads, with these grants and no others.
story enrolled_with(std::vector<consent_grant> grants) {
  story s;
  lead_upserted body;
  body.fields = {{"firstName", "Ana"}};
  body.consents = std::move(grants);
  auto what = s.make(body);
  what.keys = {{key_kind::email, "", "ana@example.com"}, {key_kind::phone, "", "+15550100"}};
  what.campaign = campaign_id{"spring"};
  s.tell(std::move(what));
  return s;
}

}  // namespace

CAF_TEST(4R-68 RULES consent is kept per channel with its source and evidence and time) {
  const auto signed_at = monday_ten - 24h * 30;
  auto s = enrolled_with({{channel::email, consent_status::granted, "contract", "c-77", signed_at},
                          {channel::sms, consent_status::granted, "checkbox", "form-9", monday_ten}});
  auto* email = held(s, channel::email);
  CAF_REQUIRE(email != nullptr);
  CAF_CHECK_EQUAL(email->source, "contract");
  CAF_CHECK_EQUAL(email->evidence, "c-77");
  CAF_CHECK(email->at == signed_at);
  auto* text = held(s, channel::sms);
  CAF_REQUIRE(text != nullptr);
  CAF_CHECK_EQUAL(text->source, "checkbox");
  CAF_CHECK(held(s, channel::whatsapp) == nullptr);
}

CAF_TEST(4R-68 RULES consent to one channel is none to another) {
  auto s = enrolled_with({{channel::email, consent_status::granted, "contract", "", monday_ten}});
  s.pass(4 * 24h);
  CAF_CHECK_EQUAL(s.outcomes(), (std::vector<std::string>{"sent", "skipped:no_consent", "sent"}));
}

CAF_TEST(4R-68 RULES the form that enrolled is the basis for email and only its boxes for other channels) {
  for (bool ticked : {false, true}) {
    story s;
    form_submitted f{"demo", "https://example.com/spring", {{"firstName", "Ana"}}};
    auto what = s.make(f);
    what.keys = {{key_kind::email, "", "ana@example.com"}, {key_kind::phone, "", "+15550100"}};
    what.attributes["consent_sms"] = ticked ? "yes" : "no";
    s.tell(what);
    auto* email = held(s, channel::email);
    CAF_REQUIRE(email != nullptr);
    CAF_CHECK_EQUAL(email->source, "form:demo");
    CAF_CHECK_EQUAL(email->evidence, what.key);
    s.pass(10min);
    CAF_CHECK_EQUAL(s.outcome(1), ticked ? "sent" : "skipped:no_consent");
  }
}

CAF_TEST(4R-68 RULES withdrawn consent ends the run and is no hole to be skipped) {
  auto s = enrolled_with({{channel::email, consent_status::granted, "contract", "", monday_ten},
                          {channel::sms, consent_status::withdrawn, "call", "", monday_ten}});
  s.pass(10min);
  CAF_CHECK_EQUAL(s.journey().status, run_status::suppressed);
  CAF_CHECK_EQUAL(s.journey().end_reason, "consent_withdrawn");
}
