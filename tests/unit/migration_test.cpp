#include "actors/lead/migration.hpp"

#include <cstdlib>
#include <random>

#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE migration
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

using names = std::vector<std::string>;

sequence make_sequence(std::uint32_t version, const names& steps, const std::string& delay = "5m") {
  sequence out{version, {}};
  for (const auto& name : steps) out.steps.push_back(make_step(name, channel::email, delay));
  return out;
}

/// The place of a run at `cursor` of the old steps among the new ones, or why there is none.
std::string place(const names& old, std::uint32_t cursor, const names& now) {
  auto c = make_campaign("spring");
  c.sequences = {make_sequence(1, old), make_sequence(2, now)};
  run r;
  r.campaign = c.id;
  r.sequence_version = 1;
  r.cursor = cursor;
  auto at = place_in(c, r);
  return at ? std::to_string(*at) : at.error();
}

/// A run whose first email went out; the second is due in five minutes.
story under_way() {
  story s;
  s.rules.campaigns.begin()->second.sequences = {make_sequence(1, {"a", "b", "c"})};
  s.enrol();
  s.now += 5min;
  s.tell(timer_fired{s.lead.seq});
  s.accept_all();
  return s;
}

void publish(story& s, const names& steps, const std::string& delay = "5m") {
  s.rules.campaigns.begin()->second.sequences.push_back(make_sequence(2, steps, delay));
}

}  // namespace

CAF_TEST(RULES a run goes on at its next step wherever that stands now) {
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 1, {"a", "b", "c"}), "1");
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 1, {"a", "x", "b", "c"}), "2");
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 0, {"a", "b"}), "0");
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 0, {"x", "a"}), "1");
}

CAF_TEST(RULES where its next step is gone a run goes on behind the last one it handled) {
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 1, {"a", "c"}), "1");
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 2, {"a", "b", "x"}), "2");
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 2, {"x", "a", "y"}), "2");
  CAF_CHECK_EQUAL(place({"a", "b"}, 0, {"x", "y"}), "0");
}

CAF_TEST(RULES a run that was through goes on with what was added at the end) {
  CAF_CHECK_EQUAL(place({"a", "b"}, 2, {"a", "b", "c"}), "2");
  CAF_CHECK_EQUAL(place({"a", "b"}, 2, {"a", "b"}), "2");
}

CAF_TEST(RULES a cursor never moves back) {
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 1, {"b", "a", "c"}), "cursor_would_move_back");
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 2, {"c"}), "cursor_would_move_back");
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 2, {"a", "x"}), "cursor_would_move_back");
}

CAF_TEST(RULES no step that was handled comes again) {
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 1, {"x", "b", "a"}), "step_would_repeat: a");
  CAF_CHECK_EQUAL(place({"a", "b", "c"}, 2, {"x", "b", "c", "a"}), "step_would_repeat: a");
}

CAF_TEST(RULES a version that is gone maps to nothing) {
  auto c = make_campaign("spring");
  run r;
  r.sequence_version = 7;
  auto at = place_in(c, r);
  CAF_REQUIRE(!at.has_value());
  CAF_CHECK_EQUAL(at.error(), "definition_gone");
}

CAF_TEST(RULES whatever the sequences a place is never before the cursor nor before a handled step) {
  const auto* given = std::getenv("HEED_SEED");
  const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  CAF_MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  names all{"a", "b", "c", "d", "e", "f", "g", "h"};
  auto some = [&] {
    std::ranges::shuffle(all, random);
    return names(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(1 + random() % all.size()));
  };
  int placed = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto old = some(), now = some();
    if (random() % 2) std::ranges::sort(old), std::ranges::sort(now);
    auto cursor = static_cast<std::uint32_t>(random() % (old.size() + 1));
    auto c = make_campaign("spring");
    c.sequences = {make_sequence(1, old), make_sequence(2, now)};
    run r;
    r.sequence_version = 1;
    r.cursor = cursor;
    auto at = place_in(c, r);
    if (!at) continue;
    ++placed;
    if (*at < cursor) CAF_FAIL("seed " << seed << ": " << *at << " is before the cursor " << cursor);
    for (std::uint32_t k = *at; k < now.size(); ++k)
      for (std::uint32_t h = 0; h < cursor; ++h)
        if (now[k] == old[h]) CAF_FAIL("seed " << seed << ": " << now[k] << " would come again");
    bool next_is_there = cursor < old.size() && std::ranges::find(now, old[cursor]) != now.end();
    if (next_is_there && now.at(*at) != old[cursor]) CAF_FAIL("seed " << seed << ": " << old[cursor] << " is passed over");
  }
  CAF_CHECK(placed > 1000);
}

CAF_TEST(RULES a run is pinned to its version until somebody migrates it) {
  auto s = under_way();
  publish(s, {"a", "x", "b", "c"});
  s.pass(5min);
  const auto sent = s.asked<send_effect>();
  CAF_CHECK_EQUAL(sent.back().step.value, "b");
  CAF_CHECK_EQUAL(s.journey().sequence_version, 1u);
}

CAF_TEST(RULES a migrated run goes on by the new version) {
  auto s = under_way();
  publish(s, {"a", "x", "b", "d"});
  s.say(command_kind::migrate_run, "spring");
  CAF_CHECK_EQUAL(s.journey().sequence_version, 2u);
  CAF_CHECK_EQUAL(s.journey().cursor, 2u);
  CAF_CHECK_EQUAL(s.last<run_migrated>()->from_version, 1u);
  s.pass(30min);
  std::vector<std::string> steps;
  for (const auto& e : s.asked<send_effect>()) steps.push_back(e.step.value);
  CAF_CHECK_EQUAL(steps, (names{"a", "b", "d"}));
  CAF_CHECK_EQUAL(s.journey().status, run_status::done);
  for (const auto& what : s.broken) CAF_ERROR(what);
}

CAF_TEST(RULES a migrated run waits by the delay of its new step even when a stop had held the old one) {
  auto s = under_way();
  auto previous = s.now;
  s.stops.workspace = true;
  s.pass(5min);
  CAF_CHECK_EQUAL(s.closed_gate(), "kill_switch:stopped: workspace");
  publish(s, {"a", "x"}, "3h");
  s.stops.workspace = false;
  s.say(command_kind::migrate_run, "spring");
  CAF_CHECK(s.open.empty());
  CAF_CHECK(s.journey().next_at == previous + 3h);
}

CAF_TEST(RULES a run with a step under way is not migrated) {
  for (bool answered : {false, true}) {
    auto s = under_way();
    publish(s, {"a", "x", "b"});
    s.wake();
    CAF_REQUIRE_EQUAL(s.open.size(), 1u);
    if (answered) s.answer(send_effect(s.open.front()), send_result::unknown, "timeout");
    s.say(command_kind::migrate_run, "spring");
    CAF_CHECK_EQUAL(s.last<noted>()->reason, "a_step_is_under_way");
    CAF_CHECK_EQUAL(s.journey().sequence_version, 1u);
  }
}

CAF_TEST(RULES what cannot be placed is refused and what is there already stays) {
  auto s = under_way();
  s.say(command_kind::migrate_run, "spring");
  CAF_CHECK_EQUAL(s.last<noted>()->reason, "already_there");
  publish(s, {"b", "a"});
  s.say(command_kind::migrate_run, "spring");
  CAF_CHECK_EQUAL(s.last<noted>()->reason, "cursor_would_move_back");
  CAF_CHECK_EQUAL(s.journey().sequence_version, 1u);
}

CAF_TEST(ZRG-125 RULES migrating asks anew for the approval of a step) {
  auto s = under_way();
  s.rules.campaigns.begin()->second.requires_approval = true;
  s.pass(5min);
  CAF_CHECK(s.journey().pauses.has(pause_flag::awaiting_approval));
  CAF_CHECK_EQUAL(s.journey().approval->step.value, "b");
  publish(s, {"a", "x"}, "1h");
  s.say(command_kind::migrate_run, "spring");
  CAF_CHECK(!s.journey().approval.has_value());
  CAF_CHECK(s.journey().pauses.empty());
  s.say(command_kind::approve_step, "spring", "b");
  CAF_CHECK_EQUAL(s.sends, 1);
  s.pass(1h);
  CAF_CHECK_EQUAL(s.journey().approval->step.value, "x");
  CAF_CHECK_EQUAL(s.sends, 1);
}
