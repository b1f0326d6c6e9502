#include <poll.h>

#include <cmath>
#include <map>
#include <random>

#include "actors/lead/time.hpp"
#include "tests/support/safe_world.hpp"

#define CAF_SUITE mailbox
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;

/// 5,000 people enrol at once on one fresh mailbox of fifty messages a day, and the node is killed again and again. Time
/// runs 2,000 times faster; what counts is the day in which a message reached the provider.
namespace {

constexpr std::size_t leads = 5'000;
constexpr unsigned per_day = 50;
constexpr std::int64_t scale = 2'000;
constexpr int kills = 10;
constexpr int full_days = 2;

/// Domain time of a real instant, from pairs of both that the node told.
struct calendar {
  double real0 = 0, domain0 = 0;

  static double real_seconds() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  }
  void take(client& api) {
    const auto before = real_seconds();
    const auto now = heed::parse_iso(domain_now(api));
    CAF_REQUIRE(now.has_value());
    real0 = (before + real_seconds()) / 2;
    domain0 = static_cast<double>(heed::to_micros(*now)) / 1e6;
  }
  [[nodiscard]] double domain_of(std::chrono::sys_time<std::chrono::microseconds> real) const {
    return domain0 + (std::chrono::duration<double>(real.time_since_epoch()).count() - real0) * static_cast<double>(scale);
  }
};

constexpr double day_seconds = 86'400;
/// How exactly a real instant tells the domain's: 50 ms of ours are 100 s of theirs.
constexpr double slack_seconds = 300;

json campaign() {
  auto c = two_steps("email", "60d");
  c["business_hours"] = {{"days", {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}}, {"from", "09:00"}, {"to", "17:00"}};
  return c;
}

std::uint64_t seed() {
  if (auto* given = std::getenv("HEED_SEED")) return std::strtoull(given, nullptr, 10);
  return 20261125;
}

}  // namespace

CAF_TEST(4R-74 RULES five thousand enrolments on a fresh mailbox are fifty sends a day and exact over ten kills) {
  const auto drawn = seed();
  CAF_MESSAGE("seed " << drawn);
  std::mt19937_64 chance(drawn);
  world_options o;
  o.max_per_day = per_day;
  o.max_per_second = 1;
  o.time_scale = scale;
  world w(HEED_BINARY, o);
  w.start();
  {
    auto api = w.api();
    CAF_REQUIRE_EQUAL(api.put(acme + "/campaigns/live", campaign()).status / 100, 2);
  }
  in_parallel(w, leads, 8, [&](client& c, std::size_t i) {
    auto body = person("lead-" + std::to_string(i), "live");
    body["time_zone"] = "UTC";
    body["id"] = "enrol-" + std::to_string(i);
    while (c.post(acme + "/leads", body, {"Prefer: wait=0"}).status / 100 != 2) poll(nullptr, 0, 20);
  });
  calendar time;
  auto api = w.api();
  time.take(api);
  // From the midnight to come: so many whole days, with the kills spread over them.
  const auto first_midnight = (std::floor(time.domain0 / day_seconds) + 1) * day_seconds;
  const auto end = first_midnight + full_days * day_seconds;
  int killed = 0;
  for (;;) {
    api = w.api();
    time.take(api);
    if (time.domain0 >= end) break;
    const auto left = static_cast<int>((end - time.domain0) / static_cast<double>(scale) * 1'000);
    const auto pause = killed < kills ? std::min<int>(left, 1'000 + static_cast<int>(chance() % 8'000)) : left;
    poll(nullptr, 0, std::max(1, pause));
    if (killed >= kills) continue;
    w.kill_now();
    w.start();
    ++killed;
  }
  CAF_CHECK_EQUAL(killed, kills);
  api = w.api();
  time.take(api);
  CAF_CHECK(w.stop().has_value());

  std::map<long, unsigned> per_date;
  std::map<std::string, unsigned> per_person;
  std::vector<double> of_day;
  unsigned outside = 0;
  for (const auto& m : w.provider().messages()) {
    const auto at = time.domain_of(m.arrived_at);
    ++per_person[m.what.to];
    const auto day = std::floor(at / day_seconds);
    ++per_date[static_cast<long>(day)];
    const auto second = at - day * day_seconds;
    if (second < 9 * 3'600 - slack_seconds || second > 17 * 3'600 + slack_seconds) ++outside;
    if (at >= first_midnight && at < first_midnight + day_seconds) of_day.push_back(second);
  }
  unsigned twice = 0;
  for (const auto& [to, n] : per_person) twice += n > 1;
  std::ranges::sort(of_day);
  std::ostringstream days;
  for (const auto& [day, n] : per_date) days << " " << n;
  CAF_REQUIRE(!of_day.empty());
  CAF_MESSAGE("sends a day:" << days.str() << "; first whole day from " << of_day.front() / 3'600 << " h to " << of_day.back() / 3'600
                             << " h; outside opening hours " << outside << "; twice " << twice << "; kills " << killed);
  CAF_CHECK_EQUAL(twice, 0u);
  CAF_CHECK_EQUAL(outside, 0u);
  for (const auto& [day, n] : per_date) CAF_CHECK(n <= per_day);
  // A whole day uses its cap, spread over the opening hours and not in one burst.
  CAF_CHECK_EQUAL(per_date[static_cast<long>(first_midnight / day_seconds)], per_day);
  CAF_CHECK(of_day.back() - of_day.front() > 4 * 3'600);
  auto verified = w.heed({"verify"});
  CAF_MESSAGE(verified.out);
  CAF_CHECK_EQUAL(verified.exit_code, 0);
}
