#include "actors/provider/pacer.hpp"

#include <cstdlib>
#include <map>
#include <random>

#include "actors/lead/calendar.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE pacer
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;
using heed::tests::berlin;
using heed::tests::instant;

namespace {

constexpr std::uint32_t cap = 50;
const business_hours office{0b0011111, 9 * 60, 17 * 60, {}};

account mailbox(std::uint32_t per_day, std::uint32_t per_second) {
  account a;
  a.id = account_id{"mail"};
  a.provider = "resend";
  a.max_per_day = per_day;
  a.max_per_second = per_second;
  return a;
}

pacer make_pacer(std::uint32_t per_day, std::uint32_t per_second, const zone_rules& zone = utc_zone(),
                 std::optional<business_hours> hours = {}) {
  pacer p;
  settings s;
  s.hours = std::move(hours);
  p.configure(mailbox(per_day, per_second), s, zone);
  return p;
}

std::int64_t local_day(const zone_rules& zone, time_point t) {
  return std::chrono::floor<std::chrono::days>(to_local(zone, t)).time_since_epoch().count();
}

std::uint64_t chosen_seed() {
  const auto* given = std::getenv("HEED_SEED");
  const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  CAF_MESSAGE("seed " << seed);
  return seed;
}

/// What the store would answer to a claim at `now` (contract: store_limits).
struct ledger {
  send_usage_row row;
  bool claim(time_point now, const send_limits& l) {
    if (l.day > row.day) row.day = l.day, row.used = 0;
    if (l.max_per_day > 0 && row.used >= l.max_per_day) return false;
    if (l.gap.count() > 0 && row.last_at && now < *row.last_at + l.gap) return false;
    if (l.pace.count() > 0 && now < row.paced_at - l.burst) return false;
    ++row.used;
    row.last_at = now;
    if (l.pace.count() > 0) row.paced_at = std::max(now, row.paced_at) + l.pace;
    return true;
  }
};

}  // namespace

CAF_TEST(4R-74 RULES a real mailbox sends 50 a day and a fifth of them at once) {
  auto p = make_pacer(cap, 0);
  auto now = instant("2026-11-16T09:00:00Z");
  int burst = 0;
  while (p.next_at(now) <= now) p.took(now), ++burst;
  CAF_CHECK_EQUAL(burst, 10);
  // Then one each 9.6 minutes: eight hours by fifty.
  auto next = p.next_at(now);
  CAF_CHECK(next == now + 576s);
  p.took(next);
  CAF_CHECK(p.next_at(next) == next + 576s);
}

CAF_TEST(4R-74 RULES one a second means that a second lies between two claims) {
  auto p = make_pacer(0, 1);
  auto now = instant("2026-11-16T09:00:00Z");
  CAF_CHECK(p.next_at(now) == now);
  p.took(now);
  CAF_CHECK(p.next_at(now) == now + 1s);
  CAF_CHECK(p.next_at(now + 1s) == now + 1s);
  auto quick = make_pacer(0, 20);
  quick.took(now);
  CAF_CHECK(quick.next_at(now) == now + 50ms);
}

CAF_TEST(4R-74 an account without bounds waits for nothing) {
  auto p = make_pacer(0, 0);
  auto now = instant("2026-11-16T03:00:00Z");
  CAF_CHECK(!p.bounded());
  for (int i = 0; i < 1000; ++i) p.took(now);
  CAF_CHECK(p.next_at(now) == now);
  CAF_CHECK(!p.is_full(now));
  CAF_CHECK(p.worth_keeping(now, 5min) > 1'000'000);
  CAF_CHECK(!p.limits(now).any());
}

CAF_TEST(4R-74 a used-up day waits for the opening of the next one) {
  auto p = make_pacer(cap, 1, utc_zone(), office);
  auto friday = instant("2026-11-20T15:00:00Z");
  p.day_is_full(friday);
  CAF_CHECK(p.is_full(friday));
  CAF_CHECK(p.next_at(friday) == instant("2026-11-23T09:00:00Z"));
  CAF_CHECK_EQUAL(p.worth_keeping(friday, 5min), 0u);
  CAF_CHECK(!p.is_full(instant("2026-11-21T00:00:00Z")));
}

CAF_TEST(4R-74 the word of the store about what was used holds) {
  auto p = make_pacer(cap, 1);
  auto now = instant("2026-11-16T10:00:00Z");
  auto day = local_day(utc_zone(), now);
  p.learned({day, cap, now - 1h, now - 1h});
  CAF_CHECK(p.is_full(now));
  p.learned({day, cap - 1, now - 1h, now - 1h});
  CAF_CHECK(!p.is_full(now));
  CAF_CHECK(p.next_at(now) == now);
}

CAF_TEST(4R-74 RULES the greediest loop never sends more than its number a day) {
  const auto seed = chosen_seed();
  std::mt19937_64 random(seed);
  for (const auto* zone : {&utc_zone(), &berlin()}) {
    auto p = make_pacer(cap, 1, *zone);
    ledger store;
    std::map<std::int64_t, std::uint32_t> sent;
    std::optional<time_point> before;
    // Over the change of clocks of 25 October.
    auto now = instant("2026-10-20T00:00:00Z");
    const auto end = now + 240h;
    while (now < end) {
      if (p.next_at(now) > now) {
        now += std::max<duration>(std::min<duration>(p.next_at(now) - now, duration(static_cast<std::int64_t>(random() % 600'000'000))), 1us);
        continue;
      }
      const auto l = p.limits(now);
      p.took(now);
      // The forecast is the store's rule: what it lets through is not refused there.
      if (!store.claim(now, l)) CAF_FAIL("seed " << seed << ": refused at " << to_iso(now));
      p.learned(store.row);
      if (before && now - *before < 1s) CAF_FAIL("seed " << seed << ": too soon at " << to_iso(now));
      before = now;
      ++sent[local_day(*zone, now)];
    }
    CAF_CHECK(sent.size() >= 10u);
    for (const auto& [day, count] : sent)
      if (count > cap) CAF_ERROR("seed " << seed << ": " << count << " on day " << day);
    CAF_CHECK_EQUAL(std::next(sent.begin())->second, cap);
  }
}

CAF_TEST(4R-74 RULES slots are handed out in turn inside opening hours and never more than a day holds) {
  auto p = make_pacer(cap, 1, berlin(), office);
  auto now = instant("2026-11-16T10:00:00Z");
  for (int i = 0; i < 10; ++i) p.took(now);
  std::map<std::int64_t, std::uint32_t> promised{{local_day(berlin(), now), 10}};
  time_point last = now;
  std::size_t handed_out = 0;
  for (int i = 0; i < 1000; ++i) {
    auto at = p.slot(now);
    if (at >= now + std::chrono::days(7)) break;
    ++handed_out;
    if (at <= last) CAF_FAIL(to_iso(at) << " comes after " << to_iso(last));
    last = at;
    if (!is_open(&office, berlin(), at)) CAF_ERROR("closed at " << to_iso(at));
    ++promised[local_day(berlin(), at)];
  }
  for (const auto& [day, count] : promised) CAF_CHECK(count <= cap);
  // The rest of Monday at its pace, four full days, and what the next Monday has within the week.
  CAF_CHECK(handed_out > 4 * cap);
  CAF_CHECK_EQUAL(promised.size(), 6u);
}

CAF_TEST(4R-74 slots of one instant differ even when there is room at once) {
  for (std::uint32_t per_second : {0u, 1u}) {
    auto p = make_pacer(cap, per_second);
    auto now = instant("2026-11-16T10:00:00Z");
    auto first = p.slot(now);
    auto second = p.slot(now);
    auto third = p.slot(now);
    CAF_CHECK(first < second);
    CAF_CHECK(second < third);
  }
}

CAF_TEST(4R-74 a slot in the turn of another day lies at the pace of that day) {
  auto p = make_pacer(cap, 1, utc_zone(), office);
  auto friday = instant("2026-11-20T15:00:00Z");
  p.day_is_full(friday);
  CAF_CHECK(p.slot(friday) == instant("2026-11-23T09:00:00Z"));
  CAF_CHECK(p.slot(friday) == instant("2026-11-23T09:09:36Z"));
}

CAF_TEST(4R-74 whoever comes when a week is promised looks again after it) {
  auto p = make_pacer(cap, 1);
  auto now = instant("2026-11-16T10:00:00Z");
  time_point at{};
  for (int i = 0; i < 1000; ++i) {
    auto next = p.slot(now);
    CAF_REQUIRE(next >= at);
    at = next;
  }
  CAF_CHECK(at >= now + std::chrono::days(7));
  CAF_CHECK(at <= now + std::chrono::days(8));
}

CAF_TEST(4R-74 forgotten slots are handed out anew) {
  auto p = make_pacer(cap, 1);
  auto now = instant("2026-11-16T10:00:00Z");
  p.took(now);
  auto first = p.slot(now);
  for (int i = 0; i < 200; ++i) (void)p.slot(now);
  CAF_CHECK(p.slot(now) > now + 48h);
  p.forget_slots();
  CAF_CHECK(p.slot(now) == first);
}

CAF_TEST(4R-74 no more of a queue is kept than its account can send soon) {
  auto p = make_pacer(cap, 1);
  auto now = instant("2026-11-16T10:00:00Z");
  while (p.next_at(now) <= now + 1min) p.took(std::max(now, p.next_at(now)));
  CAF_CHECK_EQUAL(p.worth_keeping(now, 5min), 0u);
  CAF_CHECK_EQUAL(p.worth_keeping(now, 10min), 1u);
  CAF_CHECK_EQUAL(p.worth_keeping(now, 20min), 2u);
  auto quick = make_pacer(0, 1);
  quick.took(now);
  CAF_CHECK_EQUAL(quick.worth_keeping(now, 5min), 300u);
}
