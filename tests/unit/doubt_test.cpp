#include "tests/unit/support/lead_story.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE doubt
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;
using draft::model_failure;
using reply::reply_class;

/// A reply the rules were not sure of, and a model that is asked what it means: it refines, it never weakens a safety class.
namespace {

struct doubting : story {
  doubting() {
    rules.defaults.drafts.model = "model";
    rules.accounts[account_id{"model"}] = {account_id{"model"}, channel::email, "openai", {}, {}, true};
    enrol();
    accept_all();
    now += 1min;
  }

  doubting& hears(reply_class likely = reply_class::neutral, const std::string& id = "r1", bool sure = false) {
    reply_received r;
    r.message.message_id = "<" + id + "@example.com>";
    r.from = "ana@example.com";
    r.subject = "Hi Ana";
    r.text = "We have somebody for this now.";
    reply::reply_reading reading;
    reading.kind = likely;
    reading.sure = sure;
    reading.confidence_pct = sure ? 95 : 40;
    reading.rule = "test";
    r.reading = reading;
    tell(r);
    return *this;
  }
  doubting& model_says(reply_class kind, std::uint32_t confidence_pct = 95, bool urgent = false) {
    model_answered a;
    a.reading.emplace();
    a.reading->kind = kind;
    a.reading->confidence_pct = confidence_pct;
    a.reading->urgent = urgent;
    a.reading->evidence = "somebody for this";
    return answered(a);
  }
  doubting& model_fails() {
    model_answered a;
    a.failed = model_failure::error;
    return answered(a);
  }
  doubting& answered(model_answered a) {
    a.effect = question().id;
    a.what = draft::model_task::read;
    tell(a);
    return *this;
  }
  [[nodiscard]] ask_model_effect question() const {
    const auto all = asked<ask_model_effect>();
    if (all.empty()) CAF_FAIL("nothing was asked");
    return all.back();
  }
  [[nodiscard]] std::string led_to() const { return last<reply_read>()->led_to; }
  [[nodiscard]] std::string end() const {
    const auto* f = last<doubt_changed>();
    return f->what + (f->reason.empty() ? "" : " " + f->reason);
  }
  [[nodiscard]] bool sound() const {
    for (const auto& b : broken) CAF_MESSAGE(b);
    return broken.empty();
  }
};

}  // namespace

CAF_TEST(a reply nobody is sure of stands still and a model is asked with its day where the lead is) {
  doubting s;
  auto zones = std::make_shared<zone_table>();
  zones->zones["America/New_York"] = tests::new_york();
  s.rules.zones = zones;
  s.lead.time_zone = "America/New_York";
  s.now = monday_ten + 16h + 30min;  // half past nine in the evening there
  s.hears();
  CAF_CHECK(s.journey().pauses.has(pause_flag::unanswered_reply));
  CAF_CHECK_EQUAL(s.led_to(), "paused");
  const auto q = s.question();
  CAF_CHECK(q.what == draft::model_task::read);
  CAF_CHECK_EQUAL(q.inbound, "We have somebody for this now.");
  CAF_CHECK_EQUAL(q.received_on, "2026-11-16");
  CAF_CHECK(s.lead.doubt.has_value());
  CAF_CHECK(s.sound());
}

CAF_TEST(a sure reading asks nobody) {
  doubting s;
  s.hears(reply_class::acknowledgement, "r1", true);
  CAF_CHECK(s.asked<ask_model_effect>().empty());
}

CAF_TEST(without a model or under its switch nobody is asked) {
  doubting none, off;
  none.rules.defaults.drafts.model.clear();
  off.rules.defaults.drafts.refine_replies = false;
  none.hears();
  off.hears();
  CAF_CHECK(none.asked<ask_model_effect>().empty());
  CAF_CHECK(off.asked<ask_model_effect>().empty());
}

CAF_TEST(what the model is sure of has the consequences of its class and says on what it rests) {
  doubting s;
  s.hears().model_says(reply_class::not_interested);
  CAF_CHECK(s.journey().status == run_status::suppressed);
  CAF_CHECK_EQUAL(s.led_to(), "suppressed");
  const auto reading = s.last<reply_read>()->reading;
  CAF_CHECK_EQUAL(reading.rule, "model.not_interested");
  CAF_CHECK_EQUAL(reading.evidence, "somebody for this");
  CAF_CHECK_EQUAL(s.end(), "read not_interested");
  CAF_CHECK(!s.lead.doubt);
  CAF_CHECK(s.sound());
}

CAF_TEST(an opt-out that only the model sees suppresses the person) {
  doubting s;
  s.hears().model_says(reply_class::opt_out, 70);
  CAF_CHECK(s.lead.suppressed.has_value());
  CAF_CHECK(s.sound());
}

CAF_TEST(a suspected opt-out is never talked away) {
  for (const auto likely : {reply_class::opt_out, reply_class::complaint, reply_class::bounce, reply_class::not_interested}) {
    doubting s;
    s.hears(likely).model_says(reply_class::interested, 100);
    CAF_CHECK_EQUAL(s.end(), "read unchanged");
    CAF_CHECK(s.journey().pauses.has(pause_flag::unanswered_reply));
    CAF_CHECK(!s.lead.handoff);
    CAF_CHECK(s.sound());
  }
}

CAF_TEST(automation goes on by a model only when it is very sure) {
  doubting sure, unsure;
  sure.hears().model_says(reply_class::interested, 80);
  unsure.hears().model_says(reply_class::interested, 79);
  CAF_CHECK_EQUAL(sure.led_to(), "handed_off");
  CAF_CHECK_EQUAL(unsure.led_to(), "paused");
  CAF_CHECK_EQUAL(unsure.end(), "read unchanged");
}

CAF_TEST(whoever is angry is for a human whatever the words mean) {
  doubting s;
  s.hears().model_says(reply_class::neutral, 30, true);
  CAF_REQUIRE(s.lead.handoff.has_value());
  CAF_CHECK_EQUAL(s.lead.handoff->reason, "urgent_reply");
}

CAF_TEST(a newer reply overtakes the question and its answer changes nothing) {
  doubting s;
  s.hears();
  const auto first = s.question().id;
  s.hears(reply_class::acknowledgement, "r2", true);
  CAF_CHECK(!s.lead.doubt);
  model_answered late;
  late.effect = first;
  late.what = draft::model_task::read;
  late.reading.emplace();
  late.reading->kind = reply_class::interested;
  late.reading->confidence_pct = 100;
  const auto readings = s.count<reply_read>();
  s.tell(late);
  CAF_CHECK_EQUAL(s.count<reply_read>(), readings);
  CAF_CHECK(!s.lead.handoff);
}

CAF_TEST(once a human has answered only what holds somebody back still counts) {
  for (const auto& [kind, suppressed] : {std::pair{reply_class::interested, false}, {reply_class::opt_out, true}}) {
    doubting s;
    s.hears();
    s.now += 5s;
    s.tell(message_sent{{"outside", "", "", "", ""}, "Re: Hi Ana", "Let us talk."});
    CAF_REQUIRE(!s.lead.unanswered_reply);
    s.model_says(kind, 100);
    CAF_CHECK_EQUAL(s.lead.suppressed.has_value(), suppressed);
    CAF_CHECK(!s.lead.handoff);
  }
}

CAF_TEST(a model that says nothing leaves the reply to a human) {
  doubting failed, silent;
  failed.hears().model_fails();
  CAF_CHECK_EQUAL(failed.end(), "failed error");
  silent.hears();
  CAF_REQUIRE(next_due(silent.lead).has_value());
  silent.now = silent.lead.doubt->asked.until;
  silent.tell(timer_fired{});
  CAF_CHECK_EQUAL(silent.end(), "timed_out");
  for (const auto* s : {&failed, &silent}) {
    CAF_CHECK(!s->lead.doubt);
    CAF_CHECK(s->journey().pauses.has(pause_flag::unanswered_reply));
    CAF_CHECK(s->sound());
  }
}

CAF_TEST(a question whose call is in doubt is asked again and an answer of either counts once) {
  doubting s;
  s.hears();
  const auto asked = s.question().id;
  effect_outcome o;
  o.effect = asked;
  o.result = send_result::unknown;
  s.tell(o);
  CAF_REQUIRE(!s.asked<settle_effect>().empty());
  const auto settled = s.asked<settle_effect>().back();
  CAF_CHECK_EQUAL(settled.id, asked);
  CAF_CHECK(settled.may_repeat);
  s.model_says(reply_class::question_objection).model_says(reply_class::not_interested);
  CAF_CHECK_EQUAL(s.last<reply_read>()->reading.rule, "model.question_objection");
}

CAF_TEST(history from before is read and no model is asked) {
  doubting s;
  reply_received r;
  r.message.message_id = "<old@example.com>";
  r.text = "Hm.";
  r.reading.emplace();
  auto old = s.make(r);
  old.mode = arrival::backfill;
  s.tell(old);
  CAF_CHECK(s.asked<ask_model_effect>().empty());
}
