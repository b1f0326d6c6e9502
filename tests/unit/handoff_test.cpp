#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"
#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE handoff
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

/// A lead that got the first email, in a workspace whose people want to know.
story reachable_story() {
  story s;
  s.rules.defaults.handoff.to = {"sales@acme.example"};
  s.enrol();
  s.accept_all();
  return s;
}

void make_hot(story& s) {
  s.form("demo");
  s.form("pricing");
  CAF_REQUIRE(s.lead.handoff.has_value());
}

std::vector<std::string> told(const story& s) {
  std::vector<std::string> out;
  for (const auto& e : s.asked<notify_effect>()) out.push_back(e.what + ":" + e.reason);
  return out;
}

using words = std::vector<std::string>;

lead_row stored_row(const story& s) {
  lead_row row;
  row.workspace = s.lead.workspace;
  row.lead = s.lead.id;
  row.version = s.lead.seq;
  row.secret = codec::new_secret();
  row.snapshot = codec::encode(s.lead);
  return row;
}

/// The rows of the commit that a stimulus leads to.
lead_commit committed(story& s, stimulus what) {
  auto row = stored_row(s);
  auto before = s.lead;
  circumstances when{s.now, s.stops};
  auto answer = s.tell(what);
  return build_commit({row, before, what, answer, s.rules, when}).commit;
}
lead_commit committed(story& s, command_kind what) {
  command c;
  c.what = what;
  c.by = "mia";
  return committed(s, s.make(c));
}
/// Of the form that makes the lead hot.
lead_commit committed_heat(story& s) {
  s.form("demo");
  form_submitted f;
  f.form = "pricing";
  auto what = s.make(f);
  what.keys = {{key_kind::email, "", "ana@example.com"}};
  return committed(s, what);
}

}  // namespace

CAF_TEST(RULES a hot lead is told to people once with a reminder four hours on) {
  auto s = reachable_story();
  make_hot(s);
  CAF_CHECK_EQUAL(told(s), (words{"handoff:hot"}));
  CAF_CHECK_EQUAL(s.count<people_notified>(), 1);
  CAF_CHECK(s.last<people_notified>()->remind_at == s.now + 4h);
  CAF_CHECK(next_due(s.lead) == s.now + 4h);
  // More of the same is one episode.
  s.form("contact");
  s.reply();
  CAF_CHECK_EQUAL(told(s).size(), 1u);
}

CAF_TEST(RULES a webhook alone reaches somebody) {
  story s;
  s.rules.defaults.handoff.webhook = "https://hooks.acme.example/heed";
  s.enrol();
  s.accept_all();
  make_hot(s);
  CAF_CHECK_EQUAL(told(s), (words{"handoff:hot"}));
}

CAF_TEST(RULES a handoff nobody acknowledged is told once more after four hours and then no more) {
  auto s = reachable_story();
  make_hot(s);
  s.pass(4h - 1us);
  CAF_CHECK_EQUAL(told(s).size(), 1u);
  s.pass(1us);
  CAF_CHECK_EQUAL(told(s), (words{"handoff:hot", "reminder:hot"}));
  CAF_CHECK(!next_due(s.lead).has_value());
  s.pass(48h);
  CAF_CHECK_EQUAL(told(s).size(), 2u);
}

CAF_TEST(RULES whoever acknowledged or handed back is not reminded) {
  for (auto what : {command_kind::acknowledge, command_kind::take, command_kind::hand_back}) {
    auto s = reachable_story();
    make_hot(s);
    s.pass(1h);
    s.say(what);
    CAF_CHECK(!next_due(s.lead).has_value());
    s.pass(48h);
    CAF_CHECK_EQUAL(told(s), (words{"handoff:hot"}));
  }
}

CAF_TEST(RULES the first to acknowledge is kept and what is not handed off cannot be acknowledged) {
  auto s = reachable_story();
  s.say(command_kind::acknowledge);
  CAF_CHECK_EQUAL(s.last<noted>()->reason, "not_handed_off");
  make_hot(s);
  s.say(command_kind::acknowledge);
  CAF_CHECK_EQUAL(s.lead.handoff->acknowledged_by, "operator");
  auto first = s.lead.handoff->acknowledged_at;
  s.now += 1min;
  s.say(command_kind::acknowledge);
  CAF_CHECK_EQUAL(s.last<noted>()->reason, "already_acknowledged");
  CAF_CHECK(s.lead.handoff->acknowledged_at == first);
}

CAF_TEST(RULES who takes a lead knows of it and nobody else is told) {
  auto s = reachable_story();
  s.say(command_kind::take);
  CAF_CHECK(told(s).empty());
  CAF_REQUIRE(s.lead.handoff.has_value());
  CAF_CHECK_EQUAL(s.lead.handoff->acknowledged_by, "operator");
  // What was due goes on being due; it is no reminder.
  s.pass(9 * 24h);
  CAF_CHECK(told(s).empty());
}

CAF_TEST(RULES where nobody is to be told that is written down and no timer waits for them) {
  auto s = reachable_story();
  s.rules.defaults.handoff = {};
  make_hot(s);
  CAF_CHECK(told(s).empty());
  CAF_CHECK_EQUAL(s.count<people_notified>(), 0);
  CAF_CHECK_EQUAL(s.last<noted>()->what, "nobody_told");
  CAF_CHECK(!next_due(s.lead).has_value());
}

CAF_TEST(RULES a destination that was removed leaves no timer that fires for ever) {
  auto s = reachable_story();
  make_hot(s);
  s.rules.defaults.handoff = {};
  s.pass(5h);
  CAF_CHECK_EQUAL(told(s).size(), 1u);
  CAF_CHECK(!next_due(s.lead).has_value());
}

CAF_TEST(RULES a booked meeting and its cancellation are both told) {
  auto s = reachable_story();
  s.tell(meeting_booked{"m1"});
  s.tell(meeting_canceled{"m1"});
  CAF_CHECK_EQUAL(told(s), (words{"handoff:meeting_booked", "meeting_canceled:m1"}));
  CAF_CHECK(s.lead.handoff.has_value());
}

CAF_TEST(RULES a canceled meeting does not make people forget the handoff nobody has seen) {
  auto s = reachable_story();
  s.tell(meeting_booked{"m1"});
  auto due = s.lead.handoff->remind_at;
  CAF_CHECK(due == s.now + 4h);
  s.now += 1h;
  s.tell(meeting_canceled{"m1"});
  CAF_CHECK(s.lead.handoff->remind_at == due);
  s.pass(3h);
  CAF_CHECK_EQUAL(told(s), (words{"handoff:meeting_booked", "meeting_canceled:m1", "reminder:meeting_booked"}));
}

CAF_TEST(RULES back-fill tells nobody) {
  auto s = reachable_story();
  for (const char* form : {"demo", "pricing"}) {
    form_submitted f;
    f.form = form;
    auto what = s.make(f);
    what.mode = arrival::backfill;
    s.tell(what);
  }
  CAF_REQUIRE(s.lead.handoff.has_value());
  CAF_CHECK(told(s).empty());
  CAF_CHECK(!next_due(s.lead).has_value());
  auto canceled = s.make(meeting_canceled{"m"});
  canceled.mode = arrival::backfill;
  s.tell(canceled);
  CAF_CHECK(told(s).empty());
}

CAF_TEST(RULES a commit holds one notification a destination under keys of its own) {
  auto s = reachable_story();
  s.rules.defaults.handoff.to = {"sales@acme.example", "mia@acme.example"};
  s.rules.defaults.handoff.webhook = "https://hooks.acme.example/heed";
  auto c = committed_heat(s);
  CAF_REQUIRE_EQUAL(c.notifications.size(), 3u);
  auto effect = s.asked<notify_effect>().front().id.value;
  std::vector<std::string> to, keys;
  for (const auto& row : c.notifications) {
    to.push_back(row.to);
    keys.push_back(row.key);
    CAF_CHECK_EQUAL(row.what, "handoff");
    CAF_CHECK_EQUAL(row.reason, "hot");
    CAF_CHECK_EQUAL(row.seq, s.lead.seq);
    CAF_CHECK_EQUAL(row.lead, s.lead.id);
    CAF_CHECK(row.created_at == s.now);
  }
  CAF_CHECK_EQUAL(to, (words{"sales@acme.example", "mia@acme.example", "https://hooks.acme.example/heed"}));
  CAF_CHECK_EQUAL(keys, (words{effect + "-0", effect + "-1", effect + "-2"}));
  // It is nothing a provider is called for.
  CAF_CHECK(c.effects.empty());
}

CAF_TEST(RULES a commit keeps the episode with who saw it and how it ended) {
  auto s = reachable_story();
  auto opened = committed_heat(s);
  auto since = s.now;
  CAF_REQUIRE_EQUAL(opened.handoffs.size(), 1u);
  CAF_CHECK_EQUAL(opened.handoffs[0].episode, 1u);
  CAF_CHECK_EQUAL(opened.handoffs[0].reason, "hot");
  CAF_CHECK_EQUAL(opened.handoffs[0].by, "heat");
  CAF_CHECK(opened.handoffs[0].since == since);
  CAF_CHECK(opened.handoffs[0].acknowledged_by.empty());
  CAF_CHECK(opened.handed_off == true);

  s.now += 1h;
  auto seen = committed(s, command_kind::acknowledge);
  auto seen_at = s.now;
  CAF_REQUIRE_EQUAL(seen.handoffs.size(), 1u);
  CAF_CHECK_EQUAL(seen.handoffs[0].episode, 1u);
  CAF_CHECK_EQUAL(seen.handoffs[0].acknowledged_by, "mia");
  CAF_CHECK(seen.handoffs[0].acknowledged_at == seen_at);
  CAF_CHECK(!seen.handoffs[0].ended_at.has_value());

  s.now += 1h;
  auto ended = committed(s, command_kind::hand_back);
  CAF_REQUIRE_EQUAL(ended.handoffs.size(), 1u);
  CAF_CHECK_EQUAL(ended.handoffs[0].reason, "hot");
  CAF_CHECK(ended.handoffs[0].since == since);
  CAF_CHECK_EQUAL(ended.handoffs[0].acknowledged_by, "mia");
  CAF_CHECK(ended.handoffs[0].acknowledged_at == seen_at);
  CAF_CHECK(ended.handoffs[0].ended_at == s.now);
  CAF_CHECK_EQUAL(ended.handoffs[0].ended_by, "mia");
  CAF_CHECK(ended.handed_off == false);
}

CAF_TEST(RULES taking a lead is one episode that its taker has seen) {
  auto s = reachable_story();
  auto c = committed(s, command_kind::take);
  CAF_REQUIRE(!c.handoffs.empty());
  CAF_CHECK_EQUAL(c.handoffs.back().episode, 1u);
  CAF_CHECK_EQUAL(c.handoffs.back().acknowledged_by, "mia");
  CAF_CHECK(c.notifications.empty());
}
