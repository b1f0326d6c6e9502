#include <set>

#include "tests/unit/support/draft_story.hpp"

#define CAF_SUITE auto_send_rules
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::draft;
using heed::testing::draft_story;
using std::chrono::seconds;

/// Which mode holds, what a campaign may say, and the record the tree is asked with.
namespace {

campaign_rules campaign(response_mode mode) { return {campaign_id("spring"), mode}; }
lead_rules with(response_mode mode, bool auto_reply = false) { return {campaign(mode), auto_reply}; }

entry_form full_form() {
  const draft_story s;
  entry_form f;
  f.workspace = s.e.workspace;
  f.lead = s.e.lead;
  f.about = s.e.about;
  f.content = s.e.content;
  f.on = s.e.on;
  f.latest_inbound = s.e.latest_inbound;
  f.history.emplace();
  f.sentiment = s.e.sentiment;
  f.sent_at = s.e.sent_at;
  f.rules = s.m.rules;
  f.validate_immediate_send = true;
  f.preview_in_slack = false;
  return f;
}

std::string first_missing(const entry_form& f) {
  const auto e = complete(f);
  return e ? "none" : e.error().front().field;
}

}  // namespace

CAF_TEST(AS-3 the campaign goes before the lead and both before nothing) {
  CAF_CHECK(mode_of(with(response_mode::ai_auto_send, true), {}) == send_mode::ai_auto_send);
  CAF_CHECK(mode_of({std::nullopt, true}, {}) == send_mode::legacy_auto_reply);
  CAF_CHECK(mode_of({std::nullopt, false}, {}) == send_mode::draft_only);
}

CAF_TEST(AS-3 the mode is that of the campaign when the answer is in) {
  draft_story s;
  s.begin();
  s.m.rules.campaign->mode = response_mode::setter_managed;
  s.judged(1.0);
  CAF_CHECK(s.step<draft_only>());
  CAF_CHECK_EQUAL(s.reason(), "mode_changed");
}

CAF_TEST(AS-4 a campaign in AI_AUTO_SEND is enough) {
  CAF_CHECK(mode_of(with(response_mode::ai_auto_send), {}) == send_mode::ai_auto_send);
}

CAF_TEST(AS-5 the per-lead auto-reply holds without a campaign only) {
  CAF_CHECK(mode_of({std::nullopt, true}, {}) == send_mode::legacy_auto_reply);
  CAF_CHECK(mode_of(with(response_mode::setter_managed, true), {}) != send_mode::legacy_auto_reply);
}

CAF_TEST(AS-6 a campaign of setters keeps the auto-reply from running) {
  CAF_CHECK(mode_of(with(response_mode::setter_managed, true), {}) == send_mode::draft_only);
}

CAF_TEST(AS-7 there are two response modes and no third) {
  CAF_CHECK(parse_response_mode("SETTER_MANAGED") == response_mode::setter_managed);
  CAF_CHECK(parse_response_mode("AI_AUTO_SEND") == response_mode::ai_auto_send);
  for (const char* name : {"DRAFT_ONLY", "ai_auto_send", "", "AI_AUTO_SEND "})
    CAF_CHECK(!parse_response_mode(name));
  CAF_CHECK_EQUAL(to_string(response_mode::ai_auto_send), "AI_AUTO_SEND");
}

CAF_TEST(AS-8 a draft of setters costs no call and no message) {
  draft_story s;
  s.m.rules.campaign->mode = response_mode::setter_managed;
  s.begin();
  CAF_CHECK(s.step<draft_only>());
  CAF_CHECK_EQUAL(s.reason(), "setter_managed");
  CAF_CHECK_EQUAL(s.evaluations + s.sends + s.holds, 0);
}

CAF_TEST(AS-9 without campaign and auto-reply a draft is a draft) {
  draft_story s;
  s.m.rules.campaign.reset();
  s.begin();
  CAF_CHECK(s.step<draft_only>());
  CAF_CHECK_EQUAL(s.reason(), "no_automatic_mode");
}

CAF_TEST(AS-10 contradictory data has one mode) {
  for (const bool auto_reply : {false, true})
    for (const auto mode : {response_mode::setter_managed, response_mode::ai_auto_send})
      CAF_CHECK((mode_of(with(mode, auto_reply), {}) == send_mode::ai_auto_send) ==
                (mode == response_mode::ai_auto_send));
}

CAF_TEST(ZRG-88 the switch beats every mode) {
  const switches off{.auto_send_disabled = true};
  CAF_CHECK(mode_of(with(response_mode::ai_auto_send), off) == send_mode::draft_only);
  CAF_CHECK(mode_of({std::nullopt, true}, off) == send_mode::draft_only);
  draft_story s;
  s.m.off = off;
  s.begin();
  CAF_CHECK_EQUAL(s.reason(), "auto_send_disabled");
  CAF_CHECK_EQUAL(s.evaluations, 0);
}

CAF_TEST(AS-11 ZRG-91 what a campaign gets that says nothing) {
  const campaign_rules plain;
  CAF_CHECK(plain.mode == response_mode::setter_managed);
  CAF_CHECK_EQUAL(plain.threshold.ppm(), 900'000u);
  CAF_REQUIRE(plain.delay.has_value());
  CAF_CHECK(plain.delay->at_least() == seconds(180));
  CAF_CHECK(plain.delay->at_most() == seconds(420));
}

CAF_TEST(AS-12 a confidence is exact in every decimal place that people write) {
  CAF_CHECK(*confidence::of(0.9) == default_threshold);
  CAF_CHECK(*confidence::of(0.8999) < default_threshold);
  for (int thousandths = 0; thousandths <= 1'000; ++thousandths)
    CAF_CHECK_EQUAL(confidence::of(thousandths / 1'000.0)->ppm(),
                    static_cast<unsigned>(thousandths) * 1'000u);
  for (const double none :
       {-0.001, 1.001, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
    CAF_CHECK(!confidence::of(none));
  CAF_CHECK(!confidence::of_ppm(1'000'001));
}

CAF_TEST(AS-15 the delay lies in the window with both bounds and is the same whenever it is asked) {
  const auto window = *delay_window::of(seconds(3), seconds(6));
  std::set<seconds> seen;
  for (int i = 0; i < 200; ++i) {
    const auto name = "draft_" + std::to_string(i);
    const auto d = delay_of(window, lead_id("lead_1"), name);
    CAF_CHECK(d == delay_of(window, lead_id("lead_1"), name));
    seen.insert(d);
  }
  CAF_CHECK((seen == std::set<seconds>{seconds(3), seconds(4), seconds(5), seconds(6)}));
  CAF_CHECK(delay_of(*delay_window::of(seconds(9), seconds(9)), lead_id("lead_1"), "draft_1") == seconds(9));
}

CAF_TEST(AS-15 a window that ends before it begins is none) {
  CAF_CHECK(!delay_window::of(seconds(10), seconds(9)));
  CAF_CHECK(!delay_window::of(seconds(-1), seconds(9)));
  CAF_CHECK(!delay_window::of(seconds(0), delay_window::longest + seconds(1)));
  CAF_CHECK(delay_window::of(seconds(0), seconds(0)).has_value());
}

CAF_TEST(of several campaigns the most restrained decides) {
  auto bold = campaign(response_mode::ai_auto_send);
  bold.threshold = *confidence::of(0.5);
  bold.delay.reset();
  auto careful = campaign(response_mode::ai_auto_send);
  careful.threshold = *confidence::of(0.95);
  const std::vector<campaign_rules> two{bold, careful};
  CAF_CHECK(strictest(two)->mode == response_mode::ai_auto_send);
  CAF_CHECK(strictest(two)->threshold == careful.threshold);
  CAF_CHECK(strictest(two)->delay == careful.delay);
  const std::vector<campaign_rules> three{bold, campaign(response_mode::setter_managed), careful};
  CAF_CHECK(strictest(three)->mode == response_mode::setter_managed);
  CAF_CHECK(!strictest({}));
}

CAF_TEST(AS-36 a complete form is taken and an empty subject is no lack) {
  CAF_CHECK_EQUAL(first_missing(full_form()), "none");
}

CAF_TEST(AS-36 whatever is missing is named and never guessed) {
  const auto without = [](auto member) {
    auto f = full_form();
    (f.*member).reset();
    return first_missing(f);
  };
  CAF_CHECK_EQUAL(without(&entry_form::workspace), "/workspace");
  CAF_CHECK_EQUAL(without(&entry_form::lead), "/lead");
  CAF_CHECK_EQUAL(without(&entry_form::about), "/draft");
  CAF_CHECK_EQUAL(without(&entry_form::content), "/content");
  CAF_CHECK_EQUAL(without(&entry_form::on), "/channel");
  CAF_CHECK_EQUAL(without(&entry_form::latest_inbound), "/latest_inbound");
  CAF_CHECK_EQUAL(without(&entry_form::history), "/history");
  CAF_CHECK_EQUAL(without(&entry_form::sentiment), "/sentiment");
  CAF_CHECK_EQUAL(without(&entry_form::sent_at), "/sent_at");
  CAF_CHECK_EQUAL(without(&entry_form::rules), "/rules");
  CAF_CHECK_EQUAL(without(&entry_form::validate_immediate_send), "/validate_immediate_send");
  CAF_CHECK_EQUAL(without(&entry_form::preview_in_slack), "/preview_in_slack");
}

CAF_TEST(AS-36 all problems are told at once) {
  const auto nothing = complete({});
  CAF_REQUIRE(!nothing);
  CAF_CHECK_EQUAL(nothing.error().size(), 12u);
}

CAF_TEST(AS-36 what is there but empty is missing too) {
  auto f = full_form();
  f.content = " \n";
  CAF_CHECK_EQUAL(first_missing(f), "/content");
  f = full_form();
  f.about->trigger.clear();
  CAF_CHECK_EQUAL(first_missing(f), "/trigger");
}
