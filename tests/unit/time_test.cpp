#include "actors/lead/time.hpp"

#include <random>

#define CAF_SUITE time
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;

namespace {

std::string round_trip(std::string_view text) {
  const auto t = parse_iso(text);
  return t ? to_iso(*t) : "refused";
}

}  // namespace

CAF_TEST(DESIGN 9 an instant prints as UTC without trailing zeros) {
  CAF_CHECK_EQUAL(to_iso(from_micros(0)), "1970-01-01T00:00:00Z");
  CAF_CHECK_EQUAL(to_iso(from_micros(1'500'000)), "1970-01-01T00:00:01.5Z");
  CAF_CHECK_EQUAL(to_iso(from_micros(1)), "1970-01-01T00:00:00.000001Z");
  CAF_CHECK_EQUAL(to_iso(from_micros(-1)), "1969-12-31T23:59:59.999999Z");
}

CAF_TEST(DESIGN 10 RFC 3339 with Z or a numeric offset is read) {
  CAF_CHECK_EQUAL(round_trip("2026-11-20T10:00:00.123Z"), "2026-11-20T10:00:00.123Z");
  CAF_CHECK_EQUAL(round_trip("2026-11-20T10:00:00+01:30"), "2026-11-20T08:30:00Z");
  CAF_CHECK_EQUAL(round_trip("2026-12-31T23:00:00-05:00"), "2027-01-01T04:00:00Z");
  CAF_CHECK_EQUAL(round_trip("2024-02-29T00:00:00.123456789Z"), "2024-02-29T00:00:00.123456Z");
}

CAF_TEST(DESIGN 10 anything else is refused) {
  for (const auto* text :
       {"", "2026-11-20", "2026-11-20T10:00:00", "2026-11-20T10:00Z", "2026-11-20T24:00:00Z",
        "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-20T10:60:00Z", "2026-11-20T10:00:00.Z",
        "2026-11-20T10:00:00.1234567890Z", "2026-11-20T10:00:00+0100", "2026-11-20T10:00:00Z ",
        " 2026-11-20T10:00:00Z", "26-11-20T10:00:00Z", "2026-11-20T10:00:00+24:00", "2026-11-2aT10:00:00Z"})
    CAF_CHECK(!parse_iso(text).has_value());
}

CAF_TEST(DESIGN 9 every instant survives printing and reading) {
  constexpr unsigned seed = 20261120;
  CAF_MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> micros(-2'000'000'000'000'000, 8'000'000'000'000'000);
  for (int i = 0; i < 2'000; ++i) {
    const auto t = from_micros(micros(random));
    CAF_REQUIRE(parse_iso(to_iso(t)) == t);
  }
}

CAF_TEST(DESIGN 10 durations are whole seconds minutes or hours) {
  CAF_CHECK(parse_duration("0s") == duration{0});
  CAF_CHECK(parse_duration("90s") == duration{90s});
  CAF_CHECK(parse_duration("5m") == duration{5min});
  CAF_CHECK(parse_duration("3h") == duration{3h});
}

CAF_TEST(DESIGN 10 calendar units signs fractions and endless durations are refused) {
  for (const auto* text :
       {"", "5", "s", "2d", "3bd", "-5m", "+5m", "1.5h", "5 m", "5M", "87601h", "9999999999s"})
    CAF_CHECK(!parse_duration(text).has_value());
  CAF_CHECK(parse_duration("87600h").has_value());
}
