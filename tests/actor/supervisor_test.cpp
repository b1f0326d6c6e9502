#include "runtime/supervisor.hpp"

#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE supervisor
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

struct number {
  int value = 0;
};

/// Breaks on what it is told to and remembers the rest in order.
class fragile final : public component_actor {
 public:
  fragile(caf::actor_config& cfg, caf::actor boss, heed::supervision* board, std::string path = "fragile")
      : component_actor(cfg, std::move(path), std::move(boss), board) {}
  std::vector<int> taken;
  int restarts = 0;
  std::vector<std::string>* ends = nullptr;

 protected:
  caf::behavior running() override {
    return {[this](const number& n) {
      if (n.value < 0) throw std::runtime_error("told to break");
      taken.push_back(n.value);
    }};
  }
  void restarted() override { ++restarts; }
  void ended() override {
    if (ends) ends->push_back(path());
  }
};

/// Does not end when it is told to.
class stubborn final : public caf::event_based_actor {
 public:
  explicit stubborn(caf::actor_config& cfg) : event_based_actor(cfg) {
    set_exit_handler([](caf::exit_msg&) {});
  }
  caf::behavior make_behavior() override { return {[](restart_now) {}}; }
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
  for (int n : {1, 2, -1, 4, 5})
    tell(n);
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

CAF_TEST(whoever was started after a child whose askers wait is told of its restart and nobody before it) {
  std::vector<caf::actor> line;
  for (const auto* path : {"one", "two", "three"}) {
    line.push_back(system->spawn<fragile>(root, &board, path));
    caf::anon_send(root, adopt{path, line.back(), path == std::string("two") ? on_crash::restart_rest : on_crash::restart});
  }
  settle();
  caf::anon_send(line[1], number{-1});
  advance(200ms);
  CAF_CHECK_EQUAL(look<fragile>(line[0]).restarts, 0);
  CAF_CHECK_EQUAL(look<fragile>(line[1]).restarts, 1);
  CAF_CHECK_EQUAL(look<fragile>(line[2]).restarts, 1);
  caf::anon_send(line[2], number{-1});
  advance(2s);
  CAF_CHECK_EQUAL(look<fragile>(line[1]).restarts, 1);
  CAF_CHECK_EQUAL(look<fragile>(line[2]).restarts, 2);
  keep.insert(keep.begin(), line.begin(), line.end());
}

CAF_TEST(a child whose loss nobody knows ends its supervisor at once) {
  caf::actor writer = system->spawn<fragile>(root, &board, "writer");
  caf::anon_send(root, adopt{"writer", writer, on_crash::escalate});
  settle();
  caf::anon_send(writer, number{-1});
  settle();
  CAF_REQUIRE_EQUAL(board.escalations.size(), 1u);
  CAF_CHECK_EQUAL(board.escalations[0].first, "writer");
}

CAF_TEST(a restart that was asked for is made at once also in the middle of a pause) {
  caf::anon_send(child, restart_asked{"an operator", {}});
  settle();
  CAF_CHECK_EQUAL(it().restarts, 1);
  tell(-1);
  tell(7);
  settle();
  CAF_CHECK(it().taken.empty());
  caf::anon_send(child, restart_asked{"an operator", {}});
  settle();
  CAF_CHECK_EQUAL(it().restarts, 2);
  CAF_CHECK(it().taken == std::vector<int>({7}));
}

CAF_TEST(children end in reverse order and one that does not is left after its time) {
  std::vector<std::string> ends;
  std::vector<caf::actor> line;
  for (const auto* path : {"one", "two", "three"}) {
    line.push_back(system->spawn<fragile>(root, &board, path));
    settle();
    look<fragile>(line.back()).ends = &ends;
    caf::anon_send(root, adopt{path, line.back()});
    if (path == std::string("two")) {
      caf::actor deaf = system->spawn<stubborn>();
      line.push_back(deaf);
      caf::anon_send(root, adopt{"deaf", deaf, on_crash::restart, 500ms});
    }
  }
  settle();
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  settle();
  CAF_CHECK(ends == std::vector<std::string>({"three"}));
  advance(499ms);
  CAF_CHECK_EQUAL(ends.size(), 1u);
  advance(2ms);
  CAF_CHECK(ends == std::vector<std::string>({"three", "two", "one"}));
  CAF_CHECK(board.escalations.empty());
  caf::anon_send_exit(line[2], caf::exit_reason::kill);
  settle();
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST(the board shows a tree with who crashed when and why) {
  manual_clock time{time_point{} + 1h};
  std::vector<std::string> left;
  supervision_board board(time, [&](const std::string& path, const std::string&) { left.push_back(path); });
  board.started("root");
  board.adopted("root", "store", {});
  board.started("store");
  board.adopted("root", "regions", {});
  board.started("regions");
  board.adopted("regions", "regions/0", {});
  board.started("regions/0");
  board.crashed("regions/0", "CHECK failed");
  board.restarting("regions/0", 60ms);
  board.crashed("regions/0/lead/lead_1", "bad luck");
  const auto shown = board.to_json();
  const auto& children = shown.at("tree").at("children");
  CAF_REQUIRE_EQUAL(children.size(), 2u);
  const auto& region = children.at(0).at("children").at(0);
  CAF_CHECK_EQUAL(region.at("state").get<std::string>(), "restarting");
  CAF_CHECK_EQUAL(region.at("last_error").get<std::string>(), "CHECK failed");
  CAF_CHECK_EQUAL(region.at("history").at(0).at("pause_ms").get<int>(), 60);
  CAF_REQUIRE_EQUAL(shown.at("crashed_leads").size(), 1u);
  CAF_CHECK_EQUAL(shown.at("crashed_leads").at(0).at("state").get<std::string>(), "running");
  board.started("regions/0");
  const auto again = board.to_json();
  CAF_CHECK_EQUAL(again.at("tree").at("children").at(0).at("children").at(0).at("restarts").get<int>(), 1);
  board.escalate("store", "the medium broke");
  board.escalate("store", "again");
  CAF_CHECK(left == std::vector<std::string>({"store"}));
}
