#include "adapters/outbound/sender.hpp"
#include "tests/support/sending.hpp"
#include "tests/support/stand_in.hpp"

#define CAF_SUITE sender_twilio
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::outbound;
using namespace heed::test;
using mode = behaviour::mode;
using found = look_up_report::what;

namespace {

time_point real_now() { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

struct fixture_type {
  stand_in provider;
  std::unique_ptr<transport> wire = make_curl_transport(4);
  time_point claimed_at = real_now();

  sending_account account() {
    auto a = twilio_account(provider.http_url());
    a.options["timeout_ms"] = 2'000;
    return a;
  }
  send_report send(const send_effect& e = sms_effect()) { return send_once(*wire, account(), e); }
  look_up_report look_up(const send_effect& e = sms_effect()) {
    const auto* twilio = find_sender("twilio");
    return twilio->read_look_up(perform(*wire, *twilio->build_look_up(account(), e, claimed_at)), e,
                                claimed_at, {});
  }
  void behave(mode m) {
    behaviour b;
    b.what = m;
    provider.control(b);
  }
  [[nodiscard]] totals count() { return provider.book().count(); }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(sender_twilio_tests, fixture_type)

CAF_TEST(SS-20 a message goes over real HTTP and its callback names the effect) {
  const auto r = send();
  CAF_CHECK(r.result == send_result::accepted);
  const auto taken = provider.book().messages();
  CAF_REQUIRE_EQUAL(taken.size(), 1u);
  CAF_CHECK_EQUAL(taken[0].id, r.provider_id);
  CAF_CHECK_EQUAL(taken[0].what.effect, "lead_01HZX-8-0");
  CAF_CHECK_EQUAL(taken[0].what.to, "+15550123456");
  CAF_CHECK_EQUAL(taken[0].what.text, sms_effect().message.body);
}

CAF_TEST(whatsapp goes to its own kind of address) {
  auto e = sms_effect();
  e.message.on = channel::whatsapp;
  CAF_CHECK(send(e).result == send_result::accepted);
  CAF_CHECK(provider.book().messages().at(0).what.to == "whatsapp:+15550123456");
  CAF_CHECK(look_up(e).found == found::present);
}

CAF_TEST(a repeat would be a second message so the look-up settles doubt) {
  behave(mode::accept_then_500);
  CAF_CHECK(send().result == send_result::unknown);
  const auto seen = look_up();
  CAF_CHECK(seen.found == found::present);
  CAF_CHECK(seen.provider_id == provider.book().messages().at(0).id);
}

CAF_TEST(the look-up finds nothing of a request that was read and dropped) {
  behave(mode::close_after_request);
  CAF_CHECK(send().result == send_result::unknown);
  CAF_CHECK(count().arrivals == 1u);
  CAF_CHECK(look_up().found == found::absent);
}

CAF_TEST(a kept-alive connection closed after the request was read is unknown and nothing is sent again) {
  CAF_CHECK(send(sms_effect("lead_01HZX-6-0")).result == send_result::accepted);
  behave(mode::close_after_request);
  CAF_CHECK(send().result == send_result::unknown);
  CAF_CHECK(count().arrivals == 2u);
  CAF_CHECK_EQUAL(provider.book().arrivals_of("lead_01HZX-8-0"), 1u);
}

CAF_TEST(a connection closed between requests is replaced without a second send) {
  CAF_CHECK(send(sms_effect("lead_01HZX-6-0")).result == send_result::accepted);
  provider.close_idle();
  CAF_CHECK(send().result == send_result::accepted);
  CAF_CHECK(count().arrivals == 2u);
  CAF_CHECK(count().keys_twice == 0u);
}

CAF_TEST(a provider that cannot be asked leaves it open) {
  behaviour b;
  b.what = mode::accept_then_500;
  b.look_up = false;
  provider.control(b);
  CAF_CHECK(send().result == send_result::unknown);
  CAF_CHECK(look_up().found == found::cannot_tell);
}

CAF_TEST(refusals reach the outcome table over the wire) {
  auto e = sms_effect();
  e.message.to = "+15005550001";
  CAF_CHECK(send(e).result == send_result::bad_address);
  e.message.to = "+15005550004";
  CAF_CHECK(send(e).result == send_result::opted_out);
  e.message.to = "+15550123456,+15550123457";
  CAF_CHECK(send(e).result == send_result::bad_address);
  behave(mode::rate_limit);
  CAF_CHECK(send().retry_after == std::chrono::seconds(1));
  behave(mode::bad_credentials);
  CAF_CHECK(send().stop_account);
  behave(mode::refuse_500);
  CAF_CHECK(send().result == send_result::unknown);
  CAF_CHECK(count().accepted == 0u);
}

CAF_TEST(a wrong token is refused) {
  auto wrong = account();
  wrong.secrets["auth_token"] = "other";
  CAF_CHECK(send_once(*wire, wrong, sms_effect()).stop_account);
  CAF_CHECK(count().accepted == 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
