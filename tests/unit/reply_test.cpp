#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE reply
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

void check_sound(const story& s) {
  for (const auto& what : s.broken) CAF_ERROR(what);
}

message_sent outside(std::string id) {
  message_sent m;
  m.message.provider_id = std::move(id);
  return m;
}

}  // namespace

CAF_TEST(ZRG-119 T-3 SS-18 a reply pauses every run at once with lead_replied) {
  story s;
  s.rules.campaigns[campaign_id{"autumn"}] = make_campaign("autumn");
  s.enrol();
  s.enrol("autumn");
  s.reply();
  for (const auto& r : s.lead.runs) {
    CAF_CHECK_EQUAL(r.status, run_status::paused);
    CAF_CHECK_EQUAL(to_string(*r.pauses.first()), "lead_replied");
  }
  s.pass(100h);
  CAF_CHECK_EQUAL(s.accepted_keys.size(), 2u);
  check_sound(s);
}

CAF_TEST(RULES a late outcome of a step on the wire never clears the pause of a reply) {
  story s;
  s.enrol();
  auto on_the_wire = s.open.front();
  s.reply();
  s.answer(on_the_wire, send_result::accepted);
  CAF_CHECK(s.lead.unanswered_reply.has_value());
  CAF_CHECK_EQUAL(s.journey().cursor, 1u);
  CAF_CHECK_EQUAL(s.journey().status, run_status::paused);
  s.pass(100h);
  CAF_CHECK_EQUAL(s.sends, 1);
  check_sound(s);
}

CAF_TEST(RULES an outside message matched to ours is only an echo) {
  story s;
  s.enrol();
  s.accept_all();
  auto echo = outside("p-lead_1-1-0");
  s.tell(echo);
  CAF_CHECK_EQUAL(s.count<human_touched>(), 0);
  auto tagged = outside("other");
  tagged.message.run = "spring__lead_1";
  s.tell(tagged);
  CAF_CHECK_EQUAL(s.count<human_touched>(), 0);
}

CAF_TEST(RULES ZRG-136 a human touch from outside silences automation for 48 hours and answers the reply) {
  story s;
  s.enrol();
  s.accept_all();
  s.reply();
  s.now += 10min;
  s.tell(outside("by-hand"));
  CAF_CHECK(!s.lead.unanswered_reply.has_value());
  CAF_CHECK_EQUAL(s.journey().status, run_status::running);
  s.pass(47h);
  CAF_CHECK_EQUAL(s.sends, 1);
  CAF_CHECK_EQUAL(s.closed_gate(), "human_owns:human_touched");
  s.pass(1h);
  CAF_CHECK_EQUAL(s.sends, 2);
  check_sound(s);
}

CAF_TEST(RULES a human touch from before the reply is no answer to it) {
  story s;
  s.enrol();
  s.accept_all();
  auto before = s.make(outside("by-hand"));
  s.now += 1h;
  s.reply();
  s.tell(before);
  CAF_CHECK(s.lead.unanswered_reply.has_value());
}

CAF_TEST(RULES an automated reply neither pauses nor scores and delays the run) {
  story s;
  s.enrol();
  s.accept_all();
  reply_received r;
  r.automated = true;
  r.message.message_id = "<ooo@example.com>";
  s.tell(r);
  CAF_CHECK_EQUAL(s.journey().status, run_status::running);
  CAF_CHECK_EQUAL(s.score(), 0);
  CAF_CHECK(*s.journey().next_at == s.now + 5 * 24h);

  auto dated = s.make(r);
  std::get<reply_received>(dated.body).message.message_id = "<ooo2@example.com>";
  dated.attributes["return_date"] = "2026-11-30T09:00:00Z";
  s.tell(dated);
  CAF_CHECK_EQUAL(to_iso(*s.journey().next_at), "2026-11-30T09:00:00Z");
}

CAF_TEST(RULES a metadata-only reply pauses at once and its text is a second word on the same message) {
  story s;
  s.rules.accounts[account_id{"r"}] = {account_id{"r"}, channel::email, "resend", "us@example.com", {}, true};
  give_identity(s.rules);
  s.enrol();
  s.accept_all();
  reply_received r;
  r.message = {"recv-1", "<r1@example.com>", "", "", ""};
  r.metadata_only = true;
  auto st = s.make(r);
  st.source = "resend";
  const auto& d = s.tell(st);
  CAF_CHECK_EQUAL(s.journey().status, run_status::paused);
  CAF_REQUIRE(!d.effects.empty());
  auto* fetch = std::get_if<fetch_reply_effect>(&d.effects.back());
  CAF_REQUIRE(fetch != nullptr);
  CAF_CHECK_EQUAL(fetch->provider_id, "recv-1");
  CAF_CHECK_EQUAL(fetch->account.value, "r");

  r.metadata_only = false;
  r.text = "I am away";
  r.automated = true;
  s.tell(r);
  CAF_CHECK_EQUAL(s.score(), 0);
  CAF_CHECK_EQUAL(s.journey().status, run_status::running);
  check_sound(s);
}

CAF_TEST(RULES scope of a stop - opt-out and complaint end every run of the person) {
  for (bool complaint : {false, true}) {
    story s;
    s.rules.campaigns[campaign_id{"autumn"}] = make_campaign("autumn");
    s.enrol();
    s.enrol("autumn");
    if (complaint)
      s.tell(spam_complaint{});
    else
      s.tell(unsubscribed{{}, "one_click"});
    for (const auto& r : s.lead.runs) CAF_CHECK_EQUAL(r.status, run_status::suppressed);
    CAF_CHECK_EQUAL(s.count<audience_action>(), 2);
    CAF_CHECK_EQUAL(s.last<audience_action>()->type, complaint ? "sender.suppressed_complaint" : "sender.suppressed_opt_out");
    s.tell(unsubscribed{{}, "again"});
    CAF_CHECK_EQUAL(s.count<person_suppressed>(), 1);
    s.rules.campaigns[campaign_id{"winter"}] = make_campaign("winter");
    s.enrol("winter");
    CAF_CHECK_EQUAL(s.last<not_enrolled>()->reason, "suppressed");
    check_sound(s);
  }
}

CAF_TEST(4R-36 T-16 RULES a hard bounce holds the address and other channels go on) {
  story s;
  s.enrol();
  s.accept_all();
  message_bounced b;
  b.severity = bounce_class::hard;
  b.address = "ana@example.com";
  s.tell(b);
  CAF_CHECK(!is_final(s.journey().status));
  s.pass(100h);
  CAF_CHECK_EQUAL(s.outcomes(), (std::vector<std::string>{"sent", "sent", "skipped:address_suppressed"}));
  check_sound(s);
}

CAF_TEST(4R-37 RULES soft and sender bounces hold no address and a run without any channel left is suppressed) {
  story s;
  s.enrol();
  s.accept_all();
  for (auto severity : {bounce_class::soft, bounce_class::provider, bounce_class::our_sender, bounce_class::unknown}) {
    message_bounced b;
    b.severity = severity;
    b.address = "ana@example.com";
    s.tell(b);
  }
  CAF_CHECK(s.lead.held_addresses.empty());
  for (auto [on, address] : {std::pair{channel::email, "ana@example.com"}, std::pair{channel::sms, "+15550100"}}) {
    message_bounced b;
    b.severity = bounce_class::hard;
    b.address = address;
    auto st = s.make(b);
    st.on = on;
    s.tell(st);
  }
  CAF_CHECK_EQUAL(s.journey().status, run_status::suppressed);
  CAF_CHECK_EQUAL(s.last<audience_action>()->type, "sender.suppressed_bounce");
}

CAF_TEST(RULES the word of the provider that a person opted out suppresses the person) {
  story s;
  s.enrol();
  s.answer(send_effect(s.open.front()), send_result::opted_out, "21610");
  CAF_CHECK(s.lead.suppressed.has_value());
  CAF_CHECK_EQUAL(s.journey().status, run_status::suppressed);
  CAF_CHECK_EQUAL(s.outcome(0), "blocked:opted_out: 21610");
}

CAF_TEST(RULES a booked meeting makes the lead human owned and its cancellation lifts nothing) {
  story s;
  s.enrol();
  s.accept_all();
  s.tell(meeting_booked{"m1"});
  CAF_CHECK(s.lead.handoff.has_value());
  s.tell(meeting_canceled{"m1"});
  CAF_CHECK(s.lead.handoff.has_value());
  s.pass(100h);
  CAF_CHECK_EQUAL(s.sends, 1);
  check_sound(s);
}

CAF_TEST(SS-33 RULES no operator word passes a gate of 1 to 6) {
  story s;
  s.enrol();
  s.answer(send_effect(s.open.front()), send_result::refused_final, "x");
  s.say(command_kind::take);
  s.say(command_kind::retry_step, "spring", "s1");
  CAF_CHECK_EQUAL(s.last<noted>()->reason, "human_owns: handed_off");
  s.say(command_kind::resume_run, "spring");
  CAF_CHECK_EQUAL(s.last<noted>()->reason, "human_owns: handed_off");
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(RULES hand back resumes only the runs it names) {
  story s;
  s.rules.campaigns[campaign_id{"autumn"}] = make_campaign("autumn");
  s.enrol();
  s.enrol("autumn");
  s.accept_all();
  s.say(command_kind::take);
  command back;
  back.what = command_kind::hand_back;
  back.by = "mia";
  back.resume_runs = {"autumn"};
  s.tell(back);
  CAF_CHECK(s.journey("spring").pauses.has(pause_flag::handed_off));
  CAF_CHECK(s.journey("autumn").pauses.empty());
  s.pass(10min);
  CAF_CHECK_EQUAL(s.journey("spring").cursor, 1u);
  CAF_CHECK_EQUAL(s.journey("autumn").cursor, 2u);
}

CAF_TEST(4R-67 PROTOCOL a call in doubt is not repeated while its run stays paused after a hand-back) {
  for (const bool resumed : {false, true}) {
    story s;
    s.enrol();
    const auto e = s.open.front();
    s.answer(e, send_result::unknown);
    CAF_CHECK(s.asked<settle_effect>().back().may_repeat);
    s.say(command_kind::take);
    command back;
    back.what = command_kind::hand_back;
    back.by = "mia";
    if (resumed) back.resume_runs = {"spring"};
    s.tell(back);
    s.answer(e, send_result::unknown);
    CAF_CHECK_EQUAL(bool(s.asked<settle_effect>().back().may_repeat), resumed);
  }
}

CAF_TEST(ZRG-118 RULES a run moves only when live and due and not snoozed and a snooze ends by itself) {
  story s;
  s.enrol();
  s.accept_all();
  command c;
  c.what = command_kind::snooze;
  c.until = s.now + 2h;
  s.tell(c);
  s.pass(119min);
  CAF_CHECK_EQUAL(s.sends, 1);
  s.pass(2min);
  CAF_CHECK_EQUAL(s.sends, 2);
  check_sound(s);
}

CAF_TEST(PROTOCOL a poisoned lead receives but does not send until a human clears it) {
  story s;
  s.enrol();
  s.tell(reconsider{"bad stimulus", true});
  s.answer(send_effect(s.open.front()), send_result::cancelled);
  s.pass(1h);
  CAF_CHECK_EQUAL(s.sends, 1);
  CAF_CHECK_EQUAL(s.closed_gate(), "human_owns:poisoned");
  s.click();
  CAF_CHECK_EQUAL(s.score(), 3);
  s.say(command_kind::clear_poison);
  CAF_CHECK_EQUAL(s.sends, 2);
}

CAF_TEST(PROTOCOL consent changes go by when they happened and ties go to the withdrawal) {
  story s;
  s.enrol();
  auto grant = [&](consent_status status, duration ago) {
    lead_upserted body;
    body.consents = {{channel::sms, status, "t", "", s.now - ago}};
    s.tell(body);
  };
  auto status = [&] {
    return std::ranges::find(s.lead.consents, channel::sms, &consent_grant::on)->status;
  };
  s.now += 1h;
  grant(consent_status::withdrawn, 0min);
  CAF_CHECK(status() == consent_status::withdrawn);
  s.now += 3min;
  grant(consent_status::granted, 0min);
  CAF_CHECK(status() == consent_status::withdrawn);
  s.now += 10min;
  grant(consent_status::granted, 0min);
  CAF_CHECK(status() == consent_status::granted);
  grant(consent_status::withdrawn, 2h);
  CAF_CHECK(status() == consent_status::granted);
}

CAF_TEST(PROTOCOL a command meant for another state is refused) {
  story s;
  s.enrol();
  command c;
  c.what = command_kind::take;
  c.expected_seq = 99;
  s.tell(c);
  CAF_CHECK(!s.lead.handoff.has_value());
  CAF_CHECK_EQUAL(s.last<noted>()->what, "refused");
}
