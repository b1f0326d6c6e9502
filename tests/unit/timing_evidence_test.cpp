#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "actors/lead/timing/evidence.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE timing_evidence
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::timing;
using heed::tests::berlin;
using heed::tests::instant;

namespace {

constexpr local_minute monday = 29'005'920;  // Monday 00:00

std::uint64_t test_seed() {
  const char* given = std::getenv("HEED_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 4'711;
  std::cout << "seed " << seed << "\n";
  return seed;
}

std::vector<engagement> drawn(std::mt19937_64& random, std::size_t count, local_minute span) {
  std::vector<engagement> events;
  for (std::size_t i = 0; i < count; ++i)
    events.push_back({monday - std::uniform_int_distribution(0, span)(random),
                      static_cast<engagement_kind>(std::uniform_int_distribution(0, 2)(random))});
  return events;
}

}  // namespace

CAF_TEST(SF-11 the week has 10080 slots and nothing beside them is one) {
  CAF_CHECK(checked_slot(0) == 0);
  CAF_CHECK(checked_slot(10'079) == 10'079);
  CAF_CHECK(!checked_slot(10'080));
  CAF_CHECK(!checked_slot(-1));
}

CAF_TEST(SF-12 slot 0 is Monday midnight and slot 10079 the last minute of Sunday in the zone of the person) {
  CAF_CHECK_EQUAL(slot_of(local_minute_of(berlin(), instant("2026-06-07T22:00:00Z"))), 0);
  CAF_CHECK_EQUAL(slot_of(local_minute_of(berlin(), instant("2026-06-07T21:59:59.999Z"))), 10'079);
  CAF_CHECK_EQUAL(slot_of(local_minute_of(utc_zone(), instant("2026-06-02T09:40:00Z"))), 1'440 + 9 * 60 + 40);
}

CAF_TEST(SF-2 SF-4 any order of arrival gives the same bytes and so does a rebuild from all events) {
  std::mt19937_64 random(test_seed());
  for (int round = 0; round < 60; ++round) {
    auto events =
        drawn(random, 1 + static_cast<std::size_t>(round) * 7, round % 3 == 0 ? 2'000'000 : 150'000);
    const auto whole = evidence::of(events);
    for (int order = 0; order < 3; ++order) {
      std::ranges::shuffle(events, random);
      evidence one_by_one;
      for (const auto& e : events)
        one_by_one.add(e);
      CAF_REQUIRE(one_by_one == whole);
    }
    // Back-fill: the newer half came live, the older half as one piece later.
    std::ranges::sort(events);
    const auto half = events.size() / 2;
    evidence live = evidence::of(std::span(events).subspan(half));
    live.add(std::span(events).first(half));
    CAF_REQUIRE(live == whole);
  }
}

CAF_TEST(SF-4 what the bytes say is what was put in) {
  std::mt19937_64 random(test_seed());
  auto events = drawn(random, 150, 200'000);
  std::ranges::sort(events);
  const auto kept = evidence::of(events);
  CAF_CHECK(kept.events() == events);
  CAF_CHECK(evidence::decode(kept.bytes()) == kept);
}

CAF_TEST(SF-4 two hundred engagements take at most 400 bytes however they lie) {
  std::mt19937_64 random(test_seed());
  std::size_t most = 0;
  for (int round = 0; round < 300; ++round) {
    const local_minute span =
        round % 2 == 0 ? evidence::horizon_minutes : std::uniform_int_distribution(1, 800'000)(random);
    auto events = drawn(random, 200, span);
    if (round % 3 == 0)
      for (std::size_t i = 0; i < 150; ++i)
        events[i].at = monday;
    const auto kept = evidence::of(events);
    CAF_REQUIRE(kept.bytes().size() <= evidence::bytes_max);
    CAF_REQUIRE_EQUAL(kept.size(), 200u);
    most = std::max(most, kept.bytes().size());
  }
  std::cout << "most bytes " << most << "\n";
}

CAF_TEST(SF-5 bytes of another version or cut ones are refused and never misread) {
  std::mt19937_64 random(test_seed());
  const auto kept = evidence::of(drawn(random, 50, 100'000));
  std::string other = kept.bytes();
  other[0] = 2;
  CAF_CHECK(!evidence::decode(other));
  for (std::size_t cut = 1; cut < kept.bytes().size(); ++cut)
    CAF_REQUIRE(!evidence::decode(std::string_view(kept.bytes()).substr(0, cut)));
  CAF_CHECK(evidence::decode("").has_value());
  for (int round = 0; round < 20'000; ++round) {
    std::string noise = kept.bytes();
    noise[std::uniform_int_distribution<std::size_t>(0, noise.size() - 1)(random)] =
        static_cast<char>(std::uniform_int_distribution(0, 255)(random));
    if (const auto read = evidence::decode(noise)) CAF_REQUIRE_EQUAL(read->bytes(), noise);
  }
}

CAF_TEST(SF-4 the newest 200 within the horizon are kept and the rest is forgotten) {
  std::vector<engagement> events;
  for (int i = 0; i < 500; ++i)
    events.push_back({monday - i * 600, engagement_kind::open});
  const auto kept = evidence::of(events).events();
  CAF_CHECK_EQUAL(kept.front().at, monday - 199 * 600);
  evidence old;
  old.add({monday - evidence::horizon_minutes - 1, engagement_kind::reply});
  old.add({monday, engagement_kind::open});
  CAF_CHECK_EQUAL(old.size(), 1u);
}

CAF_TEST(SF-19 a reply weighs most and a click more than an open) {
  const auto weight = [](engagement_kind k) { return kind_weight[static_cast<std::size_t>(k)]; };
  CAF_CHECK(weight(engagement_kind::reply) > weight(engagement_kind::click));
  CAF_CHECK(weight(engagement_kind::click) > weight(engagement_kind::open));
}

CAF_TEST(SF-7 the hourly histogram has 168 bins and stands beside recency and frequency) {
  const std::vector<engagement> events{{monday + 61, engagement_kind::open},
                                       {monday + 62, engagement_kind::click},
                                       {monday + 10'079, engagement_kind::open}};
  const auto f = features_of(events);
  CAF_CHECK_EQUAL(f.by_hour.size(), 168u);
  CAF_CHECK_EQUAL(f.by_hour[1], 2.25f);
  CAF_CHECK_EQUAL(f.by_hour[167], 1.0f);
  CAF_CHECK(f.newest == monday + 10'079);
  CAF_CHECK_EQUAL(f.frequency_per_week, 3.0f);
}
