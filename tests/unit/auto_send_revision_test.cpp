#include <random>

#include "tests/unit/support/draft_story.hpp"

#define CAF_SUITE auto_send_revision
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::draft;
using heed::testing::draft_story;

/// The one bounded revision of a draft that a model found too weak.
namespace {

draft_story weak(double sure = 0.6, bool safe = true) {
  draft_story s;
  s.begin().judged(sure, safe);
  return s;
}

bool is_original(const draft_story& s) {
  return !s.last.store_text && !s.decided().revised && s.decided().sure->ppm() == 600'000u;
}

}  // namespace

CAF_TEST(AS-26 the auto-reply is never revised) {
  draft_story s;
  s.legacy().begin().judged(0.6);
  CAF_CHECK(s.step<skip>());
  CAF_CHECK_EQUAL(s.selections, 0);
}

CAF_TEST(AS-27 a verdict of a rule is never worked on) {
  draft_story s;
  s.e.sentiment = reply::reply_class::opt_out;
  s.begin();
  CAF_CHECK(s.step<hold_for_review>());
  CAF_CHECK_EQUAL(s.selections + s.revisions, 0);
}

CAF_TEST(AS-27 what is sure enough but unsafe is not worked on either) {
  const auto s = weak(0.95, false);
  CAF_CHECK(s.step<hold_for_review>());
  CAF_CHECK_EQUAL(s.selections, 0);
}

CAF_TEST(AS-28 one revision and two verdicts at most) {
  auto s = weak();
  s.selected().reworded().judged(0.7);
  CAF_CHECK(s.step<hold_for_review>());
  s.judged(0.99).selected().reworded();
  CAF_CHECK_EQUAL(s.evaluations, 2);
  CAF_CHECK_EQUAL(s.selections, 1);
  CAF_CHECK_EQUAL(s.revisions, 1);
  CAF_CHECK(s.last.next.calls <= calls_max);
}

CAF_TEST(AS-29 context first and then the words and then the judge) {
  auto s = weak();
  CAF_CHECK(s.step<ask_selector>());
  s.selected();
  CAF_REQUIRE(s.step<ask_reviser>());
  CAF_CHECK_EQUAL(s.step<ask_reviser>()->learnings.front(), "short answers win");
  s.reworded("It costs 10.");
  CAF_REQUIRE(s.step<ask_evaluator>());
  CAF_CHECK_EQUAL(s.step<ask_evaluator>()->text, "It costs 10.");
  CAF_CHECK_EQUAL(prompt_of(model_call::select_context), "auto_send.context_select.v1");
  CAF_CHECK_EQUAL(prompt_of(model_call::revise), "auto_send.revise.v1");
  CAF_CHECK_EQUAL(prompt_of(model_call::evaluate), "auto_send.evaluate.v1");
}

CAF_TEST(AS-31 a selector that fails leaves the original to people) {
  for (const auto why : {model_failure::error, model_failure::timed_out, model_failure::invalid}) {
    auto s = weak();
    s.failed(why);
    CAF_CHECK(s.step<hold_for_review>());
    CAF_CHECK(is_original(s));
  }
}

CAF_TEST(AS-31 a reviser that fails leaves the original to people) {
  auto s = weak();
  s.selected().failed(model_failure::timed_out);
  CAF_CHECK(s.step<hold_for_review>());
  CAF_CHECK_EQUAL(s.reason(), "reviser_timed_out");
  CAF_CHECK(is_original(s));
}

CAF_TEST(AS-31 words that are none or the same are no revision) {
  for (const char* text : {"", " \n", "Here is the price list."}) {
    auto s = weak();
    s.selected().reworded(text);
    CAF_CHECK(s.step<hold_for_review>());
    CAF_CHECK(is_original(s));
    CAF_CHECK_EQUAL(s.evaluations, 1);
  }
}

CAF_TEST(AS-35 a judge that fails the second time leaves the original to people) {
  auto s = weak();
  s.selected().reworded().failed(model_failure::error);
  CAF_CHECK(s.step<hold_for_review>());
  CAF_CHECK(is_original(s));
}

CAF_TEST(AS-32 only a better text is kept) {
  auto better = weak(), equal = weak(), worse = weak();
  better.selected().reworded("It costs 10.").judged(0.7);
  equal.selected().reworded().judged(0.6);
  worse.selected().reworded().judged(0.5);
  CAF_CHECK(better.last.store_text == "It costs 10.");
  CAF_CHECK(better.decided().revised);
  CAF_CHECK_EQUAL(better.decided().sure->ppm(), 700'000u);
  CAF_CHECK(is_original(equal));
  CAF_CHECK(is_original(worse));
}

CAF_TEST(AS-32 a text that lost its safety is not better) {
  auto s = weak();
  s.selected().reworded().judged(0.99, false);
  CAF_CHECK(s.step<hold_for_review>());
  CAF_CHECK(is_original(s));
}

CAF_TEST(AS-33 a revised draft that reaches the threshold goes out) {
  auto s = weak();
  s.selected().reworded("It costs 10.").judged(0.9);
  CAF_CHECK(s.step<send_now>());
  CAF_CHECK(s.last.store_text == "It costs 10.");
}

CAF_TEST(AS-33 one that does not is reviewed) {
  auto s = weak();
  s.selected().reworded().judged(0.8999);
  CAF_CHECK(s.step<hold_for_review>());
  CAF_CHECK_EQUAL(s.reason(), "below_threshold");
}

CAF_TEST(AS-33 with a delay the revised draft is scheduled with the revised text) {
  draft_story s;
  s.delayed().begin().judged(0.6).selected().reworded("It costs 10.").judged(0.95);
  CAF_REQUIRE(s.step<send_at>());
  CAF_CHECK(s.last.store_text == "It costs 10.");
  CAF_CHECK(s.decided().revised);
}

CAF_TEST(AS-34 the switch leaves verdicts as they are and asks nobody else) {
  for (const double sure : {0.2, 0.8999, 0.9, 1.0}) {
    draft_story with, without;
    without.m.off.revision_disabled = true;
    with.begin().judged(sure);
    without.begin().judged(sure);
    CAF_CHECK(with.last.next.first == without.last.next.first);
    CAF_CHECK_EQUAL(without.selections + without.revisions, 0);
    CAF_CHECK_EQUAL(with.step<send_now>() != nullptr, without.step<send_now>() != nullptr);
  }
}

CAF_TEST(AS-41 the revision switch stops a revision under way) {
  auto s = weak();
  s.m.off.revision_disabled = true;
  s.selected();
  CAF_CHECK(s.step<hold_for_review>());
  CAF_CHECK_EQUAL(s.revisions, 0);
}

CAF_TEST(AS-28 answers to other calls change nothing) {
  auto s = weak();
  const auto before = s.last.next;
  s.tell(evaluated{1, *confidence::of(1.0), true, {}})
      .tell(revised{2, "words"})
      .tell(context_selected{1, {}});
  CAF_CHECK(s.last.next == before);
  CAF_CHECK_EQUAL(s.sends, 0);
}

CAF_TEST(AS-1 AS-12 AS-20 AS-28 no order of events sends twice or unjudged or after a stop) {
  const std::uint64_t seed = 20'261'126;
  std::mt19937_64 random(seed);
  CAF_MESSAGE("seed " << seed);
  const auto share = [&] { return static_cast<double>(random() % 101) / 100.0; };
  for (int round = 0; round < 20'000; ++round) {
    draft_story s;
    if (random() % 2 == 0) s.delayed();
    if (random() % 8 == 0) s.legacy();
    s.begin();
    for (int i = 0; i < 12; ++i) {
      const auto call = static_cast<call_number>(random() % 5);
      if (random() % 10 == 0) s.m.lead.newest_inbound_seq += random() % 2;
      if (random() % 20 == 0) s.m.lead.opted_out = true;
      s.m.now += std::chrono::seconds(random() % 300);
      const auto was_sent = s.sends;
      switch (random() % 7) {
        case 0:
          s.tell(evaluated{call, *confidence::of(share()), random() % 4 != 0, {}});
          break;
        case 1:
          s.tell(context_selected{call, {}});
          break;
        case 2:
          s.tell(revised{call, "words " + std::to_string(random() % 3)});
          break;
        case 3:
          s.tell(model_failed{call, model_failure::error});
          break;
        case 4:
          s.tell(fired{});
          break;
        case 5:
          s.judged(share());
          break;
        default:
          s.tell(conversation_changed{});
          break;
      }
      if (s.sends > was_sent) {
        CAF_CHECK(s.decided().sure && *s.decided().sure >= default_threshold);
        CAF_CHECK(!s.m.lead.opted_out);
        CAF_CHECK(s.m.lead.newest_inbound_seq <= s.e.about.trigger_seq);
      }
    }
    CAF_CHECK(s.sends <= 1);
    CAF_CHECK(s.evaluations <= 2 && s.selections <= 1 && s.revisions <= 1);
  }
}
