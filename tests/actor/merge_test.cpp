#include "actors/gateway/gateway_actor.hpp"
#include "actors/lead/identity/unite.hpp"
#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE merge
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

struct fixture : actor_world {
  fixture() {
    region = spawn_region();
    spawn_timers();
    settle();
    ana = enrolled("ana");
    bea = enrolled("bea");
  }
  store_relay& gate() { return look<store_relay>(relay); }

  lead_id enrolled(const std::string& name) {
    auto p = accept(enrolment(name));
    deliver(p);
    settle();
    return p->lead;
  }
  /// An operator's word to one lead, in its inbox.
  parcel_ptr told(const lead_id& lead, const std::string& key, stimulus_body what) {
    stimulus s;
    s.key = key;
    s.occurred_at = s.received_at = time.now();
    s.source = "operator";
    s.body = std::move(what);
    lead_namer names(5);
    write_batch batch;
    batch.accepts.push_back(to_inbox_item({ws, s, lead}, names, time.now()));
    auto answer = target->write(batch);
    auto p = std::make_shared<parcel>();
    p->workspace = ws;
    p->lead = lead;
    p->inbox = answer->accepts.front().leads.at(0).inbox;
    p->what = std::move(s);
    return p;
  }
  void ask_for_merge() { deliver(told(ana, "cmd:merge", merge_asked{bea, "olga", "the same person", {}})); }

  /// The process dies with all it had in memory and comes back to what is stored.
  void crash() {
    gate().commits.clear();
    gate().hold_commits = false;
    caf::anon_send_exit(region, caf::exit_reason::kill);
    settle();
    region = spawn_region();
    settle();
    for (const auto& lead : {ana, bea}) caf::anon_send(region, deliver_pending{ws, lead});
    settle();
  }
  void is_merged() {
    const auto stays = state_of(ana);
    const auto part = state_of(bea);
    CAF_CHECK(part.absorbed && part.absorbed->into == ana);
    CAF_REQUIRE_EQUAL(stays.parts.size(), 1u);
    CAF_CHECK_EQUAL(stays.parts.front().lead, bea);
    CAF_CHECK(!stays.merging);
    CAF_CHECK(part.find_run(spring)->status == run_status::done);
    const auto merges = [&](const lead_id& lead, std::string_view kind) {
      return std::ranges::count(journal_of(lead), kind, &journal_row::kind);
    };
    CAF_CHECK_EQUAL(merges(ana, "absorption_answered"), 1);
    CAF_CHECK_EQUAL(merges(bea, "absorption_asked"), 1);
  }
  std::string last_of(const lead_id& lead) { return journal_of(lead).back().kind; }
  std::size_t sent() { return reader().sandbox(ws, {}, {100, {}})->items.size(); }

  caf::actor region;
  lead_id ana, bea;
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(merge_tests, fixture)

CAF_TEST(SF-46 two leads become one over their inboxes and both ids go on resolving) {
  ask_for_merge();
  settle();
  is_merged();
  // What is said of the part's address is decided by the lead that stays.
  const auto before = version_of(ana);
  auto view = accept(page_view("bea", "prices"));
  CAF_CHECK_EQUAL(view->lead, bea);
  deliver(view);
  settle();
  CAF_CHECK_EQUAL(version_of(ana), before + 1);
  CAF_CHECK_EQUAL(last_of(ana), "page_viewed");
}

CAF_TEST(SF-46 no step reaches the person twice because of a merge) {
  // Both have their first email; the second is due in an hour for both.
  CAF_CHECK_EQUAL(sent(), 2u);
  ask_for_merge();
  settle();
  advance(3h);
  settle();
  CAF_CHECK_EQUAL(sent(), 3u);
  CAF_CHECK(state_of(ana).find_run(spring)->status == run_status::done);
}

CAF_TEST(SF-46 a merge that dies before anything of it is written goes on) {
  gate().hold_commits = true;
  ask_for_merge();
  settle();
  CAF_CHECK(!state_of(ana).merging);
  crash();
  is_merged();
}

CAF_TEST(SF-46 a merge that dies when the first lead has begun it goes on) {
  gate().hold_commits = true;
  ask_for_merge();
  settle();
  gate().release();
  settle();
  CAF_CHECK(state_of(ana).merging.has_value());
  CAF_CHECK(!state_of(bea).absorbed);
  crash();
  is_merged();
}

CAF_TEST(SF-46 a merge that dies when the part has given up what it knew goes on) {
  gate().hold_commits = true;
  ask_for_merge();
  for (int i = 0; i < 2; ++i) {
    settle();
    gate().release();
  }
  settle();
  CAF_CHECK(state_of(bea).absorbed.has_value());
  CAF_CHECK(state_of(ana).parts.empty());
  crash();
  is_merged();
}

CAF_TEST(SF-46 an undone merge restores both and its interruption changes nothing) {
  ask_for_merge();
  settle();
  gate().hold_commits = true;
  deliver(told(ana, "cmd:unmerge", unmerge_asked{bea, "olga", "two persons"}));
  settle();
  gate().release();
  settle();
  crash();
  CAF_CHECK(!state_of(bea).absorbed);
  CAF_CHECK(state_of(ana).parts.empty());
  CAF_CHECK(!state_of(ana).merging);
  CAF_CHECK(state_of(bea).find_run(spring)->pauses.first() == pause_flag::by_operator);
  auto view = accept(page_view("bea", "prices"));
  deliver(view);
  settle();
  CAF_CHECK_EQUAL(last_of(bea), "page_viewed");
}

CAF_TEST_FIXTURE_SCOPE_END()
