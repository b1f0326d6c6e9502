#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "tests/support/safe_world.hpp"

#define CAF_SUITE stop
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;

/// Thousands of messages are on their way when somebody stops the workspace, again and again. Clock: the answer against
/// the arrival at the provider.
namespace {

constexpr std::size_t leads = 6'000;
constexpr int stops = 25;
using instant = std::chrono::sys_time<std::chrono::microseconds>;

instant now() { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); }

struct stopped {
  instant answered, released;
  std::set<std::string> on_the_wire;
  double milliseconds = 0;
};

}  // namespace

CAF_TEST(PROTOCOL SS-41 a stop under full load is answered within a second and no call starts after it) {
  world_options o;
  o.provider_behaves.latency = std::chrono::milliseconds(20);
  o.connections = 32;
  world w(HEED_BINARY, o);
  w.start();
  auto api = w.api();
  auto campaign = two_steps("email", "1s");
  CAF_REQUIRE_EQUAL(api.put(acme + "/campaigns/live", campaign).status / 100, 2);
  std::atomic<bool> over{false};
  std::atomic<std::size_t> enrolled{0};
  std::jthread feeding([&] {
    in_parallel(w, leads, 3, [&](client& c, std::size_t i) {
      if (over) return;
      auto body = person("lead-" + std::to_string(i), "live");
      if (c.post(acme + "/leads", body, {"Prefer: wait=0"}).status / 100 == 2) ++enrolled;
    });
  });
  CAF_REQUIRE(eventually([&] { return w.provider().count().accepted > 100; }, std::chrono::seconds(20)));
  std::vector<stopped> all;
  for (int i = 0; i < stops; ++i) {
    const auto seen = w.provider().count().accepted;
    const auto from = std::chrono::steady_clock::now();
    const auto answer = api.call("PUT", acme + "/stop", "", {});
    stopped s;
    s.answered = now();
    s.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - from).count();
    CAF_REQUIRE_EQUAL(answer.status, 200);
    const auto body = answer.json();
    for (const auto& call : body.at("calls_in_flight")) s.on_the_wire.insert(call.get<std::string>());
    // Whatever would start wrongly is given time to do so.
    const auto quiet_until = std::chrono::steady_clock::now() + std::chrono::milliseconds(250);
    (void)eventually([&] { return std::chrono::steady_clock::now() >= quiet_until; }, std::chrono::seconds(2));
    s.released = now();
    CAF_REQUIRE_EQUAL(api.call("DELETE", acme + "/stop", "", {}).status, 200);
    all.push_back(std::move(s));
    (void)eventually([&] { return w.provider().count().accepted > seen + 50; }, std::chrono::seconds(5));
  }
  over = true;
  feeding.join();
  std::size_t after = 0, listed = 0;
  for (const auto& m : w.provider().messages())
    for (const auto& s : all) {
      if (m.arrived_at <= s.answered || m.arrived_at >= s.released) continue;
      s.on_the_wire.contains(m.what.key) ? ++listed : ++after;
    }
  std::vector<double> times;
  for (const auto& s : all) times.push_back(s.milliseconds);
  std::ranges::sort(times);
  CAF_MESSAGE(stops << " stops, " << w.provider().count().accepted << " messages: request to answer p50 " << times[times.size() / 2]
                    << " ms, worst " << times.back() << " ms; arrived after the answer: " << after << " not listed, " << listed << " listed");
  CAF_CHECK_EQUAL(after, 0u);
  CAF_CHECK(w.stop().has_value());
}
