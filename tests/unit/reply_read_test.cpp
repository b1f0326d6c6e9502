#include "actors/lead/limits.hpp"
#include "actors/lead/reply/reader.hpp"
#include "tests/unit/support/lead_story.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE reply_read
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;
using reply::reply_class;
using reply::reply_reading;

/// What a class leads to once it is read; how it is read is the corpus's business.
namespace {

reply_reading read_as(reply_class kind, bool sure = true) {
  reply_reading r;
  r.kind = kind;
  r.sure = sure;
  r.confidence_pct = sure ? 95 : 40;
  r.rule = "test";
  return r;
}

/// Enrolled, its first step sent; the second is due in five minutes.
story under_way() {
  story s;
  s.enrol();
  s.accept_all();
  s.now += 1min;
  return s;
}

reply_received says(reply_reading r, const std::string& id = "r1") {
  reply_received out;
  out.message.message_id = "<" + id + "@example.com>";
  out.from = "ana@example.com";
  out.text = "words";
  out.reading = std::move(r);
  return out;
}

const std::string& led_to(const story& s) { return s.last<reply_read>()->led_to; }

}  // namespace

CAF_TEST(ZRG-72 4R-67 an opt-out in any words suppresses the person and every run) {
  auto s = under_way();
  s.tell(says(read_as(reply_class::opt_out)));
  CAF_CHECK(s.lead.suppressed == "opt_out");
  CAF_CHECK(s.journey().status == run_status::suppressed);
  CAF_CHECK_EQUAL(led_to(s), "suppressed");
  s.pass(240h);
  CAF_CHECK_EQUAL(s.sends, 1);
  CAF_CHECK(s.broken.empty());
}

CAF_TEST(ZRG-72 a machine that forwards a no is obeyed as well) {
  auto s = under_way();
  auto r = says(read_as(reply_class::opt_out));
  r.automated = true;
  s.tell(r);
  CAF_CHECK(s.lead.suppressed == "opt_out");
}

CAF_TEST(4R-41 an opt-out nobody is sure of waits for a human) {
  auto s = under_way();
  s.tell(says(read_as(reply_class::opt_out, false)));
  CAF_CHECK(!s.lead.suppressed);
  CAF_CHECK_EQUAL(led_to(s), "paused");
  CAF_CHECK(s.journey().pauses.has(pause_flag::unanswered_reply));
  s.pass(240h);
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(T-3 who is interested is handed to a human at once) {
  for (const auto kind : {reply_class::interested, reply_class::meeting_requested, reply_class::meeting_accepted,
                          reply_class::call_requested, reply_class::information_requested, reply_class::referral}) {
    auto s = under_way();
    s.tell(says(read_as(kind)));
    CAF_REQUIRE(s.lead.handoff.has_value());
    CAF_CHECK_EQUAL(s.lead.handoff->reason, to_string(kind));
    CAF_CHECK_EQUAL(led_to(s), "handed_off");
    s.pass(240h);
    CAF_CHECK_EQUAL(s.sends, 1);
  }
}

CAF_TEST(RULES a no ends the runs for half a year but for the own new form of the lead and is no opt-out) {
  auto s = under_way();
  s.rules.campaigns[campaign_id{"autumn"}] = make_campaign("autumn");
  s.rules.campaigns[campaign_id{"winter"}] = make_campaign("winter");
  s.tell(says(read_as(reply_class::not_interested)));
  CAF_CHECK(!s.lead.suppressed);
  CAF_CHECK(s.journey().status == run_status::suppressed);
  CAF_CHECK_EQUAL(s.journey().end_reason, "not_interested");
  CAF_CHECK_EQUAL(s.last<audience_action>()->type, "sender.suppressed_not_interested");
  CAF_CHECK_EQUAL(s.score(), 0);

  s.now += std::chrono::days(179);
  s.enrol("autumn");
  CAF_CHECK(s.lead.find_run(campaign_id{"autumn"}) == nullptr);
  CAF_CHECK_EQUAL(s.last<not_enrolled>()->reason, "not_interested");
  s.form("contact", "winter");
  CAF_CHECK(s.lead.find_run(campaign_id{"winter"}) != nullptr);
  s.now += std::chrono::days(2);
  s.enrol("autumn");
  CAF_CHECK(s.lead.find_run(campaign_id{"autumn"}) != nullptr);
}

CAF_TEST(4R-44 an out-of-office in words alone delays to the day it names and asks nobody) {
  auto s = under_way();
  auto away = read_as(reply_class::out_of_office);
  away.resume_at = s.now + 72h;
  s.tell(says(away));
  CAF_CHECK_EQUAL(led_to(s), "delayed");
  CAF_CHECK(!s.lead.unanswered_reply);
  CAF_CHECK(s.journey().next_at == away.resume_at);
  CAF_CHECK_EQUAL(s.score(), 0);
  s.pass(240h);
  CAF_CHECK(s.sends > 1);
}

CAF_TEST(RULES who asks for a later day is left alone until then and no longer) {
  auto s = under_way();
  auto later = read_as(reply_class::follow_up_later);
  later.resume_at = s.now + std::chrono::days(20);
  s.tell(says(later));
  CAF_CHECK_EQUAL(led_to(s), "snoozed");
  CAF_CHECK_EQUAL(s.score(), 5);
  s.pass(std::chrono::days(19));
  CAF_CHECK_EQUAL(s.sends, 1);
  s.pass(std::chrono::days(10));
  CAF_CHECK(s.sends > 1);
  CAF_CHECK(s.broken.empty());
}

CAF_TEST(RULES who asks for later without a day waits for a human) {
  auto s = under_way();
  s.tell(says(read_as(reply_class::follow_up_later)));
  CAF_CHECK_EQUAL(led_to(s), "paused");
  s.pass(240h);
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(T-16 a bounce that comes as a mail holds the address and leaves other channels) {
  auto s = under_way();
  s.tell(says(read_as(reply_class::bounce)));
  CAF_CHECK_EQUAL(led_to(s), "address_suppressed");
  CAF_CHECK(!s.lead.suppressed);
  CAF_CHECK_EQUAL(s.lead.held_addresses.size(), 1u);
  s.pass(1h);
  CAF_CHECK_EQUAL(s.sends, 2);  // the text message
}

CAF_TEST(RULES questions weigh half and only wait) {
  auto s = under_way();
  s.tell(says(read_as(reply_class::question_objection)));
  CAF_CHECK_EQUAL(s.score(), 5);
  CAF_CHECK_EQUAL(led_to(s), "paused");
  CAF_CHECK(!s.lead.handoff);
}

CAF_TEST(whoever is angry or asks for a human gets one whatever else was said) {
  auto s = under_way();
  auto r = read_as(reply_class::neutral, false);
  r.urgent = true;
  s.tell(says(r));
  CAF_REQUIRE(s.lead.handoff.has_value());
  CAF_CHECK_EQUAL(s.lead.handoff->reason, "urgent_reply");
}

CAF_TEST(RULES a class that comes later adds to what was decided and a copy of the same mail does not) {
  auto s = under_way();
  auto first = says({});
  first.reading.reset();
  first.metadata_only = true;
  first.text.clear();
  s.tell(first);
  CAF_CHECK(s.last<reply_read>() == nullptr);
  s.tell(says(read_as(reply_class::interested)));
  CAF_CHECK(s.lead.handoff.has_value());
  CAF_CHECK_EQUAL(s.count<reply_noted>(), 1);
  s.tell(says(read_as(reply_class::interested)));
  CAF_CHECK_EQUAL(s.count<reply_read>(), 1);
  CAF_CHECK_EQUAL(s.score(), 10);
}

CAF_TEST(4R-44 a day that is named begins at nine in the zone of the lead) {
  policy p = make_policy();
  auto zones = std::make_shared<zone_table>();
  zones->zones["Europe/Berlin"] = heed::tests::berlin();
  p.zones = zones;
  lead_state lead;
  lead.time_zone = "Europe/Berlin";
  stimulus s;
  s.occurred_at = monday_ten;
  s.on = channel::email;
  s.body = [] {
    reply_received r;
    r.text = "I am out of the office until 24 November 2026.";
    return r;
  }();
  reply::read_into(s, lead, p);
  const auto& read = std::get<reply_received>(s.body).reading;
  CAF_REQUIRE(read.has_value());
  CAF_CHECK(read->kind == reply_class::out_of_office);
  CAF_CHECK(read->sure);
  CAF_REQUIRE(read->resume_at.has_value());
  CAF_CHECK_EQUAL(to_iso(*read->resume_at), "2026-11-24T08:00:00Z");
  CAF_CHECK(!read->evidence.empty());
}

namespace {

reply_reading report(bounce_class severity, std::string code = {}) {
  auto r = read_as(reply_class::bounce);
  r.bounce = severity;
  r.bounce_code = std::move(code);
  return r;
}

/// Read as the lead's actor reads it.
reply_reading read(channel on, std::string subject, std::string text, bool automated = false) {
  stimulus s;
  s.occurred_at = monday_ten;
  s.on = on;
  reply_received r;
  r.subject = std::move(subject);
  r.text = std::move(text);
  r.automated = automated;
  s.body = std::move(r);
  reply::read_into(s, lead_state{}, make_policy());
  return std::get<reply_received>(s.body).reading.value();
}

}  // namespace

CAF_TEST(RULES a report that is not final or speaks of the sender holds no address and the runs go on) {
  for (const auto severity : {bounce_class::soft, bounce_class::provider, bounce_class::our_sender, bounce_class::unknown}) {
    auto s = under_way();
    s.tell(says(report(severity, "4.2.2")));
    CAF_CHECK_EQUAL(led_to(s), "noted");
    CAF_CHECK(s.lead.held_addresses.empty());
    CAF_CHECK(s.last<bounce_noted>()->severity == severity);
    CAF_CHECK_EQUAL(s.score(), 0);
    s.pass(240h);
    CAF_CHECK_EQUAL(s.sends, 3);
    CAF_CHECK(s.broken.empty());
  }
}

CAF_TEST(4R-46 a report counts against the message it is about) {
  auto s = under_way();
  const auto ours = s.lead.sent.front();
  auto r = says(report(bounce_class::hard, "5.1.1"));
  r.message.in_reply_to = ours.message_id;
  s.tell(r);
  const auto* noted = s.last<bounce_noted>();
  CAF_REQUIRE(noted != nullptr);
  CAF_CHECK_EQUAL(noted->effect, ours.effect.value);
  CAF_CHECK_EQUAL(noted->campaign.value, "spring");
  CAF_CHECK_EQUAL(noted->code, "5.1.1");
}

CAF_TEST(RULES a report by mail says whether the address is gone and on other channels nobody is sure) {
  const auto mail = [](const char* subject, const char* text) { return read(channel::email, subject, text); };
  const auto gone = mail("Undelivered Mail Returned to Sender", "<ana@example.com>: host mx said: 550 5.1.1 user unknown");
  CAF_CHECK(gone.kind == reply_class::bounce);
  CAF_CHECK(gone.sure);
  CAF_CHECK(gone.bounce == bounce_class::hard);
  CAF_CHECK_EQUAL(gone.bounce_code, "5.1.1");
  const auto text = read(channel::sms, {}, "Your message could not be delivered. User unknown");
  CAF_CHECK(text.kind == reply_class::bounce);
  CAF_CHECK(!text.sure);
  auto s = under_way();
  s.tell(says(text));
  CAF_CHECK_EQUAL(led_to(s), "paused");
  CAF_CHECK(s.lead.held_addresses.empty());
  s.pass(240h);
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(4R-41 an opt-out nobody is sure of waits for a human when a machine wrote it as well) {
  auto s = under_way();
  auto r = says(read_as(reply_class::opt_out, false));
  r.automated = true;
  s.tell(r);
  CAF_CHECK_EQUAL(led_to(s), "paused");
  CAF_CHECK_EQUAL(s.score(), 0);
  s.pass(240h);
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(4R-44 words of a machine nobody is sure of are waited out) {
  auto s = under_way();
  auto r = says(read_as(reply_class::neutral, false));
  r.automated = true;
  s.tell(r);
  CAF_CHECK_EQUAL(led_to(s), "delayed");
  s.pass(240h);
  CAF_CHECK(s.sends > 1);
}

CAF_TEST(RULES a later text of a machine takes back its own pause and not that of a person who waits) {
  auto s = under_way();
  s.tell(says(read_as(reply_class::question_objection), "asked"));
  auto bare = says({}, "away");
  bare.reading.reset();
  bare.metadata_only = true;
  bare.text.clear();
  s.tell(bare);
  auto away = read_as(reply_class::out_of_office);
  away.resume_at = s.now + 72h;
  s.tell(says(away, "away"));
  CAF_CHECK(s.lead.unanswered_reply.has_value());
  CAF_CHECK(s.journey().pauses.has(pause_flag::unanswered_reply));
  s.pass(240h);
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(RULES who asks for later while a question of theirs waits is still owed an answer) {
  auto s = under_way();
  s.tell(says(read_as(reply_class::question_objection), "asked"));
  auto later = read_as(reply_class::follow_up_later);
  later.resume_at = s.now + std::chrono::days(20);
  s.tell(says(later, "later"));
  CAF_CHECK_EQUAL(led_to(s), "paused");
  s.pass(std::chrono::days(40));
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(RULES whom a referral names is proposed to a human and nobody is written to) {
  auto s = under_way();
  auto r = read_as(reply_class::referral);
  r.referred_email = "sam@corp.example";
  r.referred_name = "Sam Roe";
  s.tell(says(r));
  CAF_CHECK_EQUAL(led_to(s), "handed_off");
  CAF_CHECK_EQUAL(s.score(), 5);
  CAF_REQUIRE_EQUAL(s.lead.proposals.size(), 1u);
  CAF_CHECK_EQUAL(s.lead.proposals[0].email, "sam@corp.example");
  CAF_CHECK_EQUAL(s.lead.proposals[0].name, "Sam Roe");
  s.tell(says(r, "again"));
  CAF_CHECK_EQUAL(s.lead.proposals.size(), 1u);
  s.pass(240h);
  CAF_CHECK_EQUAL(s.sends, 1);
  s.say(command_kind::hand_back);
  CAF_CHECK(s.lead.proposals.empty());
}

CAF_TEST(a referral to the lead itself or to nobody proposes nobody) {
  auto s = under_way();
  auto r = read_as(reply_class::referral);
  r.referred_email = "ana@example.com";
  s.tell(says(r));
  s.tell(says(read_as(reply_class::referral), "nobody"));
  CAF_CHECK(s.lead.proposals.empty());
  CAF_CHECK(s.lead.handoff.has_value());
}

CAF_TEST(no more people are proposed than a human can look at) {
  auto s = under_way();
  for (int i = 0; i < 12; ++i) {
    auto r = read_as(reply_class::referral);
    r.referred_email = "p" + std::to_string(i) + "@corp.example";
    s.tell(says(r, "r" + std::to_string(i)));
  }
  CAF_CHECK_EQUAL(s.lead.proposals.size(), limits::proposals);
  CAF_CHECK_EQUAL(s.lead.proposals.back().email, "p11@corp.example");
}

CAF_TEST(4R-42 a reply is kept with its class and when it came and what it led to) {
  auto s = under_way();
  s.tell(says(read_as(reply_class::not_interested)));
  CAF_CHECK(s.lead.last_reply == reply_class::not_interested);
  CAF_CHECK(s.lead.last_reply_sure);
  CAF_CHECK(s.lead.last_reply_at == s.now);
  CAF_CHECK_EQUAL(s.lead.last_reply_led_to, "suppressed");
}

CAF_TEST(4R-67 STOP and its kin alone are an opt-out on every channel) {
  for (const auto on : {channel::email, channel::sms, channel::whatsapp, channel::linkedin})
    for (const auto* word : {"STOP", "stop", "Stop.", "STOPALL", "Unsubscribe", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}) {
      const auto r = read(on, {}, word);
      if (r.kind != reply_class::opt_out || !r.sure) CAF_ERROR(word << " on " << to_string(on) << " is " << reply::to_string(r.kind));
    }
}
