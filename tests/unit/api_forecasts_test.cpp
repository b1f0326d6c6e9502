#include "adapters/api/forecasts.hpp"
#include "tests/support/openapi_check.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_forecasts
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

/// Takes wishes and computes nothing.
struct recorded_forecasts final : api::forecasts {
  std::vector<api::forecast_wish> wishes;
  std::optional<refusal> refuse;
  std::vector<campaign_id> given_up;

  static json document(const campaign_id& c, const char* state) {
    return {{"campaign_id", c.value}, {"state", state},   {"percent", 0},     {"asked_by", "key-admin"},
            {"leads", 100},           {"days", 14},       {"people", "warm"}, {"seed", 1},
            {"error", nullptr},       {"report", nullptr}};
  }
  tl::expected<json, refusal> begin(api::forecast_wish w) override {
    if (refuse) return tl::unexpected(*refuse);
    wishes.push_back(std::move(w));
    return document(wishes.back().campaign, "waiting");
  }
  json latest(const workspace_id& ws, const campaign_id& c) const override {
    for (const auto& w : wishes)
      if (w.workspace == ws && w.campaign == c) return document(c, "running");
    return nullptr;
  }
  json give_up(const workspace_id&, const campaign_id& c) override {
    given_up.push_back(c);
    return document(c, "given_up");
  }
};

struct fixture {
  std::shared_ptr<recorded_forecasts> desk = std::make_shared<recorded_forecasts>();
  api_world w{[this] {
    api::options o;
    o.forecasts = desk;
    return o;
  }()};
  const std::string path = api_world::ws + "/campaigns/spring/forecast";

  fixture() { w.ask("PUT", w.ws + "/campaigns/spring", w.campaign()); }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(api_forecasts_tests, fixture)

CAF_TEST(a forecast is of the campaign as it is stored and switched on) {
  w.post(w.ws + "/campaigns/spring/disable");
  const auto begun = w.post(
      path, {{"leads", 50}, {"days", 7}, {"people", "keen"}, {"enrol_over", "2d"}, {"handoffs_per_day", 3}});
  CAF_CHECK_EQUAL(begun.status(), 202);
  CAF_REQUIRE_EQUAL(desk->wishes.size(), 1u);
  const auto& wish = desk->wishes[0];
  CAF_CHECK_EQUAL(wish.workspace.value, "acme");
  CAF_CHECK_EQUAL(wish.leads, 50u);
  CAF_CHECK_EQUAL(wish.days, 7u);
  CAF_CHECK_EQUAL(wish.people, "keen");
  CAF_CHECK(wish.enrol_over == std::chrono::hours(48));
  CAF_CHECK(wish.start == w.now());
  CAF_CHECK(wish.rules.campaigns.at(campaign_id{"spring"}).enabled);
  CAF_CHECK(!w.current_policy(workspace_id{"acme"})->find_campaign(campaign_id{"spring"})->enabled);
}

CAF_TEST(a forecast may be of a definition that nobody saved) {
  auto draft = w.campaign();
  draft["sequence"].push_back({{"id", "s3"}, {"channel", "email"}, {"template", "last"}, {"delay", "5d"}});
  CAF_CHECK_EQUAL(w.post(path, {{"definition", draft}}).status(), 202);
  CAF_CHECK_EQUAL(desk->wishes.back().rules.campaigns.at(campaign_id{"spring"}).current().steps.size(), 3u);
  CAF_CHECK_EQUAL(
      w.current_policy(workspace_id{"acme"})->find_campaign(campaign_id{"spring"})->current().steps.size(),
      2u);
  CAF_CHECK_EQUAL(w.post(w.ws + "/campaigns/unborn/forecast", {{"definition", w.campaign()}}).status(), 202);
  CAF_CHECK_EQUAL(w.post(w.ws + "/campaigns/unborn/forecast").status(), 404);
}

CAF_TEST(what cannot be foreseen is refused with its field) {
  CAF_CHECK_EQUAL(w.post(path, {{"leads", 5000}}).at("/field"), "/leads");
  CAF_CHECK_EQUAL(w.post(path, {{"days", 0}}).at("/field"), "/days");
  CAF_CHECK_EQUAL(w.post(path, {{"peple", "warm"}}).status(), 422);
  auto draft = w.campaign();
  draft["templates"]["hello"]["body"] = "Hello {firstNam}";
  CAF_CHECK_EQUAL(w.post(path, {{"definition", draft}}).at("/field"), "/definition/templates/hello/body");
  desk->refuse = problems{{"/people", "must be one of silent, cold, warm, keen"}};
  CAF_CHECK_EQUAL(w.post(path, {{"people", "angels"}}).at("/field"), "/people");
  CAF_CHECK(desk->wishes.empty());
}

CAF_TEST(one at a time and a crowd waits) {
  desk->refuse = api::forecasts::under_way{campaign_id{"autumn"}};
  const auto second = w.post(path);
  CAF_CHECK_EQUAL(second.status(), 409);
  CAF_CHECK(second.raw.body.find("autumn") != std::string::npos);
  desk->refuse = api::forecasts::crowded{};
  const auto late = w.post(path);
  CAF_CHECK_EQUAL(late.status(), 503);
  CAF_CHECK(!late.header("Retry-After").empty());
}

CAF_TEST(readers look and setters ask and give up and nobody sees those of others) {
  CAF_CHECK_EQUAL(w.get(path).status(), 404);
  CAF_CHECK_EQUAL(w.ask("POST", path, json::object(), {}, w.reader).status(), 403);
  CAF_CHECK_EQUAL(w.ask("POST", path, json::object(), {}, w.setter).status(), 202);
  CAF_CHECK_EQUAL(w.get(path, w.reader).at("/state"), "running");
  CAF_CHECK_EQUAL(w.get(path, w.other).status(), 404);
  CAF_CHECK_EQUAL(w.ask("DELETE", path, nullptr, {}, w.reader).status(), 403);
  CAF_CHECK_EQUAL(w.ask("DELETE", path, nullptr, {}, w.setter).at("/state"), "given_up");
  CAF_CHECK_EQUAL(desk->given_up.size(), 1u);
}

CAF_TEST(forecasts and checks and reports answer as they are described) {
  const test::openapi_check documented(json::parse(api::openapi_document()));
  const auto hold = [&](const char* method, const std::string& target, const json& body = nullptr) {
    auto told = std::string(method);
    for (auto& c : told)
      c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto a = w.ask(method, target, body);
    for (const auto& p : documented.problems(told, target, a.status(), a.raw.type, a.raw.body))
      CAF_ERROR(target << ": " << p << "\n" << a.raw.body.substr(0, 300));
  };
  const auto lead = w.enrol("ana");
  w.post(w.ws + "/events", {{"id", "u"},
                            {"kind", "unsubscribed"},
                            {"occurred_at", "2026-11-16T09:59:00Z"},
                            {"lead", {{"email", "ana@example.com"}}}});
  for (const auto* method : {"POST", "GET", "DELETE"})
    hold(method, path);
  hold("POST", w.ws + "/campaigns/spring/check", w.campaign());
  hold("GET", w.ws + "/restraint");
  hold("GET", w.ws + "/reports/days");
  hold("GET", w.ws + "/accounts");
  hold("POST", w.ws + "/campaigns/autumn/prepare", {{"intent", "investor"}, {"preview", true}});
}

CAF_TEST_FIXTURE_SCOPE_END()
