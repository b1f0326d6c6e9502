#include "tests/unit/support/replies.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE reply_days
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

void check_day(std::string_view text, std::string_view expected) {
  const auto v = read_mail(text);
  CAF_MESSAGE(text);
  CAF_CHECK_EQUAL(std::string(reply::to_string(v.kind)), "follow_up_later");
  CAF_CHECK_EQUAL(day_of(v), std::string(expected));
}

}  // namespace

CAF_TEST(SS-18 a named month is its first day and rolls into next year) {
  check_day("Please reach out again in June.", "2026-06-01");
  check_day("Check in again in February.", "2027-02-01");
}

CAF_TEST(SS-18 weeks and months count from the day of receipt) {
  check_day("Could you check back in two weeks?", "2026-03-24");
  check_day("Circle back in a month.", "2026-04-10");
  check_day("Kommen Sie in drei Wochen noch einmal auf mich zu.", "2026-03-31");
  check_day("Relancez-moi dans deux semaines.", "2026-03-24");
}

CAF_TEST(SS-18 next week is its Monday and next Tuesday lies in it) {
  check_day("Could you ping me next week?", "2026-03-16");
  check_day("I'm busy this week. Try me next Tuesday.", "2026-03-17");
}

CAF_TEST(SS-18 quarters and years begin on their first day) {
  check_day("Not now, but let's revisit in Q3.", "2026-07-01");
  check_day("Let's reconnect in Q1.", "2027-01-01");
  check_day("We've frozen new spend until next year. Check in then.", "2027-01-01");
}

CAF_TEST(SS-18 after a day is the day after) {
  check_day("Melden Sie sich bitte nach dem 15. April noch einmal.", "2026-04-16");
  check_day("Talk to me after May 8, not now.", "2026-05-09");
}

CAF_TEST(SS-18 the day is the leads own) {
  // 23:30 UTC on the 10th is the 11th in Berlin.
  reply::reply_input input;
  input.text = "txt me tomorrow, not now";
  input.received_at = parse_iso("2026-03-10T23:30:00Z").value();
  CAF_CHECK_EQUAL(day_of(reply::read_reply(input)), "2026-03-11");
  input.zone = &berlin();
  CAF_CHECK_EQUAL(day_of(reply::read_reply(input)), "2026-03-12");
}

CAF_TEST(SS-18 a refusal for good names no day) {
  CAF_CHECK_EQUAL(day_of(read_mail("Not interested, now or later.")), "none");
}
