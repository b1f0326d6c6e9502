#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE dnd
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

campaign& spring(story& s) { return s.rules.campaigns.begin()->second; }

/// Email at once, text message five minutes on, email three days on; the lead wants no text messages now.
story undisturbed() {
  story s;
  s.enrol();
  s.tell(enrichment_completed{{{"smsDnd", "true"}}});
  s.accept_all();
  s.wake();
  return s;
}

/// Email, then five minutes later WhatsApp.
story whatsapp(message_template text) {
  story s;
  spring(s).sequences[0].steps[1] = make_step("s2", channel::whatsapp, "5m", "nudge");
  spring(s).templates["nudge"] = std::move(text);
  s.enrol();
  s.accept_all();
  return s;
}

message_template approved() {
  return {"", "Still there, {firstName}?", "HX0123456789abcdef0123456789abcdef", {{"1", "{firstName}"}}};
}

}  // namespace

CAF_TEST(ZRG-137 RULES a do-not-disturb is waited for 72 hours and then its step is skipped) {
  auto s = undisturbed();
  auto held = s.now;
  CAF_CHECK_EQUAL(s.sends, 1);
  auto v = s.verdict(gate::reachable);
  CAF_CHECK(v.outcome == gate_outcome::wait);
  CAF_CHECK_EQUAL(v.reason, "sms_dnd");
  CAF_CHECK(v.opens_at == held + 72h);
  CAF_CHECK_EQUAL(number_of(v, "wait_s"), 72 * 3600);
  s.pass(72h - 1us);
  CAF_CHECK_EQUAL(s.outcomes().size(), 1u);
  s.pass(1us);
  CAF_CHECK_EQUAL(s.outcome(1), "skipped:sms_dnd");
  CAF_CHECK_EQUAL(s.journey().status, run_status::running);
  s.pass(4 * 24h);
  CAF_CHECK_EQUAL(s.outcome(2), "sent");
  for (const auto& what : s.broken) CAF_ERROR(what);
}

CAF_TEST(ZRG-137 RULES looking again in between does not prolong the wait) {
  auto s = undisturbed();
  auto held = s.now;
  for (int i = 0; i < 5; ++i) {
    s.pass(12h);
    s.tell(reconsider{"settings", false});
  }
  CAF_CHECK(s.journey().next_at == held + 72h);
}

CAF_TEST(ZRG-137 RULES a do-not-disturb that ends lets its step go at once) {
  auto s = undisturbed();
  s.pass(25h);
  s.tell(enrichment_completed{{{"smsDnd", "false"}}});
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  CAF_CHECK(s.open.front().message.on == channel::sms);
  CAF_CHECK(!s.journey().pauses.has(pause_flag::overdue));
}

CAF_TEST(ZRG-137 RULES a step let go by an ended do-not-disturb is not put off again by it) {
  auto s = undisturbed();
  s.pass(2h);
  s.tell(enrichment_completed{{{"smsDnd", "false"}}});
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  s.answer(send_effect(s.open.front()), send_result::stale, "not_after");
  CAF_CHECK_EQUAL(s.open.size(), 1u);
}

CAF_TEST(ZRG-137 every spelling of the mark counts and other values do not) {
  for (auto [name, value, holds] : {std::tuple{"smsDnd", "1", true}, {"sms_dnd", "yes", true}, {"sms_dnd", "on", true},
                                    {"smsDnd", "false", false}, {"smsDnd", "0", false}, {"dnd", "true", false}}) {
    story s;
    s.enrol();
    s.tell(enrichment_completed{{{name, value}}});
    s.accept_all();
    s.wake();
    CAF_CHECK_EQUAL(s.open.empty(), holds);
  }
}

CAF_TEST(ZRG-137 a do-not-disturb of text messages holds no other channel) {
  story s;
  spring(s).sequences[0].steps[1].on = channel::email;
  spring(s).sequences[0].steps[2] = make_step("s3", channel::whatsapp, "5m", "nudge");
  spring(s).templates["nudge"] = approved();
  s.enrol();
  s.tell(enrichment_completed{{{"smsDnd", "true"}}});
  s.pass(15min);
  CAF_CHECK_EQUAL(s.outcomes(), (std::vector<std::string>{"sent", "sent", "sent"}));
}

CAF_TEST(RULES free text on WhatsApp outside its window is skipped) {
  auto s = whatsapp({"", "Still there, {firstName}?"});
  s.pass(5min);
  CAF_CHECK_EQUAL(s.outcome(1), "skipped:whatsapp_needs_template");
  CAF_CHECK_EQUAL(number_of(s.decisions.back().verdicts.back().gates[6], "window_s"), 24 * 3600);
  CAF_CHECK_EQUAL(s.journey().status, run_status::running);
}

CAF_TEST(RULES an approved WhatsApp template goes at any time with its variables filled) {
  auto s = whatsapp(approved());
  s.wake();
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  auto headers = s.open.front().message.headers;
  CAF_CHECK_EQUAL(headers["content_sid"], "HX0123456789abcdef0123456789abcdef");
  CAF_CHECK_EQUAL(headers["content_variables"], R"({"1":"Ana"})");
}

CAF_TEST(RULES free text on WhatsApp goes within a day of a message of the lead that was answered) {
  for (auto [on, waited, outcome] :
       {std::tuple{channel::whatsapp, duration(23h), "sent"}, {channel::whatsapp, duration(24h), "skipped:whatsapp_needs_template"},
        {channel::sms, duration(1h), "skipped:whatsapp_needs_template"}}) {
    auto s = whatsapp({"", "Still there, {firstName}?"});
    reply_received r;
    r.message.provider_id = "SM1";
    r.from = "+15550100";
    r.text = "Who is this?";
    auto what = s.make(r);
    what.on = on;
    s.tell(what);
    CAF_CHECK(s.journey().pauses.has(pause_flag::unanswered_reply));
    s.now += waited;
    s.say(command_kind::resume_run, "spring");
    s.accept_all();
    CAF_CHECK_EQUAL(s.outcome(1), outcome);
  }
}
