#include <poll.h>

#include <atomic>
#include <map>
#include <random>

#include "tests/support/postgres_proxy.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/safe_world.hpp"

#define CAF_SUITE database_restart
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;
using std::chrono::steady_clock;

/// The database is restarted again and again under load, in order and as if it had crashed, and every other time the answer
/// of a commit is lost on its way just before. The node's process is never touched: it is the same one in the end, and
/// whatever it cannot know it finds out by itself.
namespace {

constexpr int restarts = 10;
constexpr auto back_within = std::chrono::seconds(5);
constexpr std::size_t leads_most = 20'000;
constexpr std::size_t steps = 3;
constexpr unsigned feeders = 4;

json campaign() {
  auto c = two_steps("email", "1s");
  c["sequence"].push_back({{"id", "three"}, {"channel", "email"}, {"template", "again"}, {"delay", "2s"}});
  return c;
}

std::uint64_t seed() {
  if (auto* given = std::getenv("HEED_SEED")) return std::strtoull(given, nullptr, 10);
  return 20261128;
}

double seconds_since(steady_clock::time_point t) { return std::chrono::duration<double>(steady_clock::now() - t).count(); }

json lead(const std::string& name, std::size_t n) {
  // A number of their own: two people who share one are one lead.
  return person(name, "live", "email", "+1212" + std::to_string(2'000'000 + n));
}

/// People come in for as long as it exists, and insist until they are taken, as real senders do.
class load {
 public:
  explicit load(world& w) : w_(w) {
    for (unsigned t = 0; t < feeders; ++t)
      threads_.emplace_back([this] { feed(); });
  }
  std::size_t end() {
    over_ = true;
    threads_.clear();
    return taken_;
  }
  [[nodiscard]] std::size_t refused() const { return refused_; }

 private:
  void feed() {
    while (!over_ && next_ < leads_most) {
      const auto i = next_++;
      const auto name = "p" + std::to_string(i);
      for (;;) {
        auto api = w_.api();
        const auto answer = api.post(acme + "/leads", lead(name, i), {"Idempotency-Key: " + name});
        if (answer.status / 100 == 2) break;
        if (answer.status / 100 == 4 && answer.status != 429) {
          ++refused_;
          return;
        }
        poll(nullptr, 0, 10);
      }
      ++taken_;
      poll(nullptr, 0, 60);
    }
  }

  world& w_;
  std::atomic<bool> over_{false};
  std::atomic<std::size_t> next_{0}, taken_{0}, refused_{0};
  std::vector<std::jthread> threads_;
};

/// While the database is away, callers are told so and when to come again.
bool says_come_again(world& w) {
  return eventually(
      [&] {
        auto api = w.api();
        const auto answer = api.get(acme + "/runs?limit=1");
        return answer.status == 503 && !answer.header("retry-after").empty();
      },
      std::chrono::seconds(10));
}

}  // namespace

CAF_TEST(PROTOCOL ten restarts of the database under load lose nothing and send nothing twice and are over within five seconds) {
  const auto drawn = seed();
  CAF_MESSAGE("seed " << drawn);
  std::mt19937_64 chance(drawn);
  postgres_server server;
  postgres_proxy between(server.new_database());
  world_options o;
  o.store_url = between.url();
  o.provider_behaves.latency = std::chrono::milliseconds(15);
  world w(HEED_BINARY, o);
  w.start();
  const auto process = w.node().pid();
  CAF_REQUIRE_EQUAL(w.api().put(acme + "/campaigns/live", campaign()).status / 100, 2);
  load people(w);
  double longest = 0;
  for (int i = 0; i < restarts; ++i) {
    poll(nullptr, 0, static_cast<int>(1'500 + chance() % 2'000));
    const auto how = i % 2 == 0 ? postgres_server::how::fast : postgres_server::how::immediate;
    if (i % 4 > 1) between.lose_next_commit();
    server.stop(how);
    CAF_CHECK(says_come_again(w));
    poll(nullptr, 0, static_cast<int>(chance() % 2'000));
    server.start();
    const auto up = steady_clock::now();
    const auto name = "probe" + std::to_string(i);
    const auto served = [&] {
      auto api = w.api();
      return api.post(acme + "/leads", lead(name, leads_most + static_cast<std::size_t>(i)), {"Idempotency-Key: " + name}).status / 100 == 2;
    };
    CAF_CHECK(eventually(served, std::chrono::seconds(60)));
    const auto took = seconds_since(up);
    longest = std::max(longest, took);
    CAF_MESSAGE((i % 2 == 0 ? "fast" : "immediate") << (i % 4 > 1 ? ", a commit in doubt" : "") << ": served again " << took << " s after the database");
    CAF_CHECK(took < std::chrono::duration<double>(back_within).count());
  }
  const auto leads = people.end() + restarts;
  CAF_CHECK_EQUAL(people.refused(), 0u);
  CAF_CHECK(w.node().running());
  CAF_CHECK_EQUAL(w.node().pid(), process);
  CAF_CHECK(w.node().log().find("node.restarting") != std::string::npos);

  auto api = w.api();
  const auto done = [&] { return api.get(acme + "/runs?limit=1&status=done").json()["counts"].value("done", std::uint64_t{0}); };
  CAF_CHECK(eventually([&] { return done() >= leads; }, std::chrono::seconds(60)));
  std::map<std::string, int> touches;
  for (const auto& m : w.provider().messages())
    ++touches[m.what.to + "/" + m.what.text + "/" + m.what.step];
  std::size_t twice = 0;
  for (const auto& [touch, n] : touches)
    twice += n > 1;
  CAF_MESSAGE("leads " << leads << ", runs done " << done() << ", touches accepted " << touches.size() << " of " << leads * steps
                       << ", twice " << twice << ", longest " << longest << " s");
  CAF_CHECK_EQUAL(touches.size(), leads * steps);
  CAF_CHECK_EQUAL(twice, 0u);
  CAF_CHECK_EQUAL(w.admin().get("/admin/counts").json().value("effects_unknown", std::uint64_t{9}), 0u);
  CAF_CHECK(w.stop().has_value());
  const auto verified = w.heed({"verify"});
  CAF_MESSAGE(verified.out);
  CAF_CHECK_EQUAL(verified.exit_code, 0);
  const auto replayed = w.heed({"replay", "--all"});
  CAF_MESSAGE(replayed.out.substr(replayed.out.size() > 300 ? replayed.out.size() - 300 : 0));
  CAF_CHECK_EQUAL(replayed.exit_code, 0);
}

CAF_TEST(a node waits for a database that is away and ends when told to and says at once what waiting cannot mend) {
  postgres_server server;
  world_options o;
  o.provider = "sandbox";
  o.store_url = server.new_database();
  world w(HEED_BINARY, o);
  server.stop(postgres_server::how::fast);
  w.launch();
  CAF_CHECK(says_come_again(w));
  CAF_CHECK_EQUAL(w.api().get("/healthz").status, 200);
  CAF_CHECK_EQUAL(w.api().get("/readyz").status, 503);
  CAF_CHECK(w.stop() == 0);

  w.launch();
  CAF_CHECK(says_come_again(w));
  server.start();
  CAF_CHECK(eventually([&] { return w.api().get("/readyz").status == 200; }, back_within));
  CAF_CHECK(w.stop() == 0);

  for (const auto& [url, said] : {std::pair{server.url("nobody_made_it", "heed_app"), "does not exist"},
                                  std::pair{server.url("heed", "nobody"), "does not exist"},
                                  std::pair{std::string("postgres://127.0.0.1:notaport/heed"), "invalid"}}) {
    const auto ended = w.heed({"serve", "--store", url});
    CAF_MESSAGE(ended.out);
    CAF_CHECK_EQUAL(ended.exit_code, 2);
    CAF_CHECK(ended.out.find(said) != std::string::npos);
  }
}
