// Timing choices a second on one core, bytes of evidence a lead (2,000 people with 200 engagements each), and a burst of 50,000
// people whose best minute is the same.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <map>

#include "actors/lead/timing/choice.hpp"
#include "actors/lead/timing/spread.hpp"
#include "tests/timing_lab/habits.hpp"

namespace {

using namespace heed;
using namespace heed::timing;

constexpr std::size_t people = 2'000;
constexpr int engagements = 200;

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Everybody of a campaign wants ten o'clock; each is placed as the ones before have been.
void burst(std::uint64_t recipients, double share) {
  const time_point from{std::chrono::minutes(29'005'920) + std::chrono::hours(6)};
  const window day{from, from + std::chrono::hours(14)};
  const time_point wanted = from + std::chrono::hours(4);
  const auto room = minute_room(share, recipients);
  std::map<time_point, std::uint32_t> minutes;
  std::uint32_t peak = 0;
  std::uint64_t nowhere = 0;
  double shift = 0;
  double furthest = 0;
  const auto start = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < recipients; ++i) {
    const auto at = spread("spring", "lead_" + std::to_string(i), wanted, day, room, recipients, [&](time_point m) {
      const auto found = minutes.find(m);
      return found == minutes.end() ? 0u : found->second;
    });
    if (!at) {
      ++nowhere;
      continue;
    }
    peak = std::max(peak, ++minutes[std::chrono::floor<std::chrono::minutes>(*at)]);
    const double moved = std::abs(static_cast<double>((*at - wanted).count())) / 60e6;
    shift += moved;
    furthest = std::max(furthest, moved);
  }
  std::printf("{\"measure\":\"burst of %llu with one best minute\",\"share\":%.3f,\"room\":%u,\"peak\":%u,\"without_room\":%llu,"
              "\"mean_shift_min\":%.2f,\"furthest_min\":%.0f,\"placed_per_s\":%.0f}\n",
              static_cast<unsigned long long>(recipients), share, room, peak, static_cast<unsigned long long>(nowhere),
              shift / static_cast<double>(recipients - nowhere), furthest, static_cast<double>(recipients) / seconds_since(start));
}

}  // namespace

int main() {
  lab::generator g(7);
  const auto& kinds = lab::families();
  const local_minute now = 29'005'920;  // a Monday
  std::vector<std::vector<engagement>> made;
  std::vector<evidence> kept;
  std::size_t bytes = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < people; ++i) {
    const auto p = kinds[i % kinds.size()].draw(g);
    const lab::sampler s(p.now);
    std::vector<engagement> events;
    const int weeks = std::uniform_int_distribution(12, 75)(g);
    for (int k = 0; k < engagements; ++k)
      events.push_back(
          {now - std::uniform_int_distribution(1, weeks)(g) * slots_per_week - slot_of(now) + s.draw(g),
           static_cast<engagement_kind>(k % 10 == 9 ? 2 : k % 4 == 3)});
    kept.push_back(evidence::of(events));
    bytes += kept.back().bytes().size();
    most = std::max(most, kept.back().bytes().size());
    made.push_back(kept.back().events());
  }
  std::vector<observed_person> observed;
  for (const auto& events : made)
    observed.push_back({"", events});
  auto start = std::chrono::steady_clock::now();
  const population known = learn(observed, now);
  std::printf("{\"measure\":\"learn a population of %zu\",\"seconds\":%.3f}\n", people, seconds_since(start));
  std::printf("{\"measure\":\"bytes of evidence, %d engagements\",\"mean\":%.0f,\"most\":%zu}\n", engagements,
              static_cast<double>(bytes) / static_cast<double>(people), most);

  const time_point from{std::chrono::minutes(now)};
  for (const int days : {1, 3, 7})
    for (const bool learned : {true, false}) {
      double sum = 0;
      double best = 0;
      for (int round = 0; round < 5; ++round) {
        start = std::chrono::steady_clock::now();
        for (const auto& e : kept) {
          const profile p = profile_of(e.events(), learned ? known : population::unknown(), "", now);
          sum += choose(p, {.now = from,
                            .within = {from, from + std::chrono::days(days)},
                            .zone = utc_zone(),
                            .hours = nullptr,
                            .influences = {},
                            .stop = {},
                            .latency = {},
                            .on = {}})
                     .probability;
        }
        best = std::max(best, static_cast<double>(people) / seconds_since(start));
      }
      std::printf(
          "{\"measure\":\"choices a second, %d engagements, window of %d days, %s, from bytes to glass "
          "box\",\"best_of_5\":%.0f,\"check\":%.6f}\n",
          engagements, days, learned ? "learned population" : "nothing learned", best, sum);
    }
  for (const double share : {0.02, 0.005, 0.001}) burst(50'000, share);
  return 0;
}
