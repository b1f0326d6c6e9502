#include "runtime/region.hpp"

#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE region
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;

namespace {

struct fixture : actor_world {};

std::size_t count_kind(const std::vector<journal_row>& rows, const std::string& kind) {
  return static_cast<std::size_t>(std::ranges::count(rows, kind, &journal_row::kind));
}

}  // namespace

CAF_TEST_FIXTURE_SCOPE(region_tests, fixture)

CAF_TEST(an idle lead leaves memory and its next stimulus wakes it) {
  auto region = spawn_region();
  spawn_timers();
  auto p = accept(enrolment("ana"));
  const auto lead = p->lead;
  deliver(p);
  p.reset();
  settle();
  CAF_CHECK_EQUAL(resident.load(), 1);
  advance(std::chrono::minutes(11));
  CAF_CHECK_EQUAL(resident.load(), 0);
  CAF_CHECK(!look<region_actor>(region).knows(lead));
  const auto before = version_of(lead);
  deliver(accept(page_view("ana", "prices")));
  settle();
  CAF_CHECK_EQUAL(resident.load(), 1);
  CAF_CHECK_EQUAL(version_of(lead), before + 1);
}

CAF_TEST(T-12 a passivated lead wakes for its timer and sends its step on time) {
  auto region = spawn_region();
  spawn_timers();
  auto p = accept(enrolment("ben"));
  const auto lead = p->lead;
  deliver(p);
  p.reset();
  advance(std::chrono::minutes(30));
  CAF_CHECK_EQUAL(resident.load(), 0);
  CAF_CHECK_EQUAL(reader().sandbox(ws, {}, {10, {}})->items.size(), 1u);
  advance(std::chrono::minutes(29));
  CAF_CHECK_EQUAL(reader().sandbox(ws, {}, {10, {}})->items.size(), 1u);
  advance(std::chrono::minutes(2));
  CAF_CHECK_EQUAL(reader().sandbox(ws, {}, {10, {}})->items.size(), 2u);
  CAF_CHECK(is_final(state_of(lead).runs.at(0).status));
}

CAF_TEST(a region that threw while it woke a lead hands over what it held for it) {
  spawn_region();
  spawn_timers();
  settle();
  failing_clock clock(time);
  all.time = &clock;
  clock.good = 0;
  auto p = accept(enrolment("una"));
  const auto lead = p->lead;
  deliver(p);
  settle();
  CAF_CHECK_EQUAL(board.crashes.size(), 1u);
  CAF_CHECK(version_of(lead) >= 1u);
  all.time = &time;
}

CAF_TEST(beyond the resident limit the least used lead goes) {
  auto region = spawn_region(3);
  spawn_timers();
  std::vector<lead_id> leads;
  for (const auto* name : {"a", "b", "c"}) {
    auto p = accept(enrolment(name));
    leads.push_back(p->lead);
    deliver(p);
    settle();
  }
  deliver(accept(page_view("a", "again")));
  settle();
  auto p = accept(enrolment("d"));
  deliver(p);
  settle();
  CAF_CHECK_EQUAL(resident.load(), 3);
  CAF_CHECK(look<region_actor>(region).knows(leads[0]));
  CAF_CHECK(!look<region_actor>(region).knows(leads[1]));
}

CAF_TEST(a lead with a commit outstanding does not go and nothing sent to it is lost) {
  auto region = spawn_region();
  spawn_timers();
  auto& gate = look<store_relay>(relay);
  gate.hold_commits = true;
  auto p = accept(enrolment("cleo"));
  deliver(p);
  settle();
  advance(std::chrono::minutes(25));
  CAF_CHECK_EQUAL(resident.load(), 1);
  CAF_CHECK_EQUAL(version_of(p->lead), 0u);
  gate.hold_commits = false;
  gate.release();
  settle();
  CAF_CHECK(version_of(p->lead) >= 1u);
}

// Leads that go all the time while stimuli for them arrive, in 150 random orders of all messages.
CAF_TEST(passivation racing with arrival loses nothing and decides nothing twice) {
  auto region = spawn_region(1);
  spawn_timers();
  std::size_t round = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    random.seed(seed);
    const auto a = "a" + std::to_string(seed);
    const auto b = "b" + std::to_string(seed);
    auto first = accept(enrolment(a));
    auto second = accept(enrolment(b));
    const auto lead_a = first->lead, lead_b = second->lead;
    std::vector<parcel_ptr> waiting{first, second};
    for (int i = 0; i < 6; ++i)
      waiting.push_back(accept(page_view(i % 2 == 0 ? a : b, std::to_string(++round))));
    first.reset(), second.reset();
    std::ranges::reverse(waiting);
    while (!waiting.empty()) {
      if (random() % 3 == 0 || !step()) {
        deliver(waiting.back());
        waiting.pop_back();
      }
    }
    while (step()) {
    }
    for (const auto& lead : {lead_a, lead_b}) {
      const auto rows = journal_of(lead);
      CAF_REQUIRE_EQUAL(count_kind(rows, "lead_upserted"), 1u);
      CAF_REQUIRE_EQUAL(count_kind(rows, "page_viewed"), 3u);
      CAF_REQUIRE_EQUAL(version_of(lead), rows.size());
    }
  }
  CAF_CHECK(board.crashes.empty());
  CAF_CHECK((reader().counts()->pending) == 0u);
}

CAF_TEST(stimuli left in the inbox by the store are fetched and decided) {
  spawn_region();
  spawn_timers();
  auto p = accept(enrolment("dario"));
  caf::anon_send(all.region_of(p->lead), deliver_pending{ws, p->lead});
  // The same row arriving by hand as well is decided once.
  deliver(p);
  settle();
  CAF_CHECK_EQUAL(count_kind(journal_of(p->lead), "lead_upserted"), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
