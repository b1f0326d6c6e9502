#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <sstream>

#include "runtime/forecast/desk.hpp"
#include "runtime/forecast/lead_list.hpp"
#include "runtime/forecast/made_people.hpp"
#include "runtime/quiet_log.hpp"
#include "runtime/zones.hpp"
#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE forecast_desk
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const workspace_id acme{"acme"}, beta{"beta"};
const campaign_id spring{"spring"};

struct fixture {
  std::shared_ptr<const zone_table> zones = load_zones();
  fixture() { spdlog::set_level(spdlog::level::off); }

  api::forecast_wish wish(const workspace_id& ws = acme) const {
    auto c = make_campaign("spring");
    c.sequences = {
        {1, {make_step("s1", channel::email, "0s"), make_step("s2", channel::email, "2d", "last")}}};
    c.hours = business_hours{0b0011111, 9 * 60, 17 * 60, {}};
    api::forecast_wish w;
    w.workspace = ws;
    w.by = "mia@example.com";
    w.rules = make_policy({c});
    w.rules.workspace = ws;
    w.rules.zones = zones;
    w.campaign = spring;
    w.leads = 30;
    w.days = 7;
    w.people = "silent";
    w.start = monday_ten;
    return w;
  }
  /// Until it is over; the wait is bounded by the suite's own time.
  static json finished(const forecast::desk& d, const workspace_id& ws = acme) {
    for (;;) {
      auto shown = d.latest(ws, spring);
      if (shown.at("state") != "waiting" && shown.at("state") != "running") return shown;
      std::this_thread::yield();
    }
  }
};

std::uint64_t sum(const json& days, const std::string& part) {
  std::uint64_t all = 0;
  for (const auto& [date, d] : days.items())
    for (const auto& [name, n] : d.at(part).items())
      all += n.get<std::uint64_t>();
  return all;
}

}  // namespace

CAF_TEST_FIXTURE_SCOPE(forecast_desk_tests, fixture)

CAF_TEST(a forecast counts sends by channel and waits by gate day by day) {
  forecast::desk d(zones);
  auto w = wish();
  // Ten a day: of thirty first messages twenty wait for another day.
  w.rules.accounts.at(account_id{"box_email"}).max_per_day = 10;
  CAF_REQUIRE(d.begin(std::move(w)).has_value());
  const auto shown = finished(d);
  CAF_REQUIRE_EQUAL(shown.at("state"), "done");
  CAF_CHECK_EQUAL(shown.at("percent"), 100);
  CAF_CHECK_EQUAL(shown.at("asked_by"), "mia@example.com");
  const auto& days = shown.at("report").at("days");
  CAF_CHECK(days.size() >= 7u);
  CAF_CHECK(sum(days, "channels") > 30u);
  CAF_CHECK_EQUAL(sum(days, "channels"), sum(days, "sends"));
  CAF_CHECK_EQUAL(days.at("2026-11-16").at("channels").value("email", 0), 10);
  CAF_CHECK(days.at("2026-11-16").at("waits").value("capacity", 0) >= 20);
  CAF_CHECK(!shown.at("report").contains("touches"));
}

CAF_TEST(a step that somebody must approve is foreseen as paused and keen people as ended) {
  forecast::desk d(zones);
  auto w = wish();
  w.rules.campaigns.at(spring).sequences[0].steps[1].requires_approval = true;
  w.people = "keen";
  w.leads = 80;
  CAF_REQUIRE(d.begin(std::move(w)).has_value());
  const auto shown = finished(d);
  CAF_REQUIRE_EQUAL(shown.at("state"), "done");
  const auto& days = shown.at("report").at("days");
  std::uint64_t held = 0;
  for (const auto& [date, day] : days.items())
    held += day.at("pauses").value("awaiting_approval", 0u);
  CAF_CHECK(held > 10u);
  CAF_CHECK(sum(days, "suppressed") > 0u);
}

CAF_TEST(one forecast at a time in a workspace and others wait their turn) {
  forecast::desk d(zones);
  auto long_one = wish();
  long_one.leads = api::forecast_wish::most_leads;
  long_one.days = api::forecast_wish::most_days;
  CAF_REQUIRE(d.begin(std::move(long_one)).has_value());
  const auto second = d.begin(wish());
  CAF_REQUIRE(!second.has_value());
  const auto* busy = std::get_if<api::forecasts::under_way>(&second.error());
  CAF_REQUIRE(busy != nullptr);
  CAF_CHECK_EQUAL(busy->campaign, spring);
  CAF_CHECK(d.begin(wish(beta)).has_value());
  CAF_CHECK_EQUAL(d.latest(beta, spring).value("state", ""), "waiting");
  CAF_CHECK(d.latest(acme, campaign_id{"autumn"}).is_null());
  CAF_CHECK_EQUAL(d.give_up(acme, spring).value("state", ""), "given_up");
  CAF_CHECK_EQUAL(finished(d, beta).value("state", ""), "done");
  CAF_CHECK_EQUAL(finished(d).value("state", ""), "given_up");
  CAF_CHECK(d.begin(wish()).has_value());
}

CAF_TEST(a desk that is stopped gives up what it computes and takes no more) {
  forecast::desk d(zones);
  auto w = wish();
  w.leads = api::forecast_wish::most_leads;
  w.days = api::forecast_wish::most_days;
  CAF_REQUIRE(d.begin(std::move(w)).has_value());
  while (d.latest(acme, spring).value("state", "") == "waiting")
    std::this_thread::yield();
  const auto began = std::chrono::steady_clock::now();
  d.stop();
  CAF_CHECK(std::chrono::steady_clock::now() - began < 5s);
  CAF_CHECK_EQUAL(d.latest(acme, spring).value("state", ""), "given_up");
  CAF_CHECK(!d.begin(wish(beta)).has_value());
}

CAF_TEST(what takes too long is given up and says what to ask for instead) {
  forecast::desk d(zones, {8, 0s});
  CAF_REQUIRE(d.begin(wish()).has_value());
  const auto shown = finished(d);
  CAF_CHECK_EQUAL(shown.at("state"), "failed");
  CAF_CHECK(shown.at("error").get<std::string>().find("fewer people") != std::string::npos);
}

CAF_TEST(what is wrong with a wish is told by field) {
  forecast::desk d(zones);
  auto w = wish();
  w.people = "angels";
  const auto model = d.begin(std::move(w));
  CAF_REQUIRE(!model.has_value());
  CAF_CHECK_EQUAL(std::get<problems>(model.error()).at(0).field, "/people");
  w = wish();
  w.list = "email,firstName\nnobody,Bo\n";
  const auto list = d.begin(std::move(w));
  CAF_REQUIRE(!list.has_value());
  CAF_CHECK(std::get<problems>(list.error()).at(0).field.starts_with("/list: line 2"));
}

CAF_TEST(made-up people have all that the texts ask of a person and nothing of the workspace) {
  auto c = make_campaign("spring");
  c.templates["last"].body = "{lead.plan} for {leadCompany}, {attribution.source}: {calendarLink}";
  const auto p = make_policy({c});
  const auto list = forecast::read_lead_list(forecast::made_people(3, c, p.defaults), p, c, monday_ten);
  CAF_REQUIRE(list.has_value());
  CAF_REQUIRE_EQUAL(list->enrolments.size(), 3u);
  const auto& first = std::get<lead_upserted>(list->enrolments[0].body);
  for (const auto* field : {"firstName", "plan", "company"})
    CAF_CHECK(first.fields.contains(field));
  CAF_CHECK(!first.fields.contains("calendarLink"));
  CAF_CHECK(list->enrolments[0].keys != list->enrolments[1].keys);
}

CAF_TEST(a quiet thread says nothing in the log and others go on) {
  std::ostringstream said;
  considerate_logger log("heed", std::make_shared<spdlog::sinks::ostream_sink_mt>(said));
  log.set_level(spdlog::level::info);
  {
    const quiet_thread quiet;
    log.info("made up");
    std::thread([&] { log.info("real"); }).join();
  }
  log.info("after");
  CAF_CHECK(said.str().find("made up") == std::string::npos);
  CAF_CHECK(said.str().find("real") != std::string::npos);
  CAF_CHECK(said.str().find("after") != std::string::npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
