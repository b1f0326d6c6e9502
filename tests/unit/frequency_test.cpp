#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE frequency
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

/// Two campaigns of one email each, due at once, under the default gap of an hour.
story two_campaigns() {
  story s;
  s.rules = make_policy({one_step("autumn"), one_step("spring")});
  s.rules.defaults.lead_gap = settings{}.lead_gap;
  return s;
}

send_effect only_open(story& s) {
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  return s.open.front();
}

}  // namespace

CAF_TEST(4R-74 RULES an hour lies between touches of different runs) {
  CAF_CHECK(settings{}.lead_gap == 1h);
  auto s = two_campaigns();
  s.enrol("spring");
  s.answer(only_open(s), send_result::accepted);
  auto accepted = s.now;
  s.now += 10min;
  s.enrol("autumn");
  CAF_CHECK(s.open.empty());
  CAF_CHECK(s.journey("autumn").next_at == accepted + 1h);
  s.now = accepted + 1h - 1us;
  s.tell(timer_fired{s.lead.seq});
  CAF_CHECK(s.open.empty());
  s.wake();
  CAF_CHECK(s.now == accepted + 1h);
  CAF_CHECK_EQUAL(only_open(s).campaign.value, "autumn");
}

CAF_TEST(4R-74 RULES the hour counts from the acceptance even when that came late) {
  auto s = two_campaigns();
  s.enrol("spring");
  auto planned = s.now;
  auto first = only_open(s);
  s.enrol("autumn");
  CAF_CHECK_EQUAL(s.open.size(), 1u);
  s.now = planned + 40min;
  s.answer(first, send_result::accepted);
  auto accepted = s.now;
  CAF_CHECK(s.open.empty());
  s.wake();
  CAF_CHECK(s.now == planned + 1h);
  CAF_CHECK(s.open.empty());
  s.wake();
  CAF_CHECK(s.now == accepted + 1h);
  CAF_CHECK_EQUAL(only_open(s).campaign.value, "autumn");
  for (const auto& what : s.broken) CAF_ERROR(what);
}

CAF_TEST(RULES a touch that is planned and not answered yet counts and one that came back does not) {
  auto s = two_campaigns();
  s.enrol("spring");
  auto first = only_open(s);
  s.now += 5min;
  s.enrol("autumn");
  CAF_CHECK_EQUAL(s.open.size(), 1u);
  CAF_CHECK_EQUAL(s.verdict(gate::frequency, "autumn").reason, "lead_gap");
  s.answer(first, send_result::refused_account, "rate_limit_exceeded", s.now + 3h);
  s.wake();
  CAF_CHECK_EQUAL(only_open(s).campaign.value, "autumn");
}

CAF_TEST(RULES a call of unknown outcome counts like a touch) {
  auto s = two_campaigns();
  s.enrol("spring");
  s.now += 5min;
  s.answer(only_open(s), send_result::unknown, "timeout");
  s.enrol("autumn");
  CAF_CHECK(s.open.empty());
  CAF_CHECK(s.journey("autumn").next_at == s.now + 1h);
}

CAF_TEST(RULES the hour counts from a call in doubt whose clock was ahead of the one that settles it) {
  auto s = two_campaigns();
  s.enrol("spring");
  const auto call = only_open(s);
  const auto called_at = s.now + 400ms;
  effect_outcome lost;
  lost.effect = call.id;
  lost.attempt = 1;
  lost.started_at = called_at;
  lost.detail = lost.evidence = "node_lost";
  s.tell(lost);
  lost.attempt = 2;
  lost.result = send_result::accepted;
  lost.started_at = s.now - 30min;
  s.tell(lost);
  s.enrol("autumn");
  CAF_CHECK_EQUAL(only_open(s).campaign.value, "spring");
  CAF_CHECK_EQUAL(to_iso(s.journey("autumn").next_at.value()), to_iso(called_at + 1h));
}

CAF_TEST(RULES the steps of one run keep their own delays whatever the gap) {
  story s;
  s.rules.defaults.lead_gap = 1h;
  s.enrol();
  s.accept_all();
  s.pass(5min);
  CAF_CHECK_EQUAL(s.sends, 2);
  CAF_CHECK(s.verdict(gate::frequency).outcome == gate_outcome::pass);
}

CAF_TEST(RULES the verdict names the gap and how long ago the other touch was) {
  auto s = two_campaigns();
  s.enrol("spring");
  s.accept_all();
  s.now += 25min;
  s.enrol("autumn");
  auto v = s.verdict(gate::frequency, "autumn");
  CAF_CHECK(v.outcome == gate_outcome::wait);
  CAF_CHECK_EQUAL(v.reason, "lead_gap");
  CAF_CHECK_EQUAL(number_of(v, "gap_s"), 3600);
  CAF_CHECK_EQUAL(number_of(v, "since_s"), 25 * 60);
  CAF_CHECK(v.opens_at == s.now + 35min);
}

CAF_TEST(RULES a gap of zero lets both runs speak at once) {
  auto s = two_campaigns();
  s.rules.defaults.lead_gap = duration(0);
  s.enrol("spring");
  s.accept_all();
  s.enrol("autumn");
  CAF_CHECK_EQUAL(s.sends, 2);
}
