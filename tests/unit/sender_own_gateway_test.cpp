#include "actors/workspace/account_check.hpp"
#include "actors/workspace/own_gateway.hpp"
#include "adapters/outbound/sender.hpp"
#include "tests/support/sending.hpp"

#define CAF_SUITE sender_own_gateway
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::outbound;
using heed::test::sms_effect;
using nlohmann::json;
using found = look_up_report::what;

namespace {

const sender& gateway() { return *find_sender("http"); }

sending_account account(json options = json::object()) {
  sending_account a;
  a.public_part.provider = "http";
  a.public_part.on = channel::sms;
  a.public_part.from = "+15550100001";
  a.base_url = "https://gateway.example.com/";
  a.options = std::move(options);
  return a;
}

send_effect effect_with_data(const std::string& data) {
  auto e = sms_effect();
  e.message.headers["data"] = data;
  return e;
}

answer answered(int status, const std::string& body = "{}") {
  answer a;
  a.reached = answer::phase::answered;
  a.status = status;
  a.body = body;
  return a;
}

look_up_report look_up(int status, const std::string& body = "{}") {
  return gateway().read_look_up(answered(status, body), sms_effect(), {}, {});
}

bool refuses(const json& options, const std::string& where) {
  problems out;
  check_own_gateway(account().public_part, "https://gateway.example.com", options, "/a", out);
  return std::ranges::any_of(out, [&](const problem& p) { return p.field == "/a/options" + where; });
}

}  // namespace

CAF_TEST(without options a message goes out in the usual shape) {
  const auto c = gateway().build(account(), sms_effect());
  CAF_CHECK_EQUAL(c.method, "POST");
  CAF_CHECK_EQUAL(c.url, "https://gateway.example.com/");
  const auto body = json::parse(c.body);
  CAF_CHECK_EQUAL(body["id"], "lead_01HZX-8-0");
  CAF_CHECK_EQUAL(body["to"], "+15550123456");
  CAF_CHECK_EQUAL(body["channel"], "sms");
  CAF_CHECK_EQUAL(body["text"], sms_effect().message.body);
}

CAF_TEST(options say path and shape and a template its own data) {
  const json shape{{"ref", {{"lead", "{data.lead}"}, {"all", {"{step}", 7, true}}}}, {"msg", "{{{to}}}: {text}"}};
  const auto c = gateway().build(account({{"path", "/v1/{channel}/{data.lead}"}, {"body", shape}}),
                                 effect_with_data(R"({"lead":"a/b \"c\""})"));
  CAF_CHECK_EQUAL(c.url, "https://gateway.example.com/v1/sms/a%2Fb%20%22c%22");
  const auto body = json::parse(c.body);
  CAF_CHECK_EQUAL(body["ref"]["lead"], "a/b \"c\"");
  CAF_CHECK_EQUAL(body["ref"]["all"], (json{"1", 7, true}));
  CAF_CHECK_EQUAL(body["msg"], "{+15550123456}: " + sms_effect().message.body);
}

CAF_TEST(a value a template does not give is empty) {
  const auto c = gateway().build(account({{"body", {{"x", "{data.none}"}}}}), sms_effect());
  CAF_CHECK_EQUAL(c.body, R"({"x":""})");
}

CAF_TEST(repeats are the same bytes with the same key and safe only where the account says so) {
  const auto plain = account();
  CAF_CHECK(!gateway().idempotency_window(plain).has_value());
  const auto a = account({{"idempotency_header", "Idempotency-Key"}, {"idempotency_hours", 24}});
  CAF_CHECK(gateway().idempotency_window(a) == std::chrono::hours(24));
  const auto first = gateway().build(a, sms_effect());
  const auto again = gateway().build(a, sms_effect());
  CAF_CHECK_EQUAL(first.body, again.body);
  const std::pair<std::string, std::string> key{"Idempotency-Key", "lead_01HZX-8-0"};
  CAF_CHECK(std::ranges::find(first.headers, key) != first.headers.end());
}

CAF_TEST(its key is a bearer token) {
  auto a = account();
  a.secrets["api_key"] = "example-key";
  const std::pair<std::string, std::string> bearer{"authorization", "Bearer example-key"};
  CAF_CHECK(gateway().build(a, sms_effect()).headers.front() == bearer);
}

CAF_TEST(any 2xx is accepted and named by id where it has one) {
  CAF_CHECK(gateway().read(answered(200, R"({"id":"m1"})")).result == send_result::accepted);
  CAF_CHECK_EQUAL(gateway().read(answered(202, R"({"id":"m1"})")).provider_id, "m1");
  CAF_CHECK(gateway().read(answered(204, "")).result == send_result::accepted);
}

CAF_TEST(refusals and doubts are told apart) {
  CAF_CHECK(gateway().read(answered(400)).result == send_result::refused_final);
  CAF_CHECK(gateway().read(answered(429)).result == send_result::refused_account);
  CAF_CHECK(gateway().read(answered(500)).result == send_result::unknown);
  CAF_CHECK(gateway().read(answer{}).result == send_result::refused_message ||
            gateway().read(answer{}).result == send_result::refused_account);
}

CAF_TEST(a look-up asks by what the account says and none is made without) {
  CAF_CHECK(!gateway().build_look_up(account(), sms_effect(), {}).has_value());
  const auto c = gateway().build_look_up(account({{"look_up", "/sent?ref={id}&lead={data.lead}"}}),
                                         effect_with_data(R"({"lead":"a&b"})"), {});
  CAF_REQUIRE(c.has_value());
  CAF_CHECK_EQUAL(c->method, "GET");
  CAF_CHECK_EQUAL(c->url, "https://gateway.example.com/sent?ref=lead_01HZX-8-0&lead=a%26b");
}

CAF_TEST(a look-up is believed when it says yes or no and nothing else is) {
  CAF_CHECK(look_up(200, R"({"count":1})").found == found::present);
  CAF_CHECK(look_up(200, R"({"count":0})").found == found::absent);
  CAF_CHECK(look_up(200, R"({"found":true,"id":"m1"})").provider_id == "m1");
  CAF_CHECK(look_up(404).found == found::absent);
  CAF_CHECK(look_up(200, "[]").found == found::cannot_tell);
  CAF_CHECK(look_up(200, "?").found == found::cannot_tell);
  CAF_CHECK(look_up(500).found == found::cannot_tell);
}

CAF_TEST(options are checked with their place) {
  CAF_CHECK(refuses({{"path", "send"}}, "/path"));
  CAF_CHECK(refuses({{"body", {{"a", {{"b", "{txt}"}}}}}}, "/body/a/b"));
  CAF_CHECK(refuses({{"look_up", "/x?{ref}"}}, "/look_up"));
  CAF_CHECK(refuses({{"idempotency_hours", 24}}, "/idempotency_hours"));
  CAF_CHECK(refuses({{"idempotency_header", "a b"}}, "/idempotency_header"));
  CAF_CHECK(refuses({{"url", "/send"}}, "/url"));
  problems none;
  check_own_gateway(account().public_part, "https://gateway.example.com", {{"body", {{"a", "{data.x} {to}"}}}, {"timeout_ms", 5}}, "/a", none);
  CAF_CHECK(none.empty());
  check_own_gateway(account().public_part, "", json::object(), "/a", none);
  CAF_CHECK_EQUAL(none.at(0).field, "/a/base_url");
}

CAF_TEST(ZRG-109 copies go where the shape says and a gateway says that it takes them) {
  auto e = heed::test::email_effect();
  e.message.cc = {"boss@example.org", "kim@example.org"};
  e.message.in_reply_to = "<mail-1>";
  const json shape{{"reply_to_uuid", "{in_reply_to}"}, {"cc_address_email_list", "{cc}"}};
  auto a = account({{"body", shape}});
  a.public_part.on = channel::email;
  const auto body = json::parse(gateway().build(a, e).body);
  CAF_CHECK_EQUAL(body["reply_to_uuid"], "<mail-1>");
  CAF_CHECK_EQUAL(body["cc_address_email_list"], "boss@example.org,kim@example.org");
  problems out;
  check_own_gateway(a.public_part, a.base_url, a.options, "/a", out);
  CAF_REQUIRE_EQUAL(out.size(), 1u);
  CAF_CHECK_EQUAL(out.front().field, "/a/options/body");
  a.public_part.copies = true;
  out.clear();
  check_own_gateway(a.public_part, a.base_url, a.options, "/a", out);
  CAF_CHECK(out.empty());
  a.options = {{"body", {{"to", "{to}"}}}};
  check_own_gateway(a.public_part, a.base_url, a.options, "/a", out);
  CAF_CHECK_EQUAL(out.size(), 1u);
  a.options = json::object();
  const auto usual = json::parse(gateway().build(a, e).body);
  CAF_CHECK_EQUAL(usual["cc"], "boss@example.org,kim@example.org");
}
