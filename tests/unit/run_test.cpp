#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE run
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

void check_sound(const story& s) {
  for (const auto& what : s.broken) CAF_ERROR(what);
}

}  // namespace

CAF_TEST(SS-4 SS-16 a step is due exactly its delay after the outcome before it) {
  story s;
  s.enrol();
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  s.now += 7s;  // the provider took seven seconds
  s.accept_all();
  CAF_REQUIRE(s.journey().next_at.has_value());
  CAF_CHECK_EQUAL(to_iso(*s.journey().next_at), "2026-11-16T10:05:07Z");
  CAF_CHECK_EQUAL(s.journey().landing_page, "https://example.com/spring");
  CAF_CHECK_EQUAL(s.journey().attribution.at("source"), "ads");
  check_sound(s);
}

CAF_TEST(SS-25 a run is due exactly at its instant and not one microsecond earlier) {
  story s;
  s.enrol();
  s.accept_all();
  auto due = *s.journey().next_at;
  s.now = due - 1us;
  s.tell(timer_fired{s.lead.seq});
  CAF_CHECK_EQUAL(s.open.size(), 0u);
  s.now = due;
  s.tell(timer_fired{s.lead.seq});
  CAF_CHECK_EQUAL(s.open.size(), 1u);
}

CAF_TEST(SS-7 ZRG-113 enrolling twice keeps the one run untouched) {
  story s;
  s.enrol();
  s.accept_all();
  auto before = s.journey();
  s.enrol();
  CAF_CHECK_EQUAL(s.lead.runs.size(), 1u);
  CAF_CHECK_EQUAL(s.journey().cursor, before.cursor);
  CAF_CHECK_EQUAL(s.count<enrolled>(), 1);
  check_sound(s);
}

CAF_TEST(SS-9 SS-10 SS-12 a run goes from pending over running to done and its cursor grows by one a step) {
  story s;
  s.enrol();
  CAF_CHECK_EQUAL(s.journey().status, run_status::pending);
  CAF_CHECK_EQUAL(s.journey().cursor, 0u);
  s.accept_all();
  CAF_CHECK_EQUAL(s.journey().status, run_status::running);
  CAF_CHECK_EQUAL(s.journey().cursor, 1u);
  s.pass(5min);
  CAF_CHECK_EQUAL(s.journey().cursor, 2u);
  s.pass(73h);
  CAF_CHECK_EQUAL(s.journey().status, run_status::done);
  CAF_CHECK_EQUAL(s.journey().cursor, 3u);
  CAF_CHECK(!s.journey().next_at.has_value());
  CAF_CHECK_EQUAL(s.outcomes(), (std::vector<std::string>{"sent", "sent", "sent"}));
  check_sound(s);
}

CAF_TEST(SS-11 history only grows) {
  story s;
  s.enrol();
  s.pass(6min);
  auto before = s.outcomes();
  s.pass(80h);
  auto after = s.outcomes();
  CAF_REQUIRE(after.size() > before.size());
  CAF_CHECK(std::equal(before.begin(), before.end(), after.begin()));
}

CAF_TEST(SS-13 SS-42 an end state takes no word that would start it again) {
  story s;
  s.enrol();
  s.pass(100h);
  CAF_REQUIRE_EQUAL(s.journey().status, run_status::done);
  s.say(command_kind::resume_run, "spring");
  s.say(command_kind::retry_step, "spring", "s1");
  s.say(command_kind::pause_run, "spring");
  s.enrol();
  s.tell(reconsider{"policy", false});
  CAF_CHECK_EQUAL(s.journey().status, run_status::done);
  CAF_CHECK_EQUAL(s.sends, 3);
  check_sound(s);
}

CAF_TEST(SS-14 SS-15 a touch that was accepted is never planned again whatever is repeated) {
  story s;
  s.enrol();
  auto send = s.open.front();
  s.answer(send, send_result::accepted);
  s.answer(send, send_result::accepted);
  s.answer(send, send_result::unknown);
  s.tell(timer_fired{s.lead.seq});
  s.tell(timer_fired{s.lead.seq});
  CAF_CHECK_EQUAL(s.journey().cursor, 1u);
  CAF_CHECK_EQUAL(s.sends, 1);
  check_sound(s);
}

CAF_TEST(SS-1 SS-8 one definition serves many leads and one lead its fate is its own) {
  story a, b;
  b.lead.id = lead_id{"lead_2"};
  auto before = a.rules.campaigns;
  a.enrol();
  b.enrol();
  a.tell(unsubscribed{{}, "test"});
  b.pass(6min);
  CAF_CHECK_EQUAL(a.journey().status, run_status::suppressed);
  CAF_CHECK_EQUAL(b.journey().cursor, 2u);
  CAF_CHECK(a.rules.campaigns == before);
}

CAF_TEST(SS-17 no run without a campaign) {
  story s;
  lead_upserted body;
  body.landing_page = "https://example.com/x";
  s.tell(body);
  CAF_CHECK(s.lead.runs.empty());
  s.form("contact");
  CAF_CHECK_EQUAL(s.last<not_enrolled>()->reason, "no_campaign");
  s.enrol("nowhere");
  CAF_CHECK_EQUAL(s.last<not_enrolled>()->reason, "unknown_campaign");
}

CAF_TEST(SS-34 SS-35 T-6 a form whose landing page names a campaign enrols by itself and gives the basis for email) {
  story s;
  form_submitted f;
  f.form = "demo";
  f.page = "https://example.com/spring";
  f.fields = {{"first_name", "Ana"}};
  auto st = s.make(f);
  st.keys = {{key_kind::email, "", "ana@example.com"}};
  s.tell(st);
  CAF_REQUIRE_EQUAL(s.lead.runs.size(), 1u);
  CAF_CHECK_EQUAL(s.open.size(), 1u);
  CAF_CHECK_EQUAL(s.open.front().message.subject, "Hi Ana");
  CAF_CHECK_EQUAL(s.score(), 0);
}

CAF_TEST(RULES what enrols - too old or back-filled events never do) {
  story s;
  auto old = s.make(form_submitted{"demo", "https://example.com/spring", {}});
  old.occurred_at -= 25h;
  s.tell(old);
  CAF_CHECK_EQUAL(s.last<not_enrolled>()->reason, "too_old");
  auto history = s.make(form_submitted{"demo", "https://example.com/spring", {}});
  history.mode = arrival::backfill;
  s.tell(history);
  CAF_CHECK_EQUAL(s.last<not_enrolled>()->reason, "backfill");
  CAF_CHECK(s.lead.runs.empty());
}

CAF_TEST(SS-21 missing contact data skips the step with the reason and goes on) {
  story s;
  s.rules.campaigns.begin()->second.sequences[0].steps[2].at = *parse_delay("1h");
  lead_upserted body;
  body.fields = {{"firstName", "Ana"}};
  body.consents = {{channel::email, consent_status::granted, "c", "", s.now}, {channel::sms, consent_status::granted, "c", "", s.now}};
  auto st = s.make(body);
  st.keys = {{key_kind::email, "", "ana@example.com"}};
  st.campaign = campaign_id{"spring"};
  s.tell(st);
  s.pass(3h);
  CAF_CHECK_EQUAL(s.outcomes(), (std::vector<std::string>{"sent", "skipped:missing_phone", "sent"}));
  CAF_CHECK_EQUAL(s.journey().status, run_status::done);
  check_sound(s);
}

CAF_TEST(SS-22 SS-23 SS-24 email down for good and sms healthy ends done with one delivered and two blocked) {
  story s;
  s.rules.campaigns.begin()->second.sequences[0].steps[2].at = *parse_delay("1h");
  s.enrol();
  s.answer(send_effect(s.open.front()), send_result::refused_final, "validation_error");
  s.pass(5min);
  s.now += 1h;
  s.tell(timer_fired{s.lead.seq});
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  s.answer(send_effect(s.open.front()), send_result::refused_final, "validation_error");
  CAF_CHECK_EQUAL(s.outcomes(), (std::vector<std::string>{"blocked:validation_error", "sent", "blocked:validation_error"}));
  CAF_CHECK_EQUAL(s.journey().status, run_status::done);
  check_sound(s);
}

CAF_TEST(SS-23 only a run-level defect fails a run) {
  story s;
  s.enrol();
  s.accept_all();
  s.rules.campaigns.clear();
  s.now += 5min;
  s.tell(timer_fired{s.lead.seq});
  CAF_CHECK_EQUAL(s.journey().status, run_status::failed);
  CAF_CHECK_EQUAL(s.journey().end_reason, "definition_gone");
}

CAF_TEST(4R-27 RULES attempts of a message are counted and end blocked while failures of its account use none) {
  story s;
  s.enrol();
  for (int i = 0; i < 20; ++i) {
    s.answer(send_effect(s.open.front()), send_result::refused_account, "rate_limit_exceeded", s.now + 1min);
    CAF_REQUIRE(s.open.empty());
    s.now += 1min;
    s.tell(timer_fired{s.lead.seq});
    CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  }
  CAF_CHECK_EQUAL(s.journey().touch->attempt, 0u);
  for (int i = 0; i < 5; ++i) {
    s.answer(send_effect(s.open.front()), send_result::refused_message, "resource_locked");
    if (s.journey().cursor == 1) break;
    CAF_CHECK(*s.journey().next_at >= s.now + std::chrono::seconds(2 << i));
    s.now = *s.journey().next_at;
    s.tell(timer_fired{s.lead.seq});
  }
  CAF_CHECK_EQUAL(s.outcome(0), "blocked:attempts_exhausted: resource_locked");
  check_sound(s);
}

CAF_TEST(SS-32 RULES an operator retries one blocked step under the same effect) {
  story s;
  s.enrol();
  auto first = s.open.front();
  s.answer(first, send_result::refused_final, "invalid_parameter");
  CAF_CHECK_EQUAL(s.journey().cursor, 1u);
  s.say(command_kind::retry_step, "spring", "s1");
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  CAF_CHECK_EQUAL(s.open.front().id, first.id);
  CAF_CHECK_EQUAL(s.open.front().key, first.key);
  s.accept_all();
  CAF_CHECK_EQUAL(s.journey().cursor, 1u);
  CAF_CHECK_EQUAL(s.outcomes(), (std::vector<std::string>{"blocked:invalid_parameter", "sent"}));
  s.pass(6min);
  CAF_CHECK_EQUAL(s.journey().cursor, 2u);
  s.say(command_kind::retry_step, "spring", "s1");
  CAF_CHECK_EQUAL(s.last<noted>()->what, "refused");
  check_sound(s);
}

CAF_TEST(RULES a step after a later one was sent is not retried) {
  story s;
  s.enrol();
  s.answer(send_effect(s.open.front()), send_result::refused_final, "x");
  s.pass(6min);
  s.say(command_kind::retry_step, "spring", "s1");
  CAF_CHECK_EQUAL(s.last<noted>()->reason, "later_step_was_sent");
}

CAF_TEST(PROTOCOL an unknown outcome is asked about and never resent by itself) {
  story s;
  s.enrol();
  auto send = s.open.front();
  const auto& d = s.answer(send, send_result::unknown, "timeout");
  auto* settle = std::get_if<settle_effect>(&d.effects.back());
  CAF_REQUIRE(settle != nullptr);
  CAF_CHECK(settle->may_repeat);
  s.pass(23h);
  CAF_CHECK_EQUAL(s.sends, 1);
  s.pass(2h);
  CAF_CHECK_EQUAL(s.outcome(0).substr(0, 7), "unknown");
  CAF_CHECK_EQUAL(s.journey().cursor >= 1u, true);
  check_sound(s);
}

CAF_TEST(PROTOCOL an unknown call of a suppressed lead may only be looked up) {
  story s;
  s.enrol();
  auto send = s.open.front();
  s.tell(unsubscribed{{}, "test"});
  const auto& d = s.answer(send, send_result::unknown, "timeout");
  auto* settle = std::get_if<settle_effect>(&d.effects.back());
  CAF_REQUIRE(settle != nullptr);
  CAF_CHECK(!settle->may_repeat);
}

CAF_TEST(PROTOCOL a brake in the very decision that hears of an unknown call forbids its repeat) {
  story s;
  auto other = make_campaign("autumn");
  s.rules.campaigns[other.id] = other;
  s.enrol();
  auto send = s.open.front();
  auto past_first = s.lead.runs.front();
  past_first.campaign = other.id;
  past_first.cursor = 1;
  past_first.touch.reset();
  s.lead.runs.push_back(past_first);
  s.lead.hot = hot_latch{s.now, 24, 21, "default", false};
  s.answer(send, send_result::unknown, "timeout");
  CAF_REQUIRE(s.lead.handoff.has_value());
  const auto settled = s.asked<settle_effect>();
  CAF_REQUIRE_EQUAL(settled.size(), 1u);
  CAF_CHECK(!settled.front().may_repeat);
}

CAF_TEST(a touch that the suppression list stopped is not planned again at once) {
  story s;
  s.enrol();
  for (int i = 1; i <= 3; ++i) {
    CAF_REQUIRE_EQUAL(s.open.size(), 1u);
    s.answer(send_effect(s.open.front()), send_result::cancelled, "suppressed");
    CAF_CHECK_EQUAL(s.sends, i);
    CAF_CHECK(s.open.empty());
    s.now = *s.journey().next_at;
    CAF_CHECK(s.journey().waiting_for == "suppression_list");
    s.tell(timer_fired{s.lead.seq});
  }
  s.answer(send_effect(s.open.front()), send_result::cancelled, "suppressed");
  s.tell(unsubscribed{{}, "suppression_list"});
  s.pass(48h);
  CAF_CHECK_EQUAL(s.sends, 4);
  CAF_CHECK_EQUAL(s.journey().status, run_status::suppressed);
}

CAF_TEST(PROTOCOL absent and stale effects are gated and rendered anew under the same key) {
  for (auto result : {send_result::absent, send_result::stale}) {
    story s;
    s.enrol();
    auto first = s.open.front();
    s.answer(first, result);
    CAF_REQUIRE_EQUAL(s.open.size(), 1u);
    CAF_CHECK_EQUAL(s.open.front().id, first.id);
    s.accept_all();
    CAF_CHECK_EQUAL(s.journey().cursor, 1u);
    check_sound(s);
  }
}

CAF_TEST(PROTOCOL an unknown call that evidence shows absent is planned again at once under its key) {
  story s;
  s.enrol();
  auto first = s.open.front();
  s.answer(first, send_result::unknown, "node_lost");
  CAF_CHECK(s.open.empty());
  s.now += 2min;
  s.answer(first, send_result::absent);
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  CAF_CHECK_EQUAL(s.open.front().id, first.id);
  s.accept_all();
  CAF_CHECK_EQUAL(s.journey().cursor, 1u);
  check_sound(s);
}

CAF_TEST(RULES a step later than its lateness limit waits for a human) {
  story s;
  s.enrol();
  s.accept_all();
  s.now += 30h;
  s.tell(timer_fired{s.lead.seq});
  CAF_CHECK_EQUAL(s.journey().pauses.first() == pause_flag::overdue, true);
  CAF_CHECK_EQUAL(s.open.size(), 0u);
  s.say(command_kind::resume_run, "spring");
  CAF_CHECK_EQUAL(s.open.size(), 1u);
}

CAF_TEST(4R-20 4R-21 pausing and resuming twice changes nothing more) {
  story s;
  s.enrol();
  s.accept_all();
  s.say(command_kind::pause_run, "spring");
  s.say(command_kind::pause_run, "spring");
  CAF_CHECK_EQUAL(s.count<run_paused>(), 1);
  s.pass(1h);
  CAF_CHECK_EQUAL(s.sends, 1);
  s.say(command_kind::resume_run, "spring");
  s.say(command_kind::resume_run, "spring");
  CAF_CHECK_EQUAL(s.count<run_unpaused>(), 1);
  s.pass(1min);
  CAF_CHECK_EQUAL(s.journey().cursor, 2u);
  check_sound(s);
}

CAF_TEST(ZRG-120 RULES a dry run exercises everything and sends nothing) {
  story s;
  s.rules.defaults.dry_run = true;
  s.enrol();
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  CAF_CHECK(s.open.front().dry_run);
  s.answer(send_effect(s.open.front()), send_result::skipped_dry_run);
  CAF_CHECK_EQUAL(s.outcome(0), "skipped:dry_run");
  s.rules.defaults.dry_run = false;
  s.now += 5min;
  s.tell(timer_fired{s.lead.seq});
  CAF_CHECK_EQUAL(s.journey().status, run_status::done);
  CAF_CHECK_EQUAL(s.journey().end_reason, "dry_run");
  CAF_CHECK(s.open.empty());
}

CAF_TEST(RULES a later email without subject goes on with the thread) {
  story s;
  s.enrol();
  s.accept_all();
  s.pass(5min);
  s.now += 73h;
  s.tell(timer_fired{s.lead.seq});
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  CAF_CHECK_EQUAL(s.open.front().message.subject, "Re: Hi Ana");
  CAF_CHECK_EQUAL(s.open.front().message.in_reply_to, "<lead_1-1-0@example.com>");
}

CAF_TEST(RULES a lead keeps the account of its channel) {
  story s;
  account second{account_id{"box_two"}, channel::email, "sandbox", "b@example.com", {}, true};
  s.rules.accounts[second.id] = second;
  s.enrol();
  auto first = s.open.front().account;
  s.accept_all();
  account third{account_id{"box_a"}, channel::email, "sandbox", "c@example.com", {}, true};
  s.rules.accounts[third.id] = third;
  s.pass(100h);
  CAF_CHECK_EQUAL(s.lead.accounts.at(channel::email), first);
  check_sound(s);
}
