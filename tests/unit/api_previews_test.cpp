#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_previews
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

const std::string spring = api_world::ws + "/campaigns/spring";

/// A real account alone, and tests allowed to a domain and an address.
void make_real(api_world& w) {
  w.edit_policy([](policy& p) {
    p.accounts[account_id{"mail"}].provider = "resend";
    p.allow_recipients = {"ours.example.com", "me@example.net"};
  });
}

json test_of(const std::string& lead, const std::string& to) { return {{"lead", lead}, {"to", to}}; }

}  // namespace

CAF_TEST(a preview shows the message as this lead would get it and changes nothing) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto seq = w.get(w.ws + "/leads/" + lead).at("/seq");
  const auto submitted = w.seen.size();
  for (const auto& named : {lead, std::string("Ana@example.com")}) {
    const auto a = w.ask("POST", spring + "/preview", {{"lead", named}, {"step", "s2"}}, {}, w.setter);
    CAF_REQUIRE_EQUAL(a.status(), 200);
    CAF_CHECK_EQUAL(a.at("/lead_id"), lead);
    CAF_CHECK_EQUAL(a.at("/step"), "s2");
    CAF_CHECK_EQUAL(a.at("/account"), "mail");
    CAF_CHECK_EQUAL(a.at("/message/to"), "ana@example.com");
    CAF_CHECK_EQUAL(a.at("/message/subject"), "Last word");
    CAF_CHECK_EQUAL(a.at("/message/body"), "Last, ana");
    CAF_CHECK(a.at("/gates").is_array());
    CAF_CHECK(a.at("/missing").empty());
  }
  CAF_CHECK_EQUAL(w.seen.size(), submitted);
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads/" + lead).at("/seq"), seq);
}

CAF_TEST(SS-33 a preview names what is missing) {
  api_world w;
  w.ask("PUT", spring, w.campaign());
  auto nameless = w.person("ana");
  nameless.erase("fields");
  const std::string lead = w.post(w.ws + "/leads", nameless).at("/lead_id");
  const auto a = w.post(spring + "/preview", {{"lead", lead}});
  CAF_CHECK_EQUAL(a.status(), 200);
  CAF_CHECK(a.at("/message").is_null());
  CAF_CHECK_EQUAL(a.at("/missing"), json::array({"firstName"}));
  CAF_CHECK_EQUAL(a.at("/would_send"), false);
}

CAF_TEST(a preview of what does not exist says what is not there) {
  api_world w;
  const auto lead = w.enrol("ana");
  CAF_CHECK_EQUAL(w.post(spring + "/preview", {{"lead", "nobody"}}).status(), 404);
  CAF_CHECK_EQUAL(w.post(spring + "/preview", {{"lead", "nobody@example.com"}}).status(), 404);
  CAF_CHECK_EQUAL(w.post(w.ws + "/campaigns/winter/preview", {{"lead", lead}}).status(), 404);
  CAF_CHECK_EQUAL(w.post(spring + "/preview", {{"lead", lead}, {"step", "s9"}}).at("/field"), "/step");
  CAF_CHECK_EQUAL(w.post(spring + "/preview", json::object()).at("/field"), "/lead");
  CAF_CHECK_EQUAL(w.ask("POST", spring + "/preview", {{"lead", lead}}, {}, w.reader).status(), 403);
}

CAF_TEST(a test goes only to one recipient that the configuration allows by name) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto test = spring + "/test-send";
  make_real(w);
  for (const auto* to :
       {"ana@example.com", "me@example.com", "ours.example.com", "a@x.ours.example.com", "a@b, c@d"}) {
    const auto a = w.post(test, test_of(lead, to));
    CAF_CHECK_EQUAL(a.status(), 422);
    CAF_CHECK_EQUAL(a.at("/field"), "/to");
  }
  CAF_CHECK_EQUAL(w.post(test, {{"lead", lead}, {"to", {"me@example.net", "a@ours.example.com"}}}).status(),
                  422);
  w.edit_policy([](policy& p) { p.allow_recipients.reset(); });
  CAF_CHECK_EQUAL(w.post(test, test_of(lead, "me@example.net")).at("/field"), "/to");
  CAF_CHECK(w.test_sends.empty());
}

CAF_TEST(a test is the message of the lead marked as a test and audited without its recipient) {
  api_world w;
  const auto lead = w.enrol("ana");
  make_real(w);
  const auto a = w.post(spring + "/test-send", {{"lead", lead}, {"step", "s2"}, {"to", "Me@Ours.example.com"}});
  CAF_REQUIRE_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.at("/result"), "accepted");
  CAF_CHECK_EQUAL(a.at("/provider_id"), "test-1");
  CAF_REQUIRE_EQUAL(w.test_sends.size(), 1u);
  CAF_CHECK_EQUAL(w.test_sends[0].first.value, "mail");
  CAF_CHECK_EQUAL(w.test_sends[0].second.to, "me@ours.example.com");
  CAF_CHECK_EQUAL(w.test_sends[0].second.subject, "[Test] Last word");
  CAF_CHECK(w.test_sends[0].second.in_reply_to.empty());
  CAF_CHECK_NOT_EQUAL(w.audited().find("key-admin:test_sent:spring/s2 via mail"), std::string::npos);
  CAF_CHECK_EQUAL(w.audited().find("ours.example.com"), std::string::npos);
  w.test_result = send_result::refused_account;
  const auto refused = w.post(spring + "/test-send", test_of(lead, "me@example.net"));
  CAF_CHECK_EQUAL(refused.status(), 502);
  CAF_CHECK_EQUAL(refused.at("/result"), "refused_account");
}

CAF_TEST(a test obeys stops but not the one that came with the first account) {
  api_world w;
  const auto lead = w.enrol("ana");
  make_real(w);
  const auto test = [&] { return w.post(spring + "/test-send", test_of(lead, "me@example.net")).status(); };
  for (const auto& path :
       {std::string("/admin/stop"), w.ws + "/stop", spring + "/stop", w.ws + "/accounts/mail/stop"}) {
    w.ask("PUT", path, nullptr, {}, w.boss);
    CAF_CHECK_EQUAL(test(), 409);
    w.ask("DELETE", path, nullptr, {}, w.boss);
    CAF_CHECK_EQUAL(test(), 200);
  }
  CAF_REQUIRE(w.db().put_kill_switch(
      {workspace_id{"acme"}, stop_scope::workspace, {}, true, "first real account", w.now()}));
  CAF_CHECK_EQUAL(test(), 200);
}

CAF_TEST(a sandbox account sends no tests) {
  api_world w;
  const auto lead = w.enrol("ana");
  CAF_CHECK_EQUAL(w.post(spring + "/test-send", test_of(lead, "me@example.net")).status(), 409);
  CAF_CHECK_EQUAL(
      w.ask("POST", spring + "/test-send", test_of(lead, "me@example.net"), {}, w.setter).status(), 403);
}
