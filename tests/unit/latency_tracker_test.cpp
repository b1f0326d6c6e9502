#include "actors/provider/latency_book.hpp"
#include "actors/provider/stored_arrivals.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE latency_tracker
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;
using heed::tests::instant;

namespace {

const time_point monday = instant("2026-06-01T09:00:00Z");

double seconds(duration d) { return static_cast<double>(d.count()) / 1e6; }

arrival_row row(int n, time_point at, duration took, std::string domain = "example.com") {
  return {effect_id{"e-" + std::to_string(n)}, std::move(domain), at, at + took};
}

/// Sent and arrived, one a minute.
latency_tracker after(int messages, duration took, const std::string& domain = "example.com", time_point from = monday) {
  latency_tracker t;
  for (int i = 0; i < messages; ++i) {
    const auto r = row(i, from + std::chrono::minutes(i), took, domain);
    t.handed_over(r.effect, r.domain, r.handed_over);
    t.arrived(r);
  }
  return t;
}

}  // namespace

CAF_TEST(SF-26 an account nobody has measured is not known to be fast) {
  const latency_tracker t;
  const auto e = t.estimate("example.com", monday, monday);
  CAF_CHECK(e.from == timing::latency_used::origin::assumed);
  latency_book book;
  CAF_CHECK(!book.outlook(workspace_id{"acme"}, account_id{"mail"}, "example.com", monday, monday + 24h));
}

CAF_TEST(SF-23 each recipient domain has its own latency once enough is known of it) {
  auto t = after(40, 4s);
  for (int i = 0; i < 4; ++i) t.arrived(row(100 + i, monday + 41min, 120s, "slow.example"));
  const auto now = monday + 43min;
  // Four receipts say little: the account speaks for it.
  CAF_CHECK(t.estimate("slow.example", now, now).value == t.estimate("", now, now).value);
  t.arrived(row(104, monday + 42min, 120s, "slow.example"));
  CAF_CHECK(seconds(t.estimate("slow.example", now, now).value) > 60);
  CAF_CHECK(seconds(t.estimate("example.com", now, now).value) < 8);
}

CAF_TEST(SF-23 what is read from the stored rows is what was learned from the events) {
  latency_tracker live;
  std::vector<arrival_row> rows;
  for (int i = 0; i < 300; ++i) {
    const auto r = row(i, monday + std::chrono::minutes(2 * i), std::chrono::seconds(5 + i % 50), i % 3 ? "a.example" : "b.example");
    live.handed_over(r.effect, r.domain, r.handed_over);
    live.arrived(r);
    rows.push_back(r);
  }
  // The store gives the newest first.
  std::ranges::reverse(rows);
  latency_tracker again;
  again.take_up(*decode_arrivals(encode_arrivals(rows)));
  const auto now = monday + 11h;
  CAF_CHECK_EQUAL(again.receipts(), 300u);
  for (const auto& domain : {"", "a.example", "b.example"})
    for (int h = 0; h < 24; ++h)
      CAF_CHECK(live.estimate(domain, now + std::chrono::hours(h), now) == again.estimate(domain, now + std::chrono::hours(h), now));
  CAF_REQUIRE_EQUAL(live.points().size(), again.points().size());
  for (std::size_t i = 0; i < live.points().size(); ++i) CAF_CHECK(live.points()[i].foretold == again.points()[i].foretold);
}

CAF_TEST(SF-26 foretold and real arrivals are kept for a chart and the oldest make room) {
  auto t = after(static_cast<int>(latency_tracker::points_kept) + 100, 20s);
  CAF_CHECK_EQUAL(t.points().size(), latency_tracker::points_kept);
  CAF_CHECK(t.points().front().handed_over == monday + 100min);
  const auto& last = t.points().back();
  CAF_CHECK(last.delivered - last.handed_over == 20s);
  CAF_CHECK(std::chrono::abs(last.delivered - last.foretold) < 3s);
}

CAF_TEST(SF-26 a receipt that is told twice counts once) {
  auto t = after(10, 4s);
  t.arrived(row(3, monday + 3min, 400s));
  CAF_CHECK_EQUAL(t.receipts(), 10u);
  CAF_CHECK_EQUAL(t.points().size(), 10u);
}

CAF_TEST(SF-30 hand-overs that wait are an outage and lost receipts are none) {
  auto t = after(40, 4s);
  const auto now = monday + 60min;
  for (int i = 0; i < 5; ++i) t.handed_over(effect_id{"lost-" + std::to_string(i)}, "example.com", monday + 20min + std::chrono::seconds(i));
  // Later ones have arrived: these will not.
  CAF_CHECK(t.unconfirmed(now).empty());
  CAF_CHECK(seconds(t.estimate("", now, now).value) < 8);
  for (int i = 0; i < 3; ++i) t.handed_over(effect_id{"wait-" + std::to_string(i)}, "example.com", monday + 50min);
  CAF_CHECK(t.estimate("", now, now).value > 9min);
  // Whoever waits for more than an hour is lost as well, so that a provider that stops telling makes nobody early for long.
  CAF_CHECK(seconds(t.estimate("", monday + 3h, monday + 3h).value) < 8);
}

CAF_TEST(SF-30 an account whose provider never tells of arrivals is assumed and not slow) {
  latency_tracker t;
  for (int i = 0; i < 10'000; ++i) t.handed_over(effect_id{"e-" + std::to_string(i)}, "example.com", monday + std::chrono::seconds(i));
  const auto now = monday + 10'000s;
  CAF_CHECK(t.estimate("", now, now).value == 0s);
  CAF_CHECK(t.estimate("", now, now).from == timing::latency_used::origin::assumed);
}

CAF_TEST(SF-30 a spike is told once and again only when it has fallen and risen anew) {
  auto t = after(40, 15s);
  auto now = monday + 41min;
  CAF_CHECK(t.spikes(now).empty());
  int n = 1'000;
  const auto slow_ones = [&] {
    for (int i = 0; i < 5; ++i) t.arrived(row(++n, now, 600s)), now += 1min;
    now += 10min;
  };
  slow_ones();
  const auto first = t.spikes(now);
  CAF_REQUIRE(!first.empty());
  CAF_CHECK(first.front().now >= 3 * first.front().before);
  CAF_CHECK(t.spikes(now).empty());
  now += 3h;
  CAF_CHECK(t.spikes(now).empty());
  slow_ones();
  CAF_CHECK(!t.spikes(now).empty());
}

CAF_TEST(SF-24 the outlook of an account goes hour by hour through the window) {
  latency_book book;
  const workspace_id ws{"acme"};
  const account_id mail{"mail"};
  book.with(ws, mail, [&](latency_tracker& t) {
    int n = 0;
    for (int day = 0; day < 28; ++day)
      for (int h = 0; h < 24; ++h) t.arrived(row(++n, monday + std::chrono::hours(24 * day + h), h < 9 ? 60s : 3s));
  });
  const auto now = monday + 28 * 24h;
  const auto o = book.outlook(ws, mail, "example.com", now, now + 24h);
  CAF_REQUIRE(o.has_value());
  CAF_CHECK(o->from == now);
  CAF_CHECK_EQUAL(o->hours_ms.size(), 24u);
  CAF_CHECK(o->at(now + 3h) > 20s);
  CAF_CHECK(o->at(now + 15h) < 10s);
  CAF_CHECK(o->at(now + 100h) == o->at(now + 23h));
}

CAF_TEST(what is imported and no list of arrivals is not taken) {
  CAF_CHECK(!decode_arrivals("{"));
  CAF_CHECK(!decode_arrivals(R"([["e"]])"));
  CAF_CHECK(decode_arrivals("[]")->empty());
}
