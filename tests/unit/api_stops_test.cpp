#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_stops
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

struct scope_path {
  std::string path, scope, name;
};
const std::vector<scope_path> scopes{{"/admin/stop", "global", ""},
                                     {api_world::ws + "/stop", "workspace", "acme"},
                                     {api_world::ws + "/campaigns/spring/stop", "campaign", "spring"},
                                     {api_world::ws + "/accounts/mail/stop", "account", "mail"}};

answer stop(api_world& w, const std::string& path, const json& body = nullptr) {
  return w.ask("PUT", path, body, {}, w.boss);
}
answer release(api_world& w, const std::string& path) { return w.ask("DELETE", path, nullptr, {}, w.boss); }

}  // namespace

CAF_TEST(SS-56 RULES a stop of every scope is answered after its grace with the calls on the wire) {
  for (const auto& s : scopes) {
    api_world w;
    const auto lead = w.enrol("ana");
    const auto effect = w.first_effect(lead).id;
    w.start_call(effect);
    CAF_CHECK_EQUAL(w.get(s.path, w.boss).at("/stopped"), false);
    const auto a = stop(w, s.path, {{"reason", "holiday"}});
    CAF_REQUIRE_EQUAL(a.status(), 200);
    CAF_CHECK_EQUAL(a.at("/stopped"), true);
    CAF_CHECK_EQUAL(a.at("/scope"), s.scope);
    CAF_CHECK_EQUAL(a.at("/name"), s.name);
    CAF_CHECK_EQUAL(a.at("/by"), w.boss);
    CAF_CHECK_EQUAL(a.at("/at"), to_iso(w.now()));
    CAF_CHECK_EQUAL(a.at("/calls_in_flight"), json::array({effect.value}));
    CAF_REQUIRE_EQUAL(w.delays.size(), 1u);
    CAF_CHECK(w.delays[0] == std::chrono::milliseconds(300));
    CAF_CHECK_EQUAL(w.get(s.path, w.boss).at("/stopped"), true);
    const auto freed = release(w, s.path);
    CAF_CHECK_EQUAL(freed.status(), 200);
    CAF_CHECK_EQUAL(freed.at("/stopped"), false);
    CAF_CHECK_EQUAL(w.get(s.path, w.boss).at("/stopped"), false);
    CAF_CHECK_NOT_EQUAL(w.audited().find("holiday"), std::string::npos);
  }
}

CAF_TEST(SS-56 a stop lists the calls of its own scope alone) {
  api_world w;
  const auto lead = w.enrol("ana");
  w.start_call(w.first_effect(lead).id);
  w.ask("PUT", w.ws + "/campaigns/autumn", w.campaign());
  CAF_CHECK(stop(w, w.ws + "/campaigns/autumn/stop").at("/calls_in_flight").empty());
  CAF_CHECK(stop(w, "/v1/workspaces/other/stop").at("/calls_in_flight").empty());
  CAF_CHECK_EQUAL(w.get(w.ws + "/stop").at("/stopped"), false);
}

CAF_TEST(RULES a global stop is taken up by every workspace before it is answered) {
  api_world w;
  const auto before = w.reloads;
  CAF_CHECK_EQUAL(stop(w, "/admin/stop").status(), 200);
  CAF_CHECK_EQUAL(w.reloads - before, 2);
  CAF_CHECK_EQUAL(release(w, "/admin/stop").status(), 200);
  CAF_CHECK_EQUAL(w.reloads - before, 4);
}

CAF_TEST(a stop said twice changes nothing the second time and is audited once) {
  api_world w;
  const auto path = w.ws + "/stop";
  const auto first = w.ask("PUT", path, {{"reason", "a"}});
  w.domain_now += std::chrono::hours(1);
  const auto again = w.ask("PUT", path, {{"reason", "a"}});
  CAF_CHECK_EQUAL(again.status(), 200);
  CAF_CHECK_EQUAL(again.at("/at"), first.at("/at"));
  const auto told = w.audited();
  const auto at = told.find("workspace_stopped");
  CAF_CHECK_NOT_EQUAL(at, std::string::npos);
  CAF_CHECK_EQUAL(told.find("workspace_stopped", at + 1), std::string::npos);
  // Somebody else's word counts as well: the stop is theirs from then on.
  CAF_CHECK_EQUAL(w.ask("PUT", path, nullptr, {}, w.boss).at("/by"), w.boss);
  CAF_CHECK_EQUAL(w.ask("DELETE", path).status(), 200);
  CAF_CHECK_EQUAL(w.ask("DELETE", path).at("/stopped"), false);
}

CAF_TEST(SS-56 who may stop and who may release) {
  api_world w;
  w.ask("PUT", w.ws + "/campaigns/spring", w.campaign());
  for (const auto& s : scopes) {
    if (s.scope == "global") continue;
    CAF_CHECK_EQUAL(w.ask("PUT", s.path, nullptr, {}, w.reader).status(), 403);
    CAF_CHECK_EQUAL(w.ask("PUT", s.path, nullptr, {}, w.setter).status(), 200);
    CAF_CHECK_EQUAL(w.ask("DELETE", s.path, nullptr, {}, w.setter).status(), 403);
    CAF_CHECK_EQUAL(w.ask("DELETE", s.path, nullptr, {}, w.admin).status(), 200);
    CAF_CHECK_EQUAL(w.get(s.path, w.reader).status(), 200);
    CAF_CHECK_EQUAL(w.get(s.path, w.other).status(), 404);
  }
  for (const auto* method : {"GET", "PUT", "DELETE"})
    CAF_CHECK_EQUAL(w.ask(method, "/admin/stop", nullptr, {}, w.admin).status(), 403);
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/campaigns/winter/stop").status(), 404);
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/accounts/nobody/stop").status(), 404);
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/stop", {{"why", "x"}}).at("/field"), "/why");
  CAF_CHECK_EQUAL(w.get("/admin/stop", w.admin).status(), 403);
}

CAF_TEST(SS-56 a stop of a campaign and its pause are one switch) {
  api_world w;
  const auto spring = w.ws + "/campaigns/spring";
  w.ask("PUT", spring, w.campaign());
  w.ask("PUT", spring + "/stop");
  CAF_CHECK_EQUAL(w.get(spring).at("/paused"), true);
  CAF_CHECK_EQUAL(w.post(spring + "/resume").at("/paused"), false);
  CAF_CHECK_EQUAL(w.get(spring + "/stop").at("/stopped"), false);
}

CAF_TEST(a path that can be deleted says so) {
  api_world w;
  CAF_CHECK_EQUAL(w.ask("OPTIONS", w.ws + "/stop").header("Allow"), "GET, HEAD, PUT, DELETE, OPTIONS");
  CAF_CHECK_EQUAL(w.ask("POST", w.ws + "/stop").status(), 405);
}
