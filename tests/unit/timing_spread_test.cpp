#include <iostream>
#include <map>

#include "actors/lead/timing/spread.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE timing_spread
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::timing;
using namespace std::chrono_literals;
using heed::tests::instant;

namespace {

using planned = std::map<time_point, std::uint32_t>;

planned_in counting(const planned& minutes) {
  return [&minutes](time_point m) {
    const auto found = minutes.find(m);
    return found == minutes.end() ? 0u : found->second;
  };
}

struct outcome {
  std::uint32_t peak = 0;
  double mean_shift_minutes = 0;
  std::size_t left_over = 0;
};

/// Everybody of a campaign wants the same instant.
outcome burst(std::uint64_t recipients, double share, const window& w, time_point wanted) {
  planned minutes;
  outcome o;
  const auto room = minute_room(share, recipients);
  double shift = 0;
  for (std::uint64_t i = 0; i < recipients; ++i) {
    const auto at =
        spread("c_spring", "lead_" + std::to_string(i), wanted, w, room, recipients, counting(minutes));
    if (!at) {
      ++o.left_over;
      continue;
    }
    CAF_REQUIRE(*at >= w.from && *at < w.until);
    o.peak = std::max(o.peak, ++minutes[std::chrono::floor<std::chrono::minutes>(*at)]);
    shift += static_cast<double>(std::chrono::abs(*at - wanted).count()) / 60e6;
  }
  o.mean_shift_minutes = shift / static_cast<double>(recipients);
  return o;
}

}  // namespace

CAF_TEST(SF-28 fifty thousand people with one best minute: no minute carries more than the share) {
  const window day{instant("2026-06-01T06:00:00Z"), instant("2026-06-01T20:00:00Z")};
  for (const double share : {0.02, 0.005}) {
    const auto o = burst(50'000, share, day, instant("2026-06-01T10:00:00Z"));
    std::cout << "share " << share << ": peak " << o.peak << " of " << minute_room(share, 50'000)
              << ", mean shift " << o.mean_shift_minutes << " min\n";
    CAF_CHECK(o.peak <= minute_room(share, 50'000));
    CAF_CHECK_EQUAL(o.left_over, 0u);
    // The tightest packing around one minute has a mean shift of a quarter of the minutes needed.
    CAF_CHECK(o.mean_shift_minutes <= 1.1 / share / 4 + 1);
  }
}

CAF_TEST(SF-28 a minute at the edge of the window spreads to the inside) {
  const window w{instant("2026-06-01T10:00:00Z"), instant("2026-06-01T12:00:00Z")};
  const auto o = burst(5'000, 0.01, w, w.from);
  CAF_CHECK(o.peak <= minute_room(0.01, 5'000));
  CAF_CHECK_EQUAL(o.left_over, 0u);
}

CAF_TEST(SF-28 what finds no room in the window is told and not squeezed in) {
  const window w{instant("2026-06-01T10:00:00Z"), instant("2026-06-01T10:10:00Z")};
  const auto o = burst(1'000, 0.01, w, w.from + 5min);
  CAF_CHECK_EQUAL(o.peak, 10u);
  CAF_CHECK_EQUAL(o.left_over, 900u);
}

CAF_TEST(SF-29 the same recipient under the same counters gets the same minute and others get others) {
  const window day{instant("2026-06-01T06:00:00Z"), instant("2026-06-01T20:00:00Z")};
  const planned none;
  std::set<time_point> minutes;
  for (int i = 0; i < 200; ++i) {
    const auto lead = "lead_" + std::to_string(i);
    const auto once = spread("c", lead, instant("2026-06-01T10:00:30Z"), day, 10, 1'000, counting(none));
    CAF_CHECK(once == spread("c", lead, instant("2026-06-01T10:00:30Z"), day, 10, 1'000, counting(none)));
    CAF_CHECK((*once - instant("2026-06-01T10:00:30Z")) % 1min == duration::zero());
    minutes.insert(*once);
  }
  CAF_CHECK(minutes.size() > 70);
}

CAF_TEST(SF-28 a small campaign is not spread) {
  const window day{instant("2026-06-01T06:00:00Z"), instant("2026-06-01T20:00:00Z")};
  const planned none;
  const auto wanted = instant("2026-06-01T10:00:00Z");
  CAF_CHECK(spread("c", "only", wanted, day, minute_room(0.02, 1), 1, counting(none)) == wanted);
}
