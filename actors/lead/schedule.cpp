#include "actors/lead/calendar.hpp"
#include "actors/lead/deliberation.hpp"

namespace heed {

const zone_rules& zone_of(const lead_state& lead, const campaign* c, const policy& p) {
  if (!p.zones) return utc_zone();
  if (!lead.time_zone.empty()) return p.zones->find(lead.time_zone);
  if (c && !c->time_zone.empty()) return p.zones->find(c->time_zone);
  return p.zones->find(p.defaults.time_zone);
}

const business_hours* hours_of(const campaign* c, const policy& p) {
  if (c && c->hours) return &*c->hours;
  return p.defaults.hours ? &*p.defaults.hours : nullptr;
}

const step* current_step(const deliberation& d, const run& r) {
  auto* c = d.rules.find_campaign(r.campaign);
  auto* sequence = c ? c->find_sequence(r.sequence_version) : nullptr;
  if (!sequence) return nullptr;
  if (r.retry) {
    for (const auto& s : sequence->steps)
      if (s.id == *r.retry) return &s;
    return nullptr;
  }
  return r.cursor < sequence->steps.size() ? &sequence->steps[r.cursor] : nullptr;
}

void schedule_current_step(deliberation& d, const campaign_id& c, time_point anchor) {
  const run& r = *d.lead().find_run(c);
  auto* plan = d.rules.find_campaign(c);
  auto* next = current_step(d, r);
  if (!plan || !next) return;
  auto band = band_of(campaign_score(d, r).points, plan->profile);
  // Nothing but the start of the run bounds it from below: a step that is late says so by its lateness.
  auto due = schedule_step({next->at, anchor, r.started_at, r.last_touch, hours_of(plan, d.rules),
                            zone_of(d.lead(), plan, d.rules), spacing_of(band, plan->profile), r.started_at});
  // What rules of pace had put off stays put off.
  if (due && r.paced_until && *due < *r.paced_until) due = r.paced_until;
  // Re-timing never brings a step forward (RULES, Heat).
  if (due && r.next_at && *due < *r.next_at) due = r.next_at;
  d.conclude(step_scheduled{c, next->id, due, anchor, r.waiting_for, band});
}

void reschedule(deliberation& d, const run& r, std::optional<time_point> next_at, const std::string& why) {
  if (r.next_at == next_at && r.waiting_for == why && r.waiting_since) return;
  auto* next = current_step(d, r);
  d.conclude(step_scheduled{r.campaign, next ? next->id : step_id{}, next_at, r.anchor, why, r.band});
}

}  // namespace heed
