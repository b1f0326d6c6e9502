#include "runtime/timers.hpp"

#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE timers
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

/// Receives what the timers fire in place of a region.
class catcher final : public caf::event_based_actor {
 public:
  using event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    return {[this](const parcel_ptr& p) { fired.push_back(p); }, [](passivate_ask) {}};
  }
  std::vector<parcel_ptr> fired;
};

struct fixture : actor_world {
  fixture() {
    catching = system->spawn<catcher>();
    all.regions = {caf::actor_cast<region_handle>(catching)};
    keep.insert(keep.begin(), catching);
  }
  void arm(const std::string& lead, std::uint64_t generation, std::optional<time_point> due) {
    caf::anon_send(all.timers, arm_timer{ws, lead_id{lead}, generation, due});
    settle();
  }
  std::vector<parcel_ptr>& fired() { return look<catcher>(catching).fired; }
  timers_actor& timers() { return look<timers_actor>(caf::actor_cast<caf::actor>(all.timers)); }
  caf::actor catching;
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(timers_tests, fixture)

CAF_TEST(SS-25 a timer fires at its instant and never before) {
  spawn_timers();
  settle();
  const auto due = time.now() + 5min;
  arm("lead_a", 3, due);
  advance(5min - 1us);
  CAF_CHECK(fired().empty());
  advance(1us);
  CAF_REQUIRE_EQUAL(fired().size(), 1u);
  CAF_CHECK_EQUAL(std::get<timer_fired>(fired()[0]->what.body).generation, 3u);
  CAF_CHECK(fired()[0]->what.occurred_at == due);
}

CAF_TEST(an earlier timer armed later fires first and each exactly once) {
  spawn_timers();
  settle();
  arm("lead_a", 1, time.now() + 8min);
  arm("lead_b", 1, time.now() + 2min);
  arm("lead_c", 1, time.now() + 4min);
  advance(30s);
  CAF_CHECK(fired().empty());
  for (const auto* next : {"lead_b", "lead_c", "lead_a"}) {
    while (fired().empty()) advance(10s);
    CAF_REQUIRE_EQUAL(fired().size(), 1u);
    CAF_CHECK_EQUAL(fired()[0]->lead.value, next);
    arm(next, 2, std::nullopt);
    fired().clear();
  }
  CAF_CHECK_EQUAL(timers().held(), 0u);
}

CAF_TEST(a newer generation replaces the timer and an older one is ignored) {
  spawn_timers();
  settle();
  arm("lead_a", 5, time.now() + 1min);
  arm("lead_a", 6, time.now() + 3min);
  arm("lead_a", 4, time.now() + 2min);
  advance(2min + 30s);
  CAF_CHECK(fired().empty());
  advance(1min);
  CAF_REQUIRE_EQUAL(fired().size(), 1u);
  CAF_CHECK_EQUAL(std::get<timer_fired>(fired()[0]->what.body).generation, 6u);
  arm("lead_a", 7, std::nullopt);
  CAF_CHECK_EQUAL(timers().held(), 0u);
  CAF_CHECK_EQUAL(timers().in_flight(), 0u);
}

CAF_TEST(an entry stays until its commit returns and firings under way are bounded) {
  timers_options o;
  o.in_flight = 4;
  spawn_timers(o);
  settle();
  for (int i = 0; i < 10; ++i) arm("lead_" + std::to_string(i), 1, time.now() + 1min);
  advance(1min);
  CAF_CHECK_EQUAL(fired().size(), 4u);
  CAF_CHECK_EQUAL(timers().held(), 10u);
  arm(fired()[0]->lead.value, 2, std::nullopt);
  CAF_CHECK_EQUAL(fired().size(), 5u);
  caf::anon_send(all.timers, timer_void{fired()[1]->lead, 1});
  settle();
  CAF_CHECK_EQUAL(fired().size(), 6u);
  CAF_CHECK_EQUAL(timers().in_flight(), 4u);
}

CAF_TEST(a firing that nobody answers is repeated) {
  spawn_timers();
  settle();
  arm("lead_a", 1, time.now() + 1min);
  advance(1min);
  CAF_CHECK_EQUAL(fired().size(), 1u);
  advance(2min);
  CAF_CHECK(fired().size() >= 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()

namespace {

/// With real leads, whose commits write the timer rows.
struct stored_fixture : actor_world {};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(stored_timers, stored_fixture)

CAF_TEST(SS-26 timers of an earlier life are loaded in windows and all due ones fire) {
  auto region = spawn_region();
  spawn_timers();
  for (int i = 0; i < 25; ++i) deliver(accept(enrolment("p" + std::to_string(i))));
  settle();
  CAF_CHECK_EQUAL(reader().sandbox(ws, {}, {100, {}})->items.size(), 25u);
  caf::anon_send_exit(caf::actor_cast<caf::actor>(all.timers), caf::exit_reason::kill);
  settle();
  // Another timers actor, long after all of them were due, reading ten rows at a time.
  time.advance(3h);
  timers_options o;
  o.window_rows = 10;
  spawn_timers(o);
  advance(5s);
  CAF_CHECK_EQUAL(reader().sandbox(ws, {}, {100, {}})->items.size(), 50u);
  CAF_CHECK_EQUAL(reader().counts()->timers, 0u);
}

CAF_TEST(a stale firing is void and makes no decision) {
  auto region = spawn_region();
  spawn_timers();
  auto p = accept(enrolment("ana"));
  const auto lead = p->lead;
  deliver(p);
  settle();
  const auto version = version_of(lead);
  auto stale = std::make_shared<parcel>();
  stale->workspace = ws;
  stale->lead = lead;
  stale->what.key = "timer:stale";
  stale->what.body = timer_fired{version - 1};
  deliver(stale);
  settle();
  CAF_CHECK_EQUAL(version_of(lead), version);
}

CAF_TEST_FIXTURE_SCOPE_END()
