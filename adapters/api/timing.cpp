#include "adapters/api/timing.hpp"

#include <chrono>

#include "actors/campaign/document.hpp"
#include "actors/lead/timing/choice.hpp"
#include "adapters/api/body.hpp"
#include "adapters/api/handlers.hpp"
#include "adapters/api/lead_lookup.hpp"
#include "adapters/api/present.hpp"

/// When a person is there to be spoken to, as the lead's own decisions would see it (SF-9, SF-10).
namespace heed::api {

using nlohmann::json;

namespace {

struct curve_wish {
  std::string lead;
  bool by_minute = false;
};

std::optional<curve_wish> read_wish(call& c) {
  const auto body = read_body(c, body_need::required);
  if (!body) return std::nullopt;
  problems found;
  object_reader in(*body, "", found);
  curve_wish w;
  in.read("lead", w.lead);
  if (w.lead.empty()) in.report("lead", "must be a lead's id");
  std::string resolution = "hour";
  in.read("resolution", resolution);
  if (resolution != "hour" && resolution != "minute") in.report("resolution", "must be hour or minute");
  w.by_minute = resolution == "minute";
  in.finish();
  if (found.empty()) return w;
  c.refuse(unprocessable(found));
  return std::nullopt;
}

const zone_rules& zone_of(const lead_state& s, const policy& p) {
  if (!p.zones) return utc_zone();
  return p.zones->find(s.time_zone.empty() ? p.defaults.time_zone : s.time_zone);
}

std::string segment_of(const lead_state& s) {
  const auto at = s.fields.find("segment");
  return at == s.fields.end() ? std::string() : at->second;
}

struct seen_person {
  timing::profile known;
  std::size_t engagements = 0;
};

seen_person look_at(const lead_state& s, const policy& p, const engine::taught_priors& taught, time_point now) {
  const auto as_of = timing::local_minute_of(zone_of(s, p), now);
  auto events = s.engagements.events();
  std::erase_if(events, [&](const auto& e) { return e.at > as_of; });
  const auto& known = taught.known && p.defaults.timing.priors ? *taught.known : timing::population::unknown();
  return {timing::profile_of(events, known, segment_of(s), as_of), events.size()};
}

json minute_json(const run& r) {
  return {{"run", r.campaign.value},
          {"step", r.minute->step.value},
          {"target", to_iso(r.minute->target)},
          {"trigger", to_iso(r.minute->trigger)},
          {"until", to_iso(r.minute->until)}};
}

}  // namespace

json timing_json(const lead_state& s, const policy& p, const engine::taught_priors& taught, time_point now) {
  const auto seen = look_at(s, p, taught, now);
  auto minutes = json::array();
  for (const auto& r : s.runs)
    if (r.minute) minutes.push_back(minute_json(r));
  auto hot = json::array();
  for (const auto& h : s.hot_paths)
    if (now - h.at < p.defaults.timing.hot_life) hot.push_back({{"name", h.name}, {"at", to_iso(h.at)}});
  return {{"engagements", seen.engagements},
          {"source", std::string(timing::name_of(seen.known.minute.source))},
          {"confidence", seen.known.minute.confidence},
          {"hot_paths", std::move(hot)},
          {"minutes", std::move(minutes)}};
}

void show_curve(const call_ptr& c) {
  const auto wish = read_wish(*c);
  if (!wish) return;
  reading(c, [c, w = *wish](store_reader& r) {
    const auto row = find_lead(*c, r, lead_id{w.lead});
    if (!row) return;
    const auto s = state_of(*row);
    if (!s) return c->refuse(s.error());
    const auto p = c->node().current_policy(c->workspace);
    if (!p) return c->refuse(not_found());
    // To the minute: two calls within one give the same bytes.
    const auto now = std::chrono::floor<std::chrono::minutes>(c->node().now());
    const auto taught = c->node().priors_of(c->workspace);
    const auto seen = look_at(*s, *p, taught, now);
    const auto& shape = seen.known.minute.shape;
    json body{{"lead_id", row->lead.value},
              {"time_zone", zone_of(*s, *p).name},
              {"as_of", to_iso(now)},
              {"feature_version", std::to_string(stable_hash(s->engagements.bytes())) + "." + std::to_string(taught.version)},
              {"engagements", seen.engagements},
              {"source", std::string(timing::name_of(seen.known.minute.source))},
              {"confidence", seen.known.minute.confidence},
              {"hours", shape.hourly()}};
    if (w.by_minute) body["minutes"] = shape.minutes();
    c->answer(200, body);
  });
}

}  // namespace heed::api
