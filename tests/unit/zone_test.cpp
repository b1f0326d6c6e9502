#include "actors/workspace/zone.hpp"

#include <random>

#include "tests/unit/support/zones.hpp"

#define CAF_SUITE zone
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;
using heed::tests::berlin;
using heed::tests::instant;
using heed::tests::local;

namespace {

void check_local(const zone_rules& zone, std::string_view local_text, std::string_view expected) {
  CAF_CHECK_EQUAL(to_iso(to_utc(zone, local(local_text))), std::string(expected));
}

}  // namespace

CAF_TEST(SF-22 local time follows the offset of its instant) {
  CAF_CHECK(to_local(berlin(), instant("2026-01-15T12:00:00Z")) == local("2026-01-15T13:00:00Z"));
  CAF_CHECK(to_local(berlin(), instant("2026-07-15T12:00:00Z")) == local("2026-07-15T14:00:00Z"));
}

CAF_TEST(SF-22 an offset holds from its very second) {
  CAF_CHECK_EQUAL(berlin().offset_at(instant("2026-03-29T00:59:59.999999Z")), 3600);
  CAF_CHECK_EQUAL(berlin().offset_at(instant("2026-03-29T01:00:00Z")), 7200);
}

CAF_TEST(SF-22 a skipped local minute moves to the next existing one) {
  check_local(berlin(), "2026-03-29T01:59:00Z", "2026-03-29T00:59:00Z");
  check_local(berlin(), "2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z");
  check_local(berlin(), "2026-03-29T02:30:00Z", "2026-03-29T01:00:00Z");
  check_local(berlin(), "2026-03-29T02:59:59Z", "2026-03-29T01:00:00Z");
  check_local(berlin(), "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z");
}

CAF_TEST(SF-22 a doubled local minute is its first pass) {
  check_local(berlin(), "2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z");
  check_local(berlin(), "2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z");
}

CAF_TEST(SF-22 a day dropped at the date line moves to the day after) {
  const zone_rules apia{"Pacific/Apia",
                        {{0, -36'000}, {instant("2011-12-30T10:00:00Z").time_since_epoch() / 1s, 50'400}}};
  check_local(apia, "2011-12-30T15:00:00Z", "2011-12-30T10:00:00Z");
  CAF_CHECK(to_local(apia, instant("2011-12-30T10:00:00Z")) == local("2011-12-31T00:00:00Z"));
}

CAF_TEST(4R-19 the first offset covers all earlier time and an empty zone is UTC) {
  CAF_CHECK_EQUAL(berlin().offset_at(instant("1950-01-01T00:00:00Z")),
                  berlin().transitions.front().offset_seconds);
  const zone_rules empty;
  CAF_CHECK(to_utc(empty, local("2026-01-01T00:00:00Z")) == instant("2026-01-01T00:00:00Z"));
}

CAF_TEST(4R-19 an unknown zone name is answered with UTC) {
  zone_table table;
  table.zones.emplace("Europe/Berlin", berlin());
  CAF_CHECK_EQUAL(table.find("Europe/Berlin").name, "Europe/Berlin");
  CAF_CHECK_EQUAL(table.find("Mars/Olympus").name, "UTC");
}

// Random offset changes: every existing local time comes back, the answer never jumps back in time.
CAF_TEST(SF-22 local time and back is the first instant that shows it) {
  constexpr unsigned seed = 7;
  CAF_MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    const auto zone = tests::random_zone(random);
    auto last = time_point::min();
    auto l = local("2026-01-01T00:00:00Z");
    for (int i = 0; i < 400; ++i, l += 37min) {
      const auto t = to_utc(zone, l);
      CAF_REQUIRE(t >= last);
      last = t;
      const auto shown = to_local(zone, t);
      CAF_REQUIRE(shown >= l);
      if (shown != l) CAF_REQUIRE(to_local(zone, t - 1us) < l);
    }
  }
}

CAF_TEST(SF-22 the answer is never later than the instant it came from) {
  constexpr unsigned seed = 11;
  CAF_MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    const auto zone = tests::random_zone(random);
    auto t = instant("2026-01-01T00:00:00Z");
    for (int i = 0; i < 400; ++i, t += 41min) {
      const auto back = to_utc(zone, to_local(zone, t));
      CAF_REQUIRE(back <= t);
      CAF_REQUIRE(to_local(zone, back) == to_local(zone, t));
    }
  }
}
