#include <functional>

#include "actors/lead/draft_life.hpp"
#include "actors/lead/limits.hpp"
#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE answers
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;
using reply::reply_class;
using stage = draft::sending::stage;

/// A lead that drafts an answer: who writes it, who judges it, when it leaves, and what takes it back.
namespace {

struct answering : story {
  answering() {
    auto& d = rules.defaults.drafts;
    d.templates = {{"any", "Hello {firstName}, thank you."}};
    rules.accounts[account_id{"model"}] = {account_id{"model"}, channel::email, "openai", {}, {}, true};
    rules.accounts[account_id{"slack"}] = {account_id{"slack"}, channel::email, "slack", {}, {}, true};
    enrol();
    accept_all();
    now += 1min;
  }

  answering& with_model() {
    rules.defaults.drafts.model = "model";
    return *this;
  }
  answering& by_itself(double threshold = 0.9) {
    auto& c = plan();
    c.response_mode = draft::response_mode::ai_auto_send;
    c.auto_send_threshold = *draft::confidence::of(threshold);
    return *this;
  }
  answering& at_once() {
    plan().auto_send_delay.reset();
    return *this;
  }
  answering& with_reviewers() {
    rules.defaults.drafts.slack = "slack";
    rules.defaults.drafts.reviewers = {"mia@acme.example"};
    return *this;
  }
  campaign& plan() { return rules.campaigns.at(campaign_id{"spring"}); }

  answering& hears_from(const std::string& from) { return hears(reply_class::information_requested, "r1", true, from); }
  answering& hears(reply_class kind = reply_class::information_requested, const std::string& id = "r1", bool sure = true,
                   const std::string& from = "ana@example.com") {
    reply_received r;
    r.message.message_id = "<" + id + "@example.com>";
    r.from = from;
    r.subject = "Hi Ana";
    r.text = "What does it cost?";
    reply::reply_reading reading;
    reading.kind = kind;
    reading.sure = sure;
    reading.confidence_pct = 95;
    reading.rule = "test";
    r.reading = reading;
    tell(r);
    return *this;
  }
  [[nodiscard]] const draft::lead_draft& only() const {
    if (lead.drafts.empty()) CAF_FAIL("there is no draft");
    return lead.drafts.back();
  }
  /// The model's answer to the question that is out.
  answering& model_says(model_answered a) {
    const auto& q = only().asks;
    if (!q) CAF_FAIL("nothing is asked");
    a.effect = q->effect;
    a.draft = only().id;
    a.what = q->what;
    a.call = q->call;
    tell(a);
    return *this;
  }
  answering& writes(std::string text = "It is 10 a month.") {
    model_answered a;
    a.text = std::move(text);
    return model_says(std::move(a));
  }
  answering& judges(double sure, bool safe = true) {
    model_answered a;
    a.sure = *draft::confidence::of(sure);
    a.safe = safe;
    a.reason = "said so";
    return model_says(std::move(a));
  }
  answering& fails(draft::model_failure why) {
    model_answered a;
    a.failed = why;
    return model_says(std::move(a));
  }
  answering& person(command_kind what, std::string text = {}, bool confirmed = false, std::uint32_t version = 0) {
    command c;
    c.what = what;
    c.by = "mia";
    c.draft = only().id;
    c.text = std::move(text);
    c.confirmed = confirmed;
    c.version = version;
    tell(c);
    return *this;
  }
  [[nodiscard]] std::string persona() const { return asked<ask_model_effect>().back().persona; }
  [[nodiscard]] std::string refusal() const {
    for (const auto& f : decisions.back().facts)
      if (const auto* n = std::get_if<noted>(&f); n && n->what == "refused") return n->reason;
    return {};
  }
  [[nodiscard]] std::string decided() const { return only().tree.decided ? only().tree.decided->reason : ""; }
  [[nodiscard]] int answers_planned() const {
    int n = 0;
    for (const auto& e : asked<send_effect>()) n += e.from != origin::step;
    return n;
  }
  [[nodiscard]] int told(const std::string& what) const {
    int n = 0;
    for (const auto& e : asked<notify_effect>()) n += e.what == what;
    return n;
  }
  [[nodiscard]] bool sound() const {
    for (const auto& b : broken) CAF_MESSAGE(b);
    return broken.empty();
  }
};

}  // namespace

CAF_TEST(ZRG-82 the persona of the campaign goes before that of the workspace) {
  answering s;
  s.with_model().rules.defaults.drafts.persona = "Somebody of Acme";
  s.hears();
  CAF_CHECK_EQUAL(s.persona(), "");
  answering own;
  own.with_model().plan().persona = "Mia, plain and friendly";
  own.hears();
  CAF_CHECK_EQUAL(own.persona(), "Mia, plain and friendly");
}

CAF_TEST(ZRG-79 a mailer is never answered) {
  for (const auto* from : {"mailer-daemon@example.com", "Postmaster <postmaster@example.com>", "bounces+x7@example.com"}) {
    answering s;
    s.hears_from(from);
    CAF_CHECK(s.lead.drafts.empty());
  }
}

CAF_TEST(ZRG-81 a draft is pending until somebody decides it) {
  answering s;
  s.hears();
  CAF_CHECK(s.only().status == draft::draft_status::pending);
  s.person(command_kind::reject_draft);
  CAF_CHECK(s.only().status == draft::draft_status::rejected);
}

CAF_TEST(AS-8 where setters answer a draft is theirs from the start and no model is asked to judge) {
  answering s;
  s.with_reviewers().hears();
  CAF_CHECK_EQUAL(s.only().text, "Hello Ana, thank you.");
  CAF_CHECK(s.only().status == draft::draft_status::pending);
  CAF_CHECK_EQUAL(s.decided(), "setter_managed");
  CAF_CHECK(s.lead.handoff.has_value());
  CAF_CHECK_EQUAL(s.told("draft_review"), 0);
  CAF_CHECK(s.asked<ask_model_effect>().empty());
  s.pass(240h);
  CAF_CHECK_EQUAL(s.answers_planned(), 0);
  CAF_CHECK(s.sound());
}

CAF_TEST(ZRG-78 only who wants more and who asks for later get a draft) {
  for (const auto kind : {reply_class::interested, reply_class::meeting_requested, reply_class::call_requested,
                          reply_class::information_requested, reply_class::meeting_accepted, reply_class::follow_up_later})
    if (answering s; s.hears(kind).lead.drafts.size() != 1) CAF_ERROR(reply::to_string(kind));
  for (const auto kind : {reply_class::not_interested, reply_class::neutral, reply_class::acknowledgement, reply_class::question_objection,
                          reply_class::referral, reply_class::out_of_office, reply_class::auto_reply, reply_class::opt_out})
    if (answering s; !s.hears(kind).lead.drafts.empty()) CAF_ERROR(reply::to_string(kind));
  answering unsure;
  CAF_CHECK(unsure.hears(reply_class::interested, "r1", false).lead.drafts.empty());
}

CAF_TEST(ZRG-80 one message has one draft on its channel) {
  answering s;
  s.hears().hears();
  CAF_CHECK_EQUAL(s.lead.drafts.size(), 1u);
}

CAF_TEST(without texts and without a model nothing is drafted and the lead is handed over) {
  answering s;
  s.rules.defaults.drafts.templates.clear();
  s.by_itself().hears();
  CAF_CHECK(s.lead.drafts.empty());
  CAF_CHECK(s.lead.handoff.has_value());
}

CAF_TEST(AS-44 without a model the tree holds and hands over) {
  answering s;
  s.by_itself().with_reviewers().hears();
  CAF_CHECK_EQUAL(s.decided(), "no_model_key");
  CAF_CHECK(s.only().tree.decided->what == draft::action::needs_review);
  CAF_CHECK(s.lead.handoff.has_value());
  CAF_CHECK_EQUAL(s.told("draft_review"), 1);
  s.pass(240h);
  CAF_CHECK_EQUAL(s.answers_planned(), 0);
}

CAF_TEST(AS-14 AS-15 AS-20 a sure and safe answer leaves within its window and then the sequence rests) {
  answering s;
  s.with_model().by_itself().hears().writes().judges(0.95);
  CAF_CHECK(!s.lead.handoff);
  const auto due = *s.only().tree.decided->send_at - s.now;
  CAF_CHECK(due >= 180s);
  CAF_CHECK(due <= 420s);
  CAF_CHECK_EQUAL(s.answers_planned(), 0);
  s.wake();
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  const auto e = s.open.front();
  CAF_CHECK(e.from == origin::auto_reply);
  CAF_CHECK_EQUAL(e.message.in_reply_to, "<r1@example.com>");
  CAF_CHECK_EQUAL(e.message.subject, "Re: Hi Ana");
  CAF_CHECK(e.message.body.starts_with("It is 10 a month."));
  s.answer(e, send_result::accepted);
  CAF_CHECK(s.only().out->at == stage::accepted);
  CAF_CHECK(!s.lead.unanswered_reply);
  CAF_CHECK(s.journey().pauses.empty());
  const auto sent = s.sends;
  s.pass(47h);
  CAF_CHECK_EQUAL(s.sends, sent);
  s.pass(2h);
  CAF_CHECK_EQUAL(s.sends, sent + 1);
  CAF_CHECK_EQUAL(s.answers_planned(), 1);
  CAF_CHECK(s.sound());
}

CAF_TEST(AS-12 the threshold itself is enough and a hair less goes to people) {
  answering enough;
  enough.with_model().by_itself().at_once().hears().writes().judges(0.9);
  CAF_CHECK_EQUAL(enough.answers_planned(), 1);
  answering less;
  less.rules.defaults.drafts.revision_disabled = true;
  less.with_model().by_itself().at_once().with_reviewers().hears().writes().judges(0.8999);
  CAF_CHECK_EQUAL(less.answers_planned(), 0);
  CAF_CHECK_EQUAL(less.decided(), "below_threshold");
  CAF_CHECK_EQUAL(less.told("draft_review"), 1);
  CAF_CHECK(less.lead.handoff.has_value());
}

CAF_TEST(AS-28 AS-29 AS-33 a weak draft is revised once and judged again) {
  answering s;
  s.rules.defaults.drafts.learnings = {{"short", "Short answers win"}};
  s.with_model().by_itself().hears().writes().judges(0.5);
  CAF_CHECK(s.only().asks->what == draft::model_task::select_context);
  model_answered chosen;
  chosen.learnings = {"Short answers win"};
  s.model_says(chosen);
  CAF_CHECK(s.only().asks->what == draft::model_task::revise);
  const auto reviser = s.asked<ask_model_effect>().back();
  CAF_CHECK_EQUAL(reviser.learnings.size(), 1u);
  CAF_CHECK_EQUAL(reviser.finding, "said so");
  s.writes("10 a month, no contract.").judges(0.97);
  CAF_CHECK_EQUAL(s.only().text, "10 a month, no contract.");
  CAF_CHECK(s.only().tree.decided->revised);
  CAF_CHECK(s.only().tree.decided->what == draft::action::send_delayed);
  const auto questions = s.asked<ask_model_effect>();
  CAF_CHECK_EQUAL(questions.size(), 5u);
}

CAF_TEST(AS-31 AS-35 AS-43 whoever fails or is late leaves the draft to people) {
  answering failed;
  failed.with_model().by_itself().with_reviewers().hears().writes().fails(draft::model_failure::error);
  CAF_CHECK_EQUAL(failed.decided(), "evaluator_error");
  CAF_CHECK_EQUAL(failed.told("draft_review"), 1);
  answering late;
  late.with_model().by_itself().hears().writes();
  late.wake();
  CAF_CHECK_EQUAL(late.decided(), "evaluator_timed_out");
  CAF_CHECK(late.lead.handoff.has_value());
  // Its answer comes after all.
  model_answered a;
  a.effect = late.asked<ask_model_effect>().back().id;
  a.sure = *draft::confidence::of(1.0);
  a.safe = true;
  late.tell(a);
  CAF_CHECK_EQUAL(late.answers_planned(), 0);
}

CAF_TEST(AS-20 a newer message takes a delayed answer back and gets its own) {
  answering s;
  s.with_model().by_itself().hears().writes().judges(0.95);
  const auto first = s.only().id;
  s.now += 1min;
  s.hears(reply_class::information_requested, "r2");
  const auto* old = s.lead.find_draft(first);
  CAF_CHECK_EQUAL(old->tree.decided->reason, "newer_inbound");
  CAF_CHECK(stale_reason(s.lead, *old, s.rules.defaults, s.now) == "overtaken");
  CAF_CHECK_EQUAL(s.lead.drafts.size(), 2u);
  s.pass(240h);
  CAF_CHECK_EQUAL(s.answers_planned(), 0);
  CAF_CHECK(s.sound());
}

CAF_TEST(ZRG-77 an opt-out rejects what was drafted whatever its state) {
  for (int step = 0; step < 4; ++step) {
    answering s;
    s.with_model().by_itself().hears();
    if (step > 0) s.writes();
    if (step > 1) s.judges(0.95);
    if (step > 2) s.wake();
    unsubscribed u;
    u.via = "one_click";
    s.tell(u);
    CAF_CHECK(s.only().status == draft::draft_status::rejected);
    CAF_CHECK(!s.only().asks);
    const auto planned = s.answers_planned();
    const auto cancels = s.asked<cancel_effect>();
    if (step > 2) CAF_CHECK_EQUAL(cancels.back().id.value, s.only().out->effect.value);
    s.open.clear();
    s.pass(240h);
    CAF_CHECK_EQUAL(s.answers_planned(), planned);
  }
}

CAF_TEST(AS-41 a switch thrown while a draft waits holds it) {
  answering s;
  s.with_model().by_itself().hears().writes().judges(0.95);
  s.rules.defaults.drafts.auto_send_disabled = true;
  s.tell(reconsider{"settings"});
  CAF_CHECK_EQUAL(s.decided(), "auto_send_disabled");
  CAF_CHECK(s.lead.handoff.has_value());
  s.pass(240h);
  CAF_CHECK_EQUAL(s.answers_planned(), 0);
}

CAF_TEST(RULES heat a ticket a snooze and a human each take a delayed answer back) {
  const std::vector<std::function<void(answering&)>> stops{
      [](answering& s) { s.form("contact", ""), s.form("demo", ""); },
      [](answering& s) { s.tell(ticket_opened{"t1"}); },
      [](answering& s) {
        command c;
        c.what = command_kind::snooze;
        c.until = s.now + 24h;
        s.tell(c);
      },
      [](answering& s) { s.say(command_kind::take); },
      [](answering& s) { s.tell(message_sent{{"outside", "", "", "", ""}, "Hi", "I call you"}); }};
  for (const auto& stop : stops) {
    answering s;
    s.with_model().by_itself().hears().writes().judges(0.95);
    s.now += 1min;
    stop(s);
    CAF_CHECK(s.only().tree.at == draft::phase::closed);
    s.pass(20h);
    CAF_CHECK_EQUAL(s.answers_planned(), 0);
    CAF_CHECK(s.sound());
  }
}

CAF_TEST(ZRG-98 ZRG-99 the yes of a human sends once and whoever comes second is told so) {
  answering s;
  s.hears();
  s.now += 1min;
  s.person(command_kind::approve_draft);
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  CAF_CHECK(s.open.front().from == origin::human);
  CAF_CHECK_EQUAL(s.only().decided_by, "mia");
  s.person(command_kind::approve_draft);
  CAF_CHECK_EQUAL(s.refusal(), "");
  CAF_CHECK_EQUAL(s.answers_planned(), 1);
  s.accept_all();
  s.person(command_kind::approve_draft);
  CAF_CHECK_EQUAL(s.refusal(), "");
  CAF_CHECK_EQUAL(s.answers_planned(), 1);
  CAF_CHECK(s.only().status == draft::draft_status::approved);
  CAF_CHECK(!s.lead.unanswered_reply);
  CAF_CHECK(s.sound());
}

CAF_TEST(AS-39 ZRG-103 a held draft is sent with words of a human) {
  answering s;
  s.by_itself().hears().person(command_kind::approve_draft, "Ten a month. Shall we talk?", true);
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  CAF_CHECK_EQUAL(s.open.front().message.body, "Ten a month. Shall we talk?");
  s.accept_all();
  CAF_CHECK_EQUAL(draft::outcome_of(s.only(), false), "edited");
}

CAF_TEST(AS-42 T-15 a stale draft needs a second look) {
  answering s;
  s.hears();
  s.pass(73h);
  s.person(command_kind::approve_draft);
  CAF_CHECK(!s.refusal().empty());
  CAF_CHECK_EQUAL(s.answers_planned(), 0);
  s.person(command_kind::approve_draft, {}, true);
  CAF_CHECK_EQUAL(s.answers_planned(), 1);
}

CAF_TEST(ZRG-100 the draft of somebody who opted out is sent by nobody) {
  answering s;
  s.hears();
  s.tell(unsubscribed{});
  s.person(command_kind::approve_draft, {}, true);
  CAF_CHECK_EQUAL(s.refusal(), "Lead is blacklisted (opted out)");
  CAF_CHECK_EQUAL(s.answers_planned(), 0);
}

CAF_TEST(ZRG-105 what is not pending is not approved and what changed is read again) {
  answering s;
  s.hears().person(command_kind::reject_draft);
  s.person(command_kind::approve_draft);
  CAF_CHECK_EQUAL(s.refusal(), "Draft is not pending");
  answering changed;
  changed.hears().person(command_kind::edit_draft, "Other words");
  CAF_CHECK_EQUAL(changed.only().version, 2u);
  changed.person(command_kind::approve_draft, {}, false, 1);
  CAF_CHECK(!changed.refusal().empty());
  CAF_CHECK_EQUAL(changed.answers_planned(), 0);
}

CAF_TEST(an edit takes a delayed answer into human hands) {
  answering s;
  s.with_model().by_itself().hears().writes().judges(0.95);
  s.person(command_kind::edit_draft, "Other words");
  CAF_CHECK_EQUAL(s.decided(), "draft_changed");
  s.pass(20h);
  CAF_CHECK_EQUAL(s.answers_planned(), 0);
}

CAF_TEST(ZRG-104 a regenerated draft is another version for people) {
  answering s;
  s.with_model().hears().writes();
  s.person(command_kind::regenerate_draft);
  CAF_CHECK_EQUAL(s.only().version, 2u);
  const auto questions = s.asked<ask_model_effect>();
  CAF_CHECK_EQUAL(questions.back().lines, 80u);
  s.writes("Anew.");
  CAF_CHECK_EQUAL(s.only().text, "Anew.");
  s.pass(20h);
  CAF_CHECK_EQUAL(s.answers_planned(), 0);
  CAF_CHECK(s.sound());
}

CAF_TEST(a question about a draft whose call is in doubt is asked once more) {
  answering s;
  s.with_model().by_itself().hears();
  effect_outcome o;
  o.effect = s.only().asks->effect;
  o.result = send_result::unknown;
  s.tell(o);
  const auto settles = s.asked<settle_effect>();
  CAF_REQUIRE_EQUAL(settles.size(), 1u);
  CAF_CHECK(settles[0].may_repeat);
  s.writes();
  CAF_CHECK_EQUAL(s.only().text, "It is 10 a month.");
}

CAF_TEST(a call of unknown outcome is settled and after its time counts as sent) {
  answering s;
  s.hears().person(command_kind::approve_draft);
  const auto e = s.open.front();
  s.answer(e, send_result::unknown);
  CAF_CHECK(s.only().out->at == stage::unknown);
  const auto settles = s.asked<settle_effect>();
  CAF_CHECK_EQUAL(settles.back().id.value, e.id.value);
  s.person(command_kind::approve_draft);
  CAF_CHECK_EQUAL(s.answers_planned(), 1);
  s.pass(25h);
  CAF_CHECK(s.only().out->at == stage::accepted);
  CAF_CHECK_EQUAL(s.answers_planned(), 1);
}

CAF_TEST(a refused message is open again under the same effect) {
  answering s;
  s.hears().person(command_kind::approve_draft);
  const auto e = s.open.front();
  s.answer(e, send_result::refused_final, "content");
  CAF_CHECK(s.only().status == draft::draft_status::pending);
  CAF_CHECK_EQUAL(s.only().out->why, "content");
  s.person(command_kind::approve_draft, "Other words");
  CAF_CHECK_EQUAL(s.open.back().id.value, e.id.value);
  CAF_CHECK_EQUAL(s.open.back().key, e.key);
}

CAF_TEST(a stop holds an approved draft until it is lifted) {
  answering s;
  s.hears();
  s.stops.workspace = true;
  s.person(command_kind::approve_draft);
  CAF_CHECK_EQUAL(s.answers_planned(), 0);
  CAF_CHECK_EQUAL(s.only().out->why, "stopped: workspace");
  s.stops.workspace = false;
  s.tell(reconsider{"resumed"});
  CAF_CHECK_EQUAL(s.answers_planned(), 1);
}

CAF_TEST(ZRG-103 ZRG-106 a human writes without a draft and the sequence is silent) {
  answering s;
  command c;
  c.what = command_kind::send_message;
  c.by = "mia";
  c.subject = "A word";
  c.text = "May I call you?";
  auto what = s.make(c);
  what.on = channel::email;
  s.tell(what);
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  CAF_CHECK(s.open.front().from == origin::human);
  s.accept_all();
  CAF_CHECK_EQUAL(s.only().out->by, "mia");
  const auto sent = s.sends;
  s.pass(47h);
  CAF_CHECK_EQUAL(s.sends, sent);
  CAF_CHECK(s.sound());
}

CAF_TEST(AS-24 the message of a reviewer is told what came of it) {
  answering s;
  s.by_itself().with_reviewers().hears();
  s.tell(review_posted{s.only().id, {"D1", "17.1"}});
  s.person(command_kind::approve_draft);
  s.accept_all();
  CAF_CHECK_EQUAL(s.told("draft_outcome"), 1);
}

CAF_TEST(no more answers are remembered than people can look at) {
  answering s;
  for (int i = 0; i < 20; ++i) {
    s.now += 1min;
    s.hears(reply_class::information_requested, "r" + std::to_string(i));
  }
  CAF_CHECK_EQUAL(s.lead.drafts.size(), limits::drafts);
  CAF_CHECK_EQUAL(s.only().answers.name, "<r19@example.com>");
}
