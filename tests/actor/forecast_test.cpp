#include "runtime/forecast/forecast.hpp"

#include <spdlog/spdlog.h>

#include "persistence/memory/memory_store.hpp"
#include "runtime/forecast/counterfactual.hpp"
#include "runtime/forecast/lead_list.hpp"
#include "runtime/forecast/measured.hpp"
#include "runtime/forecast/report.hpp"
#include "runtime/setup.hpp"
#include "runtime/zones.hpp"
#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE forecast
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;
using namespace heed::forecast;
using namespace std::chrono_literals;

namespace {

/// A workspace with one campaign of two emails two days apart, and a list of people.
struct fixture {
  zone_library zones{load_zones()};
  policy rules;
  std::size_t people = 60;
  std::string model = "silent";
  duration length = 24h * 8;
  std::shared_ptr<memory::image> image;

  fixture() {
    spdlog::set_level(spdlog::level::off);
    auto c = make_campaign("spring");
    c.sequences = {{1, {make_step("s1", channel::email, "0s"), make_step("s2", channel::email, "2d", "last")}}};
    rules = make_policy({c});
    rules.zones = zones.current();
    mailbox().max_per_day = 0;
  }
  account& mailbox() { return rules.accounts.at(account_id{"box_email"}); }

  std::string table(const std::string& name = "Ana") const {
    std::string out = "email,firstName\n";
    for (std::size_t i = 0; i < people; ++i)
      out += "p" + std::to_string(i) + "@example.com," + (i == 7 ? "" : name) + "\n";
    return out;
  }
  forecast_options options() {
    forecast_options o;
    o.workspace = workspace_id{"acme"};
    o.rules = rules;
    o.start = monday_ten;
    o.length = length;
    o.people = *built_in(model);
    o.enrolments = read_lead_list(table(), rules, rules.campaigns.begin()->second, o.start)->enrolments;
    return o;
  }
  forecast_report run() {
    auto report = run_forecast(options(), zones);
    CAF_REQUIRE(report.has_value());
    return std::move(*report);
  }
  /// The same, in a store that can be read afterwards.
  std::unique_ptr<store> lived() {
    image = memory::make_image();
    auto o = options();
    auto target = std::move(*memory::open(image, open_mode::read_write));
    (void)target->attach(o.start);
    (void)target->create_workspace(o.workspace, o.start);
    auto p = rules;
    p.revision = 1;
    CAF_REQUIRE(target->put_policy(o.workspace, 0, write_policy(p), {o.workspace, "test", "policy", "", o.start}).has_value());
    for (const auto& [id, c] : p.campaigns)
      (void)target->put_kill_switch({o.workspace, stop_scope::campaign, id.value, false, "test", o.start});
    for (const auto& [id, a] : p.accounts)
      (void)target->put_kill_switch({o.workspace, stop_scope::account, id.value, false, "test", o.start});
    o.from = std::move(target);
    CAF_REQUIRE(run_forecast(std::move(o), zones).has_value());
    return std::move(*memory::open(image, open_mode::read_only));
  }
  static std::uint64_t sends(const forecast_report& r) {
    std::uint64_t n = 0;
    for (const auto& [date, d] : r.days)
      for (const auto& [account, m] : d.sends)
        n += m;
    return n;
  }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(forecast_tests, fixture)

CAF_TEST(every step of silent people is foreseen once and a missing token is found) {
  const auto r = run();
  CAF_CHECK_EQUAL(r.leads, people);
  CAF_CHECK_EQUAL(sends(r), 2 * (people - 1));
  std::set<std::string> touches;
  for (const auto& t : r.touches)
    CAF_CHECK(touches.insert(t.person + "/" + t.step).second);
  const auto& paused = r.standings.at({"paused", "missing_lead_data"});
  CAF_CHECK_EQUAL(paused.runs, 1u);
  CAF_CHECK_EQUAL(paused.example, "p7@example.com");
  CAF_CHECK_EQUAL(r.standings.at({"done", "completed"}).runs, people - 1);
  CAF_CHECK_EQUAL(r.touches_by_band.at("0-6").at(2), people - 1);
}

CAF_TEST(people who come in over several days are all enrolled) {
  auto o = options();
  o.enrol_over = 24h * 4;
  const auto r = run_forecast(std::move(o), zones);
  CAF_REQUIRE(r.has_value());
  CAF_CHECK_EQUAL(r->leads, people);
  CAF_CHECK_EQUAL(sends(*r), 2 * (people - 1));
}

CAF_TEST(4R-74 caps of accounts hold in a forecast day by day) {
  mailbox().max_per_day = 20;
  length = 24h * 14;
  const auto r = run();
  CAF_CHECK_EQUAL(sends(r), 2 * (people - 1));
  for (const auto& [date, d] : r.days)
    for (const auto& [account, n] : d.sends)
      CAF_CHECK(n <= 20u);
  CAF_CHECK_EQUAL(r.caps.at("box_email"), 20u);
}

CAF_TEST(the same seed foresees the same and another one does not) {
  model = "keen";
  const auto one = to_json(run()), again = to_json(run());
  // Leads are named anew in every world.
  const auto without_leads = [](nlohmann::json j) {
    for (auto& t : j["touches"])
      t.erase("lead");
    std::sort(j["touches"].begin(), j["touches"].end());
    return j;
  };
  CAF_CHECK(without_leads(one) == without_leads(again));
  auto o = options();
  o.seed = 2;
  const auto other = run_forecast(std::move(o), zones);
  CAF_REQUIRE(other.has_value());
  CAF_CHECK(one.at("counts") != to_json(*other).at("counts"));
}

CAF_TEST(SS-41 keen people are braked and handed over and the team falls behind) {
  model = "keen";
  people = 150;
  auto o = options();
  o.handoffs_per_day = 2;
  const auto r = run_forecast(std::move(o), zones);
  CAF_REQUIRE(r.has_value());
  std::uint64_t handoffs = 0, backlog = 0;
  for (const auto& [date, d] : r->days) {
    handoffs += d.handoffs;
    backlog = std::max(backlog, d.backlog);
  }
  CAF_CHECK(handoffs > 10u);
  CAF_CHECK(backlog > 0u);
  CAF_CHECK((r->counts.at({"suppressed", "suppressed_hot"})) > 0u);
}

CAF_TEST(a page names whom it is about safely and needs nothing else) {
  people = 8;
  auto o = options();
  o.notes = {"<script>alert(1)</script>"};
  const auto page = to_html(*run_forecast(std::move(o), zones));
  CAF_CHECK(page.find("<script>") == std::string::npos);
  CAF_CHECK(page.find("&lt;script&gt;") != std::string::npos);
  CAF_CHECK(page.find("<svg") != std::string::npos);
  CAF_CHECK(page.find("src=") == std::string::npos);
  CAF_CHECK(page.find("p7@example.com") != std::string::npos);
}

CAF_TEST(RULES rules that do not change give the sends of the journal again and no difference) {
  model = "keen";
  people = 80;
  const auto s = lived();
  auto reader = std::move(*s->reader());
  const auto change = policy_change::parse("resume_spread=0s");
  const auto c = compare_policies(*reader, zones, workspace_id{"acme"}, *change, monday_ten - 1h, monday_ten + length);
  CAF_REQUIRE(c.has_value());
  CAF_CHECK(c->sends > 80u);
  CAF_CHECK_EQUAL(c->sends_reproduced, c->sends);
  CAF_CHECK(c->differences.empty());
}

CAF_TEST(SS-37 a lower threshold would have braked more people and sent them less) {
  model = "keen";
  people = 120;
  const auto s = lived();
  auto reader = std::move(*s->reader());
  const auto change = policy_change::parse("hot_threshold=10,band_low=4,band_high=8");
  const auto c = compare_policies(*reader, zones, workspace_id{"acme"}, *change, monday_ten - 1h, monday_ten + length);
  CAF_REQUIRE(c.has_value());
  CAF_CHECK((c->sums.after.at("suppressed: suppressed_hot")) > (c->sums.before.at("suppressed: suppressed_hot")));
  CAF_CHECK((c->sums.after.at("sent")) <= (c->sums.before.at("sent")));
  CAF_CHECK(!c->differences.empty());
}

CAF_TEST(rates are measured from the journal and refused from too little of it) {
  model = "keen";
  people = 200;
  const auto s = lived();
  auto reader = std::move(*s->reader());
  const auto m = measure_responses(*reader, workspace_id{"acme"}, monday_ten - 1h);
  CAF_REQUIRE(m.has_value());
  const auto keen = built_in("keen")->rates.at(channel::email);
  const auto& found = m->rates.at(channel::email);
  CAF_CHECK(std::abs(found[reaction_kind::opened] - keen[reaction_kind::opened]) < 0.1);
  CAF_CHECK(std::abs(found[reaction_kind::clicked] - keen[reaction_kind::clicked]) < 0.1);
  CAF_CHECK(std::abs(found[reaction_kind::replied] - keen[reaction_kind::replied]) < 0.1);
  CAF_CHECK(!measure_responses(*reader, workspace_id{"acme"}, monday_ten + 24h * 300).has_value());
}

CAF_TEST_FIXTURE_SCOPE_END()
