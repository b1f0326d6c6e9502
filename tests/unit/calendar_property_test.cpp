#include <random>

#include "actors/lead/calendar.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE calendar_property
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;
using heed::tests::instant;

namespace {

/// Hours as short as half an hour, on at least one day of the week.
business_hours random_hours(std::mt19937_64& random) {
  business_hours hours;
  hours.days = static_cast<std::uint8_t>(1 + random() % 127);
  hours.from_minute = static_cast<std::int32_t>(random() % 48) * 30;
  hours.to_minute = hours.from_minute + 30 * (1 + static_cast<std::int32_t>(random() % 47));
  hours.to_minute = std::min(hours.to_minute, 24 * 60);
  return hours;
}

time_point random_instant(std::mt19937_64& random) {
  return instant("2026-01-01T00:00:00Z") +
         duration{static_cast<std::int64_t>(random() % (40ull * 86'400)) * 1'000'000};
}

struct repeatable {
  explicit repeatable(unsigned seed) : random(seed) { CAF_MESSAGE("seed " << seed); }
  std::mt19937_64 random;
};

}  // namespace

// Every minute between an instant and its next opening is closed, and the opening is open.
CAF_TEST(ZRG-122 the next opening is the first open instant) {
  repeatable r(31);
  for (int i = 0; i < 400; ++i) {
    const auto zone = tests::random_zone(r.random);
    const auto hours = random_hours(r.random);
    const auto t = random_instant(r.random);
    const auto opening = next_opening(&hours, zone, t);
    CAF_REQUIRE(opening.has_value());
    CAF_REQUIRE(*opening >= t);
    CAF_REQUIRE(is_open(&hours, zone, *opening));
    for (auto earlier = t; earlier < *opening; earlier += 1min)
      if (is_open(&hours, zone, earlier))
        CAF_FAIL("open before its opening: round " << i << " at " << to_iso(earlier));
  }
}

CAF_TEST(ZRG-122 a later instant never opens earlier) {
  repeatable r(32);
  for (int i = 0; i < 200; ++i) {
    const auto zone = tests::random_zone(r.random);
    const auto hours = random_hours(r.random);
    auto t = random_instant(r.random);
    auto last = time_point::min();
    for (int n = 0; n < 200; ++n, t += 17min) {
      const auto opening = next_opening(&hours, zone, t);
      CAF_REQUIRE(opening.has_value());
      CAF_REQUIRE(*opening >= last);
      last = *opening;
    }
  }
}

CAF_TEST(SS-4 a delay is never due before its base and more spacing is never earlier) {
  repeatable r(33);
  const std::string units[] = {"s", "m", "h", "d", "bd"};
  for (int i = 0; i < 3'000; ++i) {
    const auto zone = tests::random_zone(r.random);
    const auto hours = random_hours(r.random);
    const auto anchor = random_instant(r.random);
    const auto delay = *parse_delay(std::to_string(r.random() % 12) + units[r.random() % 5]);
    const auto plain = due_at(delay, anchor, anchor, &hours, zone, 100);
    const auto wider = due_at(delay, anchor, anchor, &hours, zone, 150);
    CAF_REQUIRE(plain >= anchor);
    CAF_REQUIRE(wider >= plain);
    CAF_REQUIRE(due_at(delay, anchor, anchor, &hours, zone, 250) >= wider);
  }
}

// Follows runs of up to six steps with delays in days through zones that change their clocks daily.
CAF_TEST(4R-18 no two touches of a run with delays in days share a local day) {
  repeatable r(34);
  for (int i = 0; i < 500; ++i) {
    const auto zone = tests::random_zone(r.random);
    const auto hours = random_hours(r.random);
    const auto start = random_instant(r.random);
    std::optional<time_point> last;
    for (int n = 0; n < 6; ++n) {
      auto delay = *parse_delay(std::to_string(r.random() % 4) + (r.random() % 2 == 0 ? "d" : "bd"));
      delay.from = r.random() % 2 == 0 ? delay_rule::base::start : delay_rule::base::previous;
      const auto anchor = last.value_or(start);
      const auto next = schedule_step({.delay = delay,
                                       .anchor = anchor,
                                       .start = start,
                                       .last_touch = last,
                                       .hours = &hours,
                                       .zone = zone,
                                       .spacing_pct = 100,
                                       .not_before = anchor});
      CAF_REQUIRE(next.has_value());
      CAF_REQUIRE(is_open(&hours, zone, *next));
      if (last) {
        const auto day = std::chrono::floor<std::chrono::days>(to_local(zone, *next));
        CAF_REQUIRE(day > std::chrono::floor<std::chrono::days>(to_local(zone, *last)));
      }
      last = next;
    }
  }
}
