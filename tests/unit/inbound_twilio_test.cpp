#include "adapters/inbound/crypto.hpp"
#include "adapters/inbound/twilio_event.hpp"
#include "tests/unit/support/inbound_support.hpp"

#define CAF_SUITE inbound_twilio
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::inbound;
using namespace heed::inbound::test;
using nlohmann::json;

namespace {

hook_result normalized(const hook_request& request, json options = json::object()) {
  return find_normalizer("twilio")->normalize(request, secrets({twilio_token}, std::move(options)));
}
hook_result posted(const std::string& form) { return normalized(twilio_post(form)); }

hook_result message(const std::string& body, const std::string& more = "") {
  return posted("MessageSid=SM1&SmsStatus=received&From=%2B15550123456&To=%2B15550100001&Body=" + body +
                more);
}

hook_result status(const std::string& word, const std::string& more = "") {
  return posted("MessageSid=SM1&MessageStatus=" + word + "&To=%2B15550123456&From=%2B15550100001" + more);
}

/// An event stream delivery: the URL carries the body's hash and alone is signed.
hook_request json_post(const json& document) {
  hook_request request;
  request.received_at = request.domain_now = at_seconds(signed_at);
  request.body = document.dump();
  request.url = twilio_url + "?bodySHA256=" + sha256_hex(request.body);
  request.headers = {{"content-type", "application/json"},
                     {"x-twilio-signature", base64(hmac_sha1(twilio_token, request.url))}};
  return request;
}

bool opts_out(const hook_result& result) {
  return std::holds_alternative<unsubscribed>(only_stimulus(result).body);
}

}  // namespace

CAF_TEST(the answer is empty TwiML) {
  for (const auto& result : {message("hi"), status("queued"), status("delivered")}) {
    CAF_REQUIRE(result.has_value());
    CHECK_SAME(result->status, 200);
    CHECK_SAME(result->answer_type, "text/xml");
    CHECK_SAME(result->answer_body, "<Response/>");
  }
}

CAF_TEST(every stop word opts out in any case with space around it) {
  for (const std::string word : {"STOP", "stop", "Stop", "+stop+", "%0Astop%0D%0A", "STOPALL", "Unsubscribe",
                                 "CANCEL", "end", "quit", "REVOKE", "OptOut", "%C2%A0stop"}) {
    CAF_MESSAGE(word);
    CAF_CHECK(opts_out(message(word)));
  }
  CHECK_SAME(std::get<unsubscribed>(only_stimulus(message("stop")).body).via, "stop_keyword");
}

CAF_TEST(other words are replies for a human also when they begin with stop) {
  for (const std::string word : {"STOP+PLEASE", "stops", "START", "UNSTOP", "YES", "HELP", "INFO", ""}) {
    CAF_MESSAGE(word);
    CAF_CHECK(std::holds_alternative<reply_received>(only_stimulus(message(word)).body));
  }
}

CAF_TEST(OptOutType wins over the text) {
  CAF_CHECK(opts_out(message("BASTA", "&OptOutType=STOP")));
  CAF_CHECK(!opts_out(message("stop", "&OptOutType=HELP")));
  CAF_CHECK(!opts_out(message("START", "&OptOutType=START")));
}

CAF_TEST(the key tells directions and statuses apart) {
  CHECK_SAME(only_stimulus(message("hi")).key, "twilio:SM1:in");
  CHECK_SAME(only_stimulus(status("delivered")).key, "twilio:SM1:delivered");
  CHECK_SAME(only_stimulus(status("READ")).key, "twilio:SM1:read");
  CHECK_SAME(only_stimulus(status("delivered", "&EventType=READ")).key, "twilio:SM1:read");
}

CAF_TEST(the lead is who wrote or who was written to) {
  const std::vector<lead_key> lead{{key_kind::phone, "", "+15550123456"}};
  CAF_CHECK(only_stimulus(message("hi")).keys == lead);
  CAF_CHECK(only_stimulus(status("delivered")).keys == lead);
}

CAF_TEST(a picture without words is still a reply) {
  const auto s = only_stimulus(
      message("", "&NumMedia=1&MediaUrl0=https%3A%2F%2Fapi.example.com%2Fm&MediaContentType0=image%2Fpng"));
  CHECK_SAME(std::get<reply_received>(s.body).text, "");
  CHECK_SAME(s.attributes.at("media"), "1");
  CHECK_SAME(s.attributes.at("media_url_0"), "https://api.example.com/m");
  CHECK_SAME(s.attributes.at("media_type_0"), "image/png");
}

CAF_TEST(receipt is the time of an event without one) {
  const auto s = only_stimulus(message("hi"));
  CHECK_SAME(s.occurred_assumed, true);
  CHECK_SAME(s.occurred_at, at_seconds(signed_at));
}

CAF_TEST(statuses before the handset are ignored) {
  for (const std::string word : {"queued", "accepted", "scheduled", "sending", "canceled", "novel"}) {
    const auto result = status(word);
    CAF_REQUIRE(result.has_value());
    CAF_CHECK(result->stimuli.empty());
    CAF_REQUIRE_EQUAL(result->ignored.size(), 1u);
    CHECK_SAME(result->ignored[0].type, "message." + word);
  }
  const auto call = posted("CallSid=CA1&From=%2B15550123456");
  CAF_REQUIRE(call.has_value());
  CHECK_SAME(call->ignored.at(0).reason, "unknown event type");
}

CAF_TEST(error codes say whose fault it is) {
  const std::vector<std::pair<bounce_class, std::vector<std::string>>> table{
      {bounce_class::hard, {"21211", "21614", "30005", "30006", "63024"}},
      {bounce_class::soft, {"30003", "30004", "30008"}},
      {bounce_class::our_sender, {"30007", "30032", "30034", "63016", "21408", "21612"}},
      {bounce_class::provider, {"20429", "20003"}},
      {bounce_class::unknown, {"", "99999"}}};
  for (const auto& [severity, codes] : table) {
    for (const auto& code : codes) {
      CAF_MESSAGE(code);
      const auto s = only_stimulus(status("undelivered", code.empty() ? "" : "&ErrorCode=" + code));
      const auto& body = std::get<message_bounced>(s.body);
      CAF_CHECK(body.severity == severity);
      CHECK_SAME(body.code, code);
      CHECK_SAME(body.address, "+15550123456");
    }
  }
  CAF_CHECK(opts_out(status("failed", "&ErrorCode=21610")));
}

CAF_TEST(the effect comes back in the query of the callback) {
  const std::string form = "MessageSid=SM1&MessageStatus=delivered&To=%2B15550123456&From=%2B15550100001";
  const auto s = only_stimulus(normalized(twilio_post(form, twilio_url + "?effect=lead_1-4-0")));
  CHECK_SAME(std::get<message_delivered>(s.body).message.effect, "lead_1-4-0");
  // Without the parameter in the signed URL nothing can be claimed.
  auto forged = twilio_post(form);
  forged.url += "?effect=lead_2-1-0";
  CHECK_SAME(normalized(forged).error().status, 401);
}

CAF_TEST(the configured public URL counts behind a proxy and keeps the query of the call) {
  const std::string form = "MessageSid=SM1&MessageStatus=delivered&To=%2B15550123456&From=%2B15550100001";
  auto request = twilio_post(form, twilio_url + "?effect=lead_1-4-0");
  request.url = "http://10.0.0.7:8080/hooks/acme/twilio?effect=lead_1-4-0";
  CHECK_SAME(normalized(request).error().status, 401);
  const auto s = only_stimulus(normalized(request, {{"public_url", twilio_url}}));
  CHECK_SAME(std::get<message_delivered>(s.body).message.effect, "lead_1-4-0");
  CHECK_SAME(normalized(request, {{"public_url", 7}}).error().field, "/options/public_url");
  // A wrong configuration is not healed by what the request claims.
  CHECK_SAME(normalized(twilio_post(form), {{"public_url", "https://other.example.com/x"}}).error().status,
             401);
}

CAF_TEST(WhatsApp is told by its prefix) {
  const auto s =
      only_stimulus(posted("MessageSid=SM1&SmsStatus=received&From=whatsapp%3A%2B15550123456&To=whatsapp%3A%"
                           "2B15550100001&Body=hi"));
  CAF_CHECK(s.on == channel::whatsapp);
  CHECK_SAME(s.keys.at(0).value, "+15550123456");
  CAF_CHECK(only_stimulus(message("hi")).on == channel::sms);
}

CAF_TEST(the event stream gives the same stimuli as form posts) {
  const json delivered{
      {"type", "com.twilio.messaging.message.delivered"},
      {"time", "2026-11-20T09:59:50.5Z"},
      {"data", {{"messageSid", "SM1"}, {"messageStatus", "DELIVERED"}, {"to", "+15550123456"}}}};
  const json inbound{
      {"type", "com.twilio.messaging.inbound-message.received"},
      {"data", {{"messageSid", "SM2"}, {"from", "+15550123456"}, {"to", "+15550100001"}, {"body", "Stop"}}}};
  const auto result = normalized(json_post(json::array({delivered, inbound})));
  CAF_REQUIRE(result.has_value());
  CAF_REQUIRE_EQUAL(result->stimuli.size(), 2u);
  CHECK_SAME(result->stimuli[0].key, "twilio:SM1:delivered");
  CHECK_SAME(to_iso(result->stimuli[0].occurred_at), "2026-11-20T09:59:50.5Z");
  CAF_CHECK(std::holds_alternative<unsubscribed>(result->stimuli[1].body));
  CHECK_SAME(normalized(json_post({{"data", {{"messageStatus", "SENT"}}}})).error().field,
             "/data/messageSid");
  CHECK_SAME(normalized(json_post({{"data", 7}})).error().field, "/data");
}

CAF_TEST(a JSON body without its hash in the URL is covered by nothing) {
  auto request = json_post({{"data", {{"messageSid", "SM1"}, {"messageStatus", "DELIVERED"}}}});
  request.url = twilio_url;
  header_of(request, "x-twilio-signature") = base64(hmac_sha1(twilio_token, request.url));
  CHECK_SAME(normalized(request).error().status, 401);
}

CAF_TEST(what cannot be understood is refused by name) {
  CHECK_SAME(message("hi", "&Body=other").error().field, "Body");
  CHECK_SAME(message("hi", "&From=%2B15550123457").error().field, "From");
  CHECK_SAME(posted("MessageSid=SM1&SmsStatus=received&From=ACME&Body=hi").error().field, "From");
  CHECK_SAME(posted("SmsStatus=received&From=%2B15550123456&Body=hi").error().field, "MessageSid");
  CHECK_SAME(posted("MessageSid=S%3AM&SmsStatus=received&From=%2B15550123456&Body=hi").error().field,
             "MessageSid");
  CHECK_SAME(message("hi", "&From=%2B15550123457").error().status, 422);
}

CAF_TEST(broken UTF - 8 and control characters are cleaned after the signature was checked) {
  const auto s = only_stimulus(message("a%FFb%00c%1B"));
  CHECK_SAME(std::get<reply_received>(s.body).text,
             "a\xEF\xBF\xBD"
             "bc");
}
