#include "adapters/outbound/sender.hpp"
#include "tests/support/sending.hpp"

#define CAF_SUITE sender_twilio
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::outbound;
using heed::test::fixture;
using heed::test::fixture_answer;
using heed::test::sms_effect;
using heed::test::twilio_account;

namespace {

const sender& twilio() { return *find_sender("twilio"); }

/// 2026-11-20T10:00:00Z, when the fixtures' message was made.
constexpr time_point made{std::chrono::seconds(1'795'168'800)};

answer answered(int status, int code) {
  answer a;
  a.reached = answer::phase::answered;
  a.status = status;
  a.body = R"({"code":)" + std::to_string(code) + R"(,"message":"+15550123456 is secret","status":)" +
           std::to_string(status) + "}";
  return a;
}

answer listed(const nlohmann::json& document) {
  answer a;
  a.reached = answer::phase::answered;
  a.status = 200;
  a.body = document.dump();
  return a;
}

nlohmann::json list_fixture() {
  return nlohmann::json::parse(fixture(HEED_SOURCE_DIR, "twilio/list.response-200.json"));
}

look_up_report look_up(const nlohmann::json& document, time_point claimed_at, const send_effect& e = sms_effect(),
                       const std::set<std::string>& others = {}) {
  return twilio().read_look_up(listed(document), e, claimed_at, others);
}

using found = look_up_report::what;

}  // namespace

CAF_TEST(SS-19 the sms request is the fixture to the byte) {
  const auto c = twilio().build(twilio_account(), sms_effect());
  CAF_CHECK_EQUAL(c.body, fixture(HEED_SOURCE_DIR, "twilio/send-sms.request.txt"));
  std::string head = ":method: " + c.method + "\n:url: " + c.url + "\n";
  for (const auto& [name, value] : c.headers)
    head += name + ": " + value + "\n";
  CAF_CHECK_EQUAL(head, fixture(HEED_SOURCE_DIR, "twilio/send-sms.request.headers"));
}

CAF_TEST(the whatsapp template request is the fixture to the byte) {
  auto account = twilio_account();
  account.options.erase("messaging_service_sid");
  auto e = sms_effect("lead_01HZX-9-0");
  e.message.on = channel::whatsapp;
  e.message.headers["content_sid"] = "HX00000000000000000000000000000001";
  e.message.headers["content_variables"] = R"({"1":"Ana","2":"Tuesday 15:00"})";
  CAF_CHECK(twilio().build(account, e).body ==
            fixture(HEED_SOURCE_DIR, "twilio/send-whatsapp-template.request.txt"));
}

CAF_TEST(a callback address with a query gets the effect as one more parameter) {
  auto account = twilio_account();
  account.options["status_callback_url"] = "https://gateway.example.com/t?ws=acme";
  CAF_CHECK(
      twilio().build(account, sms_effect()).body.ends_with("%2Ft%3Fws%3Dacme%26effect%3Dlead_01HZX-8-0"));
  account.options.erase("status_callback_url");
  CAF_CHECK(twilio().build(account, sms_effect()).body.find("StatusCallback") == std::string::npos);
}

CAF_TEST(outcome accepted carries the sid) {
  const auto r = twilio().read(fixture_answer(HEED_SOURCE_DIR, "twilio/send.response-201", 201));
  CAF_CHECK(r.result == send_result::accepted);
  CAF_CHECK_EQUAL(r.provider_id, "SM0000000000000000000000000000000a");
  answer empty = answered(201, 0);
  CAF_CHECK(twilio().read(empty).result == send_result::unknown);
}

CAF_TEST(outcome table of addresses and opt-outs) {
  CAF_CHECK(twilio().read(fixture_answer(HEED_SOURCE_DIR, "twilio/send.response-400-21211", 400)).result ==
            send_result::bad_address);
  CAF_CHECK(twilio().read(fixture_answer(HEED_SOURCE_DIR, "twilio/send.response-400-21610", 400)).result ==
            send_result::opted_out);
  for (const int code : {21211, 21614, 30005, 30006, 63024}) {
    const auto r = twilio().read(answered(400, code));
    CAF_CHECK(r.result == send_result::bad_address);
    CAF_CHECK_EQUAL(r.detail, std::to_string(code));
  }
}

CAF_TEST(outcome table of the account) {
  const auto credentials =
      twilio().read(fixture_answer(HEED_SOURCE_DIR, "twilio/send.response-401-20003", 401));
  CAF_CHECK(credentials.result == send_result::refused_account);
  CAF_CHECK(credentials.stop_account);
  for (const int code : {30007, 30032, 30034}) {
    const auto r = twilio().read(answered(400, code));
    CAF_CHECK(r.result == send_result::refused_account);
    CAF_CHECK(r.stop_account);
  }
  CAF_CHECK(twilio().read(answered(403, 20403)).stop_account);
  CAF_CHECK(twilio().read(answered(404, 20404)).stop_account);
  auto limited = fixture_answer(HEED_SOURCE_DIR, "twilio/send.response-429-20429", 429);
  limited.headers.emplace_back("Retry-After", "7");
  const auto r = twilio().read(limited);
  CAF_CHECK(r.result == send_result::refused_account);
  CAF_CHECK(!r.stop_account);
  CAF_CHECK(r.retry_after == std::chrono::seconds(7));
}

CAF_TEST(outcome table of this message alone) {
  const auto r = twilio().read(answered(400, 63016));
  CAF_CHECK(r.result == send_result::refused_final);
  CAF_CHECK_EQUAL(r.detail, "template_needed");
  for (const int code : {21408, 21612, 21602, 12345})
    CAF_CHECK(twilio().read(answered(400, code)).result == send_result::refused_final);
}

CAF_TEST(outcome table of doubt is unknown and nothing is repeated by key) {
  for (const int status : {301, 408, 500, 503})
    CAF_CHECK(twilio().read(answered(status, 0)).result == send_result::unknown);
  answer a;
  a.reached = answer::phase::sent_no_answer;
  a.error = "closed";
  CAF_CHECK(twilio().read(a).result == send_result::unknown);
  a.reached = answer::phase::not_connected;
  CAF_CHECK(twilio().read(a).result == send_result::refused_account);
  CAF_CHECK(!twilio().idempotency_window(twilio_account()));
}

CAF_TEST(the look-up asks for all messages to the recipient) {
  const auto c = twilio().build_look_up(twilio_account(), sms_effect(), made);
  CAF_REQUIRE(c.has_value());
  CAF_CHECK_EQUAL(c->method, "GET");
  CAF_CHECK_EQUAL(
      c->url,
      "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json"
      "?To=%2B15550123456&PageSize=1000");
}

CAF_TEST(look-up finds our body made since the claim) {
  const auto r = look_up(list_fixture(), made);
  CAF_CHECK(r.found == found::present);
  CAF_CHECK_EQUAL(r.provider_id, "SM0000000000000000000000000000000a");
  auto trial = list_fixture();
  trial["messages"][0]["body"] = "Sent from your Twilio trial account - " + sms_effect().message.body;
  CAF_CHECK(look_up(trial, made).found == found::present);
}

CAF_TEST(look-up says absent only of a complete list without anything since the claim) {
  const auto days_later = made + std::chrono::hours(72);
  CAF_CHECK(look_up(list_fixture(), days_later).found == found::absent);
  auto inbound = list_fixture();
  inbound["messages"][0]["direction"] = "inbound";
  CAF_CHECK(look_up(inbound, made).found == found::absent);
  auto more = list_fixture();
  more["next_page_uri"] = "/more";
  CAF_CHECK(look_up(more, days_later).found == found::cannot_tell);
}

CAF_TEST(look-up cannot tell by a text of ours that is dated before the claim) {
  // Our clock stands still after it was set back: by it, what was claimed just now was claimed in an hour.
  CAF_CHECK(look_up(list_fixture(), made + std::chrono::minutes(1)).found == found::present);
  CAF_CHECK(look_up(list_fixture(), made + std::chrono::hours(1)).found == found::cannot_tell);
  auto short_text = sms_effect();
  short_text.message.body = "Да?";
  CAF_CHECK(look_up(list_fixture(), made + std::chrono::hours(1), short_text).found == found::cannot_tell);
  auto other = list_fixture();
  other["messages"][0]["body"] = "Something else";
  CAF_CHECK(look_up(other, made + std::chrono::hours(1)).found == found::absent);
}

CAF_TEST(look-up knows another text as another message and ours through smart encoding) {
  auto other = list_fixture();
  other["messages"][0]["body"] = "Something else";
  CAF_CHECK(look_up(other, made).found == found::absent);
  auto encoded = list_fixture();
  encoded["messages"][0]["body"] = "Hi Ana;  Mia from Acme! Reply STOP to opt-out";
  CAF_CHECK(look_up(encoded, made).found == found::present);
}

CAF_TEST(look-up knows a message of the same words that is known to be another one) {
  const auto id = list_fixture()["messages"][0]["sid"].get<std::string>();
  CAF_CHECK(look_up(list_fixture(), made, sms_effect(), {id}).found == found::absent);
  CAF_CHECK(look_up(list_fixture(), made, sms_effect(), {"SM-of-somebody-else"}).found == found::present);
}

CAF_TEST(look-up cannot tell when a message without comparable text went out since the claim) {
  auto other = list_fixture();
  auto short_text = sms_effect();
  short_text.message.body = "Да?";
  other["messages"][0]["body"] = "Нет";
  CAF_CHECK(look_up(other, made, short_text).found == found::cannot_tell);
  auto templated = sms_effect();
  templated.message.headers["content_sid"] = "HX1";
  CAF_CHECK(look_up(list_fixture(), made, templated).found == found::cannot_tell);
  auto undated = list_fixture();
  undated["messages"][0]["date_created"] = "yesterday";
  CAF_CHECK(look_up(undated, made).found == found::cannot_tell);
}

CAF_TEST(look-up cannot tell from anything but a list) {
  CAF_CHECK(look_up({{"messages", "none"}}, made).found == found::cannot_tell);
  for (const int status : {401, 404, 429, 500})
    CAF_CHECK(twilio().read_look_up(answered(status, 20404), sms_effect(), made, {}).found == found::cannot_tell);
  answer lost;
  lost.reached = answer::phase::sent_no_answer;
  CAF_CHECK(twilio().read_look_up(lost, sms_effect(), made, {}).found == found::cannot_tell);
}

CAF_TEST(visibility delay is that of the sender unless the account sets it) {
  auto account = twilio_account();
  CAF_CHECK(twilio().visibility_delay_of(account) == std::chrono::seconds(120));
  account.options["visibility_delay_seconds"] = 1;
  CAF_CHECK(twilio().visibility_delay_of(account) == std::chrono::seconds(1));
}
