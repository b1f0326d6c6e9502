#include "adapters/outbound/webhook.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "adapters/inbound/webhook_signature.hpp"
#include "adapters/outbound/wire.hpp"

#define CAF_SUITE webhook_out
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::outbound;
using namespace std::chrono_literals;

namespace {

/// The scheme in the words of the specification, apart from the code that is tested.
std::string signed_by(const std::string& key, const std::string& id, std::int64_t at, const std::string& body) {
  const auto text = id + "." + std::to_string(at) + "." + body;
  std::array<unsigned char, 32> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), mac.data(), &size);
  return "v1," + base64({reinterpret_cast<const char*>(mac.data()), size});
}

std::string bytes_of(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return out;
}

struct vector {
  std::string secret, key_hex, id;
  std::int64_t at;
  std::string body, signature;
};

/// Standard Webhooks 1.0, reference libraries; the keys are the secrets' base64, written out.
const std::vector<vector> official{
    {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "31f290f6bf06298aab4f08d43c3f082cf648a362da2da4b0",
     "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})",
     "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
    {"whsec_plJ3nmyCDGBKInavdOK15jsl", "a652779e6c820c604a2276af74e2b5e63b25", "msg_loFOjxBNrRLzqYUf", 1731705121,
     R"({"event_type":"ping","data":{"success":true}})", "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="}};

std::string header_of(const call& c, std::string_view name) {
  for (const auto& [key, value] : c.headers)
    if (key == name) return value;
  return {};
}

time_point at_second(std::int64_t s) { return time_point{} + std::chrono::seconds(s); }

call build(const vector& v, const std::string& secret) {
  return build_webhook("https://hooks.example.com/heed", secret, v.id, at_second(v.at), nlohmann::json::parse(v.body));
}

answer answered(int status) {
  answer a;
  a.reached = answer::phase::answered;
  a.status = status;
  return a;
}

std::string word(const webhook_report& r) {
  switch (r.is) {
    case webhook_report::what::delivered: return "delivered";
    case webhook_report::what::later: return "later:" + r.detail;
    case webhook_report::what::never: return "never:" + r.detail;
  }
  return {};
}

}  // namespace

CAF_TEST(RULES the official vectors hold for what a webhook of ours is signed by) {
  for (const auto& v : official) {
    auto key = bytes_of(v.key_hex);
    CAF_CHECK_EQUAL(signed_by(key, v.id, v.at, v.body), v.signature);
    auto c = build(v, v.secret);
    CAF_CHECK_EQUAL(header_of(c, "webhook-id"), v.id);
    CAF_CHECK_EQUAL(header_of(c, "webhook-timestamp"), std::to_string(v.at));
    CAF_CHECK_EQUAL(header_of(c, "webhook-signature"), signed_by(key, v.id, v.at, c.body));
    CAF_CHECK(nlohmann::json::parse(c.body) == nlohmann::json::parse(v.body));
  }
}

CAF_TEST(RULES a secret is taken with and without its prefix and padding) {
  const auto& v = official[0];
  CAF_CHECK_EQUAL(header_of(build(v, v.secret.substr(6)), "webhook-signature"), header_of(build(v, v.secret), "webhook-signature"));
  // 25 and 26 bytes end in == and =.
  for (const std::string& key : {std::string(25, 'k'), std::string(26, 'k')}) {
    auto c = build(v, "whsec_" + base64(key));
    CAF_CHECK_EQUAL(header_of(c, "webhook-signature"), signed_by(key, v.id, v.at, c.body));
  }
}

CAF_TEST(RULES what we sign passes the check we hold others to and nothing else does) {
  const auto& v = official[1];
  auto c = build(v, v.secret);
  inbound::hook_request r;
  for (const auto& [name, value] : c.headers) r.headers.emplace_back(name, value);
  r.body = c.body;
  r.received_at = at_second(v.at);
  CAF_CHECK(inbound::verify_webhook(r, {v.secret}).has_value());
  CAF_CHECK(!inbound::verify_webhook(r, {official[0].secret}).has_value());
  r.body += " ";
  CAF_CHECK(!inbound::verify_webhook(r, {v.secret}).has_value());
}

CAF_TEST(RULES a webhook is one POST of JSON) {
  auto c = build(official[0], official[0].secret);
  CAF_CHECK_EQUAL(c.method, "POST");
  CAF_CHECK_EQUAL(c.url, "https://hooks.example.com/heed");
  CAF_CHECK_EQUAL(header_of(c, "content-type"), "application/json");
  CAF_CHECK(c.timeout >= 15s);
  CAF_CHECK(c.timeout <= 30s);
}

CAF_TEST(RULES 2xx is delivered and 410 ends it and everything else is tried again) {
  for (auto [status, expected] : {std::pair{200, "delivered"}, {202, "delivered"}, {204, "delivered"},
                                  {299, "delivered"}, {301, "later:http_301"}, {400, "later:http_400"},
                                  {401, "later:http_401"}, {404, "later:http_404"}, {410, "never:http_410"},
                                  {429, "later:http_429"}, {500, "later:http_500"}, {503, "later:http_503"}})
    CAF_CHECK_EQUAL(word(read_webhook(answered(status))), expected);
}

CAF_TEST(RULES a webhook without an answer is tried again) {
  for (auto reached : {answer::phase::not_connected, answer::phase::sent_no_answer}) {
    answer a;
    a.reached = reached;
    CAF_CHECK_EQUAL(word(read_webhook(a)), "later:no_answer");
    a.error = "connection refused";
    CAF_CHECK_EQUAL(word(read_webhook(a)), "later:connection refused");
  }
}

CAF_TEST(RULES a receiver may say when to come again) {
  auto a = answered(503);
  a.headers = {{"retry-after", "120"}};
  CAF_CHECK(read_webhook(a).retry_after == 120s);
  CAF_CHECK(!read_webhook(answered(503)).retry_after.has_value());
}
