#include "actors/lead/timing/latency.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE timing_latency
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::timing;
using namespace std::chrono_literals;
using heed::tests::instant;

namespace {

double seconds(duration d) { return static_cast<double>(d.count()) / 1e6; }

/// A month in which messages take 20 s by day and 2 s by night.
latency_signal a_month() {
  latency_signal s;
  const time_point start = instant("2026-05-01T00:00:00Z");
  for (time_point t = start; t < start + 24h * 28; t += 10min) {
    const auto hour = (t - std::chrono::floor<std::chrono::days>(t)) / 1h;
    s.add({t, t + (hour >= 8 && hour < 18 ? 20s : 2s)});
  }
  return s;
}

}  // namespace

CAF_TEST(SF-26 with nothing measured the estimate is the marked default) {
  const auto e =
      latency_signal{}.estimate(instant("2026-06-01T10:00:00Z"), instant("2026-06-01T10:00:00Z"), {});
  CAF_CHECK(e.value == 0s);
  CAF_CHECK(e.from == latency_used::origin::assumed);
}

CAF_TEST(SF-24 the estimate at nine in the morning differs from the one at nine in the evening) {
  const auto s = a_month();
  const auto now = instant("2026-06-01T00:00:00Z");
  const auto morning = s.estimate(instant("2026-06-01T09:30:00Z"), now, {});
  const auto evening = s.estimate(instant("2026-06-01T21:30:00Z"), now, {});
  CAF_CHECK(morning.from == latency_used::origin::measured);
  CAF_CHECK(seconds(morning.value) > 12 && seconds(morning.value) < 25);
  CAF_CHECK(seconds(evening.value) > 1.5 && seconds(evening.value) < 5);
}

CAF_TEST(SF-30 two slow receipts make a spike and it fades within the hour) {
  auto s = a_month();
  const auto now = instant("2026-06-01T09:30:00Z");
  const auto before = s.estimate(now, now, {}).value;
  s.add({now, now + 300s});
  s.add({now + 10s, now + 310s});
  const auto after = s.estimate(now + 310s, now + 310s, {}).value;
  CAF_CHECK(is_spike(before, after));
  CAF_CHECK(seconds(after) < 400);
  const auto later = s.estimate(now + 2h, now + 2h, {}).value;
  CAF_CHECK(!is_spike(before, later));
}

CAF_TEST(SF-30 messages that wait without a receipt are a spike before any receipt tells) {
  const auto s = a_month();
  const auto now = instant("2026-06-01T09:30:00Z");
  const std::vector<time_point> waiting{now - 10min, now - 9min, now - 8min};
  const auto e = s.estimate(now, now, {.depth = 0, .drained_per_second = 0, .unconfirmed = waiting});
  CAF_CHECK(e.value >= 8min);
  const std::vector<time_point> one{now - 10min};
  CAF_CHECK(s.estimate(now, now, {.depth = 0, .drained_per_second = 0, .unconfirmed = one}).value < 1min);
}

CAF_TEST(SF-23 the depth of the queue is part of the estimate) {
  const auto s = a_month();
  const auto now = instant("2026-06-01T09:30:00Z");
  const auto empty = s.estimate(now, now, {}).value;
  const auto full = s.estimate(now, now, {.depth = 120, .drained_per_second = 2, .unconfirmed = {}}).value;
  CAF_CHECK(full - empty == 60s);
}

CAF_TEST(SF-30 a spike is three times the estimate or more) {
  CAF_CHECK(is_spike(10s, 30s));
  CAF_CHECK(!is_spike(10s, 29s));
  CAF_CHECK(!is_spike(0s, 0s));
}

CAF_TEST(SF-24 the same receipts give the same signal) { CAF_CHECK(a_month() == a_month()); }
