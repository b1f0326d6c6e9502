#include <map>

#include "actors/lead/time.hpp"
#include "tests/support/safe_world.hpp"

#define CAF_SUITE outage
#include <caf/test/dsl.hpp>

using namespace heed::test;
using nlohmann::json;

/// The provider is away for more than a day of domain time, in every way it can be: nothing is burnt, nothing is sent
/// twice, and what became too late asks first.
namespace {

constexpr std::size_t leads = 120;
constexpr std::int64_t scale = 5'000;

std::size_t paused_overdue(client& api) {
  std::size_t n = 0;
  std::string after;
  do {
    const auto page = api.get(acme + "/runs?status=paused&campaign=live&limit=200&after=" + after).json();
    for (const auto& r : page.at("items"))
      if (r.at("reason") == "overdue") ++n;
    after = page.at("next").is_string() ? page.at("next").get<std::string>() : std::string();
  } while (!after.empty());
  return n;
}

json context(client& api) { return api.get(acme + "/reports/decisions").json().at("context"); }

void wait_days(client& api, double days) {
  const auto end = heed::parse_iso(domain_now(api)).value() + std::chrono::microseconds(static_cast<std::int64_t>(days * 86'400e6));
  CAF_REQUIRE(eventually([&] { return heed::parse_iso(domain_now(api)).value() >= end; }, std::chrono::seconds(120)));
}

void live_through(behaviour::mode what) {
  world_options o;
  o.time_scale = scale;
  o.connections = 16;
  world w(HEED_BINARY, o);
  w.start();
  auto api = w.api();
  CAF_REQUIRE_EQUAL(api.put(acme + "/campaigns/live", two_steps("email", "2h")).status / 100, 2);
  // Half of them have had their first message when it begins, the others come while it lasts.
  in_parallel(w, leads / 2, 4, [&](client& c, std::size_t i) { enrol(c, "early-" + std::to_string(i), "live"); });
  CAF_REQUIRE(eventually([&] { return w.provider().count().accepted >= leads / 2; }, std::chrono::seconds(20)));
  behaviour away;
  away.what = what;
  w.provider_does(away);
  in_parallel(w, leads / 2, 4, [&](client& c, std::size_t i) { enrol(c, "late-" + std::to_string(i), "live"); });
  wait_days(api, 1.3);
  const auto before = w.provider().count().accepted;
  w.provider_does({});
  // The circuit looks every quarter of an hour at the most.
  CAF_REQUIRE(eventually([&] { return paused_overdue(api) + 2 >= leads - (w.provider().count().accepted - before); }, std::chrono::seconds(60)));
  wait_days(api, 0.2);
  const auto waiting = paused_overdue(api);
  CAF_MESSAGE("accepted before the outage " << before << ", overdue after it " << waiting << ", sent since "
                                            << w.provider().count().accepted - before);
  CAF_CHECK(waiting >= leads - 16);
  CAF_CHECK(context(api).at("blocked").empty());

  const auto preview = api.post(acme + "/campaigns/live/overdue", json{{"answer", "send"}, {"preview", true}});
  CAF_CHECK_EQUAL(preview.status / 100, 2);
  CAF_CHECK_EQUAL(paused_overdue(api), waiting);
  CAF_CHECK_EQUAL(api.post(acme + "/campaigns/live/overdue", json{{"answer", "send"}, {"preview", false}}).status / 100, 2);
  // A call that was on the wire when the provider went is doubtful; after a day it counts as sent and is never resent.
  auto unknown = [&] { return context(api).at("unknown").get<std::size_t>(); };
  const auto all = leads * 2;
  CAF_CHECK(eventually([&] { return w.provider().count().accepted + unknown() >= all; }, std::chrono::seconds(60)));
  std::map<std::string, int> touches;
  for (const auto& m : w.provider().messages()) ++touches[m.what.to + "/" + m.what.step];
  int twice = 0;
  for (const auto& [touch, n] : touches) twice += n > 1;
  CAF_MESSAGE("touches " << touches.size() << " of " << all << ", twice " << twice << ", unknown " << unknown());
  CAF_CHECK_EQUAL(touches.size() + unknown(), all);
  CAF_CHECK(unknown() <= 16);
  CAF_CHECK_EQUAL(twice, 0);
  CAF_CHECK(context(api).at("blocked").empty());
  CAF_CHECK(w.stop().has_value());
  CAF_CHECK_EQUAL(w.heed({"verify"}).exit_code, 0);
  CAF_CHECK_EQUAL(w.heed({"replay", "--all"}).exit_code, 0);
}

}  // namespace

CAF_TEST(4R-32 RULES a day without connections burns no step and what is overdue waits for an answer) {
  live_through(behaviour::mode::close_before_request);
}

CAF_TEST(4R-32 RULES a day of 429 burns no step and what is overdue waits for an answer) {
  live_through(behaviour::mode::rate_limit);
}
