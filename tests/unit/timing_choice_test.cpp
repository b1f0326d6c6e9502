#include <cmath>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <random>

#include "actors/lead/timing/choice.hpp"
#include "actors/lead/timing/open_times.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE timing_choice
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::timing;
using namespace std::chrono_literals;
using heed::tests::berlin;
using heed::tests::instant;
using heed::tests::local;

namespace {

constexpr local_minute monday = 29'005'920;

/// Somebody who engages every day around this minute.
profile daily_at(int minute, int weeks = 20) {
  std::vector<engagement> events;
  for (int day = 1; day <= weeks * 7; ++day)
    events.push_back({monday - day * minutes_per_day + minute, engagement_kind::open});
  return profile_of(evidence::of(events).events(), population::unknown(), "", monday);
}

choice_request asked(std::string_view from, std::string_view until, const zone_rules& zone = utc_zone()) {
  return {.now = instant(from),
          .within = {instant(from), instant(until)},
          .zone = zone,
          .hours = nullptr,
          .influences = {},
          .stop = {},
          .latency = {},
          .on = {}};
}

/// Changes of a random zone fall on any second.
time_point first_minute(const open_stretch& s) { return std::chrono::ceil<std::chrono::minutes>(s.from); }

business_hours office() {
  return {.days = 0b0011111, .from_minute = 9 * 60, .to_minute = 17 * 60, .holidays = {}};
}

}  // namespace

CAF_TEST(SF-21 SF-25 the trigger is one instant: the target minus the latency) {
  auto r = asked("2026-06-01T08:00:00Z", "2026-06-01T18:00:00Z");
  r.latency = {90s, latency_used::origin::measured};
  const auto c = choose(daily_at(600), r);
  CAF_CHECK_EQUAL(to_iso(c.target), "2026-06-01T10:00:00Z");
  CAF_CHECK_EQUAL(to_iso(c.trigger), "2026-06-01T09:58:30Z");
  CAF_CHECK(c.source == curve_source::lead);
}

CAF_TEST(SF-26 the latency that was used is kept and an assumed one is marked) {
  auto r = asked("2026-06-01T08:00:00Z", "2026-06-01T18:00:00Z");
  const auto assumed = to_json(choose(daily_at(600), r));
  CAF_CHECK_EQUAL(assumed["latency_origin"], "assumed");
  r.latency = {42s, latency_used::origin::measured};
  const auto j = to_json(choose(daily_at(600), r));
  CAF_CHECK_EQUAL(j["latency_us"], 42'000'000);
  CAF_CHECK_EQUAL(j["latency_origin"], "measured");
}

CAF_TEST(T-12 the best minute is sought inside the opening hours) {
  const auto hours = office();
  auto r = asked("2026-06-01T08:00:00Z", "2026-06-02T08:00:00Z");
  r.hours = &hours;
  const auto c = choose(daily_at(8 * 60 + 40), r);
  CAF_CHECK_EQUAL(to_iso(c.target), "2026-06-01T09:00:00Z");
}

CAF_TEST(T-12 a trigger that latency moves out of the opening hours waits for the opening) {
  const auto hours = office();
  auto r = asked("2026-06-01T07:00:00Z", "2026-06-01T18:00:00Z");
  r.hours = &hours;
  r.latency = {90s, latency_used::origin::measured};
  const auto c = choose(daily_at(8 * 60 + 40), r);
  CAF_CHECK_EQUAL(to_iso(c.trigger), "2026-06-01T09:00:00Z");
  CAF_CHECK(c.at_opening);
}

CAF_TEST(T-12 no minute of a window outside the opening hours is chosen) {
  const auto hours = office();
  auto r = asked("2026-06-06T00:00:00Z", "2026-06-08T00:00:00Z");
  r.hours = &hours;
  CAF_CHECK(choose(daily_at(600), r).result == choice::outcome::never_open);
}

CAF_TEST(SF-27 a window too short for the latency is due now and not next week) {
  auto r = asked("2026-06-01T09:59:00Z", "2026-06-01T10:01:00Z");
  r.latency = {10min, latency_used::origin::measured};
  const auto c = choose(daily_at(600), r);
  CAF_CHECK_EQUAL(to_iso(c.target), "2026-06-01T10:00:00Z");
  CAF_CHECK(c.trigger == r.now);
  CAF_CHECK(c.due_now);
}

CAF_TEST(SF-27 a kept trigger that has passed is due now while its window is open and never after) {
  auto r = asked("2026-06-01T08:00:00Z", "2026-06-01T18:00:00Z");
  const auto c = choose(daily_at(600), r);
  CAF_CHECK(trigger_now(c, r.within, 0s, instant("2026-06-01T11:00:00Z")) == instant("2026-06-01T11:00:00Z"));
  CAF_CHECK(!trigger_now(c, r.within, 0s, instant("2026-06-01T18:00:00Z")));
}

CAF_TEST(SF-30 after a spike a trigger moves earlier bounded by now and the window and never later) {
  auto r = asked("2026-06-01T09:00:00Z", "2026-06-01T18:00:00Z");
  r.latency = {60s, latency_used::origin::measured};
  const auto c = choose(daily_at(600), r);
  CAF_CHECK(trigger_now(c, r.within, 10min, r.now) == instant("2026-06-01T09:50:00Z"));
  CAF_CHECK(trigger_now(c, r.within, 3h, r.now) == r.now);
  CAF_CHECK(trigger_now(c, r.within, 0s, r.now) == c.trigger);
}

CAF_TEST(SF-22 the local minute is kept across a change of the clock) {
  // Berlin goes from +1 to +2 on 2026-03-29.
  const auto before = choose(daily_at(600), asked("2026-03-28T00:00:00Z", "2026-03-28T22:00:00Z", berlin()));
  const auto after = choose(daily_at(600), asked("2026-03-29T04:00:00Z", "2026-03-29T21:00:00Z", berlin()));
  CAF_CHECK_EQUAL(to_iso(before.target), "2026-03-28T09:00:00Z");
  CAF_CHECK_EQUAL(to_iso(after.target), "2026-03-29T08:00:00Z");
}

CAF_TEST(SF-22 a skipped local minute moves to the next existing one) {
  const auto c =
      choose(daily_at(2 * 60 + 30), asked("2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z", berlin()));
  CAF_CHECK_EQUAL(to_iso(c.target), "2026-03-29T01:00:00Z");
}

CAF_TEST(SF-22 a doubled local minute is used once: the first) {
  const auto r = asked("2026-10-24T22:00:00Z", "2026-10-25T12:00:00Z", berlin());
  const auto c = choose(daily_at(2 * 60 + 30), r);
  CAF_CHECK_EQUAL(to_iso(c.target), "2026-10-25T00:30:00Z");
  for (const auto& a : c.runners_up)
    CAF_CHECK(a.at < instant("2026-10-25T01:00:00Z") || a.at >= instant("2026-10-25T02:00:00Z"));
}

CAF_TEST(SF-22 where the window begins after the first pass the second one is used) {
  const auto c =
      choose(daily_at(2 * 60 + 30), asked("2026-10-25T01:10:00Z", "2026-10-25T06:00:00Z", berlin()));
  CAF_CHECK_EQUAL(to_iso(c.target), "2026-10-25T01:30:00Z");
}

CAF_TEST(SF-22 each local minute of a window is offered exactly once in zones however wild) {
  const char* given = std::getenv("HEED_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 815;
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    const auto zone = heed::tests::random_zone(random);
    const auto from = instant("2026-01-01T00:00:00Z") +
                      std::chrono::minutes(std::uniform_int_distribution(0, 20'000)(random));
    const window w{from, from + std::chrono::minutes(std::uniform_int_distribution(1, 10'080)(random))};
    std::set<std::int64_t> offered;
    time_point last = time_point::min();
    for (const auto& s : open_times(w, nullptr, zone)) {
      CAF_REQUIRE(s.from >= w.from && s.until <= w.until && s.from < s.until && s.from >= last);
      last = s.until;
      for (auto t = first_minute(s); t < s.until; t += 1min)
        CAF_REQUIRE(offered.insert(to_local(zone, t).time_since_epoch().count()).second);
    }
    std::set<std::int64_t> shown;
    for (auto t = w.from; t < w.until; t += 1min)
      shown.insert(to_local(zone, t).time_since_epoch().count());
    CAF_REQUIRE(offered == shown);
  }
}

CAF_TEST(T-12 what open_times calls open is what the calendar calls open) {
  std::mt19937_64 random(99);
  const auto hours = office();
  for (int round = 0; round < 100; ++round) {
    const auto zone = heed::tests::random_zone(random);
    const auto from = instant("2026-01-01T00:00:00Z") +
                      std::chrono::minutes(std::uniform_int_distribution(0, 20'000)(random));
    const window w{from, from + 72h};
    std::set<std::int64_t> offered;
    for (const auto& s : open_times(w, &hours, zone))
      for (auto t = first_minute(s); t < s.until; t += 1min) {
        CAF_REQUIRE(is_open(&hours, zone, t));
        offered.insert(to_local(zone, t).time_since_epoch().count());
      }
    for (auto t = w.from; t < w.until; t += 1min)
      if (is_open(&hours, zone, t))
        CAF_REQUIRE(offered.contains(to_local(zone, t).time_since_epoch().count()));
  }
}

CAF_TEST(SF-21 the chosen minute is the best of all minutes of the window) {
  std::mt19937_64 random(12);
  for (int round = 0; round < 40; ++round) {
    std::vector<engagement> events;
    for (int i = 0; i < 30; ++i)
      events.push_back({monday - std::uniform_int_distribution(1, 100'000)(random), engagement_kind::open});
    const auto person = profile_of(evidence::of(events).events(), population::unknown(), "", monday);
    auto r = asked("2026-06-01T03:07:00Z", "2026-06-05T19:44:00Z");
    const std::vector<influence> hot{{"sms_click", 0.5f, r.now - 10min, 3h},
                                     {"browsing", -0.4f, r.now - 1h, 30h}};
    if (round % 2 == 0) r.influences = hot;
    const auto c = choose(person, r);
    double best = 0;
    for (auto t = r.within.from; t < r.within.until; t += 1min)
      best = std::max(
          best, person.minute.shape.at(week_position(utc_zone(), t) + 0.5) * factor_at(r.influences, t));
    CAF_REQUIRE_EQUAL(c.probability, best);
  }
}

CAF_TEST(SF-38 a base of 0.2 with +0.5 gives 0.3 and with +0.5 and -1 gives 0) {
  const time_point now = instant("2026-06-01T10:00:00Z");
  const std::vector<influence> hot{{"sms_click", 0.5f, now, 2h}};
  const std::vector<influence> both{{"sms_click", 0.5f, now, 2h}, {"complaint", -1.0f, now, 2h}};
  CAF_CHECK(std::abs(propensity(0.2, hot, {}, now) - 0.3) < 1e-12);
  CAF_CHECK_EQUAL(propensity(0.2, both, {}, now), 0.0);
}

CAF_TEST(SF-39 a weight is any real number and the usual one is a half and the hard stop is minus one) {
  const time_point now = instant("2026-06-01T10:00:00Z");
  CAF_CHECK_EQUAL(influence{}.weight, 0.5f);
  for (const float w : {-0.999f, -0.37f, 0.0f, 0.125f, 0.5f, 3.75f}) {
    const std::vector<influence> one{{"any", w, now, 2h}};
    CAF_CHECK_EQUAL(propensity(0.2, one, {}, now), 0.2 * (1 + static_cast<double>(w)));
  }
  const std::vector<influence> stop{{"stop", -1.0f, now, 2h}};
  CAF_CHECK_EQUAL(propensity(0.2, stop, {}, now), 0.0);
}

CAF_TEST(SF-41 a product below 0 counts as 0) {
  const time_point now = instant("2026-06-01T10:00:00Z");
  const std::vector<influence> far_below{{"a", -3.0f, now, 2h}, {"b", -3.0f, now, 2h}};
  CAF_CHECK_EQUAL(propensity(0.2, far_below, {}, now), 0.0);
}

CAF_TEST(SF-32 SF-40 a weight decays and is gone after its life) {
  const time_point now = instant("2026-06-01T10:00:00Z");
  const influence i{"sms_click", 0.5f, now, 2h};
  CAF_CHECK_EQUAL(weight_at(i, now), 0.5f);
  CAF_CHECK(weight_at(i, now + 1h) < 0.25f);
  CAF_CHECK(weight_at(i, now + 119min) < 0.005f);
  CAF_CHECK_EQUAL(weight_at(i, now + 2h), 0.0f);
  CAF_CHECK_EQUAL(weight_at(i, now - 1us), 0.0f);
}

CAF_TEST(SF-33 reinforcement restarts the decay and never stacks without bound) {
  const time_point now = instant("2026-06-01T10:00:00Z");
  std::vector<influence> present;
  for (int k = 0; k < 1'000; ++k)
    present = with(std::move(present), {"sms_click", 0.5f, now + std::chrono::seconds(k), 2h});
  CAF_CHECK_EQUAL(present.size(), 1u);
  CAF_CHECK_EQUAL(factor_at(present, now + 999s), 1.5);
  for (int k = 0; k < 1'000; ++k)
    present = with(std::move(present), {"kind " + std::to_string(k), 0.5f, now, 2h});
  CAF_CHECK(present.size() <= 8u);
}

CAF_TEST(SF-33 the order in which signals arrive leaves no trace) {
  const time_point now = instant("2026-06-01T10:00:00Z");
  const influence early{"sms_click", 0.5f, now, 2h};
  const influence late{"sms_click", 0.3f, now + 1min, 2h};
  const auto as_it_was = with(with({}, early), late), the_other_way = with(with({}, late), early);
  CAF_CHECK_EQUAL(as_it_was.front().weight, the_other_way.front().weight);
}

CAF_TEST(SF-31 a hot path pulls delivery toward now) {
  auto r = asked("2026-06-01T09:00:00Z", "2026-06-02T09:00:00Z");
  const auto person = profile_of({}, population::unknown(), "", monday);
  const auto calm = choose(person, r);
  const std::vector<influence> hot{{"sms_click", 0.5f, r.now, 2h}};
  r.influences = hot;
  const auto c = choose(person, r);
  CAF_CHECK(c.target < calm.target);
  CAF_CHECK(c.target - r.now < 1h);
  CAF_CHECK(c.probability > calm.probability);
  CAF_REQUIRE_EQUAL(c.weights.size(), 1u);
  CAF_CHECK_EQUAL(c.weights.front().name, "sms_click");
}

CAF_TEST(SF-34 SF-35 an open breaker is exactly 0 and no hot signal gives a trigger) {
  auto r = asked("2026-06-01T09:00:00Z", "2026-06-02T09:00:00Z");
  const std::vector<influence> hot{{"a", 50.0f, r.now, 20h}, {"b", 50.0f, r.now, 20h}};
  r.influences = hot;
  r.stop.ticket_open = true;
  const auto c = choose(daily_at(600), r);
  CAF_CHECK(c.result == choice::outcome::breaker_open);
  CAF_CHECK_EQUAL(c.probability, 0.0);
  CAF_CHECK(!to_json(c).contains("trigger_at"));
  CAF_CHECK(!c.breaker_until);
}

CAF_TEST(SF-36 SF-37 the cooldown counts from the closing and the decision after it is taken afresh) {
  auto r = asked("2026-06-03T09:00:00Z", "2026-06-05T09:00:00Z");
  r.stop.closed_at = instant("2026-06-01T12:00:00Z");
  const auto c = choose(daily_at(600), r);
  CAF_CHECK(c.result == choice::outcome::breaker_open);
  CAF_CHECK(c.breaker_until == instant("2026-06-04T12:00:00Z"));
  r.now = *c.breaker_until;
  r.within.from = r.now;
  CAF_CHECK(choose(daily_at(600), r).result == choice::outcome::chosen);
}

CAF_TEST(SF-8 SF-55 with the minute grid off the hourly histogram still gives a time) {
  auto r = asked("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
  r.on.minute_grid = false;
  const auto c = choose(daily_at(600), r);
  CAF_CHECK(c.by_hour);
  CAF_CHECK(c.target >= instant("2026-06-01T10:00:00Z") && c.target < instant("2026-06-01T11:00:00Z"));
  const auto unknown = choose(profile_of({}, population::unknown(), "", monday), r);
  CAF_CHECK(unknown.result == choice::outcome::chosen);
}

CAF_TEST(SF-51 SF-55 another provider changes the latency term alone) {
  auto r = asked("2026-06-01T08:00:00Z", "2026-06-03T18:00:00Z");
  r.latency = {30s, latency_used::origin::measured};
  const auto one = choose(daily_at(600), r);
  r.latency = {300s, latency_used::origin::measured};
  const auto other = choose(daily_at(600), r);
  CAF_CHECK(one.target == other.target);
  CAF_CHECK(one.trigger - other.trigger == 270s);
  r.on.latency = false;
  CAF_CHECK(choose(daily_at(600), r).trigger == one.target);
}

CAF_TEST(SF-55 hot paths can be switched off alone) {
  auto r = asked("2026-06-01T08:00:00Z", "2026-06-03T18:00:00Z");
  const std::vector<influence> hot{{"sms_click", 5.0f, r.now, 2h}};
  const auto calm = choose(daily_at(600), r);
  r.influences = hot;
  r.on.hot_paths = false;
  CAF_CHECK(choose(daily_at(600), r) == calm);
}

CAF_TEST(SF-53 SF-54 the glass box is complete and the same to the byte on replay) {
  auto r = asked("2026-06-01T08:00:00Z", "2026-06-08T08:00:00Z");
  r.latency = {90s, latency_used::origin::measured};
  const std::vector<influence> hot{{"sms_click", 0.5f, r.now - 5min, 2h}};
  r.influences = hot;
  const std::string once = to_json(choose(daily_at(600), r)).dump();
  const std::string again = to_json(choose(daily_at(600), r)).dump();
  CAF_CHECK_EQUAL(once, again);
  const auto j = nlohmann::json::parse(once);
  for (const char* key : {"base", "weights", "breaker", "latency_us", "target_at", "trigger_at", "confidence",
                          "runners_up", "source"})
    CAF_CHECK(j.contains(key));
}

CAF_TEST(SF-53 runner-up minutes are the next best ones half an hour from all better ones) {
  const auto c = choose(daily_at(600), asked("2026-06-01T00:00:00Z", "2026-06-04T00:00:00Z"));
  CAF_REQUIRE_EQUAL(c.runners_up.size(), 3u);
  double before = c.probability;
  for (const auto& a : c.runners_up) {
    CAF_CHECK(a.probability <= before);
    CAF_CHECK(std::chrono::abs(a.at - c.target) >= 30min);
    before = a.probability;
  }
}
