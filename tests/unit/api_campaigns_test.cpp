#include "actors/workspace/policy_json.hpp"
#include "adapters/api/policy_change.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_campaigns
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

const std::string spring = api_world::ws + "/campaigns/spring";

std::vector<kill_switch_row> switches(api_world& w) {
  std::vector<kill_switch_row> out;
  w.read([&](store_reader& r) {
    const auto rows = r.kill_switches().value();
    for (const auto& row : rows)
      if (row.scope == stop_scope::campaign) out.push_back(row);
  });
  return out;
}

}  // namespace

CAF_TEST(a campaign is created once and then replaced and tagged by its own document) {
  api_world w;
  const auto made = w.ask("PUT", spring, w.campaign());
  CAF_REQUIRE_EQUAL(made.status(), 201);
  CAF_CHECK_EQUAL(made.header("ETag"), made.at("/etag"));
  CAF_CHECK_EQUAL(made.at("/revision"), 2);
  CAF_CHECK_EQUAL(made.at("/paused"), false);
  CAF_REQUIRE_EQUAL(switches(w).size(), 1u);
  CAF_CHECK(!switches(w)[0].engaged);
  const auto shown = w.get(spring);
  CAF_CHECK_EQUAL(shown.header("ETag"), made.header("ETag"));
  CAF_CHECK_EQUAL(shown.body(), made.body());
  CAF_CHECK_EQUAL(w.ask("PUT", spring, shown.at("/definition")).status(), 200);
  CAF_CHECK_EQUAL(w.get(w.ws + "/campaigns").at("/items").size(), 1u);
  // A change elsewhere in the policy leaves the tag alone.
  w.ask("PUT", w.ws + "/settings", {{"name", "Acme"}});
  CAF_CHECK_EQUAL(w.get(spring).header("ETag"), made.header("ETag"));
  CAF_CHECK_EQUAL(w.ask("GET", spring, nullptr, {{"if-none-match", made.header("ETag")}}).status(), 304);
}

CAF_TEST(changed steps make a new version of the sequence and the old one stays) {
  api_world w;
  w.ask("PUT", spring, w.campaign());
  auto changed = w.campaign();
  changed["sequence"][1]["delay"] = "4d";
  CAF_CHECK_EQUAL(w.ask("PUT", spring, changed).at("/sequence_version"), 2);
  CAF_CHECK_EQUAL(
      w.current_policy(workspace_id{"acme"})->find_campaign(campaign_id{"spring"})->sequences.size(), 2u);
}

CAF_TEST(a change made on an older state is refused) {
  api_world w;
  const auto tag = w.ask("PUT", spring, w.campaign()).header("ETag");
  auto changed = w.campaign();
  changed["name"] = "Spring launch";
  CAF_CHECK_EQUAL(w.ask("PUT", spring, changed, {{"if-match", tag}}).status(), 200);
  const auto late = w.ask("PUT", spring, w.campaign(), {{"if-match", tag}});
  CAF_CHECK_EQUAL(late.status(), 412);
  CAF_CHECK_EQUAL(late.at("/field"), "If-Match");
  CAF_CHECK_EQUAL(w.ask("PUT", spring, changed, {{"if-none-match", "*"}}).status(), 412);
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/campaigns/autumn", w.campaign(), {{"if-match", tag}}).status(), 412);
  CAF_CHECK_EQUAL(w.get(spring).at("/definition/name"), "Spring launch");
  const auto settings = w.get(w.ws + "/settings").header("ETag");
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/settings", {{"name", "A"}}, {{"if-match", settings}}).status(), 200);
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/settings", {{"name", "B"}}, {{"if-match", settings}}).status(), 412);
}

CAF_TEST(two who change the policy at once both succeed and lose nothing of each other) {
  api_world w;
  w.before_write = [&](store& s) {
    policy p = *w.current_policy(workspace_id{"acme"});
    p.defaults.company_name = "Other writer";
    CAF_REQUIRE(s.put_policy(p.workspace, p.revision, to_json(p).dump(), {p.workspace, "x", "y", {}, w.now()})
                    .has_value());
  };
  CAF_CHECK_EQUAL(w.ask("PUT", spring, w.campaign()).at("/revision"), 3);
  CAF_CHECK_EQUAL(w.get(w.ws + "/settings").at("/settings/company_name"), "Other writer");
}

CAF_TEST(SS-2 SS-3 a bad campaign lists every fault with its place and is not stored) {
  api_world w;
  auto bad = w.campaign();
  bad["sequence"][0]["template"] = "missing";
  bad["sequence"][1]["channel"] = "fax";
  const auto a = w.ask("PUT", spring, bad);
  CAF_CHECK_EQUAL(a.status(), 422);
  std::string fields;
  for (const auto& p : a.at("/problems"))
    fields += p["field"].get<std::string>() + " ";
  CAF_CHECK_NOT_EQUAL(fields.find("/sequence/1/channel"), std::string::npos);
  CAF_CHECK_EQUAL(w.get(spring).status(), 404);
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/campaigns/a__b", w.campaign()).status(), 422);
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/settings", {{"time_zome", "UTC"}}).at("/field"), "/time_zome");
}

CAF_TEST(SS-56 a pause engages only the switch of that campaign and is answered after the grace with the calls on the wire) {
  api_world w;
  w.ask("PUT", spring, w.campaign());
  w.ask("PUT", w.ws + "/campaigns/autumn", w.campaign());
  const auto paused = w.post(spring + "/pause");
  CAF_CHECK_EQUAL(paused.status(), 200);
  CAF_CHECK_EQUAL(paused.at("/paused"), true);
  CAF_CHECK(paused.at("/calls_in_flight").is_array());
  CAF_REQUIRE_EQUAL(w.delays.size(), 1u);
  CAF_CHECK(w.delays[0] == std::chrono::milliseconds(300));
  CAF_CHECK_EQUAL(w.get(w.ws + "/campaigns/autumn").at("/paused"), false);
  CAF_CHECK_EQUAL(w.post(spring + "/resume").at("/paused"), false);
  CAF_CHECK_EQUAL(w.post(spring + "/disable").at("/definition/enabled"), false);
  CAF_CHECK_EQUAL(w.get(w.ws + "/campaigns/autumn").at("/definition/enabled"), true);
  CAF_CHECK_EQUAL(w.post(spring + "/enable").at("/definition/enabled"), true);
  CAF_CHECK_EQUAL(w.post(w.ws + "/campaigns/winter/enable").status(), 404);
}

CAF_TEST(SS-51 SS-54 a prepared campaign is stored disabled and may be enabled unedited) {
  api_world w;
  for (const auto* intent : {"investor", "end_user", "re_engagement"}) {
    const auto path = w.ws + "/campaigns/made-" +
                      std::string(intent == std::string("re_engagement") ? "back"
                                  : intent == std::string("end_user")    ? "user"
                                                                         : intent);
    const auto a = w.post(path + "/prepare", {{"intent", intent}, {"landing_page", "https://example.com"}});
    CAF_REQUIRE_EQUAL(a.status(), 200);
    CAF_CHECK_EQUAL(a.at("/definition/enabled"), false);
    CAF_CHECK(!a.at("/definition/sequence").empty());
    CAF_CHECK_EQUAL(w.ask("PUT", path, a.at("/definition")).status(), 200);
    CAF_CHECK_EQUAL(w.post(path + "/enable").status(), 200);
    CAF_CHECK_EQUAL(w.post(path + "/prepare", {{"intent", intent}}).status(), 409);
  }
  CAF_CHECK_EQUAL(w.post(w.ws + "/campaigns/new/prepare").at("/field"), "/intent");
  CAF_CHECK_EQUAL(w.post(w.ws + "/campaigns/new/prepare", {{"intent", "blast"}}).status(), 422);
}

CAF_TEST(changes of configuration are audited under the name of the caller) {
  api_world w;
  w.ask("PUT", spring, w.campaign());
  w.post(spring + "/pause");
  w.read([&](store_reader& r) {
    std::string told;
    const auto rows = r.audit(workspace_id{"acme"}, 10).value();
    for (const auto& row : rows)
      told += row.by + ":" + row.what + " ";
    CAF_CHECK_NOT_EQUAL(told.find("key-admin:campaign_put"), std::string::npos);
    CAF_CHECK_NOT_EQUAL(told.find("key-admin:campaign_paused"), std::string::npos);
  });
}

CAF_TEST(SS-51 what would be prepared is shown and nothing is stored) {
  api_world w;
  const auto shown = w.post(spring + "/prepare", {{"intent", "investor"}, {"name", "Investors"}, {"preview", true}});
  CAF_REQUIRE_EQUAL(shown.status(), 200);
  CAF_CHECK_EQUAL(shown.at("/definition/name"), "Investors");
  CAF_CHECK_EQUAL(shown.at("/definition/enabled"), false);
  CAF_CHECK(shown.at("/definition/sequence").size() >= 2u);
  CAF_CHECK_EQUAL(w.get(spring).status(), 404);
  CAF_CHECK(switches(w).empty());
  // Of an enabled campaign too: it is only looked at.
  w.ask("PUT", spring, w.campaign());
  CAF_CHECK_EQUAL(w.post(spring + "/prepare", {{"intent", "end_user"}, {"preview", true}}).status(), 200);
  CAF_CHECK_EQUAL(w.get(spring).at("/definition/sequence").size(), 2u);
  CAF_CHECK_EQUAL(w.post(spring + "/prepare", {{"intent", "end_user"}}).status(), 409);
}

CAF_TEST(a definition is checked while it is written and its texts are shown for nobody) {
  api_world w;
  auto draft = w.campaign();
  draft["templates"]["last"]["body"] = "Last, {firstName}: {calendarLink}";
  const auto good = w.ask("POST", spring + "/check", draft, {}, w.setter);
  CAF_REQUIRE_EQUAL(good.status(), 200);
  CAF_CHECK_EQUAL(good.at("/problems").size(), 0u);
  CAF_REQUIRE_EQUAL(good.at("/samples").size(), 2u);
  CAF_CHECK_EQUAL(good.at("/samples/0/subject"), "Hi \u2039firstName\u203a");
  CAF_CHECK_EQUAL(good.at("/samples/0/missing").size(), 0u);
  CAF_CHECK_EQUAL(good.at("/samples/1/missing"), json::array({"calendarLink"}));
  CAF_CHECK(good.at("/variables").dump().find("firstName") != std::string::npos);
  draft["templates"]["hello"]["body"] = "Hello {firstNam}";
  draft["sequence"][1]["delay"] = "3 days";
  const auto bad = w.post(spring + "/check", draft);
  CAF_CHECK_EQUAL(bad.status(), 200);
  const auto found = bad.at("/problems").dump();
  CAF_CHECK(found.find("/templates/hello/body") != std::string::npos);
  CAF_CHECK(found.find("/sequence/1/delay") != std::string::npos);
  CAF_CHECK_EQUAL(w.get(spring).status(), 404);
  CAF_CHECK_EQUAL(w.ask("POST", spring + "/check", draft, {}, w.reader).status(), 403);
}
