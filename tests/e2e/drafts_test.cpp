#include "tests/support/openapi_check.hpp"
#include "tests/support/safe_world.hpp"
#include "tests/support/stand_in_model.hpp"
#include "tests/support/stand_in_slack.hpp"

#define CAF_SUITE drafts
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;

/// A reply comes in over HTTP, an answer is drafted, judged by a (scripted) model, held for people, approved in (a stand-in for)
/// Slack or over the API, and goes out once.
namespace {

world_options with_slack_hook() {
  world_options o;
  o.workspace_yaml = "      slack: {secret_env: ACME_SLACK_SECRET}\n";
  return o;
}

struct desk {
  world w;
  client api;
  openapi_check documented;
  stand_in_model model;
  stand_in_slack slack;
  int told = 0;

  desk() : w(HEED_BINARY, with_slack_hook()), api((w.start(), w.api())), documented(api.get("/openapi.json").json()) {
    put("/accounts/model", {{"provider", "openai"}, {"base_url", model.account().base_url}, {"options", model.account().options},
                            {"secrets", {{"api_key", "example-key"}}}});
    put("/accounts/slack", {{"provider", "slack"}, {"base_url", slack.account().base_url}, {"secrets", {{"bot_token", "xoxb-example"}}}});
  }

  void put(const std::string& path, const json& body) {
    const auto a = api.put(acme + path, body);
    if (a.status / 100 != 2) CAF_FAIL(path << ": " << a.body);
  }
  void setters_answer() {
    settings({{"templates", {{"any", "Hello {firstName}, thank you for asking."}}}});
    put("/campaigns/live", two_steps());
  }
  /// Without a delay: an answer that is sure and safe leaves at once.
  void answers_by_itself() {
    settings({{"model", "model"}, {"slack", "slack"}, {"reviewers", {"mia@acme.example"}}, {"preview_in_slack", true}, {"revision_disabled", true}});
    auto c = two_steps();
    c["response_mode"] = "AI_AUTO_SEND";
    c["auto_send_delay"] = {{"from", "0s"}, {"to", "0s"}};
    put("/campaigns/live", c);
  }
  void settings(const json& drafts) {
    auto s = api.get(acme + "/settings").json().at("settings");
    s["drafts"].update(drafts);
    put("/settings", s);
  }
  std::string asked(const std::string& name, const std::string& text = "What does it cost for a team of ten?") {
    const auto id = enrol(api, name, "live");
    if (!run_becomes(api, "live", id, "running")) CAF_FAIL(run_of(api, "live", id).dump());
    auto e = event(api, "r-" + name + "-" + std::to_string(++told), "reply_received", name + "@example.com");
    e["channel"] = "email";
    e["message"] = {{"message_id", "<" + e["id"].get<std::string>() + "@example.com>"}, {"subject", "Re: Hello " + name}, {"text", text}};
    CAF_CHECK_EQUAL(tell(api, e).status, 200);
    return id;
  }
  void model_writes(const std::string& text) {
    model.say({{"goal", "answer"}, {"points", {"the price"}}, {"tone", "plain"}, {"call_to_action", ""}, {"offer_times", false}});
    model.say({{"subject", nullptr}, {"body", text}});
  }
  void model_judges(double sure, bool safe = true) {
    model.say({{"reason", "answers what was asked"}, {"safe_to_send", safe}, {"requires_human_review", false}, {"confidence", sure}});
  }
  json drafts(const std::string& query = "") {
    const auto path = acme + "/drafts" + query;
    const auto a = api.get(path);
    for (const auto& p : documented.problems("get", acme + "/drafts", a.status, a.header("content-type"), a.body))
      CAF_ERROR(p << "\n" << a.body.substr(0, 600));
    return a.json().at("items");
  }
  json only() {
    const auto all = drafts();
    if (all.size() != 1) CAF_FAIL(all.dump());
    return all[0];
  }
  http_answer press(const std::string& user) {
    const auto r = slack.press(slack.messages().at(0), "approve_send", user,
                               std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()));
    std::vector<std::string> headers;
    for (const auto& [name, value] : r.headers) headers.push_back(name + ": " + value);
    client outside(w.base_url());
    return outside.post("/hooks/acme/slack", r.body, headers);
  }
  [[nodiscard]] std::vector<accepted> answers_to(const std::string& name) {
    std::vector<accepted> out;
    for (const auto& m : w.provider().messages())
      if (m.what.to == name + "@example.com" && m.what.headers.contains("In-Reply-To")) out.push_back(m);
    return out;
  }
};

}  // namespace

CAF_TEST(AS-8 AS-39 ZRG-93 the draft of a setter waits and is sent once by whoever approves first) {
  desk d;
  d.setters_answer();
  const auto lead = d.asked("ana");
  auto x = d.only();
  CAF_CHECK_EQUAL(x["lead_id"].get<std::string>(), lead);
  CAF_CHECK_EQUAL(x["text"].get<std::string>(), "Hello ana, thank you for asking.");
  CAF_CHECK_EQUAL(x["decision"]["action"].get<std::string>(), "draft_only");
  CAF_CHECK_EQUAL(x["author"].get<std::string>(), "rule");
  CAF_CHECK_EQUAL(d.api.get(acme + "/leads/" + lead).json()["owner"].get<std::string>(), "human");
  CAF_CHECK(d.answers_to("ana").empty());
  const auto one = acme + "/drafts/" + x["draft_id"].get<std::string>();
  CAF_CHECK_EQUAL(d.api.post(one + "/edit", json{{"text", "Ten a month."}, {"version", 1}}).status, 200);
  CAF_CHECK_EQUAL(d.api.post(one + "/approve", json{{"version", 1}}).status, 409);
  CAF_CHECK_EQUAL(d.api.post(one + "/approve", json{{"version", 2}}).status, 200);
  CAF_CHECK_EQUAL(d.api.post(one + "/approve", json{{"version", 2}}).status, 200);
  if (!eventually([&] { return d.only()["outcome"] == "edited"; }, std::chrono::seconds(10))) CAF_ERROR(d.only().dump(1));
  const auto sent = d.answers_to("ana");
  CAF_REQUIRE_EQUAL(sent.size(), 1u);
  CAF_CHECK(sent[0].what.text.starts_with("Ten a month."));
  CAF_CHECK_EQUAL(sent[0].what.subject, "Re: Hello ana");
  CAF_CHECK(d.drafts("?status=pending").empty());
  CAF_CHECK(d.api.get(acme + "/leads/" + lead).json()["unanswered_reply"].is_null());
  CAF_CHECK_EQUAL(d.w.heed({"replay", "--all"}).exit_code, 0);
}

CAF_TEST(a reply nobody is sure of is read by the model and has the consequences of its class) {
  desk d;
  d.settings({{"model", "model"}});
  d.put("/campaigns/live", two_steps());
  const std::string words = "Our budget went to another thing this quarter, as you may have heard.";
  d.model.say({{"evidence", "Our budget went to another thing"}, {"class", "not_interested"}, {"confidence", 0.9}, {"resume_on", nullptr},
               {"referred_email", nullptr}, {"urgent", false}});
  const auto lead = d.asked("ana", words);
  CAF_CHECK(run_becomes(d.api, "live", lead, "suppressed"));
  const auto reply = d.api.get(acme + "/leads/" + lead).json().at("last_reply");
  CAF_CHECK_EQUAL(reply["class"].get<std::string>(), "not_interested");
  CAF_CHECK_EQUAL(reply["led_to"].get<std::string>(), "suppressed");
  const auto told = d.w.heed({"explain", lead}).out;
  CAF_CHECK(told.find("rule=model.not_interested") != std::string::npos);
  CAF_CHECK_EQUAL(d.w.heed({"replay", "--all"}).exit_code, 0);
}

CAF_TEST(AS-1 AS-12 an answer the model finds sure and safe leaves by itself) {
  desk d;
  d.answers_by_itself();
  d.model_writes("It is 100 a month for ten people.");
  d.model_judges(0.95);
  const auto lead = d.asked("ana");
  CAF_CHECK(eventually([&] { return d.answers_to("ana").size() == 1; }, std::chrono::seconds(15)));
  const auto x = d.only();
  CAF_CHECK_EQUAL(x["decision"]["action"].get<std::string>(), "send_immediate");
  CAF_CHECK_EQUAL(x["decision"]["confidence"].get<double>(), 0.95);
  CAF_CHECK_EQUAL(x["author"].get<std::string>(), "model");
  CAF_CHECK_EQUAL(d.api.get(acme + "/leads/" + lead).json()["owner"].get<std::string>(), "automation");
  // What the lead wrote goes as data, in the user's part alone.
  for (const auto& q : d.model.asked()) {
    CAF_CHECK(q["messages"][0]["content"].get<std::string>().find("team of ten") == std::string::npos);
    CAF_CHECK(q["messages"][1]["content"].get<std::string>().find("team of ten") != std::string::npos);
  }
  CAF_CHECK(d.w.node().log().find("team of ten") == std::string::npos);
  CAF_CHECK_EQUAL(d.w.heed({"replay", "--all"}).exit_code, 0);
}

CAF_TEST(AS-21 ZRG-92 ZRG-93 ZRG-98 ZRG-99 what the model doubts is approved in Slack and sent once) {
  desk d;
  d.answers_by_itself();
  d.model_writes("It is 100 a month for ten people.");
  d.model_judges(0.4);
  const auto lead = d.asked("ana");
  CAF_REQUIRE(eventually([&] { return d.slack.messages().size() == 1; }, std::chrono::seconds(15)));
  CAF_CHECK(d.slack.messages()[0].body.dump().find("It is 100 a month") != std::string::npos);
  CAF_CHECK_EQUAL(d.only()["decision"]["action"].get<std::string>(), "needs_review");
  CAF_CHECK_EQUAL(d.api.get(acme + "/leads/" + lead).json()["owner"].get<std::string>(), "human");
  CAF_CHECK(d.answers_to("ana").empty());
  CAF_CHECK_EQUAL(d.press("U0EXAMPLE1").status, 200);
  CAF_CHECK_EQUAL(d.press("U0EXAMPLE2").status, 200);
  CAF_CHECK(eventually([&] { return d.slack.messages()[0].updates > 0; }, std::chrono::seconds(15)));
  CAF_CHECK_EQUAL(d.answers_to("ana").size(), 1u);
  const auto told = d.slack.messages()[0].body.dump();
  CAF_CHECK(told.find("Approved and sent by") != std::string::npos);
  CAF_CHECK(told.find("approve_send") == std::string::npos);
  const auto x = d.only();
  CAF_CHECK_EQUAL(x["decided_by"].get<std::string>(), "slack:U0EXAMPLE1");
  CAF_CHECK_EQUAL(x["outcome"].get<std::string>(), "sent_as_is");
  CAF_CHECK_EQUAL(x["author"].get<std::string>(), "model");
  CAF_CHECK_EQUAL(x["told_in_slack"].size(), 1u);
  for (const auto* part : {"confidence", "threshold", "reason", "action", "at"}) CAF_CHECK(!x["decision"][part].is_null());
  CAF_CHECK_EQUAL(d.w.heed({"verify"}).exit_code, 0);
}

CAF_TEST(ZRG-97 a press that is not signed is refused and changes nothing) {
  desk d;
  d.answers_by_itself();
  d.model_writes("It is 100 a month.");
  d.model_judges(0.4);
  d.asked("ana");
  CAF_REQUIRE(eventually([&] { return d.slack.messages().size() == 1; }, std::chrono::seconds(15)));
  client outside(d.w.base_url());
  CAF_CHECK_EQUAL(outside.post("/hooks/acme/slack", std::string("payload=%7B%7D"), client::extra_headers{"Content-Type: application/x-www-form-urlencoded"}).status, 401);
  CAF_CHECK(d.answers_to("ana").empty());
}

CAF_TEST(AS-35 a model that fails leaves the answer to people and a crash asks it again) {
  desk d;
  d.answers_by_itself();
  scripted_answer silent;
  silent.after = scripted_answer::then::hang;
  d.model.next(silent);
  const auto lead = d.asked("ana");
  CAF_REQUIRE(eventually([&] { return d.model.arrivals() == 1; }, std::chrono::seconds(10)));
  d.w.kill_now();
  d.model_writes("It is 100 a month.");
  d.model_judges(0.95);
  d.w.start();
  CAF_CHECK(eventually([&] { return d.answers_to("ana").size() == 1; }, std::chrono::seconds(40)));
  CAF_CHECK_EQUAL(d.w.heed({"replay", "--all"}).exit_code, 0);
  CAF_CHECK_EQUAL(d.w.heed({"verify"}).exit_code, 0);
}

CAF_TEST(ZRG-103 a human writes without a draft and bad wishes name their field) {
  desk d;
  d.setters_answer();
  const auto lead = enrol(d.api, "ben", "live");
  CAF_REQUIRE(run_becomes(d.api, "live", lead, "running"));
  const auto path = acme + "/leads/" + lead + "/messages";
  CAF_CHECK_EQUAL(d.api.post(path, json{{"subject", "A word"}}).json().at("field").get<std::string>(), "/text");
  CAF_CHECK_EQUAL(d.api.post(path, json{{"text", "Hi"}, {"channel", "pigeon"}}).json().at("field").get<std::string>(), "/channel");
  CAF_CHECK_EQUAL(d.api.post(path, json{{"text", "May I call?"}, {"subject", "A word"}}).status, 200);
  CAF_CHECK(eventually([&] { return d.only()["outcome"] == "sent_as_is"; }, std::chrono::seconds(10)));
  CAF_CHECK_EQUAL(d.api.get(acme + "/drafts?status=odd").status, 422);
  CAF_CHECK_EQUAL(d.api.post(acme + "/drafts/lead_none-d1/approve", json::object()).status, 404);
}
