#include "actors/lead/minute.hpp"

#include <algorithm>
#include <cmath>

#include "actors/lead/timing/choice.hpp"
#include "actors/lead/timing/population.hpp"

namespace heed {

namespace {

std::int64_t millionths(double x) { return std::llround(x * 1e6); }
std::int64_t billionths(double x) { return std::llround(x * 1e9); }

std::vector<timing::influence> influences_of(const lead_state& lead, const timing_settings& s) {
  std::vector<timing::influence> out;
  for (const auto& h : lead.hot_paths)
    out.push_back({h.name, static_cast<float>(s.hot_weight_pct) / 100.0f, h.at, s.hot_life});
  return out;
}

/// What happened after the instant that is asked about is left out: a clock may have been set back.
std::vector<timing::engagement> engagements_until(const lead_state& lead, timing::local_minute as_of) {
  auto events = lead.engagements.events();
  std::erase_if(events, [&](const auto& e) { return e.at > as_of; });
  return events;
}

minute_chosen record(const touch_view& v, const timing::window& within, const timing::choice& c, const std::string& why) {
  minute_chosen f;
  f.campaign = v.journey.campaign;
  f.step = v.next->id;
  f.why = why;
  f.from = within.from;
  f.until = within.until;
  if (c.result != timing::choice::outcome::chosen) {
    // No minute of the window is open: the calendar has let it pass now, so now it is.
    f.why = "no_open_minute";
    f.target = f.trigger = within.from;
    return f;
  }
  f.target = c.target;
  f.trigger = c.trigger;
  f.base_ppb = billionths(c.base);
  f.chance_ppb = billionths(c.probability);
  for (const auto& w : c.weights)
    f.weights.push_back({w.name, millionths(w.weight)});
  f.latency_us = c.latency.value.count();
  f.latency_measured = c.latency.from == timing::latency_used::origin::measured;
  f.due_now = c.due_now;
  f.at_opening = c.at_opening;
  f.by_hour = c.by_hour;
  f.source = timing::name_of(c.source);
  f.confidence_ppm = millionths(c.confidence);
  f.evidence_ppm = millionths(c.evidence_weight);
  for (const auto& r : c.runners_up)
    f.runners_up.push_back({r.at, billionths(r.probability)});
  return f;
}

minute_chosen choose_within(const deliberation& d, const touch_view& v, const timing::window& within, const std::string& why) {
  const auto& s = d.defaults().timing;
  const auto& zone = *v.zones.front();
  const auto as_of = timing::local_minute_of(zone, d.now());
  const auto segment = v.lead.fields.find("segment");
  const auto person = timing::profile_of(engagements_until(v.lead, as_of), timing::population::unknown(),
                                         segment == v.lead.fields.end() ? std::string_view{} : segment->second, as_of);
  const auto hours = speaking_hours(v.next->on, v.hours);
  const auto influences = influences_of(v.lead, s);
  const timing::breaker tickets{!v.lead.open_tickets.empty(), v.lead.last_ticket_close, d.defaults().ticket_cooldown};
  return record(v, within, timing::choose(person, {d.now(), within, zone, hours ? &*hours : nullptr, influences, tickets, {},
                                                   {s.minute_grid, s.latency, s.hot_paths}}), why);
}

}  // namespace

bool wants_minute(const touch_view& v) {
  if (!v.plan || !v.next || !v.plan->timing_window || v.journey.retry) return false;
  return !v.journey.minute || v.journey.minute->step != v.next->id;
}

void choose_minute(deliberation& d, const touch_view& v) {
  d.conclude(choose_within(d, v, {d.now(), d.now() + *v.plan->timing_window}, "first"));
}

void bring_forward(deliberation& d) {
  // Acceleration ends where the brake begins (T-13).
  if (d.lead().hot || !d.has_concluded<hot_path_noted>()) return;
  std::vector<campaign_id> waiting;
  for (const auto& r : d.lead().runs)
    if (!is_final(r.status) && r.pauses.empty() && !r.touch && r.minute && r.waiting_for == timing_wait && r.next_at && *r.next_at > d.now())
      waiting.push_back(r.campaign);
  for (const auto& id : waiting) {
    const run& r = *d.lead().find_run(id);
    const auto touch = gather(d, r);
    const auto kept = *r.minute;
    if (!touch.view.next || touch.view.next->id != kept.step || kept.until <= d.now()) continue;
    auto sooner = choose_within(d, touch.view, {d.now(), kept.until}, "hot_path");
    if (sooner.why != "hot_path" || sooner.trigger >= kept.trigger) continue;
    const auto trigger = sooner.trigger;
    d.conclude(std::move(sooner));
    reschedule(d, *d.lead().find_run(id), trigger, std::string(timing_wait));
  }
}

}  // namespace heed
