#include "adapters/api/upsert_body.hpp"

#include <algorithm>

#include "actors/lead/limits.hpp"
#include "adapters/inbound/lead_keys.hpp"

namespace heed::api {

namespace {

constexpr std::size_t id_max = 200;

field_map read_fields(object_reader& in, std::string_view name, problems& out) {
  field_map fields;
  const auto* object = in.object(name);
  if (!object) return fields;
  for (const auto& [key, value] : object->items()) {
    const auto at = pointer_to(in.at(name), key);
    if (!value.is_string())
      out.push_back({at, "must be a string"});
    else if (key.empty() || value.get_ref<const std::string&>().size() > limits::field_length)
      out.push_back({at, "must have a name and at most " + std::to_string(limits::field_length) + " bytes"});
    else
      fields.emplace(key, value.get<std::string>());
  }
  if (fields.size() > limits::fields)
    out.push_back({in.at(name), "has more than " + std::to_string(limits::fields) + " members"});
  return fields;
}

std::optional<consent_grant> read_consent(const nlohmann::json& value, const std::string& name,
                                          const std::string& at, time_point now, problems& out) {
  const auto on = parse_channel(name);
  if (!on) {
    out.push_back({at, "is no channel; use email, sms, whatsapp, linkedin or ai_voice"});
    return std::nullopt;
  }
  object_reader in(value, at, out);
  consent_grant grant{*on, consent_status::granted, {}, {}, now};
  const auto status = in.text("status");
  if (!status || (*status != "granted" && *status != "withdrawn"))
    in.report("status", "must be `granted` or `withdrawn`");
  else
    grant.status = *status == "granted" ? consent_status::granted : consent_status::withdrawn;
  in.read("source", grant.source);
  if (grant.source.empty()) in.report("source", "must say where the consent was given, like `signup form`");
  in.read("evidence", grant.evidence);
  if (const auto text = in.text("at")) {
    const auto given = parse_iso(*text);
    if (!given) in.report("at", "must be an instant like 2026-11-20T10:00:00Z");
    // What lies in the future is clamped to receipt (PROTOCOL, Time).
    grant.at = std::min(given.value_or(now), now);
  }
  in.finish();
  return grant;
}

std::vector<consent_grant> read_consents(object_reader& in, time_point now, problems& out) {
  std::vector<consent_grant> all;
  const auto* object = in.object("consent");
  if (!object) return all;
  for (const auto& [name, value] : object->items())
    if (auto grant = read_consent(value, name, pointer_to(in.at("consent"), name), now, out))
      all.push_back(std::move(*grant));
  return all;
}

void read_campaign_name(object_reader& in, stimulus& s, const lead_upserted& u, const policy& p) {
  const auto campaign = in.text("campaign_id");
  const bool enrol = in.flag("enrol").value_or(campaign.has_value());
  if (!enrol) return;
  if (!campaign || campaign->empty()) return in.report("campaign_id", "an enrolment must name its campaign");
  if (!p.find_campaign(campaign_id{*campaign}))
    return in.report("campaign_id", "is no campaign of this workspace");
  s.campaign = campaign_id{*campaign};
  if (u.attribution.empty() && u.landing_page.empty())
    in.report("attribution",
              "an enrolment must say where the person came from: `attribution` or `landing_page`");
  if (std::ranges::none_of(u.consents, [](const auto& g) { return g.status == consent_status::granted; }))
    in.report("consent", "an enrolment must name a consent for at least one channel, with its source");
}

/// `carry_on`: another system has taken the steps before `step`; from here on they are taken by us.
void read_carry_on(object_reader& in, const stimulus& s, lead_upserted& u, const policy& p, problems& out) {
  const auto* object = in.object("carry_on");
  if (!object) return;
  const auto where = in.at("carry_on");
  object_reader place(*object, where, out);
  const auto step = place.text("step");
  if (const auto text = place.text("due")) {
    u.carry_on_due = parse_iso(*text);
    if (!u.carry_on_due) place.report("due", "must be an instant like 2026-11-20T10:00:00Z");
  }
  place.finish();
  const auto* c = s.campaign ? p.find_campaign(*s.campaign) : nullptr;
  if (!step || step->empty()) return place.report("step", "must name the step that comes next");
  if (!s.campaign) return in.report("carry_on", "needs the campaign_id it goes on with");
  if (!c) return;
  u.carry_on_at = step_id{*step};
  const auto& steps = c->current().steps;
  if (std::ranges::find(steps, u.carry_on_at, &heed::step::id) != steps.end()) return;
  std::vector<std::string> names;
  for (const auto& each : steps)
    names.push_back(each.id.value);
  place.report("step", "is no step of " + c->id.value + did_you_mean(*step, names));
}

std::vector<lead_key> read_keys(const nlohmann::json& body, object_reader& in, problems& out) {
  // Asked for here, so that `finish` knows them; the door's own reader brings them into canonical form.
  for (const char* name : {"email", "phone", "keys"})
    (void)in.any(name);
  nlohmann::json person = nlohmann::json::object();
  for (const char* name : {"email", "phone", "keys"})
    if (body.is_object() && body.contains(name)) person[name] = body[name];
  inbound::fault faults;
  auto keys = inbound::read_lead_keys(inbound::object_reader(person, "", faults), faults);
  if (faults) out.push_back({faults.problem().field, faults.problem().detail});
  return keys;
}

}  // namespace

tl::expected<stimulus, problems> read_upsert(const nlohmann::json& body, const policy& p, time_point now) {
  problems found;
  stimulus s;
  lead_upserted u;
  object_reader in(body, "", found);
  in.read("id", s.key);
  if (s.key.size() > id_max) in.report("id", "is longer than 200 bytes");
  s.keys = read_keys(body, in, found);
  u.fields = read_fields(in, "fields", found);
  u.attribution = read_fields(in, "attribution", found);
  in.read("landing_page", u.landing_page);
  in.read("time_zone", u.time_zone);
  if (!u.time_zone.empty() && p.zones && !p.zones->zones.contains(u.time_zone))
    in.report("time_zone", "is no IANA zone like Europe/Berlin");
  u.consents = read_consents(in, now, found);
  read_campaign_name(in, s, u, p);
  read_carry_on(in, s, u, p, found);
  in.finish();
  if (!found.empty()) return tl::unexpected(std::move(found));
  s.occurred_at = now;
  s.received_at = now;
  s.source = "api";
  s.body = std::move(u);
  return s;
}

}  // namespace heed::api
