#include "adapters/outbound/sender.hpp"
#include "tests/support/sending.hpp"
#include "tests/support/stand_in.hpp"

#define CAF_SUITE sender_smtp
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::outbound;
using namespace heed::test;
using mode = behaviour::mode;

namespace {

stand_in_options with_login() {
  stand_in_options o;
  o.smtp_user = "mia";
  o.smtp_password = "example-password";
  return o;
}

struct fixture_type {
  stand_in provider{with_login()};
  std::unique_ptr<transport> wire = make_curl_transport(4);

  sending_account account() {
    auto a = smtp_account(provider.smtp_url());
    a.secrets["username"] = "mia";
    a.secrets["password"] = "example-password";
    a.options["timeout_ms"] = 2'000;
    return a;
  }
  send_report send(const send_effect& e = email_effect()) { return send_once(*wire, account(), e); }
  send_report send_to(const char* address) {
    auto e = email_effect();
    e.message.to = address;
    return send(e);
  }
  void behave(mode m) {
    behaviour b;
    b.what = m;
    provider.control(b);
  }
  [[nodiscard]] totals count() { return provider.book().count(); }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(sender_smtp_tests, fixture_type)

CAF_TEST(SS-19 the mail arrives as it was built) {
  CAF_CHECK(send().result == send_result::accepted);
  const auto taken = provider.book().messages();
  CAF_REQUIRE_EQUAL(taken.size(), 1u);
  CAF_CHECK_EQUAL(taken[0].what.effect, "lead_01HZX-7-0");
  CAF_CHECK_EQUAL(taken[0].what.to, "ana@example.org");
  CAF_CHECK_EQUAL(taken[0].what.text, find_sender("smtp")->build(account(), email_effect()).body);
}

CAF_TEST(ZRG-109 whoever is in copy gets the mail too and one who cannot stops it for all) {
  auto e = email_effect();
  e.message.cc = {"boss@example.org", "kim@example.org"};
  CAF_CHECK(send(e).result == send_result::accepted);
  e = email_effect("lead_01HZX-8-0");
  e.message.cc = {"boss@example.org", "nobody@example.org"};
  CAF_CHECK(send(e).result == send_result::bad_address);
  CAF_CHECK(count().accepted == 1u);
  CAF_CHECK_EQUAL(provider.book().messages().front().what.to, "ana@example.org");
}

CAF_TEST(one connection carries several mails) {
  for (const char* id : {"lead_1-1-0", "lead_2-1-0", "lead_3-1-0"})
    CAF_CHECK(send(email_effect(id)).result == send_result::accepted);
  CAF_CHECK(count().accepted == 3u);
  CAF_CHECK(count().keys == 3u);
  CAF_CHECK(count().connections == 1u);
}

CAF_TEST(lost after the final dot is unknown and nothing is sent again) {
  behave(mode::accept_then_500);
  CAF_CHECK(send().result == send_result::unknown);
  CAF_CHECK(count().arrivals == 1u);
  behave(mode::close_after_request);
  CAF_CHECK(send(email_effect("lead_01HZX-9-0")).result == send_result::unknown);
  CAF_CHECK_EQUAL(provider.book().arrivals_of("lead_01HZX-9-0"), 1u);
}

CAF_TEST(no answer to the final dot is unknown at the time-out) {
  behave(mode::accept_then_hang);
  auto impatient = account();
  impatient.options["timeout_ms"] = 300;
  CAF_CHECK(send_once(*wire, impatient, email_effect()).result == send_result::unknown);
  CAF_CHECK(count().accepted == 1u);
}

CAF_TEST(a server that hangs up before it greets has taken nothing) {
  behave(mode::close_before_request);
  CAF_CHECK(send().result == send_result::refused_account);
  CAF_CHECK(count().arrivals == 0u);
}

CAF_TEST(refusals reach the outcome table over the wire) {
  CAF_CHECK(send_to("nobody@example.org").result == send_result::bad_address);
  CAF_CHECK(send_to("later@example.org").result == send_result::refused_message);
  const auto policy = send_to("policy@example.org");
  CAF_CHECK(policy.result == send_result::refused_final);
  CAF_CHECK_EQUAL(policy.detail, "550 5.7.1");
  behave(mode::refuse_500);
  CAF_CHECK(send().result == send_result::refused_message);
  CAF_CHECK(count().accepted == 0u);
}

CAF_TEST(the first mail after a refusal goes through) {
  CAF_CHECK(send_to("nobody@example.org").result == send_result::bad_address);
  CAF_CHECK(send().result == send_result::accepted);
}

CAF_TEST(too many connections is the fault of the account) {
  behave(mode::rate_limit);
  const auto r = send();
  CAF_CHECK(r.result == send_result::refused_account);
  CAF_CHECK_EQUAL(r.detail, "421 4.7.0");
  CAF_CHECK(!r.stop_account);
}

CAF_TEST(a wrong password stops the account) {
  auto wrong = account();
  wrong.secrets["password"] = "other";
  const auto r = send_once(*wire, wrong, email_effect());
  CAF_CHECK(r.result == send_result::refused_account);
  CAF_CHECK(r.stop_account);
  CAF_CHECK(count().accepted == 0u);
}

CAF_TEST(without TLS nothing is said when the account demands it) {
  auto strict = account();
  strict.options.erase("tls");
  const auto r = send_once(*wire, strict, email_effect());
  CAF_CHECK(r.result == send_result::refused_account);
  CAF_CHECK_EQUAL(r.detail, "tls_not_offered");
  CAF_CHECK(count().arrivals == 0u);
}

CAF_TEST(a mail without recipient never reaches the wire) {
  const auto r = send_to("");
  CAF_CHECK(r.result == send_result::refused_final);
  CAF_CHECK(count().connections == 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
