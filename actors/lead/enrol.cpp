#include <algorithm>

#include "actors/lead/deliberation.hpp"
#include "actors/lead/gates.hpp"
#include "actors/lead/identity/resolution.hpp"
#include "actors/lead/identity/unite.hpp"
#include "actors/lead/limits.hpp"

namespace heed {

namespace {

using namespace std::chrono_literals;

/// Consent words that arrive out of order: within five minutes of each other the withdrawal holds (PROTOCOL, Time).
constexpr auto consent_tie = 5min;

bool prevails(const consent_grant& incoming, const consent_grant& held) {
  if (incoming.status == held.status) return incoming.at > held.at;
  if (incoming.status == consent_status::withdrawn) return incoming.at >= held.at - consent_tie;
  return incoming.at > held.at + consent_tie;
}

/// One spelling for the names that forms send in many.
std::string canonical_field(const std::string& name) {
  static const std::map<std::string, std::string, std::less<>> aliases{
      {"first_name", "firstName"}, {"firstname", "firstName"}, {"last_name", "lastName"},
      {"lastname", "lastName"},    {"company_name", "company"}, {"lead_company", "company"}};
  auto it = aliases.find(name);
  return it == aliases.end() ? name : it->second;
}

/// Every address this sequence could use is held after a bounce: there is nothing a run could do.
bool only_held_addresses(const lead_state& lead, const sequence& s) {
  bool any_held = false;
  for (const auto& next : s.steps) {
    auto address = address_for(lead, next.on);
    if (address.empty()) continue;
    if (!address_held(lead, next.on, address)) return false;
    any_held = true;
  }
  return any_held;
}

/// Where a run begins: at the first step, or at the one that another system came to.
tl::expected<std::uint32_t, std::string> place_of(const campaign& c, const step_id& carry_on_at) {
  if (carry_on_at.empty()) return 0;
  const auto& steps = c.current().steps;
  const auto found = std::ranges::find(steps, carry_on_at, &step::id);
  if (found == steps.end()) return tl::unexpected<std::string>("unknown_step");
  const auto text = c.templates.find(found->uses.value);
  // The thread it would go on with is not ours: nobody knows its subject here.
  if (found->on == channel::email && text != c.templates.end() && text->second.subject.empty())
    return tl::unexpected<std::string>("step_without_subject");
  return static_cast<std::uint32_t>(found - steps.begin());
}

std::string refusal(const deliberation& d, const campaign* c, const enrolment& e) {
  const auto& lead = d.lead();
  if (e.campaign.empty()) return "no_campaign";
  if (!c) return "unknown_campaign";
  if (!c->enabled || c->ended) return "campaign_disabled";
  bool attributed = !e.landing_page.empty() || !e.attribution.empty() || !c->landing_page.empty() || !c->attribution.empty();
  if (!attributed) return "no_attribution";
  if (d.is_backfill()) return "backfill";
  if (d.what.received_at - d.what.occurred_at > d.defaults().enrol_max_age) return "too_old";
  if (lead.suppressed) return "suppressed";
  // Only the lead's own new form changes its mind (RULES, Replies).
  if (!e.by_form && lead.not_interested_until && d.now() < *lead.not_interested_until) return "not_interested";
  if (lead.handoff) return "handed_off";
  if (lead.unanswered_reply) return "unanswered_reply";
  if (lead.poisoned) return "poisoned";
  if (lead.runs.size() >= limits::runs) return "too_many_runs";
  if (only_held_addresses(lead, c->current())) return "address_suppressed";
  return {};
}

}  // namespace

void learn_keys(deliberation& d) {
  for (auto key : d.what.keys) {
    if (key.value.empty() || key.kind == key_kind::lead) continue;
    const auto& known = d.lead().keys;
    if (!is_news(known, key)) continue;
    // A second email never replaces the first: it becomes an alternate (ZRG-56).
    if (key.kind == key_kind::email && std::ranges::find(known, key_kind::email, &lead_key::kind) != known.end())
      key.kind = key_kind::alternate_email;
    if (known.size() >= limits::keys)
      d.conclude(key_refused{key, "too_many_keys"});
    else
      d.conclude(key_added{key});
  }
}

void learn_fields(deliberation& d, const field_map& fields, const std::string& time_zone) {
  profile_changed change;
  for (const auto& [name, value] : fields) {
    auto canonical = canonical_field(name);
    auto it = d.lead().fields.find(canonical);
    bool fresh = it == d.lead().fields.end();
    if (fresh && (value.empty() || d.lead().fields.size() + change.fields.size() >= limits::fields)) continue;
    if (fresh || it->second != value) change.fields[canonical] = value;
  }
  if (time_zone != d.lead().time_zone) change.time_zone = time_zone;
  if (change.fields.empty() && change.time_zone.empty()) return;
  d.conclude(std::move(change));
  // Filled tokens clear their own pause (RULES, Runs); a gap that is left pauses again at the template gate.
  std::vector<campaign_id> paused;
  for (const auto& r : d.lead().runs)
    if (r.pauses.has(pause_flag::missing_data)) paused.push_back(r.campaign);
  for (const auto& c : paused) clear_flag(d, c, pause_flag::missing_data, "fields");
  // A do-not-disturb may just have ended: its step is looked at now, not after the three days.
  std::vector<campaign_id> disturbed;
  for (const auto& r : d.lead().runs)
    if (r.waiting_for == "sms_dnd" && !is_final(r.status)) disturbed.push_back(r.campaign);
  for (const auto& c : disturbed) {
    const run& r = *d.lead().find_run(c);
    d.conclude(step_scheduled{c, current_step(d, r) ? current_step(d, r)->id : step_id{}, d.now(), r.anchor, "sms_dnd", r.band});
  }
}

void learn_consent(deliberation& d, consent_grant grant) {
  auto held = std::ranges::find(d.lead().consents, grant.on, &consent_grant::on);
  if (held == d.lead().consents.end() || prevails(grant, *held)) d.conclude(consent_changed{std::move(grant)});
}

std::string resolve_campaign(const deliberation& d, const std::string& landing_page) {
  if (d.what.campaign && !d.what.campaign->empty()) return d.what.campaign->value;
  for (const auto* name : {"campaign_id", "campaign", "utm_campaign"})
    if (auto it = d.what.attributes.find(name); it != d.what.attributes.end() && d.rules.find_campaign(campaign_id{it->second}))
      return it->second;
  if (landing_page.empty()) return {};
  for (const auto& [id, c] : d.rules.campaigns)
    if (c.landing_page == landing_page) return id.value;
  return {};
}

bool enrol(deliberation& d, const enrolment& e) {
  campaign_id id{e.campaign};
  if (!e.campaign.empty() && (d.lead().find_run(id) || enrolled_elsewhere(d.lead(), id))) {
    d.note("already_enrolled", e.campaign);
    return false;
  }
  auto* c = e.campaign.empty() ? nullptr : d.rules.find_campaign(id);
  if (auto why = refusal(d, c, e); !why.empty()) {
    d.conclude(not_enrolled{e.campaign, why});
    return false;
  }
  enrolled f{id, c->current().version, e.landing_page.empty() ? c->landing_page : e.landing_page, c->attribution,
             e.by_form, d.defaults().dry_run, d.now()};
  for (const auto& [name, value] : e.attribution)
    if (f.attribution.size() < limits::fields) f.attribution[name] = value;
  const auto begins = place_of(*c, e.carry_on_at);
  if (!begins) {
    d.conclude(not_enrolled{e.campaign, begins.error()});
    return false;
  }
  f.cursor = *begins;
  d.conclude(std::move(f));
  if (!e.carry_on_at.empty() && e.carry_on_due)
    d.conclude(step_scheduled{id, e.carry_on_at, e.carry_on_due, d.now(), {}, 0});
  return true;
}

}  // namespace heed
