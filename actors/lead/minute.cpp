#include "actors/lead/minute.hpp"

#include <algorithm>
#include <cmath>

#include "actors/lead/calendar.hpp"
#include "actors/lead/timing/choice.hpp"
#include "actors/lead/timing/population.hpp"
#include "actors/lead/timing/spread.hpp"

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

/// What is known of the way to the inbox for something that should arrive then.
timing::latency_used latency_for(const latency_outlook* known, time_point target) {
  if (!known) return {};
  return {known->at(target), timing::latency_used::origin::measured};
}

/// The latency depends on the hour of the target and the target on the latency: the second look settles it.
timing::choice choose_with_latency(const timing::profile& person, timing::choice_request r, const latency_outlook* known) {
  r.latency = latency_for(known, r.now);
  auto c = timing::choose(person, r);
  if (c.result != timing::choice::outcome::chosen || !known) return c;
  const auto at_target = latency_for(known, c.target);
  if (at_target == c.latency) return c;
  r.latency = at_target;
  return timing::choose(person, r);
}

std::uint32_t share_permille(const touch_view& v) {
  return v.plan->peak_share_permille.value_or(v.rules.defaults.timing.peak_share_permille);
}

auto minute_of(time_point t) { return std::chrono::floor<std::chrono::minutes>(t); }

/// The minutes of a campaign that may carry one more touch.
class free_minutes {
 public:
  free_minutes(const touch_view& v, const crowd_outlook& crowd, const std::optional<business_hours>& hours)
      : v_(v), crowd_(crowd), hours_(hours), room_(timing::minute_room(share_permille(v) / 1000.0, crowd.recipients)) {}

  [[nodiscard]] std::uint32_t room() const { return room_; }
  [[nodiscard]] bool is_free(time_point t) const {
    return (!crowd_.is_full(t) || is_own(t)) && is_open(hours_ ? &*hours_ : nullptr, *v_.zones.front(), t);
  }
  /// Near the wanted instant, by hash; where the window has no room left, after it.
  [[nodiscard]] time_point near(time_point wanted, const timing::window& within) const {
    const auto planned = [this](time_point t) { return is_free(t) ? 0u : room_; };
    for (const auto& w : {timing::window{within.from, std::max(within.until, wanted + std::chrono::minutes(1))},
                          timing::window{std::max(within.until, wanted), std::max(within.until, wanted) + std::chrono::hours(72)}})
      if (auto at = timing::spread(v_.journey.campaign.value, v_.lead.id.value, std::max(wanted, w.from), w, room_,
                                   crowd_.recipients, planned))
        return *at;
    return wanted;
  }

 private:
  /// What fills it may be this very touch.
  [[nodiscard]] bool is_own(time_point t) const {
    const auto& kept = v_.journey.minute;
    return kept && kept->room > 0 && kept->step == v_.next->id && minute_of(kept->trigger) == minute_of(t);
  }

  const touch_view& v_;
  const crowd_outlook& crowd_;
  const std::optional<business_hours>& hours_;
  std::uint32_t room_;
};

const crowd_outlook* crowd_of(const touch_view& v) {
  if (!v.when.outlook || share_permille(v) >= 1000) return nullptr;
  return v.when.outlook->crowd_of(v.journey.campaign);
}

/// Many people's best minute may be the same one: the trigger moves a little, and the target with it (SF-28, SF-29).
void spread_out(minute_chosen& f, const touch_view& v, const timing::window& within, const std::optional<business_hours>& hours) {
  const auto* crowd = crowd_of(v);
  if (!crowd) return;
  const free_minutes minutes(v, *crowd, hours);
  const auto at = minutes.near(f.trigger, within);
  f.recipients = crowd->recipients;
  f.room = minutes.room();
  f.shift_us = (at - f.trigger).count();
  f.trigger = at;
  f.target += duration(f.shift_us);
}

minute_chosen choose_within(const deliberation& d, const touch_view& v, const timing::window& within, const std::string& why) {
  const auto& s = d.defaults().timing;
  const auto& outlook = v.when.outlook;
  const auto& zone = *v.zones.front();
  const auto as_of = timing::local_minute_of(zone, d.now());
  const auto segment = v.lead.fields.find("segment");
  const bool taught = s.priors && outlook;
  const auto person = timing::profile_of(engagements_until(v.lead, as_of), taught ? outlook->population() : timing::population::unknown(),
                                         segment == v.lead.fields.end() ? std::string_view{} : segment->second, as_of);
  const auto hours = speaking_hours(v.next->on, v.hours);
  const auto influences = influences_of(v.lead, s);
  const timing::breaker tickets{!v.lead.open_tickets.empty(), v.lead.last_ticket_close, d.defaults().ticket_cooldown};
  const auto* latency = outlook && v.via && s.latency ? outlook->latency_of(v.via->id) : nullptr;
  const auto chosen = choose_with_latency(person, {d.now(), within, zone, hours ? &*hours : nullptr, influences, tickets, {},
                                                   {s.minute_grid, s.latency, s.hot_paths}}, latency);
  auto f = record(v, within, chosen, why);
  if (v.via) f.account = v.via->id;
  if (taught) f.priors = outlook->priors;
  if (f.why != "no_open_minute") spread_out(f, v, within, hours);
  return f;
}

/// Runs whose next touch waits for its minute and nothing else.
std::vector<campaign_id> waiting_for_minute(const deliberation& d) {
  std::vector<campaign_id> out;
  for (const auto& r : d.lead().runs)
    if (!is_final(r.status) && r.pauses.empty() && !r.touch && r.minute && r.waiting_for == timing_wait && r.next_at && *r.next_at > d.now())
      out.push_back(r.campaign);
  return out;
}

/// The kept choice under a higher latency: the target stays, the trigger moves earlier, into the next open minute with room;
/// none when that is not earlier than before (SF-30).
std::optional<minute_chosen> hastened(const deliberation& d, const touch_view& v, duration latency) {
  const auto& kept = *v.journey.minute;
  timing::choice as_kept;
  as_kept.result = timing::choice::outcome::chosen;
  as_kept.target = kept.target;
  as_kept.trigger = kept.trigger;
  const auto hours = speaking_hours(v.next->on, v.hours);
  auto at = timing::trigger_now(as_kept, {d.now(), kept.until}, latency, d.now());
  if (at) at = next_opening(hours ? &*hours : nullptr, *v.zones.front(), *at);
  if (const auto* crowd = crowd_of(v); at && crowd) {
    const free_minutes minutes(v, *crowd, hours);
    while (*at < kept.trigger && !minutes.is_free(*at)) *at += std::chrono::minutes(1);
  }
  if (!at || *at >= kept.trigger) return std::nullopt;
  minute_chosen f;
  f.campaign = v.journey.campaign;
  f.step = kept.step;
  f.why = "latency";
  f.from = d.now();
  f.until = kept.until;
  f.target = kept.target;
  f.trigger = *at;
  f.latency_us = latency.count();
  f.latency_measured = true;
  f.due_now = kept.target - latency < d.now();
  f.account = kept.account;
  f.room = kept.room;
  f.shift_us = kept.shift_us;
  return f;
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
  if (d.lead().hot || !d.defaults().timing.hot_paths || !d.has_concluded<hot_path_noted>()) return;
  for (const auto& id : waiting_for_minute(d)) {
    const run& r = *d.lead().find_run(id);
    const auto touch = gather(d, r);
    const auto kept = *r.minute;
    if (!touch.view.next || touch.view.next->id != kept.step || kept.until <= d.now()) continue;
    auto sooner = choose_within(d, touch.view, {d.now(), kept.until}, "hot_path");
    if (sooner.why != "hot_path" || minute_of(sooner.trigger) >= minute_of(kept.trigger)) continue;
    const auto trigger = sooner.trigger;
    d.conclude(std::move(sooner));
    reschedule(d, *d.lead().find_run(id), trigger, std::string(timing_wait));
  }
}

void on(deliberation& d, const latency_rose& s) {
  if (!d.defaults().timing.latency) return d.note("latency_rose", "latency is switched off");
  for (const auto& id : waiting_for_minute(d)) {
    const run& r = *d.lead().find_run(id);
    if (r.minute->account != s.account) continue;
    const auto touch = gather(d, r);
    if (!touch.view.next || touch.view.next->id != r.minute->step) continue;
    auto sooner = hastened(d, touch.view, duration(s.now_us));
    if (!sooner) continue;
    const auto trigger = sooner->trigger;
    d.conclude(std::move(*sooner));
    reschedule(d, *d.lead().find_run(id), trigger, std::string(timing_wait));
  }
}

}  // namespace heed
