#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE timing_gate
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

/// Gate 14: a step whose other gates are open waits for its lead's best minute. Everybody here lives in UTC.
namespace {

constexpr auto window = 24h;

story timed(channel on = channel::email) {
  story s;
  s.rules = make_policy({one_step("spring", on)});
  s.rules.campaigns.begin()->second.timing_window = window;
  return s;
}

stimulus past(story& s, stimulus_body body, time_point at) {
  auto what = s.make(std::move(body));
  what.occurred_at = at;
  what.mode = arrival::backfill;
  return what;
}

message_opened opened(bool machine = false) {
  message_opened o;
  o.machine = machine;
  return o;
}

/// Opens every day of ten weeks a few minutes around that time of day.
void reads_daily(story& s, duration time_of_day, bool machine = false) {
  const auto today = monday_ten - 10h;
  for (int day = 70; day > 0; --day)
    s.tell(past(s, opened(machine), today - std::chrono::days(day) + time_of_day + std::chrono::minutes(day % 5)));
}

duration apart(time_point a, time_point b) { return a > b ? a - b : b - a; }

}  // namespace

CAF_TEST(SF-21 SF-20 T-12 a step waits for one precise instant in its window and goes out at it) {
  auto s = timed();
  reads_daily(s, 15h);
  s.enrol();
  CAF_CHECK(s.open.empty());
  const auto v = s.verdict(gate::timing);
  CAF_CHECK(v.outcome == gate_outcome::wait);
  CAF_CHECK_EQUAL(v.reason, "timing");
  CAF_REQUIRE(v.opens_at.has_value());
  CAF_CHECK(apart(*v.opens_at, monday_ten + 5h) <= 15min);
  CAF_CHECK_EQUAL(number_of(v, "window_s"), 86'400);
  s.wake();
  CAF_CHECK(s.now == *v.opens_at);
  CAF_CHECK_EQUAL(s.sends, 1);
  CAF_CHECK(s.broken.empty());
}

CAF_TEST(SF-53 SF-26 SF-54 what the minute rests on is journaled with it) {
  auto s = timed();
  reads_daily(s, 15h);
  s.enrol();
  const auto* f = s.last<minute_chosen>();
  CAF_REQUIRE(f != nullptr);
  CAF_CHECK_EQUAL(f->why, "first");
  CAF_CHECK_EQUAL(f->source, "lead");
  CAF_CHECK(f->from == monday_ten);
  CAF_CHECK(f->until == monday_ten + window);
  CAF_CHECK(f->base_ppb > 100'000);
  CAF_CHECK_EQUAL(f->chance_ppb, f->base_ppb);
  CAF_CHECK(f->confidence_ppm > 0);
  CAF_CHECK(!f->latency_measured);
  CAF_CHECK_EQUAL(f->latency_us, 0);
  CAF_CHECK_EQUAL(f->runners_up.size(), 3u);
}

CAF_TEST(SF-17 of somebody nobody knows the minute comes from the prior and says so) {
  auto s = timed();
  s.enrol();
  const auto* f = s.last<minute_chosen>();
  CAF_REQUIRE(f != nullptr);
  CAF_CHECK_EQUAL(f->source, "global");
  CAF_CHECK(f->confidence_ppm < 100'000);
}

CAF_TEST(SF-8 SF-55 with the minute grid off the hour of the week decides) {
  auto s = timed();
  s.rules.defaults.timing.minute_grid = false;
  reads_daily(s, 15h);
  s.enrol();
  CAF_REQUIRE(s.last<minute_chosen>() != nullptr);
  CAF_CHECK(s.last<minute_chosen>()->by_hour);
}

CAF_TEST(a campaign that sets no window waits for no minute) {
  story s;
  s.rules = make_policy({one_step("spring")});
  reads_daily(s, 15h);
  s.enrol();
  CAF_CHECK_EQUAL(s.sends, 1);
  CAF_CHECK(s.last<minute_chosen>() == nullptr);
}

CAF_TEST(SF-31 SF-33 T-13 a click in a text brings the touch forward and adds none) {
  auto s = timed();
  reads_daily(s, 15h);
  s.enrol();
  const auto kept = *s.journey().next_at;
  // Method: somebody who also reads at noon, though less; the click at ten to noon makes noon the better minute.
  story both = timed();
  reads_daily(both, 15h);
  for (int day = 60; day > 0; --day)
    both.tell(past(both, opened(), monday_ten - 10h - std::chrono::days(day) + 12h + std::chrono::minutes(day % 5)));
  both.enrol();
  const auto before = *both.journey().next_at;
  CAF_CHECK(apart(before, kept) <= 1h);
  both.now = monday_ten + 110min;
  both.click();
  const auto* f = both.last<minute_chosen>();
  CAF_CHECK_EQUAL(f->why, "hot_path");
  CAF_CHECK(!f->weights.empty());
  CAF_CHECK(f->chance_ppb > f->base_ppb);
  CAF_CHECK(*both.journey().next_at < before);
  both.pass(48h);
  CAF_CHECK_EQUAL(both.sends, 1);
  CAF_CHECK(both.broken.empty());
}

CAF_TEST(SF-55 with hot paths off a click moves nothing) {
  auto s = timed();
  s.rules.defaults.timing.hot_paths = false;
  reads_daily(s, 15h);
  s.enrol();
  const auto before = *s.journey().next_at;
  s.now += 1h;
  s.click();
  CAF_CHECK(*s.journey().next_at == before);
}

CAF_TEST(SF-34 SF-36 SF-37 T-11 a ticket closes everything and the minute is chosen afresh after its cooldown) {
  auto s = timed();
  reads_daily(s, 15h);
  s.enrol();
  s.now += 1h;
  s.tell(ticket_opened{"t1"});
  CAF_CHECK(!s.journey().minute.has_value());
  s.now += 1h;
  s.tell(ticket_closed{"t1"});
  const auto closed = s.now;
  s.pass(200h);
  CAF_CHECK_EQUAL(s.sends, 1);
  const auto* f = s.last<minute_chosen>();
  CAF_CHECK(f->from >= closed + s.rules.defaults.ticket_cooldown);
  CAF_CHECK_EQUAL(s.count<minute_chosen>(), 2);
}

CAF_TEST(SF-27 when another gate holds a step past its window it goes out as soon as that gate opens) {
  auto s = timed();
  reads_daily(s, 15h);
  s.enrol();
  s.stops.workspace = true;
  s.now = *s.journey().next_at;
  s.tell(timer_fired{s.lead.seq});
  CAF_CHECK_EQUAL(s.sends, 0);
  s.now = monday_ten + window + 1min;
  s.stops.workspace = false;
  s.tell(reconsider{});
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(SF-2 SF-4 SF-19 evidence is the same in any order of arrival and machines leave none) {
  // Method: a click four seconds after the delivery is a scanner's, whichever of the two is told first.
  const auto at = monday_ten - 24h;
  link_clicked click;
  click.message.provider_id = "m1";
  click.url = "https://example.com/prices";
  message_delivered delivery;
  delivery.message.provider_id = "m1";
  const auto told = [&](bool click_first) {
    auto s = timed();
    auto c = past(s, click, at + 4s);
    c.on = channel::email;
    auto d = past(s, delivery, at);
    auto o = past(s, opened(), at + 2h);
    if (click_first)
      s.tell(c), s.tell(o), s.tell(d);
    else
      s.tell(d), s.tell(o), s.tell(c);
    return s.lead.engagements;
  };
  CAF_CHECK(told(true) == told(false));
  CAF_CHECK_EQUAL(told(true).size(), 1u);

  auto scanned = timed();
  reads_daily(scanned, 15h, true);
  CAF_CHECK_EQUAL(scanned.lead.engagements.size(), 0u);
}

CAF_TEST(ZRG-122 a text waits for a minute of the day in which texts may be sent) {
  auto s = timed(channel::sms);
  reads_daily(s, 22h);
  s.enrol();
  const auto* f = s.last<minute_chosen>();
  CAF_REQUIRE(f != nullptr);
  const auto of_day = f->target - std::chrono::floor<std::chrono::days>(f->target);
  CAF_CHECK(of_day >= 9h);
  CAF_CHECK(of_day < 20h);
}
