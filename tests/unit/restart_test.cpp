#include "runtime/restart.hpp"

#define CAF_SUITE restart
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;

CAF_TEST(a life that ended once is followed by the next at once and a loop of short ones slows down) {
  CAF_CHECK(pause_after(0) == 0ms);
  CAF_CHECK(pause_after(1) == 0ms);
  CAF_CHECK(pause_after(2) == 50ms);
  CAF_CHECK(pause_after(5) == 400ms);
  CAF_CHECK(pause_after(9) == 5s);
  CAF_CHECK(pause_after(4'000'000'000u) == 5s);
}

CAF_TEST(whoever waits for a store tries at once and then every second) {
  store_wait wait;
  store_wait::instant now{};
  std::chrono::milliseconds all{0};
  for (int i = 0; i < 5; ++i)
    all += wait.failed("away", now).pause;
  CAF_CHECK(all == 1'550ms);
  CAF_CHECK(wait.failed("away", now).pause == 1s);
  CAF_CHECK(wait.failed("away", now).pause == 1s);
}

CAF_TEST(whoever waits says why at first and when it changes and now and then) {
  store_wait wait;
  const store_wait::instant began{1h};
  CAF_CHECK(wait.failed("refused", began).say);
  CAF_CHECK(!wait.failed("refused", began + 1s).say);
  CAF_CHECK(wait.failed("starting up", began + 2s).say);
  CAF_CHECK(!wait.failed("starting up", began + 31s).say);
  CAF_CHECK(wait.failed("starting up", began + 32s).say);
}
