#include "runtime/watchdog.hpp"

#include <vector>

#define CAF_SUITE watchdog
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;
using what = stuck_finding::what;

namespace {

/// Looks once a second at one component.
struct fixture {
  progress_watch watch{30s, 1s};
  std::chrono::microseconds now{100s};
  progress_sample store{"store", 10, 0, 0};

  std::vector<stuck_finding> look() {
    now += 1s;
    return watch.look(now, std::span(&store, 1));
  }
  /// All that is found in so many seconds.
  std::vector<stuck_finding> look_for(int seconds) {
    std::vector<stuck_finding> all;
    for (int i = 0; i < seconds; ++i)
      for (auto& f : look())
        all.push_back(f);
    return all;
  }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(watchdog_tests, fixture)

CAF_TEST(whoever has nothing to do is never stuck) { CAF_CHECK(look_for(500).empty()); }

CAF_TEST(whoever is busy and moves is never stuck) {
  for (int i = 0; i < 500; ++i) {
    ++store.handled;
    store.waiting = 1'000;
    store.busy_since = 7;
    CAF_CHECK(look().empty());
  }
}

CAF_TEST(a handler that does not return is found once after the limit and once more for good) {
  CAF_CHECK(look_for(3).empty());
  store.waiting = 1;
  store.busy_since = 7;
  CAF_CHECK(look_for(29).empty());
  const auto found = look_for(3);
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK(found[0].is == what::blocked);
  CAF_CHECK(!found[0].for_good);
  const auto later = look_for(60);
  CAF_REQUIRE_EQUAL(later.size(), 1u);
  CAF_CHECK(later[0].for_good);
  CAF_CHECK(later[0].lasts >= 60s);
}

CAF_TEST(messages that nobody takes are found and moving again is told) {
  store.waiting = 5;
  const auto found = look_for(40);
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK(found[0].is == what::idle);
  ++store.handled;
  const auto moved = look();
  CAF_REQUIRE_EQUAL(moved.size(), 1u);
  CAF_CHECK(moved[0].is == what::moving);
  CAF_CHECK(look_for(20).empty());
}

CAF_TEST(a machine that slept for an hour finds nobody stuck for it) {
  store.waiting = 1;
  store.busy_since = 7;
  CAF_CHECK(look_for(10).empty());
  now += 1h;
  CAF_CHECK(look_for(15).empty());
  // The time before and after counts.
  CAF_CHECK_EQUAL(look_for(10).size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
