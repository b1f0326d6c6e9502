#include <poll.h>
#include <signal.h>

#include <atomic>
#include <thread>

#include "tests/support/cluster_world.hpp"

/// Several real nodes: what a caller sees, and who may be one of them.
#define CAF_SUITE cluster
#include <caf/test/dsl.hpp>

using namespace heed::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

cluster_options of(std::size_t nodes) {
  cluster_options o;
  o.heed_binary = HEED_BINARY;
  o.nodes = nodes;
  o.world.provider_behaves.latency = 5ms;
  return o;
}

json viewed(client& api, const std::string& id, const std::string& email) {
  auto e = event(api, id, "page_viewed", email);
  e["attributes"] = {{"url", "https://example.com/prices"}};
  return e;
}

}  // namespace

CAF_TEST(any node takes anything and answers with the decision of the node whose lead it is) {
  cluster_world w(of(3));
  w.start();
  auto first = w.api(0);
  CAF_REQUIRE_EQUAL(first.put(acme + "/campaigns/spring", two_steps()).status / 100, 2);
  // Method: a dozen people come in at the first node, so that some are others'; each other node is told of each of them.
  for (int i = 0; i < 12; ++i)
    (void)enrol(first, "p" + std::to_string(i), "spring");
  for (const std::size_t n : {1u, 2u, 0u}) {
    auto api = w.api(n);
    for (int i = 0; i < 12; ++i) {
      const auto told = api.post(acme + "/events", viewed(api, std::to_string(n) + "-" + std::to_string(i), "p" + std::to_string(i) + "@example.com"), {"Prefer: wait=10"});
      CAF_CHECK_EQUAL(told.status, 200);
    }
  }
  CAF_CHECK(eventually([&] { return w.through_balancer().provider().count().accepted == 12; }, 20s));
  CAF_CHECK_EQUAL(w.through_balancer().provider().count().keys_twice, 0u);
}

CAF_TEST(what is told to all nodes at once is decided once by the node whose lead it is) {
  cluster_world w(of(3));
  w.start();
  auto first = w.api(0);
  CAF_REQUIRE_EQUAL(first.put(acme + "/campaigns/spring", two_steps()).status / 100, 2);
  std::vector<std::string> leads;
  for (int i = 0; i < 12; ++i) leads.push_back(enrol(first, "p" + std::to_string(i), "spring"));
  const auto tell = [&](std::size_t n, const std::string& round) {
    auto api = w.api(n);
    for (int i = 0; i < 12; ++i)
      CAF_CHECK_EQUAL(api.post(acme + "/events", viewed(api, round + std::to_string(i), "p" + std::to_string(i) + "@example.com"), {"Prefer: wait=10"}).status, 200);
  };
  // Then every node knows whose each key is, and asks its owner without the inbox.
  for (const std::size_t n : {0u, 1u, 2u}) tell(n, std::to_string(n) + "-");
  CAF_CHECK(eventually([&] { return w.through_balancer().provider().count().accepted == 12; }, 20s));
  const auto viewed_of = [&](const std::string& lead) {
    int n = 0;
    const auto journal = first.get(acme + "/leads/" + lead + "/journal?limit=100").json();
    for (const auto& row : journal.at("items")) n += row.at("kind") == "page_viewed" ? 1 : 0;
    return n;
  };
  {
    std::vector<std::jthread> callers;
    for (const std::size_t n : {0u, 1u, 2u}) callers.emplace_back([&tell, n] { tell(n, "once-"); });
  }
  for (const auto& lead : leads) CAF_CHECK_EQUAL(viewed_of(lead), 4);
}

CAF_TEST(a policy and a stop reach all nodes before they are answered) {
  cluster_world w(of(2));
  w.start();
  auto first = w.api(0);
  auto second = w.api(1);
  CAF_REQUIRE_EQUAL(first.put(acme + "/campaigns/spring", two_steps()).status / 100, 2);
  CAF_CHECK_EQUAL(second.get(acme + "/campaigns/spring").status, 200);
  (void)enrol(second, "ana", "spring");
  CAF_CHECK_EQUAL(first.put(acme + "/stop", json::object()).status, 200);
  const auto before = w.through_balancer().provider().count().accepted;
  for (int i = 0; i < 6; ++i)
    (void)enrol(i % 2 == 0 ? first : second, "late" + std::to_string(i), "spring");
  CAF_CHECK(w.through_balancer().provider().count().accepted <= before + 1);
}

CAF_TEST(a node that is drained has nothing and still answers and a node that is killed is replaced) {
  cluster_world w(of(3));
  w.start();
  auto admin = w.admin(2);
  CAF_REQUIRE_EQUAL(admin.post("/admin/drain", json::object()).status, 202);
  CAF_CHECK(eventually([&] { return w.figure(2, "heed_cluster_shards") == 0; }, 10s));
  CAF_CHECK(!w.ready(2));
  auto api = w.api(2);
  CAF_CHECK_EQUAL(api.put(acme + "/campaigns/spring", two_steps()).status / 100, 2);
  (void)enrol(api, "bob", "spring");
  w.kill(1);
  CAF_CHECK(eventually([&] { return w.figure(0, "heed_cluster_shards") == 256; }, 10s));
  CAF_CHECK_EQUAL(api.post(acme + "/events", viewed(api, "x", "bob@example.com"), {"Prefer: wait=10"}).status, 200);
}

CAF_TEST(nodes whose clocks are wrong decide by the clock of the store) {
  cluster_world w(of(2));
  w.environment(0, {{"LD_PRELOAD", SKEWED_CLOCK}, {"SKEWED_CLOCK_SECONDS", "-3000"}});
  w.environment(1, {{"LD_PRELOAD", SKEWED_CLOCK}, {"SKEWED_CLOCK_SECONDS", "3000"}});
  w.start();
  auto api = w.api(0);
  CAF_REQUIRE_EQUAL(api.put(acme + "/campaigns/spring", two_steps("email", "2s")).status / 100, 2);
  // Method: a dozen people, so that both nodes have some; their second steps are due by timers that either may ring.
  for (int i = 0; i < 12; ++i)
    (void)enrol(api, "p" + std::to_string(i), "spring");
  CAF_CHECK(eventually([&] { return w.through_balancer().provider().count().accepted == 24; }, 20s));
}

CAF_TEST(a lead that a newer release decided for last waits for a node that knows its rules) {
  cluster_world w(of(1));
  w.start();
  auto api = w.api(0);
  CAF_REQUIRE_EQUAL(api.put(acme + "/campaigns/spring", two_steps()).status / 100, 2);
  (void)enrol(api, "bob", "spring");
  CAF_CHECK(eventually([&] { return w.through_balancer().provider().count().accepted == 1; }, 20s));
  CAF_CHECK(w.stop(0) == 0);
  // Method: what the newer node wrote is this node's own journal, said to be of rules it cannot know.
  w.execute("update heed.journal set rules = rules + 100");
  w.launch(0);
  CAF_REQUIRE(eventually([&] { return w.ready(0) && w.is_whole({0}); }, 40s));
  auto later = w.api(0);
  const auto waits = later.post(acme + "/events", viewed(later, "x", "bob@example.com"), {"Prefer: wait=2"});
  CAF_CHECK_EQUAL(waits.status, 202);
  const auto began = std::chrono::steady_clock::now();
  const auto again = later.post(acme + "/events", viewed(later, "x", "bob@example.com"), {"Prefer: wait=2"});
  CAF_CHECK_EQUAL(again.status / 100, 2);
  CAF_CHECK(std::chrono::steady_clock::now() - began < 10s);
  CAF_CHECK(w.log(0).find("lead.of_newer_release") != std::string::npos);
  // However often the node dies meanwhile, it does not count against what was never decided.
  for (int i = 0; i < 4; ++i) {
    w.kill(0);
    w.launch(0);
    CAF_REQUIRE(eventually([&] { return w.ready(0) && w.is_whole({0}); }, 40s));
  }
  w.kill(0);
  w.execute("update heed.journal set rules = rules - 100");
  w.launch(0);
  CAF_REQUIRE(eventually([&] { return w.ready(0) && w.is_whole({0}); }, 40s));
  CAF_CHECK(eventually([&] { return w.admin(0).get("/admin/counts").json().value("pending", 1) == 0; }, 20s));
  CAF_CHECK_EQUAL(w.admin(0).get("/admin/counts").json().value("dead", 1), 0);
}

CAF_TEST(a node with another CAs certificate gets no link) {
  cluster_world w(of(2));
  w.use_strange_certificate(1);
  w.launch(0);
  w.launch(1);
  CAF_REQUIRE(eventually([&] { return w.ready(0) && w.ready(1) && w.view(0).at("nodes").size() == 2; }, 30s));
  // Long enough for several attempts at a connection.
  CAF_CHECK(!eventually([&] { return w.figure(0, "heed_cluster_links_up") > 0 || w.figure(1, "heed_cluster_links_up") > 0; }, 4s));
}

CAF_TEST(all nodes are restarted one after the other and no request fails) {
  cluster_world w(of(3));
  w.start();
  auto& world = w.through_balancer();
  CAF_REQUIRE_EQUAL(world.api().put(acme + "/campaigns/spring", two_steps()).status / 100, 2);
  std::atomic<bool> over{false};
  std::atomic<int> asked{0}, failed{0};
  std::string example;
  std::vector<std::jthread> callers;
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&, t] {
      for (int i = 0; !over; ++i) {
        auto api = world.api();
        const auto name = "r" + std::to_string(t) + "-" + std::to_string(i);
        const auto answer = api.post(acme + "/leads", person(name, "spring", "email", "+1213" + std::to_string(2'000'000 + t * 100'000 + i)).dump(), {"Idempotency-Key: " + name});
        ++asked;
        if (answer.status / 100 != 2 && failed++ == 0) example = std::to_string(answer.status) + " " + answer.body;
      }
    });
  for (std::size_t n = 0; n < w.size(); ++n) {
    CAF_CHECK(w.stop(n) == 0);
    w.launch(n);
    CAF_CHECK(eventually([&] { return w.is_whole({0, 1, 2}); }, 30s));
  }
  over = true;
  callers.clear();
  CAF_MESSAGE(asked << " requests, " << failed << " failed " << example);
  CAF_CHECK_EQUAL(failed.load(), 0);
  CAF_CHECK(asked > 100);
}
