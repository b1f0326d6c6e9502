#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE pace
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

story one_email() {
  story s;
  s.rules = make_policy({one_step("spring")});
  return s;
}

send_effect only_open(story& s) {
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  return s.open.front();
}

bool is_overdue(const story& s) { return s.journey().pauses.has(pause_flag::overdue); }

/// The account fails at every probe, a quarter of an hour apart, until the run is no longer tried.
void outage(story& s) {
  for (int i = 0; i < 200 && !s.open.empty(); ++i) {
    s.answer(only_open(s), send_result::refused_account, "http_503", s.now + 15min);
    s.wake();
  }
}

const decision& answer_overdue(story& s, std::string how) {
  command c;
  c.what = command_kind::answer_overdue;
  c.by = "operator";
  c.run = "spring";
  c.detail = std::move(how);
  return s.tell(c);
}

/// Stopped by people for longer than any lateness allows: the second email waits for an answer.
story overdue_story() {
  story s;
  s.rules.campaigns.begin()->second.sequences[0].steps[1].on = channel::email;
  s.enrol();
  s.accept_all();
  s.stops.workspace = true;
  s.pass(30h);
  s.stops.workspace = false;
  s.tell(reconsider{"stop lifted", false});
  CAF_REQUIRE(is_overdue(s));
  return s;
}

}  // namespace

CAF_TEST(4R-74 PROTOCOL a touch without room goes back to its lead and waits until there is some) {
  auto s = one_email();
  s.rules.accounts.begin()->second.max_per_day = 50;
  s.rules.accounts.begin()->second.max_per_second = 1;
  s.enrol();
  auto first = only_open(s);
  auto room = s.now + 22h;
  s.answer(first, send_result::capacity_wait, "daily_cap", room);
  CAF_CHECK(s.open.empty());
  CAF_REQUIRE(s.journey().touch.has_value());
  CAF_CHECK(s.journey().touch->state == touch_state::returned);
  CAF_CHECK_EQUAL(s.journey().touch->attempt, 0u);
  CAF_CHECK(s.journey().next_at == room);
  CAF_CHECK(next_due(s.lead) == room);
  auto v = s.verdict(gate::capacity);
  CAF_CHECK(v.outcome == gate_outcome::wait);
  CAF_CHECK_EQUAL(v.reason, "capacity_wait: daily_cap");
  CAF_CHECK(v.opens_at == room);
  CAF_CHECK_EQUAL(number_of(v, "max_per_day"), 50);
  CAF_CHECK_EQUAL(number_of(v, "max_per_second"), 1);
  CAF_CHECK_EQUAL(number_of(v, "forecast"), 1);
  s.wake();
  CAF_CHECK(s.now == room);
  auto again = only_open(s);
  CAF_CHECK_EQUAL(again.id, first.id);
  CAF_CHECK_EQUAL(again.key, first.key);
  s.accept_all();
  CAF_CHECK_EQUAL(s.outcome(0), "sent");
  for (const auto& what : s.broken) CAF_ERROR(what);
}

CAF_TEST(4R-74 RULES a week without room is no lateness and uses no attempts) {
  auto s = one_email();
  s.enrol();
  auto first = only_open(s);
  for (int day = 0; day < 7; ++day) {
    s.answer(only_open(s), send_result::capacity_wait, "daily_cap", s.now + 24h);
    s.wake();
    CAF_REQUIRE(!is_overdue(s));
    CAF_CHECK_EQUAL(only_open(s).id, first.id);
  }
  CAF_CHECK_EQUAL(s.journey().touch->attempt, 0u);
  s.accept_all();
  CAF_CHECK_EQUAL(s.outcome(0), "sent");
}

CAF_TEST(RULES one long wait for room is no lateness but missing the promised room by a day is) {
  for (bool missed : {false, true}) {
    auto s = one_email();
    s.enrol();
    s.answer(only_open(s), send_result::capacity_wait, "pace", s.now + 7 * 24h);
    s.now = *next_due(s.lead) + (missed ? 24h + 1us : 24h);
    s.tell(timer_fired{s.lead.seq});
    CAF_CHECK_EQUAL(is_overdue(s), missed);
  }
}

CAF_TEST(4R-27 RULES slots handed out while the account fails are lateness and not pace) {
  auto s = one_email();
  s.enrol();
  const auto began = s.now;
  while (!is_overdue(s) && s.now < began + 48h) {
    s.answer(only_open(s), send_result::capacity_wait, "account", s.now + 2h);
    CAF_CHECK(s.journey().waiting_for.starts_with("account_wait"));
    s.wake();
  }
  CAF_CHECK(is_overdue(s));
  CAF_CHECK(s.now > began + 24h);
  CAF_CHECK(s.now <= began + 26h);
}

CAF_TEST(4R-27 RULES an outage burns no step and a step later than a day after it waits for an answer) {
  auto s = one_email();
  s.enrol();
  auto began = s.now;
  auto first = only_open(s);
  outage(s);
  CAF_CHECK(is_overdue(s));
  CAF_CHECK(s.open.empty());
  // The first probe past the limit, and none before it.
  CAF_CHECK(s.now > began + 24h);
  CAF_CHECK(s.now <= began + 24h + 15min);
  CAF_CHECK_EQUAL(s.journey().cursor, 0u);
  CAF_CHECK_EQUAL(s.journey().touch->attempt, 0u);
  CAF_CHECK_EQUAL(s.count<step_handled>(), 0);
  answer_overdue(s, "send");
  CAF_CHECK_EQUAL(only_open(s).id, first.id);
  s.accept_all();
  CAF_CHECK_EQUAL(s.outcome(0), "sent");
  for (const auto& what : s.broken) CAF_ERROR(what);
}

CAF_TEST(4R-27 RULES attempts nobody came to make in the middle of an outage do not shorten it) {
  auto s = one_email();
  s.enrol();
  const auto began = s.now;
  for (int i = 0; i < 400 && !is_overdue(s); ++i) {
    const bool waits_in_the_outbox = i % 3 != 0;
    if (waits_in_the_outbox) {
      s.now += 15min;
      s.answer(only_open(s), send_result::stale, "");
    } else {
      s.answer(only_open(s), send_result::refused_account, "http_429", s.now + 1s);
      if (!is_overdue(s)) s.wake();
    }
  }
  CAF_CHECK(is_overdue(s));
  CAF_CHECK(s.now > began + 24h);
  CAF_CHECK(s.now <= began + 24h + 16min);
}

CAF_TEST(RULES a thread goes on by one Re however often its message is tried) {
  story s;
  auto& steps = s.rules.campaigns.begin()->second.sequences[0].steps;
  steps.erase(steps.begin() + 1);
  s.enrol();
  // The first message's Message-ID is not known: its provider tells it later, by a callback.
  effect_outcome taken;
  taken.effect = only_open(s).id;
  taken.attempt = 1;
  taken.provider_id = "re_1";
  taken.evidence = "call";
  taken.result = send_result::accepted;
  const auto subject = only_open(s).message.subject;
  s.open.clear();
  s.tell(taken);
  s.wake();
  for (int i = 0; i < 3; ++i) {
    CAF_CHECK_EQUAL(only_open(s).message.subject, "Re: " + subject);
    s.answer(only_open(s), send_result::refused_account, "http_503", s.now + 15min);
    s.wake();
  }
}

CAF_TEST(RULES an outage of one wait longer than the limit is overdue at the next chance) {
  auto s = one_email();
  s.enrol();
  s.answer(only_open(s), send_result::refused_account, "daily_quota_exceeded", s.now + 25h);
  s.wake();
  CAF_CHECK(is_overdue(s));
}

CAF_TEST(RULES resuming the run also sends what an outage made overdue) {
  auto s = one_email();
  s.enrol();
  outage(s);
  s.say(command_kind::resume_run, "spring");
  CAF_CHECK_EQUAL(s.open.size(), 1u);
}

CAF_TEST(RULES an outage of hours is waited for and nothing else happens) {
  auto s = one_email();
  s.enrol();
  for (int i = 0; i < 90; ++i) {
    s.answer(only_open(s), send_result::refused_account, "http_503", s.now + 15min);
    CAF_CHECK_EQUAL(s.verdict(gate::capacity).reason, "account_wait: http_503");
    s.wake();
  }
  s.accept_all();
  CAF_CHECK_EQUAL(s.outcome(0), "sent");
}

CAF_TEST(RULES quiet hours are no lateness) {
  story s;
  s.rules = make_policy({one_step("spring", channel::sms, "5m")});
  s.rules.defaults.max_lateness = 1h;
  s.now = monday_ten + 10h;  // 20:00 UTC
  s.enrol();
  s.wake();
  CAF_CHECK(s.open.empty());
  CAF_CHECK_EQUAL(s.verdict(gate::calendar).reason, "quiet_hours");
  s.wake();
  CAF_CHECK_EQUAL(to_iso(s.now), "2026-11-17T09:00:00Z");
  CAF_CHECK(!is_overdue(s));
  CAF_CHECK_EQUAL(s.open.size(), 1u);
}

CAF_TEST(RULES what people stopped for longer than the limit waits for an answer and for less goes on) {
  for (bool longer : {false, true}) {
    story s;
    s.rules.campaigns.begin()->second.sequences[0].steps[1].on = channel::email;
    s.enrol();
    s.accept_all();
    s.stops.workspace = true;
    s.pass(5min);
    CAF_CHECK_EQUAL(s.closed_gate(), "kill_switch:stopped: workspace");
    s.now += longer ? 24h + 1us : 24h;
    s.stops.workspace = false;
    s.tell(reconsider{"stop lifted", false});
    CAF_CHECK_EQUAL(is_overdue(s), longer);
    CAF_CHECK_EQUAL(s.open.size(), longer ? 0u : 1u);
  }
}

CAF_TEST(RULES a step of a longer delay may be as late as that) {
  story s;
  s.rules.campaigns.begin()->second.sequences[0].steps[1] = make_step("s2", channel::email, "3d");
  s.enrol();
  s.accept_all();
  s.wake();
  s.stops.workspace = true;
  auto sent = s.open.size();
  s.accept_all();
  CAF_CHECK_EQUAL(sent, 1u);
  s.pass(3 * 24h + 60h);
  s.stops.workspace = false;
  s.tell(reconsider{"stop lifted", false});
  CAF_CHECK(!is_overdue(s));
  CAF_CHECK_EQUAL(s.open.size(), 1u);
}

CAF_TEST(RULES an overdue step that is answered with send goes out once) {
  auto s = overdue_story();
  answer_overdue(s, "send");
  CAF_CHECK_EQUAL(s.open.size(), 1u);
  CAF_CHECK(s.journey().pauses.empty());
  s.accept_all();
  CAF_CHECK_EQUAL(s.outcomes(), (std::vector<std::string>{"sent", "sent"}));
}

CAF_TEST(RULES an overdue step that is answered with skip is skipped and the run goes on) {
  auto s = overdue_story();
  answer_overdue(s, "skip");
  CAF_CHECK(s.open.empty());
  CAF_CHECK_EQUAL(s.outcome(1), "skipped:overdue");
  CAF_CHECK_EQUAL(s.journey().cursor, 2u);
  s.pass(4 * 24h);
  CAF_CHECK_EQUAL(s.outcome(2), "sent");
}

CAF_TEST(RULES an overdue step that is answered with end ends its run) {
  auto s = overdue_story();
  answer_overdue(s, "end");
  CAF_CHECK_EQUAL(s.journey().status, run_status::done);
  CAF_CHECK_EQUAL(s.journey().end_reason, "overdue_ended");
  s.pass(9 * 24h);
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(RULES an answer to what is not overdue is refused) {
  story s;
  s.enrol();
  s.accept_all();
  answer_overdue(s, "skip");
  CAF_CHECK_EQUAL(s.last<noted>()->reason, "not_overdue");
  CAF_CHECK_EQUAL(s.journey().cursor, 1u);
}

CAF_TEST(SS-33 RULES answering overdue passes no gate of 1 to 6) {
  auto s = overdue_story();
  s.reply();
  answer_overdue(s, "send");
  CAF_CHECK(s.open.empty());
  CAF_CHECK(s.journey().pauses.has(pause_flag::unanswered_reply));
}

CAF_TEST(RULES a first touch picks an account with room and the lead stays with it) {
  auto boxes = [] {
    story s;
    s.rules = make_policy({make_campaign("spring")});
    s.rules.campaigns.begin()->second.sequences[0].steps[1] = make_step("s2", channel::email, "5m");
    for (const char* name : {"box_a", "box_b", "box_c"}) {
      account a{account_id{name}, channel::email, "sandbox", "us@example.com", {}, true};
      s.rules.accounts[a.id] = a;
    }
    return s;
  };
  auto undisturbed = boxes();
  undisturbed.enrol();
  auto usual = only_open(undisturbed).account;

  auto s = boxes();
  s.full = {usual.value};
  s.enrol();
  auto chosen = only_open(s).account;
  CAF_CHECK(chosen != usual);
  s.accept_all();
  // Later it is the other way round: the conversation stays where it began.
  s.full = {chosen.value};
  s.wake();
  CAF_CHECK_EQUAL(only_open(s).account, chosen);
  CAF_CHECK_EQUAL(number_of(s.verdict(gate::capacity), "full"), 1);
}

CAF_TEST(RULES where no account has room the first touch waits at the one it would have had) {
  story usual, crowded;
  crowded.full = {"box_email"};
  usual.enrol();
  crowded.enrol();
  CAF_CHECK_EQUAL(only_open(crowded).account, only_open(usual).account);
}
