// What a campaign would do, before it does it.
#include "actors/campaign/campaign_json.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/forecasts.hpp"
#include "adapters/api/handlers.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

constexpr std::size_t list_max = 1024 * 1024;
constexpr auto longest_enrolment = std::chrono::days(forecast_wish::most_days);

http::problem not_here() {
  return conflict("no_forecasts", "This node computes no forecasts.", "Use `heed simulate`.");
}

/// The policy as it would be with that definition, switched on: it is looked at before it goes live.
std::optional<policy> rules_with(const json* definition, const policy& now, const campaign_id& id,
                                 problems& found) {
  policy out = now;
  if (definition != nullptr) {
    problems wrong;
    auto next =
        campaign_from_json(*definition, id, {now.zones.get(), &now.accounts, &now.defaults.default_profile});
    if (!next) {
      for (auto& p : next.error())
        found.push_back({"/definition" + p.field, std::move(p.detail)});
      return std::nullopt;
    }
    const auto* old = now.find_campaign(id);
    out.campaigns[id] = old ? next_version(*old, std::move(*next)) : std::move(*next);
  }
  const auto it = out.campaigns.find(id);
  if (it == out.campaigns.end()) return std::nullopt;
  it->second.enabled = true;
  it->second.ended = false;
  return out;
}

std::optional<forecast_wish> read_wish(call& c, const policy& now) {
  const auto body = read_body(c, body_need::optional);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  forecast_wish w;
  w.workspace = c.workspace;
  w.by = c.key->name;
  w.campaign = campaign_id{c.param("campaign")};
  w.start = c.node().now();
  std::uint32_t seed = 1;
  in.read("leads", w.leads, 1, forecast_wish::most_leads);
  in.read("list", w.list);
  in.read("days", w.days, 1, forecast_wish::most_days);
  in.read("people", w.people);
  in.read("seed", seed, 1, 1'000'000'000);
  in.read("enrol_over", w.enrol_over, duration{0}, longest_enrolment);
  in.read("handoffs_per_day", w.handoffs_per_day, 0, 10'000);
  w.seed = seed;
  if (w.list.size() > list_max) in.report("list", "has more than 1 MiB; look at a part of it");
  const auto* definition = in.object("definition");
  auto rules = rules_with(definition, now, w.campaign, found);
  in.finish();
  if (!found.empty()) return c.refuse(unprocessable(found)), std::nullopt;
  if (!rules) return c.refuse(not_found()), std::nullopt;
  w.rules = std::move(*rules);
  return w;
}

void refuse(call& c, const forecasts::refusal& why) {
  if (const auto* found = std::get_if<problems>(&why)) return c.refuse(unprocessable(*found));
  if (const auto* other = std::get_if<forecasts::under_way>(&why))
    return c.refuse(
        conflict("forecast_under_way",
                 "A forecast of campaign " + other->campaign.value + " is being computed in this workspace.",
                 "Wait until it is done, or give it up with DELETE."));
  c.refuse({503, "busy", "Service unavailable", "Too many forecasts wait.", {}, "Try again in a minute."},
           60);
}

void answer_document(call& c, const json& document) {
  document.is_null() ? c.refuse(not_found()) : c.answer(200, document);
}

}  // namespace

void begin_forecast(const call_ptr& c) {
  const auto& desk = c->opts().forecasts;
  if (!desk) return c->refuse(not_here());
  const auto now = c->node().current_policy(c->workspace);
  if (!now) return c->refuse(not_found());
  auto wish = read_wish(*c, *now);
  if (!wish) return;
  const auto begun = desk->begin(std::move(*wish));
  begun ? c->answer(202, *begun) : refuse(*c, begun.error());
}

void show_forecast(const call_ptr& c) {
  const auto& desk = c->opts().forecasts;
  if (!desk) return c->refuse(not_here());
  answer_document(*c, desk->latest(c->workspace, campaign_id{c->param("campaign")}));
}

void give_up_forecast(const call_ptr& c) {
  const auto& desk = c->opts().forecasts;
  if (!desk) return c->refuse(not_here());
  answer_document(*c, desk->give_up(c->workspace, campaign_id{c->param("campaign")}));
}

}  // namespace heed::api
