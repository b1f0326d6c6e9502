#include "actors/lead/quiet.hpp"

#include <set>

#include "tests/unit/support/zones.hpp"

#define CAF_SUITE quiet
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;
using heed::tests::berlin;
using heed::tests::instant;
using heed::tests::new_york;

namespace {

const zone_rules auckland{"Test/Auckland", {{0, 12 * 3600}}};

constexpr channel ringing[] = {channel::sms, channel::whatsapp, channel::ai_voice};

std::string chance(channel on, const business_hours* hours, const touch_zones& zones, std::string_view t) {
  const auto found = next_chance(on, hours, zones, instant(t));
  return found ? to_iso(*found) : "none";
}

business_hours every_day(int from_hour, int to_hour) {
  return {.days = 0b1111111, .from_minute = from_hour * 60, .to_minute = to_hour * 60, .holidays = {}};
}

/// Whatever a zone allows, it allows from a whole minute or from a change of its clock on: these instants
/// are all there is to look at.
std::optional<time_point> scanned(channel on, const business_hours* hours, const touch_zones& zones,
                                  time_point t, time_point until) {
  std::set<time_point> changes{t};
  for (const auto* zone : zones)
    for (const auto& c : zone->transitions)
      if (const time_point at{std::chrono::seconds(c.at_seconds)}; at > t) changes.insert(at);
  auto minute = std::chrono::ceil<std::chrono::minutes>(t);
  for (auto change = changes.begin(); time_point{minute} <= until || change != changes.end();) {
    time_point next = minute;
    if (change != changes.end() && *change <= next)
      next = *change++;
    else
      minute += 1min;
    if (next > until) return std::nullopt;
    if (may_speak(on, hours, zones, next)) return next;
  }
  return std::nullopt;
}

business_hours random_hours(std::mt19937_64& random) {
  business_hours hours;
  hours.days = static_cast<std::uint8_t>(1 + random() % 127);
  hours.from_minute = static_cast<std::int32_t>(random() % 48) * 30;
  hours.to_minute =
      std::min(hours.from_minute + 30 * (1 + static_cast<std::int32_t>(random() % 47)), 24 * 60);
  return hours;
}

}  // namespace

CAF_TEST(RULES text messages and voice are quiet from eight in the evening to nine in the morning) {
  for (const auto on : ringing) {
    CAF_CHECK(!is_quiet(on, berlin(), instant("2026-06-10T17:59:59Z")));
    CAF_CHECK(is_quiet(on, berlin(), instant("2026-06-10T18:00:00Z")));
    CAF_CHECK(is_quiet(on, berlin(), instant("2026-06-11T06:59:59Z")));
    CAF_CHECK(!is_quiet(on, berlin(), instant("2026-06-11T07:00:00Z")));
    CAF_CHECK_EQUAL(chance(on, nullptr, {&berlin()}, "2026-06-10T18:00:00Z"), "2026-06-11T07:00:00Z");
  }
}

CAF_TEST(RULES mail and social messages have no quiet hours) {
  for (const auto on : {channel::email, channel::linkedin}) {
    CAF_CHECK(!has_quiet_hours(on));
    CAF_CHECK_EQUAL(chance(on, nullptr, {&berlin()}, "2026-06-10T23:00:00Z"), "2026-06-10T23:00:00Z");
  }
}

CAF_TEST(4R-17 an instant that is allowed is its own next chance) {
  const auto hours = every_day(10, 18);
  CAF_CHECK_EQUAL(chance(channel::sms, &hours, {&berlin()}, "2026-06-10T12:34:56.789Z"),
                  "2026-06-10T12:34:56.789Z");
}

CAF_TEST(ZRG-122 opening hours and quiet hours hold together) {
  const auto early = every_day(6, 10);
  CAF_CHECK_EQUAL(chance(channel::sms, &early, {&berlin()}, "2026-06-10T03:00:00Z"), "2026-06-10T07:00:00Z");
  CAF_CHECK_EQUAL(chance(channel::email, &early, {&berlin()}, "2026-06-10T03:00:00Z"),
                  "2026-06-10T04:00:00Z");
  const auto late = every_day(18, 23);
  CAF_CHECK_EQUAL(chance(channel::sms, &late, {&berlin()}, "2026-06-10T18:30:00Z"), "2026-06-11T16:00:00Z");
}

CAF_TEST(ZRG-122 a working week sends to Monday) {
  const business_hours week{.days = 0b0011111, .from_minute = 8 * 60, .to_minute = 17 * 60, .holidays = {}};
  CAF_CHECK_EQUAL(chance(channel::sms, &week, {&berlin()}, "2026-06-12T15:00:00Z"), "2026-06-15T07:00:00Z");
}

CAF_TEST(RULES hours that lie in the night have no chance for what is quiet then) {
  const auto night = every_day(21, 23);
  CAF_CHECK_EQUAL(chance(channel::sms, &night, {&berlin()}, "2026-06-10T03:00:00Z"), "none");
  CAF_CHECK_EQUAL(chance(channel::email, &night, {&berlin()}, "2026-06-10T03:00:00Z"),
                  "2026-06-10T19:00:00Z");
}

CAF_TEST(RULES a number in several zones is spoken to when all of them are awake) {
  const touch_zones both{&berlin(), &new_york()};
  // Nine in New York is three in the afternoon in Berlin, eight in Berlin two in the afternoon in New York.
  CAF_CHECK_EQUAL(chance(channel::sms, nullptr, both, "2026-06-10T07:00:00Z"), "2026-06-10T13:00:00Z");
  CAF_CHECK_EQUAL(chance(channel::sms, nullptr, both, "2026-06-10T18:00:00Z"), "2026-06-11T13:00:00Z");
  CAF_CHECK(may_speak(channel::sms, nullptr, both, instant("2026-06-10T17:59:59Z")));
  CAF_CHECK(!may_speak(channel::sms, nullptr, both, instant("2026-06-10T12:59:59Z")));
}

CAF_TEST(RULES zones that never agree have no chance) {
  const business_hours noon{.days = 0b1111111, .from_minute = 12 * 60, .to_minute = 13 * 60, .holidays = {}};
  CAF_CHECK_EQUAL(chance(channel::email, &noon, {&berlin(), &auckland}, "2026-06-10T00:00:00Z"), "none");
  const business_hours never{};
  CAF_CHECK_EQUAL(chance(channel::email, &never, {&berlin()}, "2026-06-10T00:00:00Z"), "none");
}

CAF_TEST(RULES several zones that agree only beyond eight days have no chance) {
  business_hours mondays{.days = 0b0000001, .from_minute = 9 * 60, .to_minute = 20 * 60, .holidays = {}};
  using namespace std::chrono;
  mondays.holidays = {2026y / June / 8, 2026y / June / 15};
  CAF_CHECK_EQUAL(chance(channel::sms, &mondays, {&berlin(), &new_york()}, "2026-06-07T00:00:00Z"), "none");
  CAF_CHECK_EQUAL(chance(channel::sms, &mondays, {&berlin()}, "2026-06-07T00:00:00Z"),
                  "2026-06-22T07:00:00Z");
}

CAF_TEST(4R-17 the morning after a change of clocks begins at its own nine) {
  // Berlin goes to summer time on the 29th of March and back on the 25th of October 2026.
  CAF_CHECK_EQUAL(chance(channel::sms, nullptr, {&berlin()}, "2026-03-28T20:00:00Z"), "2026-03-29T07:00:00Z");
  CAF_CHECK_EQUAL(chance(channel::sms, nullptr, {&berlin()}, "2026-10-24T20:00:00Z"), "2026-10-25T08:00:00Z");
  // Between both changes New York is an hour nearer.
  const touch_zones both{&berlin(), &new_york()};
  CAF_CHECK_EQUAL(chance(channel::sms, nullptr, both, "2026-10-24T20:00:00Z"), "2026-10-25T13:00:00Z");
  CAF_CHECK_EQUAL(chance(channel::sms, nullptr, both, "2026-11-01T20:00:00Z"), "2026-11-02T14:00:00Z");
}

CAF_TEST(RULES the next chance is the first instant that a scan minute by minute finds) {
  constexpr unsigned seed = 41;
  CAF_MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  constexpr channel channels[] = {channel::email, channel::sms, channel::whatsapp, channel::ai_voice};
  std::size_t none = 0;
  for (int i = 0; i < 600; ++i) {
    std::vector<zone_rules> rules;
    for (auto n = 1 + random() % 3; n > 0; --n)
      rules.push_back(tests::random_zone(random));
    touch_zones zones;
    for (const auto& r : rules)
      zones.push_back(&r);
    const auto hours = random_hours(random);
    const auto* given = random() % 3 == 0 ? nullptr : &hours;
    const auto on = channels[random() % 4];
    const auto t = instant("2026-01-01T00:00:00Z") +
                   duration{static_cast<std::int64_t>(random() % (30ull * 86'400'000)) * 1'000};
    const auto until = t + (zones.size() > 1 ? std::chrono::days(8) : std::chrono::days(400));
    const auto found = next_chance(on, given, zones, t);
    none += found ? 0 : 1;
    if (found != scanned(on, given, zones, t, until))
      CAF_FAIL("round " << i << " from " << to_iso(t) << ": " << (found ? to_iso(*found) : "none"));
  }
  // Both answers were met: zones that agree, and zones that do not.
  CAF_CHECK(none > 0 && none < 600);
}
