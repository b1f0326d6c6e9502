#include "adapters/outbound/sender.hpp"
#include "tests/support/sending.hpp"

#define CAF_SUITE sender_resend
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::outbound;
using heed::test::email_effect;
using heed::test::fixture;
using heed::test::fixture_answer;
using heed::test::resend_account;

namespace {

const sender& resend() { return *find_sender("resend"); }

answer answered(int status, const std::string& name) {
  answer a;
  a.reached = answer::phase::answered;
  a.status = status;
  a.body = R"({"statusCode":0,"name":")" + name + R"(","message":"ana@example.org is secret"})";
  return a;
}

answer lost(answer::phase at, const char* error) {
  answer a;
  a.reached = at;
  a.error = error;
  return a;
}

}  // namespace

CAF_TEST(SS-19 the request is the fixture to the byte) {
  const auto c = resend().build(resend_account(), email_effect());
  CAF_CHECK_EQUAL(c.body, fixture(HEED_SOURCE_DIR, "resend/send.request.json"));
  std::string head = ":method: " + c.method + "\n:url: " + c.url + "\n";
  for (const auto& [name, value] : c.headers)
    head += name + ": " + value + "\n";
  CAF_CHECK_EQUAL(head, fixture(HEED_SOURCE_DIR, "resend/send.request.headers"));
}

CAF_TEST(SS-19 an attempt more gives the same bytes) {
  const auto a = resend().build(resend_account(), email_effect());
  const auto b = resend().build(resend_account(), email_effect());
  CAF_CHECK_EQUAL(a.body, b.body);
  CAF_CHECK_EQUAL(a.headers, b.headers);
}

CAF_TEST(the html alternative escapes the text and keeps its paragraphs) {
  auto e = email_effect();
  e.message.body = "a < b & c\nsecond line\r\n\r\nnew paragraph\n";
  const auto body = nlohmann::json::parse(resend().build(resend_account(), e).body);
  CAF_CHECK_EQUAL(body["text"].get<std::string>(), e.message.body);
  CAF_CHECK_EQUAL(body["html"].get<std::string>(),
                  "<p>a &lt; b &amp; c<br>second line</p><p>new paragraph</p>");
}

CAF_TEST(4R-66 the way out is a link in the html and no other address is touched) {
  auto e = email_effect();
  e.message.headers = {{"List-Unsubscribe", "<https://heed.example.com/u/t?a=1&b=2>"}};
  e.message.body =
      "See https://example.com/x\nnot https://heed.example.com/u/t?a=1&b=23\nUnsubscribe: "
      "https://heed.example.com/u/t?a=1&b=2";
  const auto body = nlohmann::json::parse(resend().build(resend_account(), e).body);
  CAF_CHECK_EQUAL(body["text"].get<std::string>(), e.message.body);
  CAF_CHECK_EQUAL(body["html"].get<std::string>(),
                  "<p>See https://example.com/x<br>not https://heed.example.com/u/t?a=1&amp;b=23<br>Unsubscribe: "
                  "<a href=\"https://heed.example.com/u/t?a=1&amp;b=2\">https://heed.example.com/u/t?a=1&amp;b=2</a></p>");
}

CAF_TEST(4R-66 a way out that is no web address becomes no link) {
  for (const auto* value : {"<mailto:out@example.com>", "javascript:x", "<https://x.example.com/\"onclick=\">", "<"}) {
    auto e = email_effect();
    e.message.headers = {{"List-Unsubscribe", value}};
    e.message.body = "mailto:out@example.com\njavascript:x\nhttps://x.example.com/\"onclick=\"";
    const auto body = nlohmann::json::parse(resend().build(resend_account(), e).body);
    CAF_CHECK(body["html"].get<std::string>().find("<a ") == std::string::npos);
  }
}

CAF_TEST(4R-66 both headers of one-click unsubscription reach Resend whole) {
  auto e = email_effect();
  const std::string url = "<https://heed.example.com/u/" + std::string(400, 'k') + ">";
  e.message.headers = {{"List-Unsubscribe", url}, {"List-Unsubscribe-Post", "List-Unsubscribe=One-Click"}};
  const auto headers = nlohmann::json::parse(resend().build(resend_account(), e).body)["headers"];
  CAF_CHECK_EQUAL(headers["List-Unsubscribe"].get<std::string>(), url);
  CAF_CHECK_EQUAL(headers["List-Unsubscribe-Post"].get<std::string>(), "List-Unsubscribe=One-Click");
}

CAF_TEST(ZRG-109 whoever is in copy is named to Resend and a message without copies says nothing of them) {
  auto e = email_effect();
  CAF_CHECK(!nlohmann::json::parse(resend().build(resend_account(), e).body).contains("cc"));
  e.message.cc = {"boss@example.org"};
  const auto body = nlohmann::json::parse(resend().build(resend_account(), e).body);
  CAF_CHECK_EQUAL(body["cc"].dump(), R"(["boss@example.org"])");
}

CAF_TEST(headers cannot be injected or taken over) {
  auto e = email_effect();
  e.message.headers = {{"X-Ok", "one\r\nBcc: everyone@example.org"},
                       {"Bcc", "all@example.org"},
                       {"bad name", "x"},
                       {"x-heed-effect", "forged"}};
  e.message.in_reply_to = "<last@example.org>";
  e.message.references = {"<first@example.org>", "<last@example.org>"};
  e.message.subject = "Hi\r\nBcc: all@example.org";
  const auto body = nlohmann::json::parse(resend().build(resend_account(), e).body);
  const nlohmann::json expected{{"X-Ok", "one Bcc: everyone@example.org"},
                                {"In-Reply-To", "<last@example.org>"},
                                {"References", "<first@example.org> <last@example.org>"},
                                {"X-Heed-Effect", "lead_01HZX-7-0"}};
  CAF_CHECK_EQUAL(body["headers"], expected);
  CAF_CHECK_EQUAL(body["subject"].get<std::string>(), "Hi Bcc: all@example.org");
}

CAF_TEST(a tag that Resend would refuse is left out) {
  auto e = email_effect();
  e.campaign = campaign_id{"spring 26"};
  e.key = "spring 26__lead_01HZX/0";
  const auto tags = nlohmann::json::parse(resend().build(resend_account(), e).body)["tags"];
  CAF_REQUIRE_EQUAL(tags.size(), 2u);
  CAF_CHECK_EQUAL(tags[0]["name"].get<std::string>(), "workspace");
  CAF_CHECK_EQUAL(tags[1]["name"].get<std::string>(), "step");
}

CAF_TEST(text that is no UTF-8 does not stop the build) {
  auto e = email_effect();
  e.message.body = "caf\xe9";
  const auto body = nlohmann::json::parse(resend().build(resend_account(), e).body);
  CAF_CHECK_EQUAL(body["text"].get<std::string>(), "caf\xef\xbf\xbd");
}

CAF_TEST(outcome accepted carries the provider id) {
  const auto r = resend().read(fixture_answer(HEED_SOURCE_DIR, "resend/send.response-200", 200));
  CAF_CHECK(r.result == send_result::accepted);
  CAF_CHECK_EQUAL(r.provider_id, "56761188-7520-42d8-8898-ff6fc54ce618");
  CAF_CHECK_EQUAL(r.message_id, "");
}

CAF_TEST(outcome of a success that cannot be read is unknown) {
  answer a;
  a.reached = answer::phase::answered;
  a.status = 200;
  a.body = "<html>portal</html>";
  CAF_CHECK(resend().read(a).result == send_result::unknown);
}

CAF_TEST(outcome rate limit is the fault of the account and waits as told) {
  const auto r = resend().read(fixture_answer(HEED_SOURCE_DIR, "resend/send.response-429", 429));
  CAF_CHECK(r.result == send_result::refused_account);
  CAF_CHECK(r.retry_after == std::chrono::seconds(1));
  CAF_CHECK(!r.stop_account);
  CAF_CHECK_EQUAL(r.detail, "rate_limit_exceeded");
}

CAF_TEST(outcome quota waits an hour when nothing else is said) {
  const auto r = resend().read(fixture_answer(HEED_SOURCE_DIR, "resend/send.response-429-quota", 429));
  CAF_CHECK(r.result == send_result::refused_account);
  CAF_CHECK(r.retry_after == std::chrono::seconds(3600));
  auto told = fixture_answer(HEED_SOURCE_DIR, "resend/send.response-429-quota", 429);
  told.headers.emplace_back("retry-after", "90");
  CAF_CHECK(resend().read(told).retry_after == std::chrono::seconds(90));
}

CAF_TEST(outcome a locked resource is retried and a call under way or another body is unknown) {
  CAF_CHECK(
      resend().read(fixture_answer(HEED_SOURCE_DIR, "resend/send.response-409-concurrent", 409)).result ==
      send_result::unknown);
  CAF_CHECK(resend().read(answered(409, "resource_locked")).result == send_result::refused_message);
  const auto other = resend().read(fixture_answer(HEED_SOURCE_DIR, "resend/send.response-409-mismatch", 409));
  CAF_CHECK(other.result == send_result::unknown);
  CAF_CHECK_EQUAL(other.detail, "invalid_idempotent_request");
}

CAF_TEST(outcome table of credentials stops the account) {
  for (const auto& [status, name] : {std::pair{401, "missing_api_key"},
                                     {401, "restricted_api_key"},
                                     {403, "invalid_api_key"},
                                     {403, "suspended_api_key"},
                                     {403, "validation_error"},
                                     {404, "not_found"}}) {
    const auto r = resend().read(answered(status, name));
    CAF_CHECK(r.result == send_result::refused_account);
    CAF_CHECK(r.stop_account);
    CAF_CHECK_EQUAL(r.detail, name);
  }
}

CAF_TEST(outcome table of our faults is final) {
  CAF_CHECK(resend().read(fixture_answer(HEED_SOURCE_DIR, "resend/send.response-422", 422)).result ==
            send_result::refused_final);
  for (const auto& [status, name] : {std::pair{400, "invalid_idempotency_key"},
                                     {400, "validation_error"},
                                     {422, "invalid_parameter"},
                                     {422, "invalid_attachment"},
                                     {413, "too_large"}})
    CAF_CHECK(resend().read(answered(status, name)).result == send_result::refused_final);
}

CAF_TEST(outcome table of doubt is unknown) {
  for (const int status : {302, 408, 500, 502, 503, 504}) {
    const auto r = resend().read(answered(status, "application_error"));
    CAF_CHECK(r.result == send_result::unknown);
    CAF_CHECK(!r.stop_account);
  }
  CAF_CHECK(resend().read(lost(answer::phase::sent_no_answer, "timed_out")).result == send_result::unknown);
}

CAF_TEST(outcome of nothing written is definite) {
  CAF_CHECK(resend().read(lost(answer::phase::not_connected, "connect_failed")).result ==
            send_result::refused_account);
  CAF_CHECK(resend().read(lost(answer::phase::not_connected, "dns")).result == send_result::refused_account);
  CAF_CHECK(resend().read(lost(answer::phase::not_connected, "start_by")).result ==
            send_result::refused_message);
}

CAF_TEST(details never carry the prose of the provider) {
  const auto r = resend().read(answered(422, "Bad address ana@example.org"));
  CAF_CHECK_EQUAL(r.detail, "http_422");
}

CAF_TEST(repeat by key is offered for a day and a look-up not at all) {
  CAF_CHECK(resend().idempotency_window(resend_account()) == std::chrono::hours(24));
  CAF_CHECK(!resend().build_look_up(resend_account(), email_effect(), time_point{}));
}

CAF_TEST(a received mail is fetched by its id and read) {
  const auto c = resend().build_fetch_reply(resend_account(), "8f0b4b0e/..?x");
  CAF_REQUIRE(c.has_value());
  CAF_CHECK_EQUAL(c->method, "GET");
  CAF_CHECK_EQUAL(c->url, "https://api.resend.com/emails/receiving/8f0b4b0e%2F..%3Fx");
  CAF_CHECK(c->body.empty());
  const auto mail =
      resend().read_fetch_reply(fixture_answer(HEED_SOURCE_DIR, "resend/receiving-get.response-200", 200));
  CAF_REQUIRE(mail.has_value());
  CAF_CHECK_EQUAL((*mail)["from"].get<std::string>(), "Ana Ruiz <ana@example.org>");
  CAF_CHECK_EQUAL((*mail)["subject"].get<std::string>(), "Re: Quick question about spring hiring");
  CAF_CHECK((*mail)["text"].get<std::string>().starts_with("Sounds good"));
  CAF_CHECK_EQUAL((*mail)["headers"]["in-reply-to"].get<std::string>(),
                  "<56761188-7520-42d8-8898-ff6fc54ce618@mail.example.com>");
  CAF_CHECK(!resend().read_fetch_reply(answered(404, "not_found")));
}
