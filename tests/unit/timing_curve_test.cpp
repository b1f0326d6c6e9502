#include <cmath>
#include <cstring>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>

#include "actors/lead/timing/curve.hpp"
#include "actors/lead/timing/estimate.hpp"
#include "actors/lead/timing/numeric.hpp"
#include "actors/lead/timing/population_json.hpp"

#define CAF_SUITE timing_curve
#include <caf/test/dsl.hpp>

using namespace heed::timing;

namespace {

constexpr local_minute monday = 29'005'920;

/// Engagements around a minute of the day, Monday to Friday of as many weeks.
std::vector<engagement> weekdays_at(int minute, int weeks, std::uint64_t seed, int jitter = 10) {
  std::mt19937_64 random(seed);
  std::vector<engagement> events;
  for (int week = 1; week <= weeks; ++week)
    for (int day = 0; day < 5; ++day)
      events.push_back({monday - week * slots_per_week + day * minutes_per_day + minute +
                            std::uniform_int_distribution(-jitter, jitter)(random),
                        engagement_kind::open});
  return evidence::of(events).events();
}

estimate of(const std::vector<engagement>& events) {
  return estimate_curve(events, population::unknown(), "", monday);
}

int best_slot(const curve& c, int from = 0, int until = slots_per_week) {
  int best = from;
  for (int i = from; i < until; ++i)
    if (c.slot(i) > c.slot(best)) best = i;
  return best;
}

double mass(const curve& c) {
  const auto minutes = c.minutes();
  return std::accumulate(minutes.begin(), minutes.end(), 0.0);
}

}  // namespace

CAF_TEST(SF-18 a curve integrates to 1 within a millionth whatever the evidence) {
  CAF_CHECK(std::abs(mass(curve{}) - 1) < 1e-6);
  CAF_CHECK(std::abs(mass(population::unknown().workspace.shape) - 1) < 1e-6);
  for (int weeks = 1; weeks <= 40; weeks += 3)
    CAF_CHECK(std::abs(mass(of(weekdays_at(580, weeks, 1)).shape) - 1) < 1e-6);
}

CAF_TEST(SF-14 a curve is periodic) {
  const auto c = of(weekdays_at(2, 20, 2)).shape;
  CAF_CHECK_EQUAL(c.at(0), c.at(10'080));
  CAF_CHECK_EQUAL(c.at(-1.5), c.at(10'078.5));
  CAF_CHECK_EQUAL(c.at(3 * 10'080 + 77.25), c.at(77.25));
}

CAF_TEST(SF-15 a curve has a value at every fraction of a minute and no jump between slots) {
  const auto c = of(weekdays_at(580, 40, 3, 3)).shape;
  double highest = 0;
  double steepest = 0;
  for (double t = 0; t < 10'080; t += 0.125) {
    highest = std::max(highest, c.at(t));
    steepest = std::max(steepest, std::abs(c.at(t + 0.125) - c.at(t)));
  }
  CAF_CHECK(steepest < highest * 0.125);
  for (double t = 0; t < 10'080; t += 5) {
    const double gap = std::abs(c.at(t + 1e-9) - c.at(t - 1e-9));
    CAF_REQUIRE(gap < highest * 1e-6);
  }
}

CAF_TEST(SF-13 a curve projected to hours and back keeps the mass of each hour) {
  const auto c = of(weekdays_at(580, 10, 4)).shape;
  const auto hours = c.hourly();
  const auto again = hours_of(minutes_of(hours));
  for (std::size_t h = 0; h < hours.size(); ++h)
    CAF_REQUIRE(std::abs(hours[h] - again[h]) < 1e-15);
  CAF_CHECK(std::abs(std::accumulate(hours.begin(), hours.end(), 0.0) - 1) < 1e-6);
}

CAF_TEST(SF-20 a target may be any minute) {
  for (const int minute : {577, 578, 579, 581, 583}) {
    const auto c = of(weekdays_at(minute, 40, 5, 0)).shape;
    CAF_CHECK(std::abs(best_slot(c) % minutes_per_day - minute) <= 1);
  }
}

CAF_TEST(SF-16 a habit on Tuesday says something about Wednesday) {
  std::vector<engagement> tuesdays;
  for (int week = 12; week >= 1; --week)
    tuesdays.push_back({monday - week * slots_per_week + minutes_per_day + 580, engagement_kind::open});
  const auto c = of(tuesdays).shape;
  const int wednesday = 2 * minutes_per_day;
  CAF_CHECK(std::abs(best_slot(c, wednesday, wednesday + minutes_per_day) - wednesday - 580) <= 5);
  CAF_CHECK(c.slot(minutes_per_day + 580) > c.slot(wednesday + 580));
}

CAF_TEST(SF-16 the weight of the prior falls with the number of events) {
  const double prior = population::unknown().workspace.shape.slot(580);
  double before = prior;
  for (const int weeks : {1, 3, 8, 24}) {
    const auto e = of(weekdays_at(580, weeks, 6));
    CAF_CHECK(e.shape.slot(580) > before);
    before = e.shape.slot(580);
  }
  CAF_CHECK(of(weekdays_at(580, 24, 6)).confidence > of(weekdays_at(580, 3, 6)).confidence);
}

CAF_TEST(SF-17 a person without data gets the prior marked as such with low confidence) {
  const auto nobody = of({});
  CAF_CHECK(nobody.source == curve_source::global);
  CAF_CHECK(nobody.shape == population::unknown().workspace.shape);
  CAF_CHECK_EQUAL(nobody.confidence, 0.0f);
}

CAF_TEST(SF-17 the prior is the segment then the workspace then everybody) {
  std::vector<std::vector<engagement>> events;
  std::vector<observed_person> people;
  for (std::uint64_t i = 0; i < 60; ++i)
    events.push_back(weekdays_at(i < 30 ? 420 : 1'300, 5, i));
  for (std::size_t i = 0; i < 60; ++i)
    people.push_back({i < 30 ? "early" : "late", events[i]});
  const auto known = learn(people, monday);
  const auto early = estimate_curve(std::span<const engagement>{}, known, "early", monday);
  CAF_CHECK(early.source == curve_source::segment);
  CAF_CHECK(early.confidence > 0 && early.confidence <= 0.1f);
  CAF_CHECK(std::abs(best_slot(early.shape) % minutes_per_day - 420) < 30);
  const auto other = estimate_curve(std::span<const engagement>{}, known, "unheard of", monday);
  CAF_CHECK(other.source == curve_source::workspace);
  CAF_CHECK(estimate_curve(events[0], known, "early", monday).source == curve_source::lead);
}

CAF_TEST(SF-16 what is recent counts more than what is old) {
  std::vector<engagement> events;
  for (int i = 0; i < 20; ++i) {
    events.push_back(
        {monday - (2 + i % 4) * slots_per_week + i % 5 * minutes_per_day + 600, engagement_kind::open});
    events.push_back(
        {monday - (60 + i % 4) * slots_per_week + i % 5 * minutes_per_day + 1'200, engagement_kind::open});
  }
  const auto c = of(evidence::of(events).events()).shape;
  CAF_CHECK(c.slot(600) > 2 * c.slot(1'200));
}

CAF_TEST(SF-19 a click pulls the curve more than an open) {
  const std::vector<engagement> events{{monday - slots_per_week + 600, engagement_kind::open},
                                       {monday - slots_per_week + 900, engagement_kind::click},
                                       {monday - slots_per_week + 1'200, engagement_kind::reply}};
  const auto c = of(events).shape;
  CAF_CHECK(c.slot(900) > c.slot(600));
  CAF_CHECK(c.slot(1'200) > c.slot(900));
}

CAF_TEST(SF-9 the same evidence and population give the same curve to the bit) {
  const auto events = weekdays_at(580, 30, 8);
  const auto once = of(events);
  const auto again = of(evidence::decode(evidence::of(events).bytes())->events());
  CAF_CHECK(std::memcmp(once.shape.values().data(), again.shape.values().data(),
                        sizeof(float) * curve::cells) == 0);
}

CAF_TEST(SF-54 these very bits come out on every machine) {
  // Built without fused or reordered arithmetic and without the C library's functions: a change of this
  // number is a change of decisions and wants a new version of the evidence or the curve.
  std::uint64_t digest = 14695981039346656037ull;
  const auto found = of(weekdays_at(580, 30, 9));
  for (const float value : found.shape.values())
    digest = (digest ^ std::bit_cast<std::uint32_t>(value)) * 1099511628211ull;
  CAF_CHECK_EQUAL(digest, 2'082'725'097'081'090'342ull);
}

CAF_TEST(SF-52 an imported population gives the same curves as the exported one) {
  std::vector<std::vector<engagement>> events;
  std::vector<observed_person> people;
  for (std::uint64_t i = 0; i < 40; ++i)
    events.push_back(weekdays_at(400 + static_cast<int>(i) * 10, 6, i));
  for (const auto& e : events)
    people.push_back({"one", e});
  const auto known = learn(people, monday);
  const auto moved = population_from(nlohmann::json::parse(to_json(known).dump()));
  CAF_REQUIRE(moved.has_value());
  CAF_CHECK_EQUAL(to_json(*moved).dump(), to_json(known).dump());
  for (const auto& e : events)
    CAF_REQUIRE(estimate_curve(e, known, "one", monday).shape ==
                estimate_curve(e, *moved, "one", monday).shape);
  auto broken = to_json(known);
  broken["workspace"]["values"][5] = -1;
  CAF_CHECK(!population_from(broken));
  CAF_CHECK(!population_from("text"));
}

CAF_TEST(SF-16 people who changed teach the population to forget faster) {
  std::vector<std::vector<engagement>> events;
  std::vector<observed_person> people;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const int now = 500 + static_cast<int>(i) * 7;
    auto all = weekdays_at(now, 4, i);
    for (auto e : weekdays_at(now + 300, 12, i + 100))
      all.push_back({e.at - 5 * slots_per_week, e.kind});
    events.push_back(evidence::of(all).events());
  }
  for (const auto& e : events)
    people.push_back({"", e});
  CAF_CHECK(learn(people, monday).half_life_days < population::unknown().half_life_days);
}

CAF_TEST(SF-54 powers and logarithms of two are as exact as they promise) {
  for (float x = -60; x < 60; x += 0.37f)
    CAF_REQUIRE(std::abs(power_of_two(x) / std::exp2(x) - 1) < 1e-6f);
  for (float x = 1e-12f; x < 1e6f; x *= 1.37f)
    CAF_REQUIRE(std::abs(log_of_two(x) - std::log2(x)) < 2e-5f);
  CAF_CHECK_EQUAL(power_of_two(-200.0f), 0.0f);
}
