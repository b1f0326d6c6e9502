#include <algorithm>
#include <map>
#include <mutex>

#include "tests/support/world.hpp"

#define CAF_SUITE brake
#include <caf/test/dsl.hpp>

using namespace heed::test;

/// 1,000 leads at cursor 1 with 12 points and a step due in the same second; what makes them hot arrives at that moment and
/// waits for its decision. Clock: the answer against the arrival at the provider.
namespace {

constexpr std::size_t leads = 1'000;
using instant = std::chrono::sys_time<std::chrono::microseconds>;

instant now() { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }

nlohmann::json campaign() {
  return {{"name", "Brake"}, {"intent", "end_user"}, {"enabled", true}, {"attribution", {{"landing_page", "https://example.com/b"}}},
          {"profile", "bench"},
          {"sequence", {{{"id", "s1"}, {"channel", "email"}, {"template", "t"}, {"delay", "0s"}},
                        {{"id", "s2"}, {"channel", "email"}, {"template", "t"}, {"delay", "1h"}, {"essential", true}}}},
          {"templates", {{"t", {{"subject", "Hello {firstName}"}, {"body", "Hello {firstName}"}}}}}};
}

std::string address(std::size_t i) { return "lead-" + std::to_string(i) + "@example.com"; }

struct answered {
  instant at;
  std::vector<std::string> on_the_wire;
  double milliseconds = 0;
};

nlohmann::json event(const std::string& id, const std::string& kind, std::size_t i) {
  nlohmann::json e{{"id", id}, {"kind", kind}, {"lead", {{"email", address(i)}}}};
  e["occurred_at"] = "2020-01-01T00:00:00Z";
  return e;
}

/// Real accounts refuse a time scale, so the delay itself is short.
nlohmann::json in_seconds(nlohmann::json c, int seconds) {
  c["sequence"][1]["delay"] = std::to_string(seconds) + "s";
  return c;
}

std::string domain_now(client& api) { return api.get("/healthz").header("x-heed-now"); }

void brake_under_fire(const std::string& what) {
  world_options o;
  // Slow enough that the brakes overtake the second steps on any machine: 64 connections carry 430 messages a second.
  o.provider_behaves.latency = std::chrono::milliseconds(150);
  o.connections = 64;
  world w(HEED_BINARY, o);
  w.start();
  auto api = w.api();
  // Enough time to enrol everybody and to warm them up before the first second step is due.
  constexpr int delay = 15;
  CAF_REQUIRE_EQUAL(api.put("/v1/workspaces/acme/campaigns/brake", in_seconds(campaign(), delay)).status / 100, 2);
  in_parallel(w, leads, 8, [&](client& c, std::size_t i) {
    nlohmann::json body{{"id", "enrol-" + std::to_string(i)}, {"email", address(i)}, {"fields", {{"firstName", "L" + std::to_string(i)}}},
                        {"campaign_id", "brake"}, {"landing_page", "https://example.com/b"}};
    body["consent"]["email"] = {{"status", "granted"}, {"source", "contract"}};
    c.post("/v1/workspaces/acme/leads", body);
  });
  CAF_REQUIRE(eventually([&] { return w.provider().count().accepted >= leads; }, std::chrono::seconds(30)));
  in_parallel(w, leads, 8, [&](client& c, std::size_t i) {
    auto e = event("warm-" + std::to_string(i), "form_submitted", i);
    e["occurred_at"] = domain_now(c);
    e["attributes"] = {{"form", "pricing"}};
    c.post("/v1/workspaces/acme/events", e);
  });
  // Fire when the second steps have begun to go out.
  CAF_REQUIRE(eventually([&] { return w.provider().count().accepted > leads + 20; }, std::chrono::seconds(30)));

  std::mutex lock;
  std::map<std::size_t, answered> answers;
  in_parallel(w, leads, 32, [&](client& c, std::size_t i) {
    auto e = event("hot-" + std::to_string(i), what, i);
    e["occurred_at"] = domain_now(c);
    if (what == "form_submitted") e["attributes"] = {{"form", "demo"}};
    if (what == "reply_received") e["message"] = {{"text", "Call me"}};
    auto started = std::chrono::steady_clock::now();
    auto answer = c.post("/v1/workspaces/acme/events", e, {"Prefer: wait=20"});
    auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
    answered a{now(), {}, took};
    auto body = answer.json();
    for (const auto& call : body.value("calls_in_flight", nlohmann::json::array())) a.on_the_wire.push_back(call);
    std::scoped_lock guard(lock);
    if (answer.status != 200) CAF_ERROR("answer " << answer.status << " " << answer.body);
    answers[i] = std::move(a);
  });
  CAF_CHECK_EQUAL(answers.size(), leads);

  // Whatever was still due is given time to go out wrongly.
  (void)eventually([] { return false; }, std::chrono::seconds(3));
  std::size_t after = 0, listed = 0, second_steps = 0;
  for (const auto& m : w.provider().messages()) {
    auto i = std::stoul(m.what.to.substr(5));
    auto found = answers.find(i);
    if (found == answers.end() || m.what.step == "0" || m.what.step == "s1") continue;
    ++second_steps;
    // The provider's clock stamps arrivals before its latency; the answer was read by us.
    if (m.arrived_at <= found->second.at) continue;
    bool was_listed = std::ranges::find(found->second.on_the_wire, m.what.effect) != found->second.on_the_wire.end();
    was_listed ? ++listed : ++after;
  }
  std::vector<double> times;
  for (const auto& [i, a] : answers) times.push_back(a.milliseconds);
  std::ranges::sort(times);
  CAF_MESSAGE(what << ": second steps sent before the brake " << second_steps - listed - after << ", arrived later but listed " << listed
                   << ", arrived later and not listed " << after << "; request to answer p50 " << times[times.size() / 2] << " ms, p99 "
                   << times[times.size() * 99 / 100] << " ms");
  CAF_CHECK_EQUAL(after, 0u);
  CAF_CHECK(second_steps < leads);
  CAF_CHECK(w.stop().has_value());
}

}  // namespace

CAF_TEST(SS-41 brake under fire by replies - no call starts after the answer but those it listed) { brake_under_fire("reply_received"); }

CAF_TEST(SS-41 brake under fire by forms - no call starts after the answer but those it listed) { brake_under_fire("form_submitted"); }
