#include "actors/lead/lead_actor.hpp"
#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE lead
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

struct answers final : waiter {
  void decided(std::size_t, std::uint64_t seq, const std::vector<fact>& facts,
               std::vector<std::string>) override {
    seqs.push_back(seq);
    fact_counts.push_back(facts.size());
  }
  void given_up(std::size_t) override { ++lost; }
  void repeated(std::size_t) override { ++known; }
  [[nodiscard]] bool reads_facts() const override { return true; }
  std::vector<std::uint64_t> seqs;
  std::vector<std::size_t> fact_counts;
  int lost = 0;
  int known = 0;
};

struct fixture : actor_world {
  fixture() {
    region = spawn_region();
    spawn_timers();
    settle();
  }
  store_relay& gate() { return look<store_relay>(relay); }
  caf::actor region;
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(lead_tests, fixture)

CAF_TEST(a lead takes its next stimulus only after the commit of the one before) {
  gate().hold_commits = true;
  auto first = accept(enrolment("ana"));
  deliver(first);
  for (int i = 0; i < 5; ++i)
    deliver(accept(page_view("ana", std::to_string(i))));
  settle();
  CAF_CHECK_EQUAL(gate().commits_seen, 1u);
  CAF_CHECK_EQUAL(version_of(first->lead), 0u);
  for (std::uint64_t n = 1; n <= 6; ++n) {
    gate().release();
    settle();
    CAF_CHECK_EQUAL(version_of(first->lead), n);
    // The last one is the outcome of the first touch.
    CAF_CHECK_EQUAL(gate().commits_seen, n + 1);
  }
}

// Several nodes: a workspace may have been made at another one a moment ago.
CAF_TEST(what comes before its workspace is known here waits for it and is no crash) {
  const auto known = policies.views[ws];
  policies.views.erase(ws);
  auto first = accept(enrolment("ana"));
  deliver(first);
  settle();
  advance(10s);
  CAF_CHECK_EQUAL(version_of(first->lead), 0u);
  CAF_CHECK(board.crashes.empty());
  policies.views[ws] = known;
  advance(1s);
  CAF_CHECK(version_of(first->lead) > 0);
}

CAF_TEST(a waiter hears of its decision after the commit with its number and facts) {
  auto heard = std::make_shared<answers>();
  auto p = accept(enrolment("ben"));
  p->waits = heard;
  gate().hold_commits = true;
  deliver(p);
  settle();
  CAF_CHECK(heard->seqs.empty());
  gate().release();
  settle();
  CAF_REQUIRE_EQUAL(heard->seqs.size(), 1u);
  CAF_CHECK_EQUAL(heard->seqs[0], 1u);
  CAF_CHECK(heard->fact_counts[0] > 0);
}

CAF_TEST(4R-28 a stimulus that fails three times is buried and the lead carries on while others are not disturbed) {
  const workspace_id other{"other"};
  auto sound = accept(enrolment("cleo"));
  auto poison = accept(enrolment("dario"), other);
  policies.broken.insert(other);
  auto heard = std::make_shared<answers>();
  poison->waits = heard;
  deliver(poison);
  deliver(sound);
  // The marker that pauses the poisoned lead fails as well while its workspace is broken.
  settle();
  CAF_CHECK_EQUAL(version_of(sound->lead), 2u);
  CAF_CHECK_EQUAL(version_of(poison->lead), 0u);
  CAF_CHECK_EQUAL(heard->lost, 1);
  auto dead = reader().dead_letters(std::nullopt, {10, {}});
  CAF_REQUIRE(dead.has_value());
  CAF_REQUIRE_EQUAL(dead->items.size(), 2u);
  CAF_CHECK_EQUAL(board.crashes.size(), 6u);
  policies.broken.clear();
  deliver(accept(enrolment("dario2"), other));
  auto next = accept(page_view("dario", "later"), other);
  deliver(next);
  settle();
  CAF_CHECK_EQUAL(version_of(poison->lead), 1u);
}

CAF_TEST(the lead of a buried stimulus pauses its outbound) {
  const workspace_id other{"other"};
  auto p = accept(enrolment("elif"), other);
  policies.broken.insert(other);
  deliver(p);
  // Two failures in, the workspace is mended after the third: the marker can be decided.
  while (board.crashes.size() < 3 && step()) {
  }
  policies.broken.clear();
  settle();
  CAF_CHECK_EQUAL(board.crashes.size(), 3u);
  CAF_CHECK(state_of(p->lead).poisoned);
  CAF_CHECK_EQUAL(version_of(p->lead), 1u);
  auto rows = journal_of(p->lead);
  CAF_REQUIRE_EQUAL(rows.size(), 1u);
  CAF_CHECK_EQUAL(rows[0].kind, "reconsider");
}

CAF_TEST(a stimulus delivered twice is decided once) {
  auto p = accept(enrolment("finn"));
  auto copy = std::make_shared<parcel>();
  copy->workspace = p->workspace;
  copy->lead = p->lead;
  copy->inbox = p->inbox;
  copy->what = p->what;
  auto heard = std::make_shared<answers>();
  copy->waits = heard;
  deliver(p);
  deliver(copy);
  settle();
  std::size_t enrolments = 0;
  for (const auto& row : journal_of(p->lead))
    enrolments += row.kind == "lead_upserted";
  CAF_CHECK_EQUAL(enrolments, 1u);
  CAF_CHECK_EQUAL(heard->lost, 1);
}

CAF_TEST(the first touch goes out and its outcome moves the cursor) {
  auto p = accept(enrolment("greta"));
  deliver(p);
  settle();
  auto mail = reader().sandbox(ws, {}, {10, {}});
  CAF_REQUIRE(mail.has_value());
  CAF_REQUIRE_EQUAL(mail->items.size(), 1u);
  CAF_CHECK_EQUAL(mail->items[0].to, "greta@example.com");
  auto state = state_of(p->lead);
  CAF_REQUIRE_EQUAL(state.runs.size(), 1u);
  CAF_CHECK_EQUAL(state.runs[0].cursor, 1u);
  CAF_CHECK(!state.runs[0].touch.has_value());
}

CAF_TEST_FIXTURE_SCOPE_END()
