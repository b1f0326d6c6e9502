#include "tests/support/openapi_check.hpp"
#include "tests/support/safe_world.hpp"

#define CAF_SUITE replies
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;

/// Replies as they arrive, over HTTP and signed where a provider signs; what they say decides what follows.
namespace {

struct inbox {
  world w;
  client api;
  openapi_check documented;

  inbox()
      : w(HEED_BINARY, world_options{}),
        api((w.start(), w.api())),
        documented(api.get("/openapi.json").json()) {
    const auto put = api.put(acme + "/campaigns/live", two_steps());
    if (put.status / 100 != 2) CAF_FAIL(put.body);
  }

  /// Enrolled and written to once.
  std::string under_way(const std::string& name) {
    const auto id = enrol(api, name, "live");
    if (!run_becomes(api, "live", id, "running")) CAF_FAIL(run_of(api, "live", id).dump());
    return id;
  }
  json said(const std::string& name, const std::string& text, const std::string& channel = "email") {
    auto e = event(api, "r-" + name + "-" + std::to_string(++told_), "reply_received", name + "@example.com");
    e["channel"] = channel;
    e["message"] = {{"message_id", "<" + e["id"].get<std::string>() + "@example.com>"}, {"text", text}};
    return e;
  }
  void say(const std::string& name, const std::string& text, const std::string& channel = "email") {
    CAF_CHECK_EQUAL(tell(api, said(name, text, channel)).status, 200);
  }
  json lead(const std::string& id) {
    const auto path = acme + "/leads/" + id;
    const auto a = api.get(path);
    for (const auto& p : documented.problems("get", path, a.status, a.header("content-type"), a.body))
      CAF_ERROR(p << "\n" << a.body.substr(0, 400));
    return a.json();
  }
  std::size_t sent() { return w.provider().count().accepted; }

 private:
  int told_ = 0;
};

}  // namespace

CAF_TEST(ZRG-72 4R-67 an opt-out in any words and language and on any channel suppresses) {
  inbox i;
  const std::vector<std::tuple<std::string, std::string, std::string>> cases{
      {"ana", "email", "Please take me off your list."},
      {"ben", "sms", "STOP"},
      {"cleo", "whatsapp", "Por favor, no me escriba más."},
      {"dana", "linkedin", "Bitte schreiben Sie mir nicht mehr."}};
  for (const auto& [name, channel, text] : cases) {
    const auto id = i.under_way(name);
    i.say(name, text, channel);
    CAF_CHECK(run_becomes(i.api, "live", id, "suppressed", "opt_out"));
    const auto l = i.lead(id);
    CAF_CHECK_EQUAL(l["suppression"]["person"].get<std::string>(), "opt_out");
    CAF_CHECK_EQUAL(l["last_reply"]["class"].get<std::string>(), "opt_out");
    CAF_CHECK_EQUAL(l["last_reply"]["led_to"].get<std::string>(), "suppressed");
    // What people wrote and who they are stays out of the log.
    CAF_CHECK(i.w.node().log().find(text.size() > 4 ? text : name + "@example.com") == std::string::npos);
  }
  CAF_CHECK_EQUAL(i.w.heed({"replay", "--all"}).exit_code, 0);
}

CAF_TEST(RULES a signed text message in words that are no keyword suppresses as well) {
  inbox i;
  const auto id = enrol(i.api, "ana", "live", "email", "+12125550147");
  CAF_REQUIRE(run_becomes(i.api, "live", id, "running"));
  const std::map<std::string, std::string> message{{"MessageSid", "SM1"},
                                                   {"SmsStatus", "received"},
                                                   {"From", "+12125550147"},
                                                   {"To", "+15550100001"},
                                                   {"Body", "pls dont text me anymore"},
                                                   {"AccountSid", "AC1"},
                                                   {"NumMedia", "0"}};
  client twilio(i.w.base_url());
  const std::string url = "https://gateway.example.com/hooks/acme/twilio";
  const auto a = twilio.post("/hooks/acme/twilio", form_of(message),
                             {"Content-Type: application/x-www-form-urlencoded",
                              "X-Twilio-Signature: " + twilio_signature(url, message)});
  CAF_CHECK_EQUAL(a.status / 100, 2);
  CAF_CHECK(run_becomes(i.api, "live", id, "suppressed", "opt_out"));
}

CAF_TEST(4R-44 an out-of-office waits for the day it names and pauses nobody) {
  inbox i;
  auto c = two_steps("email", "2h");
  CAF_REQUIRE_EQUAL(i.api.put(acme + "/campaigns/live", c).status / 100, 2);
  const auto id = i.under_way("ana");
  i.say("ana", "I am out of the office until 24 November 2099 without access to mail.");
  const auto run = run_of(i.api, "live", id);
  CAF_CHECK_EQUAL(run["status"].get<std::string>(), "running");
  // Nine in the morning of that day where the lead is, which may be the day before in Greenwich.
  const auto next = run["next_at"].get<std::string>();
  CAF_CHECK(next >= "2099-11-23T18" && next <= "2099-11-24T22");
  const auto l = i.lead(id);
  CAF_CHECK(l["unanswered_reply"].is_null());
  CAF_CHECK_EQUAL(l["last_reply"]["led_to"].get<std::string>(), "delayed");
}

CAF_TEST(4R-42 4R-45 a reply nobody is sure of pauses and is listed with its campaign and reason) {
  inbox i;
  const auto id = i.under_way("ana");
  i.say("ana", "Hm, the blue one, as we said at the lake.");
  CAF_CHECK(run_becomes(i.api, "live", id, "paused", "lead_replied"));
  const auto l = i.lead(id);
  CAF_CHECK_EQUAL(l["last_reply"]["sure"].get<bool>(), false);
  CAF_CHECK_EQUAL(l["last_reply"]["led_to"].get<std::string>(), "paused");
  CAF_CHECK(!l["last_reply"]["at"].is_null());
  const auto listed = i.api.get(acme + "/runs?status=paused").json().at("items");
  CAF_REQUIRE_EQUAL(listed.size(), 1u);
  CAF_CHECK_EQUAL(listed[0]["lead_id"].get<std::string>(), id);
  CAF_CHECK_EQUAL(listed[0]["campaign_id"].get<std::string>(), "live");
  CAF_CHECK_EQUAL(listed[0]["reason"].get<std::string>(), "lead_replied");
}

CAF_TEST(T-3 RULES a referral is handed to a human with whom it names until it is handed back) {
  inbox i;
  const auto id = i.under_way("ana");
  i.say("ana", "I am not the right person, please talk to Sam Roe, sam@corp.example.");
  auto l = i.lead(id);
  CAF_CHECK_EQUAL(l["owner"].get<std::string>(), "human");
  CAF_CHECK_EQUAL(l["handoff"]["reason"].get<std::string>(), "referral");
  CAF_REQUIRE_EQUAL(l["proposals"].size(), 1u);
  CAF_CHECK_EQUAL(l["proposals"][0]["email"].get<std::string>(), "sam@corp.example");
  CAF_CHECK_EQUAL(l["proposals"][0]["name"].get<std::string>(), "Sam Roe");
  const auto found = i.api.get(acme + "/leads?q=sam@corp.example").json();
  CAF_CHECK(found.at("items").empty());
  CAF_CHECK_EQUAL(i.sent(), 1u);
  CAF_CHECK_EQUAL(i.api.post(acme + "/leads/" + id + "/handback", json{{"reason", "spoke to Sam"}}).status,
                  200);
  CAF_CHECK(i.lead(id)["proposals"].empty());
}

CAF_TEST(SS-60 what is welcomed is what says so) {
  inbox i;
  i.under_way("ana");
  i.under_way("ben");
  i.under_way("cleo");
  i.say("ana", "Who are you and where did you get my address?");
  i.say("ben", "Not interested, thank you.");
  i.say("cleo", "Sounds great, please send me the price list.");
  CAF_CHECK_EQUAL(i.api.get(acme + "/reports/decisions").json().at("welcomed").get<int>(), 1);
}

CAF_TEST(RULES a no to this enrols nobody for half a year and is no opt-out) {
  inbox i;
  const auto id = i.under_way("ana");
  i.say("ana", "Not interested, thank you.");
  CAF_CHECK(run_becomes(i.api, "live", id, "suppressed", "not_interested"));
  const auto l = i.lead(id);
  CAF_CHECK(l["suppression"]["person"].is_null());
  CAF_CHECK(!l["not_interested_until"].is_null());
  CAF_REQUIRE_EQUAL(i.api.put(acme + "/campaigns/other", two_steps()).status / 100, 2);
  const auto again = i.api.post(acme + "/leads", person("ana", "other")).json().at("not_enrolled");
  CAF_REQUIRE_EQUAL(again.size(), 1u);
  CAF_CHECK_EQUAL(again[0].at("reason").get<std::string>(), "not_interested");
}
