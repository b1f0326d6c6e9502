#include <thread>

#include "actors/lead/crowds.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE crowds
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;
using heed::tests::instant;

namespace {

const workspace_id ws{"acme"};
const campaign_id spring{"spring"};
const time_point ten = instant("2026-06-01T10:00:00Z");
constexpr std::uint32_t two_percent = 20;

void known(minute_crowds& c, std::uint64_t runs, std::map<minute_crowds::minute, std::uint32_t> planned = {}) {
  CAF_REQUIRE(c.begin_count(ws, spring, ten));
  c.counted(ws, spring, minute_crowds::count{runs, std::move(planned)});
}

}  // namespace

CAF_TEST(SF-28 nobody takes a place before the campaign was counted and one counts) {
  minute_crowds c;
  CAF_CHECK(!c.look(ws, spring, two_percent, ten, ten + 24h));
  CAF_CHECK(!c.take(ws, spring, minute_crowds::minute_of(ten), two_percent));
  CAF_CHECK(c.begin_count(ws, spring, ten));
  CAF_CHECK(!c.begin_count(ws, spring, ten + 1s));
  // It could not be read, or the one who counted was never heard of again: somebody else does.
  c.counted(ws, spring, std::nullopt);
  CAF_CHECK(c.begin_count(ws, spring, ten + 2s));
  CAF_CHECK(c.begin_count(ws, spring, ten + 1min));
}

CAF_TEST(SF-28 full minutes are told as spans and a place that is given back is free) {
  minute_crowds c;
  const auto m = minute_crowds::minute_of(ten);
  known(c, 100, {{m, 2}, {m + 1, 2}, {m + 2, 1}, {m + 4, 3}});
  const auto o = c.look(ws, spring, two_percent, ten, ten + 1h);
  CAF_REQUIRE(o.has_value());
  CAF_CHECK_EQUAL(o->recipients, 100u);
  CAF_REQUIRE_EQUAL(o->full.size(), 2u);
  CAF_CHECK(o->is_full(ten + 90s));
  CAF_CHECK(!o->is_full(ten + 2min));
  CAF_CHECK(o->is_full(ten + 4min));
  CAF_CHECK(!c.take(ws, spring, m, two_percent));
  c.give_back(ws, spring, m);
  CAF_CHECK(c.take(ws, spring, m, two_percent));
  CAF_CHECK(!c.take(ws, spring, m, two_percent));
}

CAF_TEST(SF-28 a decision that comes to nothing gives its place back) {
  minute_crowds c;
  const auto m = minute_crowds::minute_of(ten);
  known(c, 50);
  {
    CAF_REQUIRE(c.take(ws, spring, m, two_percent));
    crowd_place place(c, ws, spring, m);
    CAF_CHECK(!c.take(ws, spring, m, two_percent));
  }
  CAF_REQUIRE(c.take(ws, spring, m, two_percent));
  { crowd_place(c, ws, spring, m).keep(); }
  CAF_CHECK(!c.take(ws, spring, m, two_percent));
}

CAF_TEST(SF-28 many that take at once never take more than there is) {
  minute_crowds c;
  known(c, 10'000);
  const auto m = minute_crowds::minute_of(ten);
  std::atomic<int> taken{0};
  std::vector<std::thread> all;
  for (int t = 0; t < 4; ++t)
    all.emplace_back([&] {
      for (int i = 0; i < 400; ++i) taken += c.take(ws, spring, m, two_percent) ? 1 : 0;
    });
  for (auto& t : all) t.join();
  CAF_CHECK_EQUAL(taken.load(), 200);
}

CAF_TEST(SF-28 the room grows and shrinks with the campaign) {
  minute_crowds c;
  const auto m = minute_crowds::minute_of(ten);
  known(c, 50, {{m, 1}});
  CAF_CHECK(!c.take(ws, spring, m, two_percent));
  c.runs_changed(ws, spring, 50);
  CAF_CHECK(c.take(ws, spring, m, two_percent));
  c.forget();
  CAF_CHECK(!c.look(ws, spring, two_percent, ten, ten + 1h));
}
