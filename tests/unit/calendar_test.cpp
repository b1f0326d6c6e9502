#include "actors/lead/calendar.hpp"

#include "tests/unit/support/zones.hpp"

#define CAF_SUITE calendar
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;
using heed::tests::berlin;
using heed::tests::instant;
using heed::tests::new_york;

namespace {

business_hours office() {
  return {.days = 0b0011111, .from_minute = 9 * 60, .to_minute = 17 * 60 + 30, .holidays = {}};
}

std::string opening(const business_hours& hours, const zone_rules& zone, std::string_view t) {
  const auto found = next_opening(&hours, zone, instant(t));
  return found ? to_iso(*found) : "never";
}

std::string due(std::string_view delay, std::string_view anchor, const zone_rules& zone,
                int spacing_pct = 100, const business_hours* hours = nullptr) {
  return to_iso(due_at(*parse_delay(delay), instant(anchor), instant(anchor), hours, zone, spacing_pct));
}

struct plan {
  std::string_view delay;
  std::string_view anchor;
  std::optional<std::string_view> last_touch{};
  std::optional<std::string_view> now{};
  std::optional<std::string_view> start{};
};

std::string scheduled(const plan& p, const business_hours* hours = nullptr,
                      const zone_rules& zone = berlin()) {
  auto delay = *parse_delay(p.delay);
  if (p.start) delay.from = delay_rule::base::start;
  step_timing s{.delay = delay,
                .anchor = instant(p.anchor),
                .start = instant(p.start.value_or(p.anchor)),
                .last_touch = {},
                .hours = hours,
                .zone = zone};
  if (p.last_touch) s.last_touch = instant(*p.last_touch);
  if (p.now) s.not_before = instant(*p.now);
  const auto found = schedule_step(s);
  return found ? to_iso(*found) : "never";
}

}  // namespace

CAF_TEST(ZRG-122 without hours it is always open) {
  CAF_CHECK(is_open(nullptr, berlin(), instant("2026-12-25T02:00:00Z")));
  CAF_CHECK(next_opening(nullptr, berlin(), instant("2026-12-25T02:00:00Z")) ==
            instant("2026-12-25T02:00:00Z"));
}

CAF_TEST(ZRG-122 the first minute is open and the last one is not ) {
  const auto hours = office();
  CAF_CHECK(!is_open(&hours, berlin(), instant("2026-11-20T07:59:59.999999Z")));
  CAF_CHECK(is_open(&hours, berlin(), instant("2026-11-20T08:00:00Z")));
  CAF_CHECK(is_open(&hours, berlin(), instant("2026-11-20T16:29:59.999999Z")));
  CAF_CHECK(!is_open(&hours, berlin(), instant("2026-11-20T16:30:00Z")));
}

CAF_TEST(ZRG-122 outside the hours comes the next opening and inside them the moment itself) {
  CAF_CHECK_EQUAL(opening(office(), berlin(), "2026-11-19T05:00:00Z"), "2026-11-19T08:00:00Z");
  CAF_CHECK_EQUAL(opening(office(), berlin(), "2026-11-19T10:11:12.5Z"), "2026-11-19T10:11:12.5Z");
  CAF_CHECK_EQUAL(opening(office(), berlin(), "2026-11-19T16:30:00Z"), "2026-11-20T08:00:00Z");
}

CAF_TEST(4R-17 weekends and holidays move to the next business day) {
  auto hours = office();
  CAF_CHECK_EQUAL(opening(hours, berlin(), "2026-11-20T18:00:00Z"), "2026-11-23T08:00:00Z");
  CAF_CHECK_EQUAL(opening(hours, berlin(), "2026-11-21T10:00:00Z"), "2026-11-23T08:00:00Z");
  hours.holidays = {2026y / 12 / 25, 2026y / 12 / 28};
  CAF_CHECK_EQUAL(opening(hours, berlin(), "2026-12-24T17:00:00Z"), "2026-12-29T08:00:00Z");
}

CAF_TEST(4R-19 hours and holidays are those of the zone given) {
  auto hours = office();
  hours.holidays = {2026y / 7 / 3};
  CAF_CHECK_EQUAL(opening(hours, new_york(), "2026-07-02T12:00:00Z"), "2026-07-02T13:00:00Z");
  CAF_CHECK_EQUAL(opening(hours, new_york(), "2026-07-03T02:00:00Z"), "2026-07-06T13:00:00Z");
}

CAF_TEST(ZRG-122 hours that never open answer none) {
  auto hours = office();
  hours.days = 0;
  CAF_CHECK_EQUAL(opening(hours, berlin(), "2026-11-19T05:00:00Z"), "never");
}

CAF_TEST(SF-22 an opening minute that the clock skips opens at the next existing minute) {
  const business_hours night{
      .days = 0b1111111, .from_minute = 2 * 60 + 30, .to_minute = 4 * 60, .holidays = {}};
  CAF_CHECK_EQUAL(opening(night, berlin(), "2026-03-29T00:30:00Z"), "2026-03-29T01:00:00Z");
}

CAF_TEST(SF-22 hours that lie wholly in the skipped hour have no opening that day) {
  const business_hours gone{.days = 0b1111111, .from_minute = 2 * 60, .to_minute = 3 * 60, .holidays = {}};
  CAF_CHECK_EQUAL(opening(gone, berlin(), "2026-03-29T00:30:00Z"), "2026-03-30T00:00:00Z");
}

CAF_TEST(SF-22 in a doubled hour both passes of the opening hours are open) {
  const business_hours half{
      .days = 0b1111111, .from_minute = 2 * 60 + 30, .to_minute = 3 * 60, .holidays = {}};
  CAF_CHECK_EQUAL(opening(half, berlin(), "2026-10-25T00:10:00Z"), "2026-10-25T00:30:00Z");
  CAF_CHECK_EQUAL(opening(half, berlin(), "2026-10-25T01:05:00Z"), "2026-10-25T01:30:00Z");
}

CAF_TEST(SS-4 elapsed delays count time from the previous outcome) {
  CAF_CHECK_EQUAL(due("0s", "2026-11-20T10:00:00.000001Z", berlin()), "2026-11-20T10:00:00.000001Z");
  CAF_CHECK_EQUAL(due("5m", "2026-11-20T10:00:00Z", berlin()), "2026-11-20T10:05:00Z");
  CAF_CHECK_EQUAL(due("3h", "2026-03-29T00:30:00Z", berlin()), "2026-03-29T03:30:00Z");
}

CAF_TEST(SF-22 days keep the local time of day over a change of clocks) {
  CAF_CHECK_EQUAL(due("1d", "2026-03-28T09:00:00Z", berlin()), "2026-03-29T08:00:00Z");
  CAF_CHECK_EQUAL(due("1d", "2026-10-24T08:00:00Z", berlin()), "2026-10-25T09:00:00Z");
  CAF_CHECK_EQUAL(due("1d", "2026-03-28T01:30:00Z", berlin()), "2026-03-29T01:00:00Z");
  CAF_CHECK_EQUAL(due("1d", "2026-10-24T00:30:00Z", berlin()), "2026-10-25T00:30:00Z");
}

CAF_TEST(RULES delays of no days are the base itself also in a doubled hour) {
  CAF_CHECK_EQUAL(due("0d", "2026-10-25T01:30:00Z", berlin()), "2026-10-25T01:30:00Z");
}

CAF_TEST(RULES business days skip days without opening hours and holidays) {
  auto hours = office();
  hours.holidays = {2026y / 11 / 23};
  CAF_CHECK_EQUAL(due("1bd", "2026-11-20T10:00:00Z", berlin(), 100, &hours), "2026-11-24T10:00:00Z");
  CAF_CHECK_EQUAL(due("5bd", "2026-11-21T10:00:00Z", berlin(), 100, &hours), "2026-11-30T10:00:00Z");
  const business_hours saturday{.days = 0b0100000, .from_minute = 0, .to_minute = 1440, .holidays = {}};
  CAF_CHECK_EQUAL(due("2bd", "2026-11-20T10:00:00Z", berlin(), 100, &saturday), "2026-11-28T10:00:00Z");
}

CAF_TEST(RULES business days without hours are Monday to Friday) {
  CAF_CHECK_EQUAL(due("1bd", "2026-11-20T10:00:00Z", berlin()), "2026-11-23T10:00:00Z");
}

CAF_TEST(RULES spacing multiplies elapsed time and rounds days up) {
  CAF_CHECK_EQUAL(due("1h", "2026-11-20T10:00:00Z", berlin(), 150), "2026-11-20T11:30:00Z");
  CAF_CHECK_EQUAL(due("1s", "2026-11-20T10:00:00Z", berlin(), 250), "2026-11-20T10:00:02.5Z");
  CAF_CHECK_EQUAL(due("3d", "2026-11-02T10:00:00Z", berlin(), 150), "2026-11-07T10:00:00Z");
  CAF_CHECK_EQUAL(due("2d", "2026-11-02T10:00:00Z", berlin(), 250), "2026-11-07T10:00:00Z");
  CAF_CHECK_EQUAL(due("1bd", "2026-11-20T10:00:00Z", berlin(), 150), "2026-11-24T10:00:00Z");
}

CAF_TEST(RULES a delay from the start counts from the start of the run) {
  CAF_CHECK_EQUAL(
      scheduled({.delay = "3d", .anchor = "2026-11-04T10:00:00Z", .start = "2026-11-02T10:00:00Z"}),
      "2026-11-05T10:00:00Z");
}

CAF_TEST(4R-18 a touch due on the local day of the last one moves to the next day) {
  const auto last = instant("2026-11-20T08:00:00Z");
  CAF_CHECK_EQUAL(to_iso(not_same_local_day(instant("2026-11-20T22:59:00Z"), last, berlin())),
                  "2026-11-21T22:59:00Z");
  CAF_CHECK_EQUAL(to_iso(not_same_local_day(instant("2026-11-20T23:00:00Z"), last, berlin())),
                  "2026-11-20T23:00:00Z");
  CAF_CHECK_EQUAL(to_iso(not_same_local_day(instant("2026-11-20T09:00:00Z"), {}, berlin())),
                  "2026-11-20T09:00:00Z");
}

CAF_TEST(4R-18 a touch whose day has passed keeps its time of day on the day after the last one) {
  CAF_CHECK_EQUAL(
      to_iso(not_same_local_day(instant("2026-11-18T08:00:00Z"), instant("2026-11-20T15:00:00Z"), berlin())),
      "2026-11-21T08:00:00Z");
}

CAF_TEST(4R-18 moving a date over a weekend never puts two touches on one day) {
  const auto hours = office();
  const auto first =
      scheduled({.delay = "3d", .anchor = "2026-11-18T10:00:00Z", .start = "2026-11-18T10:00:00Z"}, &hours);
  CAF_CHECK_EQUAL(first, "2026-11-23T08:00:00Z");
  CAF_CHECK_EQUAL(scheduled({.delay = "4d",
                             .anchor = first,
                             .last_touch = first,
                             .now = first,
                             .start = "2026-11-18T10:00:00Z"},
                            &hours),
                  "2026-11-24T10:00:00Z");
}

CAF_TEST(4R-18 delays in minutes may touch twice on one day) {
  CAF_CHECK_EQUAL(
      scheduled({.delay = "5m", .anchor = "2026-11-20T10:00:00Z", .last_touch = "2026-11-20T10:00:00Z"}),
      "2026-11-20T10:05:00Z");
}

CAF_TEST(4R-15 days 0 and 3 and 7 from the start) {
  const auto* start = "2026-11-02T10:00:00Z";
  CAF_CHECK_EQUAL(scheduled({.delay = "0d", .anchor = start, .start = start}), "2026-11-02T10:00:00Z");
  CAF_CHECK_EQUAL(scheduled({.delay = "3d", .anchor = start, .last_touch = start, .start = start}),
                  "2026-11-05T10:00:00Z");
  CAF_CHECK_EQUAL(
      scheduled({.delay = "7d", .anchor = start, .last_touch = "2026-11-05T10:00:00Z", .start = start}),
      "2026-11-09T10:00:00Z");
}

CAF_TEST(4R-16 other intervals give other days) {
  const auto* start = "2026-11-02T10:00:00Z";
  CAF_CHECK_EQUAL(scheduled({.delay = "2d", .anchor = start, .start = start}), "2026-11-04T10:00:00Z");
  CAF_CHECK_EQUAL(scheduled({.delay = "5d", .anchor = start, .start = start}), "2026-11-07T10:00:00Z");
}

CAF_TEST(4R-22 an instant in the past moves to now or the next opening) {
  const auto hours = office();
  const plan late{.delay = "1d", .anchor = "2026-11-02T10:00:00Z", .now = "2026-11-20T19:00:00Z"};
  CAF_CHECK_EQUAL(scheduled(late), "2026-11-20T19:00:00Z");
  CAF_CHECK_EQUAL(scheduled(late, &hours), "2026-11-23T08:00:00Z");
}

CAF_TEST(T-12 the delay comes first and the opening after it) {
  const auto hours = office();
  CAF_CHECK_EQUAL(scheduled({.delay = "5m", .anchor = "2026-11-20T16:27:00Z"}, &hours),
                  "2026-11-23T08:00:00Z");
  CAF_CHECK_EQUAL(scheduled({.delay = "1bd", .anchor = "2026-11-20T05:00:00Z"}, &hours),
                  "2026-11-23T08:00:00Z");
}

CAF_TEST(ZRG-122 a step whose hours never open is not scheduled) {
  auto hours = office();
  hours.days = 0;
  CAF_CHECK_EQUAL(scheduled({.delay = "2bd", .anchor = "2026-11-20T10:00:00Z"}, &hours), "never");
}
