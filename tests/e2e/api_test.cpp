#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <ctime>
#include <map>

#include "actors/lead/time.hpp"
#include "tests/support/openapi_check.hpp"
#include "tests/support/world.hpp"

#define CAF_SUITE api
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;

/// The framework's checks keep references; answers here are temporaries, so both sides are copied first.
#define SAME(a, b) \
  do { \
    const json left_side = (a), right_side = (b); \
    CAF_CHECK_EQUAL(left_side, right_side); \
  } while (false)

namespace {

const std::string ws = "/v1/workspaces/acme";

/// A workspace on the sandbox whose every answer is held against openapi.json.
struct fixture {
  world w;
  client caller, operator_;
  openapi_check documented;

  fixture()
      : w(HEED_BINARY,
          [] {
            world_options o;
            o.provider = "sandbox";
            return o;
          }()),
        caller((w.start(), w.api())),
        operator_(w.admin()),
        documented(w.api().get("/openapi.json").json()) {}

  http_answer ask(client& c, const std::string& method, const std::string& path, const std::string& body = {},
                  const std::vector<std::string>& headers = {}) {
    auto answer = c.call(method, path, body, headers);
    auto name = method;
    std::ranges::transform(name, name.begin(), [](unsigned char x) { return static_cast<char>(std::tolower(x)); });
    for (const auto& p : documented.problems(name, path.substr(0, path.find('?')), answer.status, answer.header("content-type"), answer.body))
      CAF_ERROR(p << "\n" << answer.body.substr(0, 400));
    return answer;
  }
  http_answer get(const std::string& path) { return ask(caller, "GET", path); }
  http_answer post(const std::string& path, const json& body, const std::vector<std::string>& headers = {}) {
    return ask(caller, "POST", path, body.dump(), headers);
  }
  http_answer put(const std::string& path, const json& body) { return ask(caller, "PUT", path, body.dump()); }

  static json campaign() {
    return {{"name", "Spring"}, {"intent", "end_user"}, {"enabled", true}, {"attribution", {{"landing_page", "https://example.com/spring"}, {"source", "ads"}}},
            {"sequence", {{{"id", "s1"}, {"channel", "email"}, {"template", "hello"}, {"delay", "0s"}},
                          {{"id", "s2"}, {"channel", "sms"}, {"template", "nudge"}, {"delay", "2d"}},
                          {{"id", "s3"}, {"channel", "email"}, {"template", "last"}, {"delay", "3d"}, {"requires_approval", true}}}},
            {"templates", {{"hello", {{"subject", "Hi {firstName}"}, {"body", "Hello {firstName}"}}},
                           {"nudge", {{"body", "Still there, {firstName}?"}}},
                           {"last", {{"subject", "Last word"}, {"body", "Last, {firstName}"}}}}}};
  }
  static json lead(const std::string& name) {
    json body{{"email", name + "@example.com"}, {"phone", "+15550100"}, {"fields", {{"firstName", name}}}, {"campaign_id", "spring"},
              {"landing_page", "https://example.com/spring"}, {"time_zone", zone_at_noon()}};
    body["consent"]["email"] = {{"status", "granted"}, {"source", "contract"}};
    body["consent"]["sms"] = {{"status", "granted"}, {"source", "contract"}};
    return body;
  }
  std::string enrol(const std::string& name) {
    CAF_REQUIRE_EQUAL(put(ws + "/campaigns/spring", campaign()).status / 100, 2);
    auto answer = post(ws + "/leads", lead(name));
    CAF_REQUIRE_EQUAL(answer.status / 100, 2);
    return answer.json().at("lead_id");
  }
  json run_of(const std::string& lead_id) { return get(ws + "/runs/spring__" + lead_id).json(); }
  bool becomes(const std::string& lead_id, const std::function<bool(const json&)>& holds) {
    return eventually([&] { return holds(caller.get(ws + "/runs/spring__" + lead_id).json()); }, std::chrono::seconds(10));
  }
  json event(const std::string& id, const std::string& kind, const std::string& name) {
    return {{"id", id}, {"kind", kind}, {"occurred_at", caller.get("/healthz").header("x-heed-now")}, {"lead", {{"email", name + "@example.com"}}}};
  }
};

std::string base64(const unsigned char* data, int size) {
  std::string out(static_cast<std::size_t>(4 * ((size + 2) / 3)), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), data, size);
  return out;
}

/// Signed as the Standard Webhooks specification says, by its own few lines and not by the product's.
std::vector<std::string> signed_headers(const std::string& id, const std::string& body, long age = 0) {
  const std::string key = "example-secret-for-tests-only";
  auto stamp = std::to_string(std::time(nullptr) - age);
  auto text = id + "." + stamp + "." + body;
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  return {"webhook-id: " + id, "webhook-timestamp: " + stamp, "webhook-signature: v1," + base64(mac, static_cast<int>(size))};
}

/// Twilio's signature over the public URL and the sorted parameters.
std::string twilio_signature(const std::map<std::string, std::string>& parameters) {
  const std::string key = "example-auth-token-for-tests-only";
  std::string text = "https://gateway.example.com/hooks/acme/twilio";
  for (const auto& [name, value] : parameters) text += name + value;
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
  return base64(mac, static_cast<int>(size));
}

}  // namespace

CAF_TEST_FIXTURE_SCOPE(api_tests, fixture)

CAF_TEST(every caller is known by workspace and role and another workspace leaks nothing) {
  client nobody(w.base_url());
  SAME(ask(nobody, "GET", ws + "/runs").status, 401);
  client wrong(w.base_url(), "hk_wrong");
  SAME(ask(wrong, "GET", ws + "/runs").status, 401);
  SAME(ask(caller, "GET", "/v1/workspaces/other/runs").status, 404);
  SAME(ask(caller, "GET", "/admin/actors").status / 100, 4);
  SAME(ask(operator_, "GET", "/admin/actors").status, 200);
  SAME(ask(nobody, "GET", "/healthz").status, 200);
}

CAF_TEST(SS-3 SS-17 ZRG-126 bad input names the field and the fix and loses nothing) {
  auto bad = campaign();
  bad["sequence"][0]["template"] = "missing";
  bad["templates"]["hello"]["body"] = "Hi {frstName}";
  auto refused = put(ws + "/campaigns/spring", bad);
  SAME(refused.status, 422);
  CAF_CHECK(refused.body.find("/sequence/0/template") != std::string::npos);
  CAF_CHECK(refused.body.find("frstName") != std::string::npos);
  put(ws + "/campaigns/spring", campaign());
  auto no_basis = lead("ana");
  no_basis.erase("consent");
  auto answer = post(ws + "/leads", no_basis);
  SAME(answer.status, 422);
  CAF_CHECK(answer.body.find("consent") != std::string::npos);
  SAME(post(ws + "/events", json{{"id", "x"}, {"kind", "nonsense"}, {"lead", {{"email", "a@example.com"}}}}).status, 422);
  SAME(ask(caller, "POST", ws + "/events", "{not json", {}).status, 422);
}

CAF_TEST(SS-6 SS-7 SS-16 SS-30 a lead is enrolled once and its first touch reaches the mailbox) {
  auto id = enrol("ana");
  CAF_REQUIRE(becomes(id, [](const json& r) { return r.value("cursor", 0) == 1; }));
  auto r = run_of(id);
  SAME(r["run_id"], "spring__" + id);
  SAME(r["status"], "running");
  SAME(r["landing_page"], "https://example.com/spring");
  SAME(r["history"][0]["outcome"], "sent");
  auto mailbox = get(ws + "/sandbox?lead=" + id).json();
  CAF_REQUIRE_EQUAL(mailbox["items"].size(), 1u);
  SAME(mailbox["items"][0]["subject"], "Hi ana");
  auto again = post(ws + "/leads", lead("ana"));
  SAME(again.json()["lead_id"], id);
  auto runs = get(ws + "/runs?status=running").json();
  SAME(runs["items"].size(), 1u);
  SAME(runs["counts"]["running"], 1);
}

CAF_TEST(SS-4 SS-27 a due step is taken by itself within a second of its instant) {
  auto quick = campaign();
  quick["sequence"][1]["delay"] = "2s";
  CAF_REQUIRE(put(ws + "/campaigns/spring", quick).status / 100 == 2);
  std::string id = post(ws + "/leads", lead("ana")).json().at("lead_id");
  CAF_REQUIRE(becomes(id, [](const json& r) { return r.value("cursor", 0) == 2; }));
  auto history = run_of(id)["history"];
  auto at = [&](int i) { return heed::to_micros(*heed::parse_iso(history[i]["at"].get<std::string>())); };
  auto late = at(1) - at(0) - 2'000'000;
  CAF_MESSAGE("late by " << late << " us");
  CAF_CHECK(late >= 0);
  CAF_CHECK(late < 1'000'000);
}

CAF_TEST(ZRG-55 the same event n times is decided once and a replayed POST gets its stored answer) {
  auto id = enrol("ana");
  auto e = event("evt-1", "link_clicked", "ana");
  e["attributes"] = {{"url", "https://example.com/p"}};
  e["channel"] = "sms";
  auto first = post(ws + "/events", e, {"Prefer: wait=5"});
  SAME(first.status, 200);
  for (int i = 0; i < 3; ++i) {
    auto repeat = post(ws + "/events", e);
    SAME(repeat.json()["accepted"], 0);
    SAME(repeat.json()["duplicates"], 1);
  }
  SAME(get(ws + "/leads/" + id).json()["intent"]["score"], 3);
  auto once = post(ws + "/leads/" + id + "/take", json{{"reason", "call"}}, {"Idempotency-Key: take-1"});
  auto twice = post(ws + "/leads/" + id + "/take", json{{"reason", "call"}}, {"Idempotency-Key: take-1"});
  SAME(once.body, twice.body);
  SAME(post(ws + "/leads/" + id + "/take", json{{"reason", "other"}}, {"Idempotency-Key: take-1"}).status, 422);
}

CAF_TEST(SS-38 SS-45 SS-46 SS-59 SS-61 SS-62 a hot lead is braked and logged and the report adds up) {
  auto id = enrol("ana");
  CAF_REQUIRE(becomes(id, [](const json& r) { return r.value("cursor", 0) == 1; }));
  auto form = event("f1", "form_submitted", "ana");
  form["attributes"] = {{"form", "pricing"}};
  post(ws + "/events", form, {"Prefer: wait=5"});
  auto reply = event("r1", "reply_received", "ana");
  reply["channel"] = "email";
  reply["message"] = {{"subject", "Re: Hi"}, {"text", "Call me today"}};
  auto answer = post(ws + "/events", reply, {"Prefer: wait=5"});
  SAME(answer.status, 200);
  auto r = run_of(id);
  SAME(r["status"], "suppressed");
  SAME(r["reason"], "suppressed_hot");
  auto l = get(ws + "/leads/" + id).json();
  SAME(l["intent"]["hot"], true);
  auto actions = get(ws + "/audience-actions?lead=" + id).json();
  CAF_REQUIRE_EQUAL(actions["items"].size(), 1u);
  SAME(actions["items"][0]["type"], "sender.suppressed_hot");
  SAME(actions["items"][0]["campaignId"], "spring");
  SAME(actions["items"][0]["leadId"], id);
  auto report = get(ws + "/reports/decisions").json();
  SAME(report["suppressed"], 1);
  SAME(report["takeovers"], 1);
  std::uint64_t sum = 0;
  for (const auto& [reason, n] : report["reasons"]["suppressed"].items()) sum += n.get<std::uint64_t>();
  SAME(sum, report["suppressed"].get<std::uint64_t>());
  for (const auto* vanity : {"opens", "clicks", "delivery_rate"}) CAF_CHECK(!report.contains(vanity));
  auto journal = get(ws + "/leads/" + id + "/journal").json();
  CAF_CHECK(journal["items"].size() >= 4);
}

CAF_TEST(SS-29 SS-31 T-1 T-5 the queue shows every run in one view and the forced scan is guarded and harmless) {
  auto id = enrol("ana");
  CAF_REQUIRE(becomes(id, [](const json& r) { return r.value("cursor", 0) == 1; }));
  auto queue = ask(caller, "GET", "/sender/queue");
  SAME(queue.status, 200);
  // The run is named once, whichever view it stands in.
  auto first = queue.body.find("spring__" + id);
  CAF_CHECK(first != std::string::npos);
  CAF_CHECK(queue.body.find("spring__" + id, first + 1) == std::string::npos);
  client nobody(w.base_url());
  SAME(ask(nobody, "GET", "/api/cron/sender-process").status / 100, 4);
  for (int i = 0; i < 2; ++i) SAME(ask(operator_, "GET", "/api/cron/sender-process").status, 200);
  SAME(run_of(id)["cursor"], 1);
}

CAF_TEST(SS-33 SS-56 ZRG-125 commands act on one run and are refused with the verdict that forbids them) {
  auto id = enrol("ana");
  CAF_REQUIRE(becomes(id, [](const json& r) { return r.value("cursor", 0) == 1; }));
  SAME(post(ws + "/runs/spring__" + id + "/pause", json::object()).status, 200);
  SAME(run_of(id)["status"], "paused");
  SAME(post(ws + "/runs/spring__" + id + "/resume", json::object()).status, 200);
  SAME(run_of(id)["status"], "running");
  SAME(post(ws + "/runs/spring__" + id + "/retry", json{{"step", "s1"}}).status, 409);
  post(ws + "/leads/" + id + "/take", json{{"reason", "mine"}});
  auto refused = post(ws + "/runs/spring__" + id + "/resume", json::object());
  SAME(refused.status, 409);
  CAF_CHECK(refused.body.find("human_owns") != std::string::npos);
  SAME(post(ws + "/runs/spring__" + id + "/steps/s3/approve", json::object()).status, 409);
}

CAF_TEST(SS-57 SS-58 definitions belong to their campaign and nothing sends to everybody) {
  put(ws + "/campaigns/spring", campaign());
  auto other = campaign();
  other["templates"].erase("hello");
  SAME(put(ws + "/campaigns/autumn", other).status, 422);
  for (const auto* path : {"/send", "/broadcast", "/leads/send", "/campaigns/spring/send"})
    {
    auto status = caller.post(ws + path, json::object()).status;
    CAF_CHECK(status == 404 || status == 405);
  }
}

CAF_TEST(webhooks are verified before they are read and answered after they are durable) {
  auto id = enrol("ana");
  CAF_REQUIRE(becomes(id, [](const json& r) { return r.value("cursor", 0) == 1; }));
  client provider(w.base_url());
  json event_body{{"type", "lead.reply_received"}, {"timestamp", caller.get("/healthz").header("x-heed-now")},
                  {"data", {{"id", "evt-9"}, {"lead", {{"email", "ana@example.com"}}}, {"channel", "email"}, {"message", {{"text", "Thanks"}}}}}};
  auto body = event_body.dump();
  const std::string hook = "/hooks/acme/standard-webhooks";
  SAME(ask(provider, "POST", hook, body, {}).status, 401);
  SAME(ask(provider, "POST", hook, body, signed_headers("msg_1", body, 600)).status, 401);
  SAME(ask(provider, "POST", hook, body + " ", signed_headers("msg_1", body)).status, 401);
  auto taken = ask(provider, "POST", hook, body, signed_headers("msg_1", body));
  SAME(taken.status, 202);
  SAME(taken.json()["accepted"], 1);
  auto repeated = ask(provider, "POST", hook, body, signed_headers("msg_1", body));
  SAME(repeated.json()["duplicates"], 1);
  CAF_CHECK(becomes(id, [](const json& r) { return r.value("status", "") == "paused"; }));
  std::string huge(9 * 1024 * 1024, 'x');
  SAME(provider.post(hook, huge).status, 413);
  SAME(ask(provider, "POST", "/hooks/acme/nobody", body, {}).status, 404);
}

CAF_TEST(4R-67 RULES a signed STOP by sms suppresses the person at once) {
  auto id = enrol("ana");
  CAF_REQUIRE(becomes(id, [](const json& r) { return r.value("cursor", 0) == 1; }));
  std::map<std::string, std::string> parameters{{"MessageSid", "SM1"}, {"SmsStatus", "received"}, {"From", "+15550100"},
                                                {"To", "+15550100001"}, {"Body", "STOP"}, {"AccountSid", "AC1"}, {"NumMedia", "0"}};
  std::string body = "MessageSid=SM1&SmsStatus=received&From=%2B15550100&To=%2B15550100001&Body=STOP&AccountSid=AC1&NumMedia=0";
  client provider(w.base_url());
  auto answer = provider.post("/hooks/acme/twilio", body,
                              {"Content-Type: application/x-www-form-urlencoded", "X-Twilio-Signature: " + twilio_signature(parameters)});
  SAME(answer.status, 200);
  CAF_CHECK(becomes(id, [](const json& r) { return r.value("status", "") == "suppressed"; }));
  SAME(run_of(id)["reason"], "opt_out");
}

CAF_TEST(an operator explains and verifies and replays a running store) {
  auto id = enrol("ana");
  CAF_REQUIRE(becomes(id, [](const json& r) { return r.value("cursor", 0) == 1; }));
  auto story = w.heed({"explain", id, "1"});
  SAME(story.exit_code, 0);
  CAF_CHECK(story.out.find("run_live") != std::string::npos);
  SAME(w.heed({"verify"}).exit_code, 0);
  SAME(w.heed({"replay", "--all"}).exit_code, 0);
  SAME(w.heed({"check"}).exit_code, 0);
  // A graceful stop finishes what was begun and leaves with 0.
  CAF_CHECK(w.stop() == 0);
}

CAF_TEST_FIXTURE_SCOPE_END()
