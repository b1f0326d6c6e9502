#include <fstream>

#include "adapters/inbound/crypto.hpp"
#include "adapters/inbound/request_file.hpp"
#include "adapters/inbound/twilio_signature.hpp"
#include "adapters/inbound/webhook_signature.hpp"
#include "tests/unit/support/inbound_support.hpp"

#define CAF_SUITE inbound_signature
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::inbound;
using namespace heed::inbound::test;

namespace {

const std::string ping = R"({"type":"ping"})";

hook_request vector_request(const std::string& name, std::int64_t now) {
  hook_request request;
  request.body = read_file(fixtures_path() + "standard-webhooks/" + name + ".json");
  std::ifstream headers{fixtures_path() + "standard-webhooks/" + name + ".headers"};
  if (read_header_file(headers, request)) throw std::runtime_error("bad header file");
  request.received_at = at_seconds(now);
  return request;
}

/// The header or field a refusal names; "accepted" when there is none.
std::string refused_at(const hook_request& request, std::vector<std::string> all = {webhook_secret}) {
  const auto id = verify_webhook(request, all);
  if (id) return "accepted";
  CHECK_SAME(id.error().status, 401);
  return id.error().field;
}

bool twilio_accepts(const std::string& url, const std::string& form, const std::string& signature,
                    const std::string& token = "12345", const std::string& body = "") {
  hook_request request;
  request.body = body;
  request.headers = {{"x-twilio-signature", signature}};
  return !verify_twilio(request, url, *parse_urlencoded(form), {token});
}

}  // namespace

CAF_TEST(official Standard Webhooks vectors are accepted) {
  const auto first =
      verify_webhook(vector_request("vector-1", 1'614'265'330), {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"});
  CAF_REQUIRE(first.has_value());
  CHECK_SAME(*first, "msg_p5jXN8AQM9LWM0D4loKWxJek");
  const auto second =
      verify_webhook(vector_request("vector-2", 1'731'705'121), {"whsec_plJ3nmyCDGBKInavdOK15jsl"});
  CAF_REQUIRE(second.has_value());
  CHECK_SAME(*second, "msg_loFOjxBNrRLzqYUf");
}

CAF_TEST(a vector with one byte changed is refused) {
  auto request = vector_request("vector-1", 1'614'265'330);
  request.body.back() = ']';
  CHECK_SAME(refused_at(request, {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}), "webhook-signature");
}

CAF_TEST(the secret counts without its prefix and any of several is enough) {
  CHECK_SAME(refused_at(webhook(ping), {webhook_secret.substr(6)}), "accepted");
  CHECK_SAME(refused_at(webhook(ping), {"whsec_AAAA", webhook_secret}), "accepted");
  CHECK_SAME(refused_at(webhook(ping), {"whsec_AAAA"}), "webhook-signature");
}

CAF_TEST(without a usable secret everything is refused) {
  CHECK_SAME(refused_at(webhook(ping), {}), "webhook-signature");
  CHECK_SAME(refused_at(webhook(ping), {""}), "webhook-signature");
  CHECK_SAME(refused_at(webhook(ping), {"whsec_"}), "webhook-signature");
  CHECK_SAME(refused_at(webhook(ping), {"whsec_not base64"}), "webhook-signature");
  for (const auto& n : normalizers()) {
    const auto result = n.normalize(webhook(ping), {});
    CAF_REQUIRE(!result.has_value());
    CHECK_SAME(result.error().status, 401);
  }
}

CAF_TEST(the window is 300 s in both directions by the receipt time) {
  auto request = webhook(ping);
  request.domain_now = at_seconds(0);  // the decision clock has no say
  for (const auto& [offset, accepted] :
       std::vector<std::pair<int, bool>>{{-301, false}, {-300, true}, {300, true}, {301, false}}) {
    request.received_at = at_seconds(signed_at + offset);
    CHECK_SAME(refused_at(request), accepted ? "accepted" : "webhook-timestamp");
  }
}

CAF_TEST(each missing header is named) {
  for (const std::string name : {"webhook-id", "webhook-timestamp", "webhook-signature"}) {
    auto request = webhook(ping);
    std::erase_if(request.headers, [&](const auto& h) { return h.first == name; });
    CHECK_SAME(refused_at(request), name);
  }
}

CAF_TEST(header families are never mixed) {
  auto request = webhook(ping);
  // The signature comes under the other family's name.
  request.headers.back().first = "svix-signature";
  CHECK_SAME(refused_at(request), "webhook-id");
  // One whole family beside a part of the other that says something else.
  request = webhook(ping);
  request.headers.emplace_back("svix-id", "msg_other");
  CHECK_SAME(refused_at(request), "webhook-id");
  // Both in full and equal: the same statement twice.
  request = webhook(ping);
  for (const std::string part : {"id", "timestamp", "signature"})
    request.headers.emplace_back("svix-" + part, header_of(request, "webhook-" + part));
  CHECK_SAME(refused_at(request), "accepted");
}

CAF_TEST(a header doubled with another value is refused and with the same value is not ) {
  for (const std::string part : {"id", "timestamp", "signature"}) {
    auto request = webhook(ping);
    request.headers.emplace_back("webhook-" + part, header_of(request, "webhook-" + part));
    CHECK_SAME(refused_at(request), "accepted");
    request.headers.back().second = "1";
    CHECK_SAME(refused_at(request), "webhook-" + part);
  }
}

CAF_TEST(an id with a dot could move the border of what is signed) {
  CHECK_SAME(refused_at(webhook(ping, "webhook-", "msg.1")), "webhook-id");
  CHECK_SAME(refused_at(webhook(ping, "webhook-", std::string(256, 'a'))), "webhook-id");
}

CAF_TEST(a timestamp must be plain Unix seconds) {
  for (const std::string text : {"1795168800.0", "+1795168800", " ", "0x6b0", "99999999999999999999", "-1"}) {
    auto request = webhook(ping);
    header_of(request, "webhook-timestamp") = text;
    sign_webhook(request);
    CHECK_SAME(refused_at(request), "webhook-timestamp");
  }
}

CAF_TEST(official Twilio vectors are accepted) {
  const std::string url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  CAF_CHECK(twilio_accepts(
      url,
      "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212",
      "RSOYDt4T1cUTdK1PDd93/VVr8B8="));
  CAF_CHECK(twilio_accepts(url, "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
                           "IK+Dwps556ElfBT0I3Rgjkr1wJU="));
  CAF_CHECK(
      twilio_accepts(url + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", "",
                     "a9nBmqA0ju/hNViExpshrM61xv4=", "12345", R"({"property": "value", "boolean": true})"));
}

CAF_TEST(a Twilio vector with a changed URL or parameter or body or token is refused) {
  const std::string url = "https://mycompany.com/myapp.php?foo=1&bar=2";
  const std::string form = "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234";
  const std::string signature = "IK+Dwps556ElfBT0I3Rgjkr1wJU=";
  CAF_CHECK(!twilio_accepts(url + "&x=1", form, signature));
  CAF_CHECK(!twilio_accepts(url, form + "&x=1", signature));
  CAF_CHECK(!twilio_accepts(url, form, signature, "12346"));
  CAF_CHECK(!twilio_accepts(url, form, signature.substr(0, 27)));
  CAF_CHECK(!twilio_accepts(
      url + "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620", "",
      "a9nBmqA0ju/hNViExpshrM61xv4=", "12345", R"({"property": "other", "boolean": true})"));
}

CAF_TEST(Twilio may sign the URL with or without the port) {
  const std::string form = "MessageSid=SM1";
  const auto signature_for = [&](const std::string& url) {
    return base64(hmac_sha1("12345", url + "MessageSidSM1"));
  };
  CAF_CHECK(twilio_accepts("https://a.example/x?y=1", form, signature_for("https://a.example:443/x?y=1")));
  CAF_CHECK(twilio_accepts("https://a.example:443/x?y=1", form, signature_for("https://a.example/x?y=1")));
  CAF_CHECK(twilio_accepts("http://a.example/x", form, signature_for("http://a.example:80/x")));
  CAF_CHECK(twilio_accepts("https://[::1]/x", form, signature_for("https://[::1]:443/x")));
  CAF_CHECK(!twilio_accepts("https://a.example/x", form, signature_for("https://a.example:444/x")));
  CAF_CHECK(!twilio_accepts("https://a.example/x", form, signature_for("http://a.example/x")));
}

CAF_TEST(ZRG-48 secrets of different length or content are never the same) {
  CAF_CHECK(same_secret("abc", "abc"));
  CAF_CHECK(!same_secret("abc", "abd"));
  CAF_CHECK(!same_secret("abc", "abcd"));
  CAF_CHECK(!same_secret("", "a"));
}
