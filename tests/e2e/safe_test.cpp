#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/safe_world.hpp"

#define CAF_SUITE safe
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;

/// A first live campaign against a provider's stand-in that refuses what the real one would.
namespace {

struct live {
  world w;
  client api;

  explicit live(world_options o = {}) : w(HEED_BINARY, std::move(o)), api((w.start(), w.api())) {}

  void put(const std::string& path, const json& body) {
    const auto answer = api.put(acme + path, body);
    if (answer.status / 100 != 2) CAF_FAIL(path << " " << answer.status << " " << answer.body);
  }
  bool arrives(std::size_t n) {
    const bool all = eventually([&] { return w.provider().count().accepted >= n; }, std::chrono::seconds(10));
    if (!all) CAF_MESSAGE(w.node().log());
    return all;
  }
  accepted last() { return w.provider().messages().back(); }
  std::string link() {
    const auto list = last().what.headers.at("List-Unsubscribe");
    const auto from = list.find("/u/");
    return list.substr(from, list.find('>') - from);
  }
};

json settings_of(live& l) { return l.api.get(acme + "/settings").json().at("settings"); }

void make_hot(live& l, const std::string& name) {
  auto reply = event(l.api, "r-" + name, "reply_received", name + "@example.com");
  reply["message"] = {{"text", "Please call me about the budget"}};
  CAF_CHECK_EQUAL(tell(l.api, reply).status, 200);
  auto form = event(l.api, "f-" + name, "form_submitted", name + "@example.com");
  form["attributes"] = {{"form", "pricing"}};
  CAF_CHECK_EQUAL(tell(l.api, form).status, 200);
}

const std::string one_click = "List-Unsubscribe=One-Click";
const std::vector<std::string> as_form{"Content-Type: application/x-www-form-urlencoded"};

}  // namespace

CAF_TEST(4R-66 4R-67 an email names its sender and its link ends every campaign of that person) {
  live l;
  l.put("/campaigns/live", two_steps());
  l.put("/campaigns/other", two_steps());
  const auto ana = enrol(l.api, "ana", "live");
  CAF_REQUIRE(l.arrives(1));
  const auto sent = l.last().what;
  CAF_CHECK(sent.text.find("Acme, 1 Example Street, 10115 Berlin") != std::string::npos);
  CAF_CHECK(sent.text.find("Mia") != std::string::npos);
  CAF_CHECK(sent.text.find(l.w.base_url() + l.link()) != std::string::npos);
  CAF_CHECK_EQUAL(sent.headers.at("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");

  client anybody(l.w.base_url());
  const auto page = anybody.get(l.link());
  CAF_CHECK_EQUAL(page.status, 200);
  CAF_CHECK(page.body.find("<form") != std::string::npos);
  CAF_CHECK(run_becomes(l.api, "live", ana, "running"));

  CAF_CHECK_EQUAL(anybody.post(l.link(), one_click, as_form).status, 200);
  CAF_CHECK(run_becomes(l.api, "live", ana, "suppressed", "opt_out"));
  CAF_CHECK_EQUAL(anybody.post(l.link(), one_click, as_form).status, 200);
  const auto again = l.api.post(acme + "/leads", person("ana", "other"));
  const json refused = again.json().at("not_enrolled");
  CAF_REQUIRE_EQUAL(refused.size(), 1u);
  CAF_CHECK_EQUAL(refused[0].at("reason").get<std::string>(), "suppressed");
  CAF_CHECK_EQUAL(l.w.provider().count().accepted, 1u);
}

CAF_TEST(4R-67 RULES an unsubscribe is idempotent by state - after a lift the same link works again) {
  live l;
  l.put("/campaigns/live", two_steps());
  const auto ana = enrol(l.api, "ana", "live");
  CAF_REQUIRE(l.arrives(1));
  client anybody(l.w.base_url());
  CAF_CHECK_EQUAL(anybody.post(l.link(), one_click, as_form).status, 200);
  const auto lifted = l.api.post(acme + "/leads/" + ana + "/lift-suppression", json{{"source", "phone call"}, {"reason", "asked to"}});
  CAF_CHECK_EQUAL(lifted.status, 200);
  auto person_state = [&] { return l.api.get(acme + "/leads/" + ana).json().at("suppression").at("person"); };
  CAF_CHECK(person_state().is_null());
  CAF_CHECK_EQUAL(anybody.post(l.link(), one_click, as_form).status, 200);
  CAF_CHECK(!person_state().is_null());
}

CAF_TEST(4R-66 a forged link is 404 and says nothing) {
  live l;
  l.put("/campaigns/live", two_steps());
  enrol(l.api, "ana", "live");
  CAF_REQUIRE(l.arrives(1));
  client anybody(l.w.base_url());
  auto forged = l.link();
  forged.back() = forged.back() == 'A' ? 'B' : 'A';
  CAF_CHECK_EQUAL(anybody.get(forged).status, 404);
  CAF_CHECK_EQUAL(anybody.post(forged, one_click, as_form).status, 404);
  CAF_CHECK_EQUAL(anybody.post("/u/tok_forged", one_click, as_form).status, 404);
}

CAF_TEST(4R-67 RULES whoever is on the imported list is never enrolled and never written to) {
  live l;
  l.put("/campaigns/live", two_steps());
  json list{{"source", "old tool"}, {"items", json::array()}};
  list["items"].push_back(json{{"email", "Ana@Example.com"}});
  list["items"].push_back(json{{"email", "bo@example.com"}, {"reason", "bounce"}});
  const auto added = l.api.post(acme + "/suppressions", list);
  CAF_CHECK_EQUAL(added.status, 200);
  const auto ana = l.api.post(acme + "/leads", person("ana", "live"));
  CAF_CHECK_EQUAL(ana.json().at("not_enrolled")[0].at("reason").get<std::string>(), "suppressed");
  // A bounce is of the address: a campaign by that address alone has nothing it could do.
  const auto bo = l.api.post(acme + "/leads", person("bo", "live"));
  CAF_CHECK_EQUAL(bo.json().at("not_enrolled")[0].at("reason").get<std::string>(), "address_suppressed");
  const auto cy = enrol(l.api, "cy", "live");
  CAF_REQUIRE(l.arrives(1));
  CAF_CHECK_EQUAL(l.last().what.to, "cy@example.com");
  CAF_CHECK_EQUAL(l.w.provider().count().accepted, 1u);
  // Lifting is an act of its own, with a source.
  CAF_CHECK_EQUAL(l.api.post(acme + "/suppressions/lift", json{{"email", "ana@example.com"}, {"source", "letter"}, {"reason", "asked"}}).status, 200);
  CAF_CHECK(l.api.get(acme + "/suppressions?email=ana@example.com").json().at("items").empty());
}

CAF_TEST(RULES a workspace whose first real account was just added starts stopped) {
  world_options o;
  o.released = false;
  live l(o);
  l.put("/campaigns/live", two_steps());
  const auto ana = enrol(l.api, "ana", "live");
  CAF_CHECK_EQUAL(l.api.get(acme + "/stop").json().at("stopped").get<bool>(), true);
  CAF_CHECK(eventually([&] { return run_of(l.api, "live", ana).value("waiting_at", "") == "kill_switch"; }, std::chrono::seconds(10)));
  CAF_CHECK_EQUAL(l.w.provider().count().arrivals, 0u);
  CAF_CHECK_EQUAL(l.api.call("DELETE", acme + "/stop", "", {}).status, 200);
  CAF_CHECK(l.arrives(1));
}

CAF_TEST(RULES an account set up over the API sends - its secret is written once and never read) {
  world_options o;
  o.provider = "sandbox";
  live l(o);
  const std::string secret = "re_example_key";
  const json account{{"channel", "email"}, {"provider", "resend"}, {"from", "mia@mail.example.com"}, {"max_per_second", 0},
                     {"max_per_day", 0}, {"base_url", l.w.provider_server().http_url()}, {"secrets", {{"api_key", secret}}}};
  const auto made = l.api.put(acme + "/accounts/real", account);
  CAF_CHECK_EQUAL(made.status, 201);
  CAF_CHECK(made.json().at("workspace_stopped").get<bool>());
  CAF_CHECK(made.body.find(secret) == std::string::npos);
  CAF_CHECK(l.api.get(acme + "/accounts/real").body.find(secret) == std::string::npos);
  auto campaign = two_steps();
  campaign["accounts"] = {{"email", {"real"}}};
  l.put("/campaigns/live", campaign);
  CAF_CHECK_EQUAL(l.api.call("DELETE", acme + "/stop", "", {}).status, 200);
  enrol(l.api, "ana", "live");
  CAF_CHECK(l.arrives(1));
  // It is sealed at rest, and opened again by the next start.
  for (const auto& file : std::filesystem::directory_iterator(l.w.directory().path())) {
    if (file.path().string().find("heed.db") == std::string::npos) continue;
    std::ifstream in(file.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    CAF_CHECK(bytes.str().find(secret) == std::string::npos);
  }
  CAF_CHECK(l.w.node().log().find(secret) == std::string::npos);
  l.w.kill_now();
  l.w.start();
  l.api = l.w.api();
  enrol(l.api, "bo", "live");
  CAF_CHECK(l.arrives(2));
}

CAF_TEST(SS-56 PROTOCOL stops of campaign and account and everything hold until they are lifted) {
  live l;
  l.put("/campaigns/live", two_steps());
  auto admin = l.w.admin();
  std::size_t sent = 0;
  for (const auto& path : {acme + "/campaigns/live/stop", acme + "/accounts/mail/stop", acme + "/stop", std::string("/admin/stop")}) {
    auto& who = path == "/admin/stop" ? admin : l.api;
    const auto stopped = who.call("PUT", path, R"({"reason":"look first"})", {"Content-Type: application/json"});
    CAF_CHECK_EQUAL(stopped.status, 200);
    CAF_CHECK(stopped.json().at("calls_in_flight").is_array());
    const auto name = "lead" + std::to_string(sent);
    const auto lead = enrol(l.api, name, "live");
    CAF_CHECK(eventually([&] { return run_of(l.api, "live", lead).value("waiting_at", "") == "kill_switch"; }, std::chrono::seconds(10)));
    CAF_CHECK_EQUAL(l.w.provider().count().arrivals, sent);
    CAF_CHECK_EQUAL(who.call("DELETE", path, "", {}).status, 200);
    CAF_CHECK(l.arrives(++sent));
  }
}

CAF_TEST(RULES heed stop and heed go work from a shell) {
  live l;
  auto shell = [&](const std::string& word) {
    return run_program({HEED_BINARY, word, "--url", l.w.base_url(), "--key", l.w.key(), "--workspace", "acme"});
  };
  const auto stopped = shell("stop");
  CAF_CHECK_EQUAL(stopped.exit_code, 0);
  CAF_CHECK(l.api.get(acme + "/stop").json().at("stopped").get<bool>());
  CAF_CHECK_EQUAL(shell("go").exit_code, 0);
  CAF_CHECK(!l.api.get(acme + "/stop").json().at("stopped").get<bool>());
}

CAF_TEST(RULES a hot lead reaches somebody by mail and by signed webhook) {
  live l;
  auto settings = settings_of(l);
  settings["handoff"] = {{"to", {"ops@example.com"}}, {"webhook", l.w.provider_server().http_url() + "/people"},
                         {"webhook_secret", "whsec_ZXhhbXBsZS1zZWNyZXQtZm9yLXRlc3RzLW9ubHk="}};
  l.put("/settings", settings);
  l.put("/campaigns/live", two_steps());
  client control(l.w.provider_server().http_url());
  CAF_CHECK_EQUAL(control.post("/control/people", json{{"fail", 1}}).status, 200);
  const auto ana = enrol(l.api, "ana", "live");
  CAF_REQUIRE(l.arrives(1));
  make_hot(l, "ana");
  CAF_CHECK(run_becomes(l.api, "live", ana, "suppressed", "suppressed_hot"));

  CAF_REQUIRE(l.arrives(2));
  const auto mail = l.last().what;
  CAF_CHECK_EQUAL(mail.to, "ops@example.com");
  CAF_CHECK(mail.text.find(ana) != std::string::npos);
  CAF_CHECK(mail.text.find("budget") == std::string::npos);
  // The first attempt failed; the second carries the same id and a valid signature.
  CAF_REQUIRE(eventually([&] { return !l.w.provider().webhooks().empty(); }, std::chrono::seconds(15)));
  const auto hook = l.w.provider().webhooks().front();
  CAF_CHECK_EQUAL(hook.signature, webhook_signature("example-secret-for-tests-only", hook.id, hook.timestamp, hook.body));
  const auto body = json::parse(hook.body);
  CAF_CHECK_EQUAL(body.at("type").get<std::string>(), "lead.handoff");
  CAF_CHECK_EQUAL(body.at("data").at("lead_id").get<std::string>(), ana);

  auto open = [&] { return l.api.get(acme + "/handoffs?open=true").json().at("items").size(); };
  CAF_CHECK_EQUAL(open(), 1u);
  CAF_CHECK_EQUAL(l.api.post(acme + "/handoffs/" + ana + "/acknowledge", json::object()).status, 200);
  CAF_CHECK_EQUAL(open(), 0u);
  CAF_CHECK_EQUAL(l.api.post(acme + "/handoffs/" + ana + "/handback", json{{"reason", "done"}}).status, 200);
  CAF_CHECK(!l.api.get(acme + "/handoffs").json().at("items")[0].at("ended_at").is_null());
}

CAF_TEST(RULES a handoff nobody acknowledged is told once more and then no more) {
  world_options o;
  o.time_scale = 2'000;  // four hours in seven seconds
  live l(o);
  auto settings = settings_of(l);
  settings["handoff"] = {{"to", {"ops@example.com"}}};
  l.put("/settings", settings);
  l.put("/campaigns/live", two_steps());
  enrol(l.api, "ana", "live");
  CAF_REQUIRE(l.arrives(1));
  make_hot(l, "ana");
  CAF_REQUIRE(l.arrives(3));  // the first touch, the handoff, the reminder
  const auto handoff = l.w.provider().messages()[1].what, reminder = l.w.provider().messages()[2].what;
  CAF_CHECK_EQUAL(reminder.to, "ops@example.com");
  CAF_CHECK(reminder.subject != handoff.subject);
  // The journal says that there was one, and that nothing more is to come.
  const auto lead = l.api.get(acme + "/leads?q=ana@example.com").json().at("items")[0].at("lead_id").get<std::string>();
  std::vector<json> told;
  const auto journal = l.api.get(acme + "/leads/" + lead + "/journal?limit=200").json();
  for (const auto& d : journal.at("items"))
    for (const auto& f : d.at("facts"))
      if (f.value("kind", "") == "people_notified") told.push_back(f);
  CAF_REQUIRE_EQUAL(told.size(), 2u);
  CAF_CHECK(!told[0].value("remind_at", json()).is_null());
  CAF_CHECK(told[1].value("remind_at", json()).is_null());
}

CAF_TEST(RULES ZRG-119 a message a human sent outside silences automation and our own echo does not) {
  live l;
  l.put("/campaigns/live", two_steps("email", "1s"));
  l.put("/campaigns/slow", two_steps("email", "2d"));
  const auto ana = enrol(l.api, "ana", "slow");
  CAF_REQUIRE(l.arrives(1));
  auto echo = event(l.api, "e1", "message_sent", "ana@example.com");
  echo["message"] = {{"provider_id", l.last().id}};
  tell(l.api, echo);
  CAF_CHECK(l.api.get(acme + "/leads/" + ana).json().at("human_silence_until").is_null());
  auto human = event(l.api, "e2", "message_sent", "ana@example.com");
  human["message"] = {{"provider_id", "gmail-1"}, {"text", "Hello Ana, Mia here"}};
  tell(l.api, human);
  CAF_CHECK(!l.api.get(acme + "/leads/" + ana).json().at("human_silence_until").is_null());
  l.api.post(acme + "/leads", person("ana", "live"));
  CAF_CHECK(eventually([&] { return run_of(l.api, "live", ana).value("waiting_at", "") == "human_owns"; }, std::chrono::seconds(10)));
  CAF_CHECK_EQUAL(l.w.provider().count().accepted, 1u);
}

namespace {

const std::string hook_url = "https://gateway.example.com/hooks/acme/twilio";

world_options by_sms() {
  world_options o;
  o.provider = "twilio";
  return o;
}

http_answer from_twilio(live& l, const std::map<std::string, std::string>& fields, const std::string& query = {}) {
  return client(l.w.base_url())
      .post("/hooks/acme/twilio" + query, form_of(fields),
            {"Content-Type: application/x-www-form-urlencoded", "X-Twilio-Signature: " + twilio_signature(hook_url + query, fields)});
}

}  // namespace

CAF_TEST(RULES a first text message names its sender and says how to stop - and STOP ends everything) {
  live l(by_sms());
  l.put("/campaigns/live", two_steps("sms", "1s"));
  const auto ana = enrol(l.api, "ana", "live", "sms", "+12125550101");
  CAF_REQUIRE(l.arrives(2));
  const auto messages = l.w.provider().messages();
  CAF_CHECK(messages[0].what.text.starts_with("Mia: "));
  CAF_CHECK(messages[0].what.text.find("STOP") != std::string::npos);
  CAF_CHECK(messages[1].what.text.find("STOP") == std::string::npos);

  l.put("/campaigns/other", two_steps("sms", "1s"));
  const auto bo = enrol(l.api, "bo", "live", "sms", "+12125550102");
  CAF_REQUIRE(l.arrives(3));
  CAF_CHECK_EQUAL(from_twilio(l, {{"MessageSid", "SM1"}, {"AccountSid", "AC00000000000000000000000000000001"}, {"From", "+12125550102"},
                                  {"To", "+15550100001"}, {"Body", "Stop"}}).status / 100, 2);
  CAF_CHECK(eventually([&] { return !l.api.get(acme + "/leads/" + bo).json().at("suppression").at("person").is_null(); }, std::chrono::seconds(10)));
  const auto again = l.api.post(acme + "/leads", person("bo", "other", "sms", "+12125550102"));
  CAF_CHECK_EQUAL(again.json().at("not_enrolled")[0].at("reason").get<std::string>(), "suppressed");
  (void)ana;
}

CAF_TEST(RULES a number that opted out at the carrier is suppressed by its answer 21610) {
  live l(by_sms());
  l.put("/campaigns/live", two_steps("sms", "1s"));
  client control(l.w.provider_server().http_url());
  CAF_CHECK_EQUAL(control.post("/control/stop", json{{"number", "+12125550103"}}).status, 200);
  const auto cy = enrol(l.api, "cy", "live", "sms", "+12125550103");
  CAF_CHECK(run_becomes(l.api, "live", cy, "suppressed", "opt_out"));
  CAF_CHECK_EQUAL(l.w.provider().count().accepted, 0u);
}

CAF_TEST(RULES a message filtered for our sender opens the account and people are alerted) {
  live l(by_sms());
  l.put("/campaigns/live", two_steps("sms", "1d"));
  enrol(l.api, "ana", "live", "sms", "+12125550104");
  CAF_REQUIRE(l.arrives(1));
  const auto effect = l.w.provider().messages().front().what.effect;
  const auto sid = l.w.provider().messages().front().id;
  // This stand-in's account has no callback address, so the effect is told by the query that Heed would have put there.
  const auto lead = l.api.get(acme + "/leads?q=ana@example.com").json().at("items")[0].at("lead_id").get<std::string>();
  const auto touch = run_of(l.api, "live", lead).at("touches")[0].at("effect_id").get<std::string>();
  CAF_CHECK(effect.empty() || effect == touch);
  const auto answer = from_twilio(l, {{"MessageSid", sid}, {"MessageStatus", "undelivered"}, {"To", "+12125550104"}, {"From", "+15550100001"},
                                      {"AccountSid", "AC00000000000000000000000000000001"}, {"ErrorCode", "30034"}}, "?effect=" + touch);
  CAF_CHECK_EQUAL(answer.status / 100, 2);
  auto alerts = [&] { return l.api.get(acme + "/alerts").json().at("items"); };
  CAF_REQUIRE(eventually([&] { return !alerts().empty(); }, std::chrono::seconds(10)));
  CAF_CHECK_EQUAL(alerts()[0].at("what").get<std::string>(), "account_stopped");
  enrol(l.api, "bo", "live", "sms", "+12125550105");
  CAF_CHECK_EQUAL(l.w.provider().count().arrivals, 1u);
  // The address itself is not held against the person.
  CAF_CHECK(l.api.get(acme + "/leads/" + lead).json().at("suppression").at("addresses").empty());
}

CAF_TEST(4R-74 a campaign over its bounce rate pauses itself and goes on when people let it) {
  live l;
  l.put("/campaigns/live", two_steps());
  l.put("/campaigns/calm", two_steps());
  std::vector<std::string> leads;
  for (int i = 0; i < 20; ++i) leads.push_back(enrol(l.api, "l" + std::to_string(i), "live"));
  CAF_REQUIRE(l.arrives(20));
  for (int i = 0; i < 2; ++i) {
    const auto name = "l" + std::to_string(i);
    const auto sent = l.w.provider().messages_to(name + "@example.com").front();
    auto bounce = event(l.api, "b" + name, "message_bounced", name + "@example.com");
    bounce["channel"] = "email";
    bounce["message"] = {{"provider_id", sent.id}};
    bounce["attributes"] = {{"bounce_class", "hard"}};
    CAF_CHECK_EQUAL(tell(l.api, bounce).status, 200);
  }
  auto stopped = [&] { return l.api.get(acme + "/campaigns/live/stop").json(); };
  CAF_REQUIRE(eventually([&] { return stopped().at("stopped").get<bool>(); }, std::chrono::seconds(10)));
  CAF_CHECK_EQUAL(stopped().at("by").get<std::string>(), "tripwire");
  CAF_CHECK_EQUAL(l.api.get(acme + "/alerts").json().at("items")[0].at("what").get<std::string>(), "tripwire");
  const auto held = enrol(l.api, "late", "live");
  CAF_CHECK(eventually([&] { return run_of(l.api, "live", held).value("waiting_at", "") == "kill_switch"; }, std::chrono::seconds(10)));
  enrol(l.api, "free", "calm");
  CAF_CHECK(l.arrives(21));
  CAF_CHECK_EQUAL(l.api.call("DELETE", acme + "/campaigns/live/stop", "", {}).status, 200);
  CAF_CHECK(l.arrives(22));
  CAF_CHECK(!stopped().at("stopped").get<bool>());
}

CAF_TEST(SS-33 ZRG-120 a preview shows bytes and gates and a test goes only to those on the list) {
  world_options o;
  o.yaml = "allow_recipients: [example.com]\n";
  live l(o);
  l.put("/campaigns/live", two_steps());
  const auto ana = enrol(l.api, "ana", "live");
  CAF_REQUIRE(l.arrives(1));
  const auto shown = l.api.post(acme + "/campaigns/live/preview", json{{"lead", ana}, {"step", "two"}}).json();
  CAF_CHECK(shown.at("message").at("body").get<std::string>().find("one more word") != std::string::npos);
  CAF_CHECK_EQUAL(shown.at("gates").size(), 14u);
  CAF_CHECK_EQUAL(l.w.provider().count().arrivals, 1u);
  const auto refused = l.api.post(acme + "/campaigns/live/test-send", json{{"lead", ana}, {"to", "me@elsewhere.example"}});
  CAF_CHECK_EQUAL(refused.status, 422);
  CAF_CHECK_EQUAL(l.api.post(acme + "/campaigns/live/test-send", json{{"lead", ana}, {"step", "one"}, {"to", "me@example.com"}}).status, 200);
  CAF_CHECK_EQUAL(l.last().what.to, "me@example.com");
  CAF_CHECK(l.last().what.subject.starts_with("[Test] "));
}

CAF_TEST(ZRG-194 every ignored event is listed with its reason) {
  live l;
  const std::string body = R"({"type":"email.scheduled","created_at":"2026-11-20T10:00:00.000Z","data":{"email_id":"x","to":["a@example.com"]}})";
  const auto stamp = std::to_string(std::time(nullptr));
  const auto answer = client(l.w.base_url())
                          .post("/hooks/acme/resend", body,
                                {"Content-Type: application/json", "svix-id: msg_1", "svix-timestamp: " + stamp,
                                 "svix-signature: " + webhook_signature("example-secret-for-tests-only", "msg_1", stamp, body)});
  CAF_CHECK_EQUAL(answer.status / 100, 2);
  auto items = [&] { return l.api.get(acme + "/inbound/ignored").json().at("items"); };
  CAF_REQUIRE(eventually([&] { return !items().empty(); }, std::chrono::seconds(5)));
  CAF_CHECK_EQUAL(items()[0].at("provider").get<std::string>(), "resend");
  CAF_CHECK_EQUAL(items()[0].at("type").get<std::string>(), "email.scheduled");
}

CAF_TEST(RULES runs move to a new version of their sequence by the id of their step and never back) {
  live l;
  l.put("/campaigns/live", two_steps());
  const auto ana = enrol(l.api, "ana", "live");
  CAF_REQUIRE(l.arrives(1));
  CAF_REQUIRE(run_becomes(l.api, "live", ana, "running"));
  auto longer = two_steps();
  const json between{{"id", "between"}, {"channel", "email"}, {"template", "again"}, {"delay", "20d"}};
  longer["sequence"].insert(longer["sequence"].begin() + 1, between);
  l.put("/campaigns/live", longer);
  const auto preview = l.api.post(acme + "/campaigns/live/migrate-runs", json{{"preview", true}}).json();
  CAF_CHECK_EQUAL(preview.at("would_move").get<int>(), 1);
  CAF_CHECK_EQUAL(run_of(l.api, "live", ana).at("cursor").get<int>(), 1);
  CAF_CHECK_EQUAL(l.api.post(acme + "/campaigns/live/migrate-runs", json{{"preview", false}}).status, 202);
  // Its next step was `two`, which is the third one now.
  CAF_CHECK(eventually([&] { return run_of(l.api, "live", ana).at("cursor") == 2; }, std::chrono::seconds(10)));
}

CAF_TEST(PROTOCOL an unknown outcome is settled by the evidence of an operator) {
  world_options o = by_sms();
  o.provider_behaves.what = behaviour::mode::accept_then_hang;
  o.provider_behaves.look_up = false;
  o.call_timeout_ms = 500;
  live l(o);
  l.put("/campaigns/live", two_steps("sms", "30d"));
  const auto ana = enrol(l.api, "ana", "live", "sms", "+12125550106");
  auto unknown = [&] { return l.api.get(acme + "/effects?state=unknown").json().at("items"); };
  CAF_REQUIRE(eventually([&] { return unknown().size() == 1; }, std::chrono::seconds(15)));
  const auto effect = unknown()[0].at("effect_id").get<std::string>();
  CAF_CHECK_EQUAL(l.api.post(acme + "/effects/" + effect + "/resolve", json{{"outcome", "delivered"}}).status, 422);
  CAF_CHECK_EQUAL(l.api.post(acme + "/effects/" + effect + "/resolve", json{{"outcome", "delivered"}, {"evidence", "she answered on the phone"}}).status, 200);
  CAF_CHECK(eventually([&] { return run_of(l.api, "live", ana).value("cursor", 0) == 1; }, std::chrono::seconds(10)));
  CAF_CHECK_EQUAL(l.api.post(acme + "/effects/" + effect + "/resolve", json{{"outcome", "not_delivered"}, {"evidence", "no"}}).status, 409);
  CAF_CHECK_EQUAL(l.w.provider().count().accepted, 1u);
}

CAF_TEST(4R-68 consent is kept per channel with its source and its time and a withdrawal stops the channel) {
  live l;
  l.put("/campaigns/live", two_steps());
  const auto ana = enrol(l.api, "ana", "live");
  CAF_REQUIRE(l.arrives(1));
  const auto consent = l.api.get(acme + "/leads/" + ana).json().at("consent").at("email");
  CAF_CHECK_EQUAL(consent.at("status").get<std::string>(), "granted");
  CAF_CHECK_EQUAL(consent.at("source").get<std::string>(), "contract");
  CAF_CHECK(!consent.at("at").is_null());
  // Not granted for text messages, so a campaign of them has nothing it may send.
  l.put("/campaigns/bare", two_steps());
  auto bo = person("bo", "bare");
  bo["consent"] = {{"sms", {{"status", "granted"}, {"source", "contract"}}}};
  const auto made = l.api.post(acme + "/leads", bo).json().at("lead_id").get<std::string>();
  CAF_CHECK(run_becomes(l.api, "bare", made, "running"));
  CAF_CHECK_EQUAL(run_of(l.api, "bare", made).at("history")[0].at("detail").get<std::string>(), "no_consent");
  auto cy = person("cy", "bare");
  cy["consent"]["sms"] = {{"status", "granted"}, {"source", "contract"}};
  cy["consent"]["email"] = {{"status", "withdrawn"}, {"source", "letter"}};
  const auto gone = l.api.post(acme + "/leads", cy).json().at("lead_id").get<std::string>();
  CAF_CHECK(run_becomes(l.api, "bare", gone, "suppressed", "consent_withdrawn"));
  CAF_CHECK_EQUAL(l.w.provider().count().accepted, 1u);
}
