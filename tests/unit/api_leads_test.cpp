#include "adapters/api/upsert_body.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_leads
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

answer upsert_without(api_world& w, const std::string& member) {
  auto body = w.person("ana");
  body.erase(member);
  return w.post(w.ws + "/leads", body);
}

}  // namespace

CAF_TEST(SS-7 SS-16 an upsert waits for its decision and a repeat finds the same lead and run) {
  api_world w;
  w.ask("PUT", w.ws + "/campaigns/spring", w.campaign());
  const auto first = w.post(w.ws + "/leads", w.person("ana"));
  CAF_REQUIRE_EQUAL(first.status(), 200);
  const std::string lead = first.at("/lead_id");
  CAF_REQUIRE_EQUAL(first.at("/runs").size(), 1u);
  CAF_CHECK_EQUAL(first.at("/runs/0/run_id"), "spring__" + lead);
  const auto again = w.post(w.ws + "/leads", w.person("ana"));
  CAF_CHECK_EQUAL(again.status(), 200);
  CAF_CHECK_EQUAL(again.at("/lead_id"), lead);
  CAF_CHECK_EQUAL(again.at("/duplicate"), false);
  CAF_CHECK_EQUAL(again.at("/runs").size(), 1u);
  const auto run = w.get(w.ws + "/runs/spring__" + lead).body();
  CAF_CHECK_EQUAL(run["landing_page"], "https://example.com/spring");
  CAF_CHECK(run.contains("attribution"));
}

CAF_TEST(a person another system wrote to carries on at the step that comes next) {
  api_world w;
  w.ask("PUT", w.ws + "/campaigns/spring", w.campaign());
  const std::string second = w.campaign()["sequence"][1]["id"];
  const auto due = to_iso(w.domain_now + std::chrono::hours(30));
  auto body = w.person("ana");
  body["carry_on"] = {{"step", second}, {"due", due}};
  const auto a = w.post(w.ws + "/leads", body);
  CAF_REQUIRE_EQUAL(a.status(), 200);
  CAF_REQUIRE_EQUAL(a.at("/runs").size(), 1u);
  CAF_CHECK_EQUAL(a.at("/runs/0/cursor"), 1);
  CAF_CHECK_EQUAL(a.at("/runs/0/next_at"), due);
  CAF_CHECK_EQUAL(a.at("/runs/0/status"), "running");
  body = w.person("ben");
  body["carry_on"] = {{"step", "nope"}};
  CAF_CHECK_EQUAL(w.post(w.ws + "/leads", body).status(), 422);
  body.erase("campaign_id");
  body["carry_on"] = {{"step", second}};
  CAF_CHECK_EQUAL(w.post(w.ws + "/leads", body).at("/field"), "/carry_on");
}

CAF_TEST(a field that changes and changes back arrives twice and a named upsert once) {
  api_world w;
  w.ask("PUT", w.ws + "/campaigns/spring", w.campaign());
  auto person = w.person("ana");
  std::string lead;
  for (const auto* company : {"First", "Second", "First"}) {
    person["fields"]["company"] = company;
    lead = w.post(w.ws + "/leads", person).at("/lead_id");
  }
  const auto shown = w.get(w.ws + "/leads/" + lead).body();
  CAF_CHECK_EQUAL(shown["fields"]["company"], "First");
  person["id"] = "crm-7";
  CAF_CHECK_EQUAL(w.post(w.ws + "/leads", person).at("/duplicate"), false);
  CAF_CHECK_EQUAL(w.post(w.ws + "/leads", person).at("/duplicate"), true);
}

CAF_TEST(SS-17 SS-35 an enrolment must name its campaign and where the person came from and a consent) {
  api_world w;
  w.ask("PUT", w.ws + "/campaigns/spring", w.campaign());
  auto nameless = w.person("ana");
  nameless.erase("campaign_id");
  nameless["enrol"] = true;
  const auto refused = w.post(w.ws + "/leads", nameless);
  CAF_CHECK_EQUAL(refused.status(), 422);
  CAF_CHECK_EQUAL(refused.at("/field"), "/campaign_id");
  auto unknown = w.person("ana");
  unknown["campaign_id"] = "autumn";
  CAF_CHECK_EQUAL(w.post(w.ws + "/leads", unknown).at("/field"), "/campaign_id");
  CAF_CHECK_EQUAL(upsert_without(w, "landing_page").at("/field"), "/attribution");
  CAF_CHECK_EQUAL(upsert_without(w, "consent").at("/field"), "/consent");
  CAF_CHECK(w.seen.empty());
}

CAF_TEST(SS-17 without a campaign a person is kept and no run exists) {
  api_world w;
  const auto a = w.post(w.ws + "/leads", {{"email", "Ana@Example.com"}, {"keys", {{"klaviyo", "k_1"}}}});
  CAF_CHECK_EQUAL(a.status(), 200);
  CAF_CHECK(a.at("/runs").empty());
  const auto lead = w.get(w.ws + "/leads/" + a.at("/lead_id").get<std::string>()).body();
  CAF_CHECK_EQUAL(lead["keys"], (json::array({{{"kind", "email"}, {"value", "ana@example.com"}},
                                              {{"kind", "klaviyo"}, {"value", "k_1"}}})));
}

CAF_TEST(every fault of the document of a person is listed with its place) {
  api_world w;
  const auto a = w.post(w.ws + "/leads", {{"email", "no address"},
                                          {"fields", {{"age", 7}}},
                                          {"consent", {{"fax", json::object()}}},
                                          {"colour", "red"}});
  CAF_CHECK_EQUAL(a.status(), 422);
  std::vector<std::string> fields;
  for (const auto& p : a.at("/problems"))
    fields.push_back(p["field"]);
  for (const auto* expected : {"/email", "/fields/age", "/consent/fax", "/colour"})
    if (!(std::ranges::find(fields, expected) != fields.end())) CAF_ERROR(expected);
  CAF_CHECK_EQUAL(a.raw.body.find("no address"), std::string::npos);
  CAF_CHECK_EQUAL(w.ask_raw("POST", w.ws + "/leads", "a=b",
                            {{"content-type", "application/x-www-form-urlencoded"}}, w.admin)
                      .status(),
                  415);
  CAF_CHECK_EQUAL(w.ask_raw("POST", w.ws + "/leads", "{", {}, w.admin).status(), 422);
}

CAF_TEST(a lead shows intent and consent and owner and its journal shows decisions with verdicts) {
  api_world w;
  const auto id = w.enrol("ana");
  w.post(w.ws + "/events", {{"id", "f1"},
                            {"kind", "form_submitted"},
                            {"occurred_at", "2026-11-16T09:59:00Z"},
                            {"lead", {{"email", "ana@example.com"}}},
                            {"attributes", {{"form", "pricing"}}}});
  w.post(w.ws + "/events", {{"id", "r1"},
                            {"kind", "reply_received"},
                            {"occurred_at", "2026-11-16T09:59:00Z"},
                            {"lead", {{"email", "ana@example.com"}}},
                            {"channel", "email"},
                            {"message", {{"subject", "Re: Hi"}, {"text", "Call me"}}}});
  const auto lead = w.get(w.ws + "/leads/" + id).body();
  CAF_CHECK_EQUAL(lead["intent"]["score"], 22);
  CAF_CHECK_EQUAL(lead["intent"]["threshold"], 21);
  CAF_CHECK_EQUAL(lead["intent"]["hot"], true);
  CAF_CHECK_EQUAL(lead["intent"]["signals"].size(), 2u);
  CAF_CHECK_EQUAL(lead["owner"], "human");
  CAF_CHECK_EQUAL(lead["consent"]["email"]["status"], "granted");
  CAF_CHECK(lead["suppression"]["person"].is_null());
  CAF_REQUIRE(!lead["conversation"].empty());
  const auto journal = w.get(w.ws + "/leads/" + id + "/journal?limit=2").body();
  CAF_REQUIRE_EQUAL(journal["items"].size(), 2u);
  CAF_CHECK_EQUAL(journal["items"][0]["kind"], "lead_upserted");
  CAF_CHECK_EQUAL(journal["items"][0]["decision_id"], id + "-1");
  CAF_CHECK(!journal["items"][0]["verdicts"].empty());
  CAF_REQUIRE(journal["next"].is_string());
  const auto rest =
      w.get(w.ws + "/leads/" + id + "/journal?after=" + journal["next"].get<std::string>()).body();
  CAF_CHECK_EQUAL(rest["items"][0]["seq"], 3);
  CAF_CHECK_EQUAL(rest["items"][0]["stimulus"]["body"]["text"], "Call me");
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads").at("/items/0/hot"), true);
}

CAF_TEST(pages are bounded and cursors carry on) {
  api_world w;
  for (const auto* name : {"ana", "ben", "cem"})
    w.post(w.ws + "/leads", {{"email", std::string(name) + "@example.com"}});
  const auto first = w.get(w.ws + "/leads?limit=2").body();
  CAF_CHECK_EQUAL(first["items"].size(), 2u);
  const auto second = w.get(w.ws + "/leads?limit=2&after=" + first["next"].get<std::string>()).body();
  CAF_CHECK_EQUAL(second["items"].size(), 1u);
  CAF_CHECK(second["next"].is_null());
  for (const auto* bad : {"0", "201", "many", "-1"})
    CAF_CHECK_EQUAL(w.get(w.ws + "/leads?limit=" + bad).status(), 422);
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads/x/journal?after=y").status(), 422);
}

CAF_TEST(leads are found by part of a key and by how they stand) {
  api_world w;
  const auto ana = w.enrol("ana");
  const auto ben = w.enrol("ben");
  w.post(w.ws + "/leads/" + ben + "/take");
  const auto found = [&](const std::string& query) {
    std::string all;
    const auto items = w.get(w.ws + "/leads?" + query, w.reader).at("/items");
    for (const auto& each : items)
      all += each["lead_id"].get<std::string>() + " ";
    return all;
  };
  CAF_CHECK_EQUAL(found("q=ana@"), ana + " ");
  CAF_CHECK_EQUAL(found("q=" + ben), ben + " ");
  CAF_CHECK_EQUAL(found("q=example.com"), ana + " " + ben + " ");
  CAF_CHECK_EQUAL(found("q=carl"), "");
  CAF_CHECK_EQUAL(found("status=handed_off"), ben + " ");
  CAF_CHECK_EQUAL(found("q=ana&status=handed_off"), "");
}

CAF_TEST(a search for leads that cannot be is refused) {
  api_world w;
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads?status=angry").at("/field"), "status");
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads?q=" + std::string(300, 'a')).at("/field"), "q");
}

CAF_TEST(interest is told as it grew and as it faded) {
  using namespace std::chrono_literals;
  api_world w;
  const auto id = w.enrol("ana");
  const auto tell = [&](const std::string& key, const std::string& kind, json more) {
    more.update({{"id", key}, {"kind", kind}, {"occurred_at", to_iso(w.now())}, {"lead", {{"email", "ana@example.com"}}}, {"channel", "email"}});
    w.post(w.ws + "/events", more);
  };
  const auto over_time = [&] { return w.get(w.ws + "/leads/" + id).at("/intent/over_time"); };
  CAF_CHECK_EQUAL(over_time().size(), 0u);
  w.domain_now += 1h;
  tell("f1", "form_submitted", {{"attributes", {{"form", "pricing"}}}});
  w.domain_now += 2h;
  tell("r1", "reply_received", {{"message", {{"text", "Call me"}}}});
  auto grown = over_time();
  CAF_REQUIRE_EQUAL(grown.size(), 2u);
  CAF_CHECK_EQUAL(grown[0]["at"], "2026-11-16T11:00:00Z");
  CAF_CHECK_EQUAL(grown[0]["score"], 12);
  CAF_CHECK_EQUAL(grown[0]["parts"].size(), 1u);
  CAF_CHECK_EQUAL(grown[1]["score"], 22);
  CAF_CHECK_EQUAL(grown[1]["parts"].size(), 2u);
  // A signal lives for thirty days.
  w.domain_now += 24h * 30;
  grown = over_time();
  CAF_REQUIRE_EQUAL(grown.size(), 4u);
  CAF_CHECK_EQUAL(grown[2]["score"], 10);
  CAF_CHECK_EQUAL(grown[3]["score"], 0);
}
