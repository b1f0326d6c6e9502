#include "adapters/outbound/sender.hpp"
#include "tests/support/sending.hpp"
#include "tests/support/stand_in.hpp"

#define CAF_SUITE sender_resend
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::outbound;
using namespace heed::test;
using mode = behaviour::mode;

namespace {

struct fixture_type {
  stand_in provider;
  std::unique_ptr<transport> wire = make_curl_transport(4);

  sending_account account() {
    auto a = resend_account(provider.http_url());
    a.options["timeout_ms"] = 2'000;
    return a;
  }
  send_report send(const send_effect& e = email_effect()) { return send_once(*wire, account(), e); }
  void behave(mode m) {
    behaviour b;
    b.what = m;
    provider.control(b);
  }
  [[nodiscard]] totals count() { return provider.book().count(); }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(sender_resend_tests, fixture_type)

CAF_TEST(SS-19 a message goes over real HTTP and is counted with its touch) {
  const auto r = send();
  CAF_CHECK(r.result == send_result::accepted);
  const auto taken = provider.book().messages();
  CAF_REQUIRE_EQUAL(taken.size(), 1u);
  CAF_CHECK_EQUAL(taken[0].id, r.provider_id);
  CAF_CHECK_EQUAL(taken[0].what.key, "lead_01HZX-7-0");
  CAF_CHECK_EQUAL(taken[0].what.effect, "lead_01HZX-7-0");
  CAF_CHECK_EQUAL(taken[0].what.run, "spring__lead_01HZX");
  CAF_CHECK_EQUAL(taken[0].what.step, "0");
  CAF_CHECK_EQUAL(taken[0].what.to, "ana@example.org");
}

CAF_TEST(SS-14 the same key and bytes twice are one message with one id) {
  const auto first = send(), second = send();
  CAF_CHECK(second.result == send_result::accepted);
  CAF_CHECK_EQUAL(first.provider_id, second.provider_id);
  CAF_CHECK_EQUAL(provider.book().arrivals_of("lead_01HZX-7-0"), 2u);
  CAF_CHECK_EQUAL(provider.book().accepted_of("lead_01HZX-7-0"), 1u);
}

CAF_TEST(the same key with another body is unknown and sends nothing) {
  send();
  auto other = email_effect();
  other.message.body = "Another text";
  const auto r = send(other);
  CAF_CHECK(r.result == send_result::unknown);
  CAF_CHECK_EQUAL(r.detail, "invalid_idempotent_request");
  CAF_CHECK(count().accepted == 1u);
}

CAF_TEST(accepted and answered 500 is unknown until the repeat by key tells the id) {
  behave(mode::accept_then_500);
  CAF_CHECK(send().result == send_result::unknown);
  behave(mode::normal);
  CAF_CHECK(send().result == send_result::accepted);
  CAF_CHECK_EQUAL(provider.book().accepted_of("lead_01HZX-7-0"), 1u);
}

CAF_TEST(accepted and never answered is unknown at the time-out) {
  behave(mode::accept_then_hang);
  auto impatient = account();
  impatient.options["timeout_ms"] = 200;
  const auto r = send_once(*wire, impatient, email_effect());
  CAF_CHECK(r.result == send_result::unknown);
  CAF_CHECK_EQUAL(r.detail, "timed_out");
  CAF_CHECK(count().accepted == 1u);
}

CAF_TEST(a connection closed after the request was read is unknown and nothing is sent again) {
  behave(mode::close_after_request);
  CAF_CHECK(send().result == send_result::unknown);
  CAF_CHECK(count().arrivals == 1u);
  CAF_CHECK_EQUAL(provider.book().arrivals_of("lead_01HZX-7-0"), 1u);
}

CAF_TEST(a kept-alive connection closed after the request was read is unknown and nothing is sent again) {
  CAF_CHECK(send(email_effect("lead_01HZX-6-0")).result == send_result::accepted);
  behave(mode::close_after_request);
  CAF_CHECK(send().result == send_result::unknown);
  CAF_CHECK(count().arrivals == 2u);
  CAF_CHECK_EQUAL(provider.book().arrivals_of("lead_01HZX-7-0"), 1u);
}

CAF_TEST(a connection closed between requests is replaced without a second send) {
  CAF_CHECK(send(email_effect("lead_01HZX-6-0")).result == send_result::accepted);
  provider.close_idle();
  CAF_CHECK(send().result == send_result::accepted);
  CAF_CHECK(count().connections == 2u);
  CAF_CHECK(count().arrivals == 2u);
  CAF_CHECK(count().keys_twice == 0u);
}

CAF_TEST(a connection closed before the request was read is no silent success) {
  behave(mode::close_before_request);
  CAF_CHECK(send().result == send_result::unknown);
  CAF_CHECK(count().arrivals == 0u);
}

CAF_TEST(refusals reach the outcome table over the wire) {
  behave(mode::rate_limit);
  const auto limited = send();
  CAF_CHECK(limited.result == send_result::refused_account);
  CAF_CHECK(limited.retry_after == std::chrono::seconds(1));
  behave(mode::refuse_500);
  CAF_CHECK(send().result == send_result::unknown);
  behave(mode::bad_credentials);
  CAF_CHECK(send().stop_account);
  CAF_CHECK(count().accepted == 0u);
}

CAF_TEST(a wrong key and a message without recipient are refused) {
  auto wrong = account();
  wrong.secrets["api_key"] = "re_other";
  CAF_CHECK(send_once(*wire, wrong, email_effect()).stop_account);
  auto nobody = email_effect();
  nobody.message.to = "";
  CAF_CHECK(send(nobody).result == send_result::refused_final);
  CAF_CHECK(count().accepted == 0u);
}

CAF_TEST(a secret with a line break never reaches the wire) {
  auto broken = account();
  broken.secrets["api_key"] = "re_example_key\r\nx-other: 1";
  const auto r = send_once(*wire, broken, email_effect());
  CAF_CHECK(r.result == send_result::refused_account);
  CAF_CHECK_EQUAL(r.detail, "malformed");
  CAF_CHECK(count().connections == 0u);
}

CAF_TEST(a received mail is fetched) {
  call put;
  put.url = provider.http_url() + "/control/received";
  put.body = fixture(HEED_SOURCE_DIR, "resend/receiving-get.response-200.json");
  CAF_REQUIRE(perform(*wire, put).status == 200);
  const auto* resend = find_sender("resend");
  const auto mail = resend->read_fetch_reply(
      perform(*wire, *resend->build_fetch_reply(account(), "8f0b4b0e-0f1d-4d43-9c6e-1f6b2a3c4d5e")));
  CAF_REQUIRE(mail.has_value());
  CAF_CHECK((*mail)["text"].get<std::string>().starts_with("Sounds good"));
  CAF_CHECK(!resend->read_fetch_reply(perform(*wire, *resend->build_fetch_reply(account(), "unknown"))));
}

CAF_TEST_FIXTURE_SCOPE_END()
