#include "actors/lead/template/template.hpp"

#define CAF_SUITE template
#include <caf/test/dsl.hpp>

using namespace heed;

namespace {

using names = std::vector<std::string>;

struct fixture {
  field_map fields{
      {"firstName", "Ana"}, {"lastName", "Lovelace"}, {"company", "Analytical Ltd"}, {"plan", "gold"}};
  field_map attribution{{"utm_source", "radio"}};
  settings workspace;
  template_values values;

  fixture() {
    workspace.sender_name = "Sam";
    workspace.signature = "Sam\nHeed";
    workspace.company_name = "Heed";
    workspace.target_result = "more replies";
    workspace.question_1 = "How many seats?";
    workspace.question_2 = "Which region?";
    workspace.calendar_link = "https://cal.example.com/sam";
    values = {.fields = &fields,
              .email = "ana@example.com",
              .phone = "+15550100",
              .workspace = &workspace,
              .attribution = &attribution,
              .landing_page = "https://example.com/spring"};
  }

  std::string body(std::string text) const {
    const auto out = render({"", std::move(text)}, values);
    return out ? out->body : missing_reason(out.error());
  }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(template_tests, fixture)

CAF_TEST(ZRG-130 every variable is filled from its source) {
  CAF_CHECK_EQUAL(body("{firstName} {lastName} {email} {phone} {leadCompany}"),
                  "Ana Lovelace ana@example.com +15550100 Analytical Ltd");
  CAF_CHECK_EQUAL(body("{senderName}|{signature}|{companyName}"), "Sam|Sam\nHeed|Heed");
  CAF_CHECK_EQUAL(body("{targetResult}|{question1}|{question2}"),
                  "more replies|How many seats?|Which region?");
  CAF_CHECK_EQUAL(body("{calendarLink}"), "https://cal.example.com/sam");
}

CAF_TEST(ZRG-130 aliases give the same value) {
  CAF_CHECK_EQUAL(body("{name} {company} {result} {link}"),
                  body("{senderName} {companyName} {targetResult} {calendarLink}"));
}

CAF_TEST(SS-16 landing page attribution and any field of the lead can be used) {
  CAF_CHECK_EQUAL(body("{landingPage} {attribution.utm_source} {lead.plan}"),
                  "https://example.com/spring radio gold");
}

CAF_TEST(ZRG-128 a variable without value blocks the message) {
  fields.erase("firstName");
  CAF_CHECK_EQUAL(body("Hi {firstName}"), "missing_lead_data: {firstName}");
  fields["firstName"] = " \t";
  CAF_CHECK_EQUAL(body("Hi {firstName}"), "missing_lead_data: {firstName}");
  CAF_CHECK_EQUAL(body("{attribution.utm_term} {lead.seat}"),
                  "missing_lead_data: {attribution.utm_term}, {lead.seat}");
}

CAF_TEST(ZRG-128 a message without any source at all names all its variables) {
  values = {};
  CAF_CHECK_EQUAL(body("{firstName} {email} {landingPage} {senderName} {link}"),
                  "missing_lead_data: {firstName}, {email}, {landingPage}, {senderName}, {link}");
}

CAF_TEST(ZRG-133 a missing signature blocks like any other variable) {
  workspace.signature.clear();
  CAF_CHECK_EQUAL(body("Thanks,{signature}"), "missing_workspace_setup: {signature}");
}

CAF_TEST(ZRG-129 the reason is the first class and the tokens go lead workspace booking availability) {
  fields.clear();
  workspace = {};
  const message_template text{"{availability} {link}", "{signature} {firstName} {question1} {firstName}"};
  const auto out = render(text, values);
  CAF_REQUIRE(!out.has_value());
  CAF_CHECK_EQUAL(missing_reason(out.error()),
                  "missing_lead_data: {firstName}, {signature}, {question1}, {link}, {availability}");
  CAF_CHECK_EQUAL(body("{availability} {link} {signature}"),
                  "missing_workspace_setup: {signature}, {link}, {availability}");
  CAF_CHECK_EQUAL(body("{availability} {link}"), "missing_booking_link: {link}, {availability}");
}

CAF_TEST(ZRG-130 availability is known and never has a value) {
  const std::string text = "{availability} {time 1 day 1} {time 2 day 2} {x day x time} {y day y time}";
  CAF_CHECK(unknown_tokens(text).empty());
  CAF_CHECK_EQUAL(
      body(text),
      "missing_availability: {availability}, {time 1 day 1}, {time 2 day 2}, {x day x time}, {y day y time}");
}

CAF_TEST(ZRG-126 unknown variables are listed once each as written) {
  CAF_CHECK(unknown_tokens("Hi {firstname} {foo} {foo} { firstName } {}") ==
            (names{"{firstname}", "{foo}", "{ firstName }", "{}"}));
  CAF_CHECK(unknown_tokens("Hi {firstName}, {lead.any thing}, {attribution.x}").empty());
  CAF_CHECK(unknown_tokens("{lead.} {attribution.}") == (names{"{lead.}", "{attribution.}"}));
}

CAF_TEST(ZRG-126 a lone brace is listed too) {
  CAF_CHECK(unknown_tokens("a { b") == (names{"{"}));
  CAF_CHECK(unknown_tokens("a } b") == (names{"}"}));
  CAF_CHECK(unknown_tokens("{firstName {lastName}") == (names{"{"}));
}

CAF_TEST(ZRG-128 a known variable in doubled braces is refused and never sent as a placeholder) {
  CAF_CHECK(unknown_tokens("Hi {{firstName}}") == (names{"{{firstName}}"}));
  CAF_CHECK_EQUAL(body("Hi {{firstName}}"), "missing_workspace_setup: {{{firstName}}}");
}

CAF_TEST(ZRG-128 an unknown variable met at send time blocks as workspace setup) {
  CAF_CHECK_EQUAL(body("Hi {nickname}"), "missing_workspace_setup: {nickname}");
}

CAF_TEST(ZRG-130 doubled braces are literal ones) {
  CAF_CHECK_EQUAL(body("a {{b}} c"), "a {b} c");
  CAF_CHECK_EQUAL(body("{{{firstName}}}"), "{Ana}");
  CAF_CHECK(tokens_in("{{b}} {{{firstName}}}") == (names{"firstName"}));
}

CAF_TEST(ZRG-131 the variables of a text are known without rendering it) {
  CAF_CHECK(tokens_in("{link} {availability} {link} {nope}") == (names{"link", "availability", "nope"}));
}

CAF_TEST(ZRG-128 a value is never read as a template) {
  fields["firstName"] = "{signature} {{x}}";
  CAF_CHECK_EQUAL(body("Hi {firstName}"), "Hi {signature} {{x}}");
}

CAF_TEST(DESIGN 13 a line break in a value cannot make a second header) {
  fields["firstName"] = "Ana\r\nBcc: all@example.com";
  const auto out = render({"Hi {firstName}", "body"}, values);
  CAF_REQUIRE(out.has_value());
  CAF_CHECK_EQUAL(out->subject, "Hi Ana  Bcc: all@example.com");
}

CAF_TEST(ZRG-130 every listed variable has a source) {
  for (const auto& token : known_tokens())
    CAF_CHECK(source_of(token) != token_source::unknown);
  CAF_CHECK(source_of("") == token_source::unknown);
}

CAF_TEST_FIXTURE_SCOPE_END()
