#include <functional>

#include "tests/support/safe_world.hpp"

#define CAF_SUITE supervision
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;

namespace {

world_options breakable(const std::string& stuck_after) {
  world_options o;
  o.provider = "sandbox";
  o.yaml = "chaos: {enabled: true}\nsupervision: {stuck_after: " + stuck_after + "}\n";
  return o;
}

/// A component in the tree of GET /admin/actors; null when it is not there.
json find(const json& node, const std::string& path) {
  if (node.value("path", "") == path) return node;
  for (const auto& child : node.value("children", json::array()))
    if (auto found = find(child, path); !found.is_null()) return found;
  return nullptr;
}

json component(world& w, const std::string& path) {
  auto admin = w.admin();
  const auto shown = admin.get("/admin/actors").json();
  return shown.is_object() ? find(shown.at("tree"), path) : json();
}

struct fixture {
  world w{HEED_BINARY, breakable("3s")};
  client api, admin;
  fixture() : api((w.start(), w.api())), admin(w.admin()) {
    CAF_REQUIRE_EQUAL(api.put(acme + "/campaigns/live", two_steps()).status / 100, 2);
  }
  int chaos(json what) { return admin.post("/admin/chaos", what).status; }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(supervision_tests, fixture)

CAF_TEST(a component that crashed goes on with what waits and the tree says when and why) {
  CAF_CHECK_EQUAL(chaos({{"what", "crash"}, {"path", "regions/0"}}), 202);
  CAF_CHECK_EQUAL(chaos({{"what", "crash"}, {"path", "readers/0"}}), 202);
  // Whoever's decision was under way may be told to try again, and does.
  for (int i = 0; i < 20; ++i) {
    const auto name = "p" + std::to_string(i);
    const auto taken = [&] { return api.post(acme + "/leads", person(name, "live"), {"Idempotency-Key: " + name}).status / 100 == 2; };
    CAF_CHECK(eventually(taken, std::chrono::seconds(10)));
  }
  CAF_CHECK(eventually([&] { return component(w, "regions/0").value("restarts", 0) >= 1; }, std::chrono::seconds(10)));
  const auto region = component(w, "regions/0");
  CAF_CHECK_EQUAL(region.at("state").get<std::string>(), "running");
  CAF_CHECK_EQUAL(region.at("last_error").get<std::string>(), "chaos");
  CAF_CHECK(region.at("history").at(0).contains("pause_ms"));
  CAF_CHECK(region.at("handled").get<int>() > 0);
  const auto everybody = [&] { return api.get(acme + "/runs?status=running&limit=1").json()["counts"].value("running", 0) == 20; };
  CAF_CHECK(eventually(everybody, std::chrono::seconds(20)));
}

CAF_TEST(an operator restarts a component and a lead and what does not exist is said) {
  const auto lead = enrol(api, "ana", "live");
  CAF_CHECK_EQUAL(admin.post("/admin/actors/timers/restart", json::object()).status, 202);
  CAF_CHECK(eventually([&] { return component(w, "timers").value("restarts", 0) == 1; }, std::chrono::seconds(10)));
  for (const auto* region : {"regions%2F0", "regions%2F1"})
    CAF_CHECK_EQUAL(admin.post("/admin/actors/" + std::string(region) + "%2Flead%2F" + lead + "/restart", json::object()).status, 202);
  auto e = event(api, "e1", "page_viewed", "ana@example.com");
  e["attributes"] = {{"url", "https://example.com"}};
  CAF_CHECK_EQUAL(tell(api, e).status, 200);
  CAF_CHECK_EQUAL(admin.post("/admin/actors/nobody/restart", json::object()).status, 404);
  CAF_CHECK_EQUAL(api.post("/admin/actors/timers/restart", json::object()).status / 100, 4);
}

CAF_TEST(a decision that fails for good is buried and its lead carries on when told to) {
  const auto lead = enrol(api, "ana", "live");
  // Three on the fast path, which keeps nothing it cannot decide; three more from the inbox.
  CAF_CHECK_EQUAL(chaos({{"what", "poison"}, {"lead", lead}, {"times", 6}}), 202);
  auto e = event(api, "e1", "page_viewed", "ana@example.com");
  e["attributes"] = {{"url", "https://example.com"}};
  (void)api.post(acme + "/events", e);
  const auto dead = [&] { return admin.get("/admin/counts").json().value("dead", 0) == 1; };
  CAF_CHECK(eventually(dead, std::chrono::seconds(10)));
  e["id"] = "e2";
  CAF_CHECK_EQUAL(tell(api, e).status, 200);
  CAF_CHECK(!admin.get("/admin/actors").json().at("crashed_leads").empty());
}

CAF_TEST(a handler that does not return is named and the process starts itself again) {
  CAF_CHECK_EQUAL(chaos({{"what", "hang"}, {"path", "notifier"}, {"milliseconds", 20'000}}), 202);
  CAF_CHECK(eventually([&] { return component(w, "notifier").value("state", "") == "stuck"; }, std::chrono::seconds(10)));
  const auto log = [&] { return w.node().log(); };
  CAF_CHECK(eventually([&] { return log().find("node.restarting") != std::string::npos; }, std::chrono::seconds(15)));
  const auto state = [&] {
    const auto shown = component(w, "notifier");
    return shown.is_object() ? shown.value("state", "") : std::string();
  };
  CAF_CHECK(eventually([&] { return state() == "running"; }, std::chrono::seconds(10)));
  CAF_CHECK(w.node().running());
  CAF_CHECK(log().find("path=notifier") != std::string::npos);
  CAF_CHECK(log().find("a handler has not returned for") != std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST(faults on request do not exist unless they are enabled) {
  world_options o;
  o.provider = "sandbox";
  world w(HEED_BINARY, o);
  w.start();
  auto admin = w.admin();
  CAF_CHECK_EQUAL(admin.post("/admin/chaos", json{{"what", "exit"}}).status, 404);
  CAF_CHECK(w.node().running());
}
