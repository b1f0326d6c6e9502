#include "runtime/supervisor.hpp"

#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE supervisor
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

struct number { int value = 0; };

/// Breaks on what it is told to and remembers the rest in order.
class fragile final : public component_actor {
 public:
  fragile(caf::actor_config& cfg, caf::actor boss, heed::supervision* board)
      : component_actor(cfg, "fragile", std::move(boss), board) {}
  std::vector<int> taken;
  int restarts = 0;

 protected:
  caf::behavior running() override {
    return {[this](const number& n) {
      if (n.value < 0) throw std::runtime_error("told to break");
      taken.push_back(n.value);
    }};
  }
  void restarted() override { ++restarts; }
};

struct fixture : actor_world {
  fixture() {
    supervisor_options o;
    o.max_restarts = 3;
    o.first_pause = 100ms;
    root = system->spawn<supervisor>("root", caf::actor{}, &board, o);
    child = system->spawn<fragile>(root, &board);
    caf::anon_send(root, adopt{"fragile", child});
    keep.insert(keep.begin(), {root, child});
    settle();
  }
  void tell(int n) { caf::anon_send(child, number{n}); }
  fragile& it() { return look<fragile>(child); }
  caf::actor root, child;
};

}  // namespace

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(number)

CAF_TEST_FIXTURE_SCOPE(supervisor_tests, fixture)

CAF_TEST(a crash costs the message that threw and nothing that waits behind it) {
  for (int n : {1, 2, -1, 4, 5}) tell(n);
  settle();
  CAF_CHECK(it().taken == std::vector<int>({1, 2}));
  CAF_REQUIRE_EQUAL(board.crashes.size(), 1u);
  CAF_CHECK_EQUAL(board.crashes[0].first, "fragile");
  advance(99ms);
  CAF_CHECK_EQUAL(it().restarts, 0);
  advance(50ms);
  CAF_CHECK_EQUAL(it().restarts, 1);
  CAF_CHECK(it().taken == std::vector<int>({1, 2, 4, 5}));
}

CAF_TEST(pauses double from crash to crash) {
  tell(-1);
  advance(150ms);
  CAF_CHECK_EQUAL(it().restarts, 1);
  tell(-1);
  advance(190ms);
  CAF_CHECK_EQUAL(it().restarts, 1);
  advance(80ms);
  CAF_CHECK_EQUAL(it().restarts, 2);
  tell(-1);
  advance(390ms);
  CAF_CHECK_EQUAL(it().restarts, 2);
  advance(130ms);
  CAF_CHECK_EQUAL(it().restarts, 3);
  CAF_CHECK(board.escalations.empty());
}

CAF_TEST(one crash too many within the window ends the root and with it the process) {
  for (int i = 0; i < 4; ++i) {
    CAF_CHECK(board.escalations.empty());
    tell(-1);
    advance(2s);
  }
  CAF_REQUIRE_EQUAL(board.escalations.size(), 1u);
  CAF_CHECK_EQUAL(board.escalations[0].first, "fragile");
}

CAF_TEST(crashes further apart than the window never escalate) {
  for (int i = 0; i < 12; ++i) {
    tell(-1);
    advance(31s);
  }
  CAF_CHECK_EQUAL(it().restarts, 12);
  CAF_CHECK(board.escalations.empty());
}

CAF_TEST(a child that is gone altogether escalates at once) {
  caf::anon_send_exit(child, caf::exit_reason::kill);
  settle();
  CAF_REQUIRE_EQUAL(board.escalations.size(), 1u);
}

CAF_TEST(a supervisor that gives up takes its own supervisor along) {
  supervisor_options o;
  o.max_restarts = 0;
  caf::actor inner = system->spawn<supervisor>("inner", root, &board, o);
  caf::actor leaf = system->spawn<fragile>(inner, &board);
  caf::anon_send(root, adopt{"inner", inner});
  caf::anon_send(inner, adopt{"inner/fragile", leaf});
  settle();
  caf::anon_send(leaf, number{-1});
  settle();
  CAF_REQUIRE_EQUAL(board.escalations.size(), 1u);
  CAF_CHECK_EQUAL(board.escalations[0].first, "inner");
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST(the board lists who runs and who crashed when and why) {
  manual_clock time{time_point{} + 1h};
  std::vector<std::string> left;
  supervision_board board(time, [&](const std::string& path, const std::string&) { left.push_back(path); });
  board.started("store");
  board.started("regions/0");
  board.crashed("regions/0", "CHECK failed");
  board.crashed("regions/0/lead/lead_1", "bad luck");
  const auto list = board.to_json();
  CAF_REQUIRE_EQUAL(list.size(), 3u);
  CAF_CHECK_EQUAL(list[0]["path"].get<std::string>(), "regions/0");
  CAF_CHECK(!list[0]["running"].get<bool>());
  CAF_CHECK_EQUAL(list[0]["history"][0]["why"].get<std::string>(), "CHECK failed");
  CAF_CHECK(list[1]["running"].get<bool>());
  board.escalate("store", "the medium broke");
  board.escalate("store", "again");
  CAF_CHECK(left == std::vector<std::string>({"store"}));
}
