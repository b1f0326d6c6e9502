#include "tests/unit/support/draft_story.hpp"

#define CAF_SUITE auto_send
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::draft;
using heed::testing::draft_story;
using reply::reply_class;
using std::chrono::seconds;

/// One draft through the tree without a revision: verdicts, sends, delays and what stops them.
namespace {

/// Scheduled, and its time has come.
draft_story due() {
  draft_story s;
  s.delayed().begin().judged(0.95);
  s.m.now = s.step<send_at>()->at;
  return s;
}

draft_story without_revision() {
  draft_story s;
  s.m.off.revision_disabled = true;
  return s;
}

}  // namespace

CAF_TEST(AS-1 every verdict ends in exactly one of four and is kept) {
  draft_story sent, delayed, held, skipped;
  sent.begin().judged(0.95);
  delayed.delayed().begin().judged(0.95);
  held.begin().judged(0.95, false);
  skipped.legacy().begin().judged(0.2);
  CAF_CHECK(sent.step<send_now>() && sent.decided().what == action::send_immediate);
  CAF_CHECK(delayed.step<send_at>() && delayed.decided().what == action::send_delayed);
  CAF_CHECK(held.step<hold_for_review>() && held.decided().what == action::needs_review);
  CAF_CHECK(skipped.step<skip>() && skipped.decided().what == action::skip);
}

CAF_TEST(AS-2 the channel changes nothing) {
  for (const auto on : {channel::email, channel::sms, channel::whatsapp, channel::linkedin}) {
    draft_story s;
    s.e.on = on;
    s.begin().judged(0.9);
    CAF_CHECK(s.step<send_now>());
  }
}

CAF_TEST(AS-12 the threshold itself is enough and a hair below is not) {
  draft_story at, below = without_revision();
  at.begin().judged(0.9);
  below.begin().judged(0.8999);
  CAF_CHECK(at.step<send_now>());
  CAF_CHECK(below.step<hold_for_review>());
  CAF_CHECK_EQUAL(below.reason(), "below_threshold");
}

CAF_TEST(AS-13 what is not safe is reviewed however sure the judge is) {
  draft_story s;
  s.begin().judged(1.0, false);
  CAF_CHECK(s.step<hold_for_review>());
  CAF_CHECK_EQUAL(s.reason(), "not_safe");
  CAF_CHECK_EQUAL(s.selections, 0);
}

CAF_TEST(AS-14 a delay window schedules once instead of sending) {
  draft_story s;
  s.delayed().begin().judged(0.95);
  const auto* at = s.step<send_at>();
  CAF_REQUIRE(at);
  CAF_CHECK(at->at >= s.m.now + seconds(180));
  CAF_CHECK(at->at <= s.m.now + seconds(420));
  CAF_CHECK_EQUAL(s.sends, 0);
  s.m.now = at->at;
  s.tell(fired{});
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(AS-15 the same draft is scheduled for the same instant on replay) {
  draft_story once, again;
  once.delayed().begin().judged(0.95);
  again.delayed().begin().judged(0.95);
  CAF_CHECK(once.last.next == again.last.next);
}

CAF_TEST(AS-16 what could not be scheduled is reviewed and never sent at once) {
  draft_story s;
  s.delayed().begin().judged(0.95).tell(not_scheduled{"timer_refused"});
  CAF_CHECK(s.step<hold_for_review>());
  draft_story already;
  already.delayed().begin().judged(0.95).tell(not_scheduled{"already_scheduled"});
  CAF_CHECK(already.step<unchanged>());
  CAF_CHECK(already.last.next.at == phase::scheduled);
  CAF_CHECK_EQUAL(s.sends + already.sends, 0);
}

CAF_TEST(AS-17 a draft that is scheduled is not scheduled again) {
  draft_story s;
  s.delayed().begin().judged(0.95);
  const auto again = begin(s.e, s.m, s.last.next);
  const auto* stays = std::get_if<unchanged>(&again.step);
  CAF_REQUIRE(stays);
  CAF_CHECK_EQUAL(stays->why, "already_scheduled");
  CAF_CHECK(again.next == s.last.next);
}

CAF_TEST(AS-18 the per-lead auto-reply knows no delay) {
  draft_story s;
  s.legacy().begin().judged(0.95);
  CAF_CHECK(s.step<send_now>());
}

CAF_TEST(AS-19 with validation on a conversation that moved on blocks an immediate send) {
  draft_story s;
  s.begin();
  s.m.lead.newest_inbound_seq = 9;
  s.judged(0.95);
  CAF_CHECK(s.step<skip>());
  CAF_CHECK_EQUAL(s.reason(), "newer_inbound");
}

CAF_TEST(AS-19 with validation off a spent draft is still not sent) {
  draft_story on, off;
  on.e.validate_immediate_send = off.e.validate_immediate_send = false;
  on.begin();
  on.m.lead.newest_outbound_seq = 9;
  on.judged(0.95);
  CAF_CHECK(on.step<send_now>());
  off.begin();
  off.m.lead.opted_out = true;
  off.judged(0.95);
  CAF_CHECK(off.step<skip>());
}

CAF_TEST(AS-20 a delayed send is validated again when it fires) {
  const auto stopped_by = [](auto change) {
    auto s = due();
    change(s.m.lead);
    s.tell(fired{});
    CAF_CHECK_EQUAL(s.sends, 0);
    CAF_CHECK(s.step<skip>());
    return s.reason();
  };
  CAF_CHECK_EQUAL(stopped_by([](conversation& c) { c.newest_inbound_seq = 8; }), "newer_inbound");
  CAF_CHECK_EQUAL(stopped_by([](conversation& c) { c.newest_outbound_seq = 8; }), "newer_outbound");
  CAF_CHECK_EQUAL(stopped_by([](conversation& c) { c.opted_out = true; }), "opted_out");
  CAF_CHECK_EQUAL(stopped_by([](conversation& c) { c.handed_off = true; }), "handed_off");
  CAF_CHECK_EQUAL(stopped_by([](conversation& c) { c.status = draft_status::rejected; }), "draft_rejected");
  CAF_CHECK_EQUAL(stopped_by([](conversation& c) { c.status = draft_status::approved; }), "draft_approved");
  CAF_CHECK_EQUAL(stopped_by([](conversation& c) { c.sent = true; }), "already_sent");
  CAF_CHECK_EQUAL(stopped_by([](conversation& c) { c.version = 2; }), "draft_changed");
  CAF_CHECK_EQUAL(stopped_by([](conversation& c) { c.snoozed = true; }), "snoozed");
  CAF_CHECK_EQUAL(stopped_by([](conversation& c) { c.ticket_open = true; }), "ticket_open");
  CAF_CHECK_EQUAL(stopped_by([](conversation& c) { c.hot = true; }), "hot");
}

CAF_TEST(AS-20 nothing in the way and it goes out once) {
  auto s = due();
  s.tell(fired{}).tell(fired{});
  CAF_CHECK_EQUAL(s.sends, 1);
  CAF_CHECK(s.step<unchanged>());
}

CAF_TEST(AS-20 a timer that is early or far too late sends nothing) {
  auto early = due();
  early.m.now -= std::chrono::microseconds(1);
  early.tell(fired{});
  CAF_CHECK(early.step<unchanged>());
  auto late = due();
  late.m.now += latest_fire + seconds(1);
  late.tell(fired{});
  CAF_CHECK_EQUAL(late.reason(), "overdue");
  CAF_CHECK_EQUAL(early.sends + late.sends, 0);
}

CAF_TEST(AS-20 a threshold raised meanwhile holds for what waits) {
  auto s = due();
  s.m.rules.campaign->threshold = *confidence::of(0.99);
  s.tell(fired{});
  CAF_CHECK(s.step<hold_for_review>());
  CAF_CHECK_EQUAL(s.reason(), "threshold_raised");
}

CAF_TEST(AS-35 a judge that fails or takes too long never sends) {
  for (const auto why :
       {model_failure::error, model_failure::timed_out, model_failure::invalid, model_failure::refused}) {
    draft_story s;
    s.begin().failed(why);
    CAF_CHECK(s.step<hold_for_review>());
    CAF_CHECK(!s.decided().sure);
    CAF_CHECK_EQUAL(s.sends, 0);
  }
  draft_story legacy;
  legacy.legacy().begin().failed(model_failure::timed_out);
  CAF_CHECK(legacy.step<hold_for_review>());
  CAF_CHECK_EQUAL(legacy.reason(), "evaluator_timed_out");
}

CAF_TEST(AS-37 the record says mode and confidence and threshold and reason and action and time) {
  draft_story s;
  s.begin().judged(0.93);
  const auto& d = s.decided();
  CAF_CHECK(d.mode == send_mode::ai_auto_send);
  CAF_CHECK_EQUAL(d.sure->ppm(), 930'000u);
  CAF_CHECK_EQUAL(d.threshold->ppm(), 900'000u);
  CAF_CHECK_EQUAL(d.reason, "sure_and_safe");
  CAF_CHECK_EQUAL(d.explanation, "said so");
  CAF_CHECK_EQUAL(to_string(d.what), "send_immediate");
  CAF_CHECK(d.at == s.m.now);
}

CAF_TEST(AS-38 the same trigger asked twice has one decision and one send) {
  draft_story s;
  s.begin();
  const auto meanwhile = begin(s.e, s.m, s.last.next);
  CAF_CHECK(std::holds_alternative<unchanged>(meanwhile.step));
  s.judged(0.95);
  const auto after = begin(s.e, s.m, s.last.next);
  CAF_REQUIRE(std::holds_alternative<unchanged>(after.step));
  CAF_CHECK_EQUAL(std::get<unchanged>(after.step).why, "already_decided");
  CAF_CHECK(after.next == s.last.next);
  s.tell(evaluated{1, *confidence::of(1.0), true, {}});
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(AS-38 a regenerated draft is judged afresh) {
  draft_story s;
  s.begin().judged(0.95, false);
  s.e.about.version = s.m.lead.version = 2;
  const auto next = begin(s.e, s.m, s.last.next);
  CAF_CHECK(std::holds_alternative<ask_evaluator>(next.step));
}

CAF_TEST(AS-39 a held draft asks for people and keeps its text) {
  draft_story s = without_revision();
  s.e.preview_in_slack = true;
  s.begin().judged(0.5);
  CAF_REQUIRE(s.step<hold_for_review>());
  CAF_CHECK(s.step<hold_for_review>()->preview);
  CAF_CHECK(!s.last.store_text);
}

CAF_TEST(AS-40 a skip leaves nothing that could still happen) {
  draft_story s;
  s.legacy().begin().judged(0.3);
  CAF_CHECK(s.step<skip>());
  CAF_CHECK(s.last.next.at == phase::closed);
  s.tell(fired{}).tell(evaluated{1, *confidence::of(1.0), true, {}});
  CAF_CHECK(s.step<unchanged>());
  CAF_CHECK_EQUAL(s.sends + s.holds, 0);
}

CAF_TEST(AS-41 a switch thrown while a draft waits holds for it) {
  auto s = due();
  s.m.off.auto_send_disabled = true;
  s.tell(fired{});
  CAF_CHECK(s.step<draft_only>());
  CAF_CHECK_EQUAL(s.reason(), "auto_send_disabled");
  CAF_CHECK_EQUAL(s.sends, 0);
}

CAF_TEST(AS-43 every call has a budget) {
  for (const auto c : {model_call::evaluate, model_call::select_context, model_call::revise}) {
    CAF_CHECK(budget_of(c) > seconds(0));
    CAF_CHECK(budget_of(c) <= seconds(30));
  }
}

CAF_TEST(AS-44 without a key nothing is asked and nothing is sent) {
  draft_story ai, legacy, setter;
  for (auto* s : {&ai, &legacy, &setter})
    s->m.model_available = false;
  setter.m.rules.campaign->mode = response_mode::setter_managed;
  ai.begin();
  legacy.legacy().begin();
  setter.begin();
  CAF_CHECK(ai.step<hold_for_review>());
  CAF_CHECK_EQUAL(ai.reason(), "no_model_key");
  CAF_CHECK(legacy.step<draft_only>());
  CAF_CHECK(setter.step<draft_only>());
  CAF_CHECK_EQUAL(ai.evaluations + legacy.evaluations + setter.evaluations, 0);
}

CAF_TEST(ZRG-89 hard blocks are unsure and unsafe and go to people without a question) {
  const auto blocked = [](reply_class c) {
    draft_story s;
    s.e.sentiment = c;
    s.begin();
    CAF_CHECK(s.step<hold_for_review>());
    CAF_CHECK_EQUAL(s.decided().sure->ppm(), 0u);
    CAF_CHECK_EQUAL(s.evaluations, 0);
    return s.reason();
  };
  CAF_CHECK_EQUAL(blocked(reply_class::opt_out), "opt_out");
  CAF_CHECK_EQUAL(blocked(reply_class::bounce), "blacklisted");
  CAF_CHECK_EQUAL(blocked(reply_class::complaint), "blacklisted");
  CAF_CHECK_EQUAL(blocked(reply_class::auto_reply), "automated_reply");
  CAF_CHECK_EQUAL(blocked(reply_class::out_of_office), "automated_reply");
}

CAF_TEST(ZRG-90 the auto-reply declines with its reason) {
  const auto declined = [](reply_class c) {
    draft_story s;
    s.e.sentiment = c;
    s.legacy().begin();
    CAF_CHECK(s.step<skip>());
    CAF_CHECK_EQUAL(s.evaluations, 0);
    return s.reason();
  };
  CAF_CHECK_EQUAL(declined(reply_class::opt_out), "opt_out");
  CAF_CHECK_EQUAL(declined(reply_class::complaint), "blacklisted");
  CAF_CHECK_EQUAL(declined(reply_class::auto_reply), "automated_reply");
  CAF_CHECK_EQUAL(declined(reply_class::acknowledgement), "acknowledgement_only");
}

CAF_TEST(a conversation that changes ends what waits for it) {
  auto waiting = due();
  waiting.tell(conversation_changed{});
  CAF_CHECK(waiting.step<unchanged>());
  waiting.m.lead.handed_off = true;
  waiting.tell(conversation_changed{});
  CAF_CHECK(waiting.step<skip>());
  waiting.m.lead.handed_off = false;
  waiting.tell(fired{});
  CAF_CHECK_EQUAL(waiting.sends, 0);
}
