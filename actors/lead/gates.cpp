#include "actors/lead/gates.hpp"

#include <algorithm>
#include <array>

#include "actors/lead/identity/unite.hpp"
#include "actors/lead/quiet.hpp"

namespace heed {

namespace {

gate_verdict pass(gate at, std::vector<gate_number> numbers = {}) {
  return {at, gate_outcome::pass, {}, {}, std::move(numbers)};
}

gate_verdict close(gate at, gate_outcome outcome, std::string reason, std::optional<time_point> opens_at = {},
                   std::vector<gate_number> numbers = {}) {
  return {at, outcome, std::move(reason), opens_at, std::move(numbers)};
}

/// RULES, Runs: how long a step waits for a do-not-disturb to end.
constexpr duration sms_dnd_wait = std::chrono::hours(72);
/// The provider's: after the lead's own message anything may be written for this long.
constexpr duration whatsapp_window = std::chrono::hours(24);

std::int64_t seconds(duration d) { return std::chrono::duration_cast<std::chrono::seconds>(d).count(); }

gate_verdict run_live(const touch_view& v) {
  constexpr auto at = gate::run_live;
  if (is_final(v.journey.status)) return close(at, gate_outcome::end, "run_ended");
  if (!v.plan || !v.next) return close(at, gate_outcome::end, "definition_gone");
  if (v.plan->ended) return close(at, gate_outcome::end, "campaign_ended");
  if (v.journey.dry_run && !v.rules.defaults.dry_run) return close(at, gate_outcome::end, "dry_run");
  if (!v.plan->enabled) return close(at, gate_outcome::wait, "campaign_disabled");
  return pass(at);
}

/// Stops by people; a workspace's pause-until is for automation alone.
gate_verdict stopped_by_people(const touch_view& v) {
  constexpr auto at = gate::kill_switch;
  const auto& stops = v.when.stops;
  if (stops.global) return close(at, gate_outcome::wait, "stopped: global");
  if (stops.workspace) return close(at, gate_outcome::wait, "stopped: workspace");
  if (stops.campaigns.contains(v.journey.campaign.value)) return close(at, gate_outcome::wait, "stopped: campaign");
  if (v.via && stops.accounts.contains(v.via->id.value)) return close(at, gate_outcome::wait, "stopped: account");
  return pass(at);
}

gate_verdict kill_switch(const touch_view& v) {
  constexpr auto at = gate::kill_switch;
  if (auto stopped = stopped_by_people(v); stopped.outcome != gate_outcome::pass) return stopped;
  if (auto until = v.rules.defaults.paused_until; until && v.when.now < *until)
    return close(at, gate_outcome::wait, "workspace_paused", until);
  return pass(at);
}

const consent_grant* consent_for(const touch_view& v) {
  if (!v.next) return nullptr;
  auto it = std::ranges::find(v.lead.consents, v.next->on, &consent_grant::on);
  return it == v.lead.consents.end() ? nullptr : &*it;
}

gate_verdict suppression(const touch_view& v) {
  constexpr auto at = gate::suppression;
  if (v.lead.suppressed) return close(at, gate_outcome::suppress, *v.lead.suppressed);
  if (auto* c = consent_for(v); c && c->status == consent_status::withdrawn)
    return close(at, gate_outcome::suppress, "consent_withdrawn");
  return pass(at);
}

gate_verdict circuit_breaker(const touch_view& v) {
  constexpr auto at = gate::circuit_breaker;
  auto state = ticket_breaker(v.lead, v.rules.defaults, v.when.now);
  auto open = static_cast<std::int64_t>(v.lead.open_tickets.size());
  if (state.open) return close(at, gate_outcome::wait, "ticket_open", {}, {{"open_tickets", open}});
  if (state.cooling_until)
    return close(at, gate_outcome::wait, "ticket_cooldown", state.cooling_until,
                 {{"cooldown_s", seconds(v.rules.defaults.ticket_cooldown)}});
  return pass(at);
}

/// Only one run may answer a lead that forms alone made hot: the oldest that has not sent yet (RULES, Heat).
bool is_first_answer(const touch_view& v) {
  auto oldest = std::ranges::find_if(v.lead.runs, [](const run& r) { return !is_final(r.status) && r.cursor == 0; });
  return oldest != v.lead.runs.end() && oldest->campaign == v.journey.campaign;
}

gate_verdict hot_brake(const touch_view& v) {
  constexpr auto at = gate::hot_brake;
  std::int32_t threshold = v.plan ? v.plan->profile.threshold : v.rules.defaults.default_profile.threshold;
  std::vector<gate_number> numbers{{"score", v.score.points}, {"threshold", threshold},
                                   {"cursor", static_cast<std::int64_t>(v.journey.cursor)}};
  if (!v.lead.hot) return pass(at, std::move(numbers));
  if (v.journey.cursor >= 1) return close(at, gate_outcome::suppress, "suppressed_hot", {}, std::move(numbers));
  if (!is_first_answer(v)) return close(at, gate_outcome::wait, "hot_first_answer_elsewhere", {}, std::move(numbers));
  return pass(at, std::move(numbers));
}

gate_verdict human_owns(const touch_view& v) {
  constexpr auto at = gate::human_owns;
  if (v.lead.poisoned) return close(at, gate_outcome::wait, "poisoned");
  if (v.lead.handoff) return close(at, gate_outcome::pause, "handed_off");
  // An answer is not held by the very reply it answers.
  if (v.lead.unanswered_reply && v.lead.unanswered_reply != v.answers) return close(at, gate_outcome::pause, "lead_replied");
  if (v.lead.snoozed) return close(at, gate_outcome::pause, "snoozed", v.lead.snoozed_until);
  if (auto until = v.lead.human_silence_until; until && v.when.now < *until)
    return close(at, gate_outcome::wait, "human_touched", until,
                 {{"silence_s", seconds(v.rules.defaults.human_silence)}});
  return pass(at);
}

bool allowed_recipient(const touch_view& v, const std::string& address) {
  const auto& allowed = v.rules.allow_recipients;
  if (!allowed || !v.via || !is_real(*v.via)) return true;
  if (allowed->contains(address)) return true;
  auto host = address.find('@');
  return host != std::string::npos && allowed->contains(address.substr(host + 1));
}

/// Whoever is in copy is written to as well; empty = nothing stands against it.
std::string_view unfit_copy(const touch_view& v) {
  if (v.copies.empty()) return {};
  if (!carries_copies(*v.via)) return "copies_not_carried";
  for (const auto& each : v.copies) {
    if (address_held(v.lead, channel::email, each)) return "copy_suppressed";
    if (!allowed_recipient(v, each)) return "copy_not_in_allow_recipients";
  }
  return {};
}

/// A contact's own do-not-disturb, as a CRM or an enrichment tells it.
bool do_not_disturb(const touch_view& v) {
  if (v.next->on != channel::sms) return false;
  for (const auto* name : {"smsDnd", "sms_dnd"})
    if (auto it = v.lead.fields.find(name); it != v.lead.fields.end())
      return it->second == "true" || it->second == "1" || it->second == "yes" || it->second == "on";
  return false;
}

/// It is waited for, up to three days from when it first held the step, then the step is skipped (RULES, Runs).
gate_verdict disturbed(const touch_view& v) {
  constexpr auto at = gate::reachable;
  bool held = v.journey.waiting_for == "sms_dnd" && v.journey.waiting_since;
  auto until = (held ? *v.journey.waiting_since : v.when.now) + sms_dnd_wait;
  std::vector<gate_number> numbers{{"wait_s", seconds(sms_dnd_wait)}};
  if (held && v.when.now >= until) return close(at, gate_outcome::skip, "sms_dnd", {}, std::move(numbers));
  return close(at, gate_outcome::wait, "sms_dnd", until, std::move(numbers));
}

/// Free text on WhatsApp needs a message of the lead's own within a day; an approved template does not.
bool needs_whatsapp_template(const touch_view& v) {
  if (v.next->on != channel::whatsapp) return false;
  if (v.plan)
    if (auto text = v.plan->templates.find(v.next->uses.value); text != v.plan->templates.end() && !text->second.content_sid.empty())
      return false;
  return !v.lead.whatsapp_inbound || v.when.now - *v.lead.whatsapp_inbound >= whatsapp_window;
}

gate_verdict reachable(const touch_view& v) {
  constexpr auto at = gate::reachable;
  if (!v.next) return close(at, gate_outcome::skip, "definition_gone");
  auto kind = address_kind(v.next->on);
  if (!kind || !v.via) return close(at, gate_outcome::skip, "channel_unavailable");
  if (v.address.empty()) return close(at, gate_outcome::skip, "missing_" + std::string(to_string(*kind)));
  if (address_held(v.lead, v.next->on, v.address)) return close(at, gate_outcome::skip, "address_suppressed");
  if (!consent_for(v)) return close(at, gate_outcome::skip, "no_consent");
  if (!allowed_recipient(v, v.address)) return close(at, gate_outcome::skip, "not_in_allow_recipients");
  if (const auto why = unfit_copy(v); !why.empty()) return close(at, gate_outcome::skip, std::string(why));
  if (needs_whatsapp_template(v))
    return close(at, gate_outcome::skip, "whatsapp_needs_template", {}, {{"window_s", seconds(whatsapp_window)}});
  if (do_not_disturb(v)) return disturbed(v);
  return pass(at);
}

/// What every email of a real account must say of its sender and could not (4R-66). Saving refuses such a workspace;
/// this is the backstop.
std::string missing_identity(const touch_view& v) {
  if (!v.next || v.next->on != channel::email || !v.via || !is_real(*v.via)) return {};
  std::string names;
  auto need = [&](const std::string& value, const char* name) {
    if (value.empty()) names += std::string(names.empty() ? "" : ", ") + "{" + name + "}";
  };
  need(v.rules.public_url, "publicUrl");
  need(v.rules.defaults.sender_name, "senderName");
  need(v.rules.defaults.postal_address, "postalAddress");
  return names;
}

gate_verdict filled_template(const touch_view& v) {
  constexpr auto at = gate::message_template;
  if (v.template_gone) return close(at, gate_outcome::pause, "missing_workspace_setup: template");
  if (v.gap) return close(at, gate_outcome::pause, missing_reason(*v.gap));
  if (auto names = missing_identity(v); !names.empty())
    return close(at, gate_outcome::pause, "missing_workspace_setup: " + names);
  return pass(at);
}

gate_verdict guard(const touch_view& v) {
  constexpr auto at = gate::guard;
  if (!v.next || !v.plan) return pass(at);
  if (reached_elsewhere(v.lead, v.journey.campaign, v.next->id)) return close(at, gate_outcome::skip, "reached_already");
  auto band = band_of(v.score.points, v.plan->profile);
  // From the third band on only what the sequence calls essential still goes out (SS-48).
  if (band >= 2 && !v.next->essential && !v.journey.retry)
    return close(at, gate_outcome::skip, "rising_intent", {}, {{"score", v.score.points}, {"band", band}});
  if (v.next->guard && !guard_holds(*v.next->guard, v)) return close(at, gate_outcome::skip, "guard_false");
  return pass(at, {{"band", band}});
}

gate_verdict approval(const touch_view& v) {
  constexpr auto at = gate::approval;
  bool needed = (v.next && v.next->requires_approval) || (v.plan && v.plan->requires_approval);
  if (!needed) return pass(at);
  const auto& a = v.journey.approval;
  // An approval covers the rendered bytes: other bytes need another yes.
  if (a && a->given && a->step == v.next->id && a->rendered_hash == v.rendered_hash) return pass(at);
  return close(at, gate_outcome::hold, "awaiting_approval");
}

/// The latest touch of the lead's other runs; one under way counts as if it happened when it was planned, and is looked
/// at again when that gap is over.
std::optional<time_point> touched_elsewhere(const touch_view& v) {
  std::optional<time_point> latest;
  auto offer = [&](time_point t) {
    if (!latest || *latest < t) latest = t;
  };
  for (const auto& r : v.lead.runs) {
    if (r.campaign == v.journey.campaign) continue;
    if (r.last_touch) offer(*r.last_touch);
    if (r.touch && r.touch->state != touch_state::returned) offer(r.touch->since);
  }
  for (const auto& x : v.lead.drafts)
    if (draft::is_under_way(x)) offer(x.out->since);
  // Under another id it was the same person.
  for (const auto& p : v.lead.parts)
    for (const auto& r : p.gained->runs) {
      if (r.last_touch) offer(*r.last_touch);
      if (r.touch && r.touch->state != touch_state::returned) offer(r.touch->since);
    }
  return latest;
}

gate_verdict frequency(const touch_view& v) {
  constexpr auto at = gate::frequency;
  auto gap = v.rules.defaults.lead_gap;
  std::vector<gate_number> numbers{{"gap_s", seconds(gap)}};
  auto latest = touched_elsewhere(v);
  if (!latest) return pass(at, std::move(numbers));
  auto opens = *latest + gap;
  numbers.push_back({"since_s", seconds(v.when.now - *latest)});
  if (v.when.now >= opens) return pass(at, std::move(numbers));
  return close(at, gate_outcome::wait, "lead_gap", opens, std::move(numbers));
}

/// A forecast: what holds is checked and counted in the claim. A refusal there comes back and is shown here.
gate_verdict capacity(const touch_view& v) {
  constexpr auto at = gate::capacity;
  std::vector<gate_number> numbers{{"forecast", 1}};
  if (v.via) {
    numbers.push_back({"max_per_day", v.via->max_per_day});
    numbers.push_back({"max_per_second", v.via->max_per_second});
    numbers.push_back({"full", v.when.full.contains(v.via->id.value) ? 1 : 0});
  }
  bool told = v.journey.waiting_for.starts_with("capacity_wait") || v.journey.waiting_for.starts_with("account_wait");
  if (told && v.journey.next_at && v.when.now < *v.journey.next_at)
    return close(at, gate_outcome::wait, v.journey.waiting_for, v.journey.next_at, std::move(numbers));
  return pass(at, std::move(numbers));
}

gate_verdict calendar(const touch_view& v) {
  constexpr auto at = gate::calendar;
  auto on = v.next ? v.next->on : channel::email;
  std::vector<gate_number> numbers;
  for (auto* zone : v.zones) numbers.push_back({"utc_offset_s", zone->offset_at(v.when.now)});
  if (may_speak(on, v.hours, v.zones, v.when.now)) return pass(at);
  bool quiet = std::ranges::any_of(v.zones, [&](auto* zone) { return is_quiet(on, *zone, v.when.now); });
  return close(at, gate_outcome::wait, quiet ? "quiet_hours" : "outside_business_hours",
               next_chance(on, v.hours, v.zones, v.when.now), std::move(numbers));
}

/// The minute is chosen by the decision that finds all other gates open (minute.cpp) and kept; after its window the step
/// goes out as soon as it may.
gate_verdict timing(const touch_view& v) {
  constexpr auto at = gate::timing;
  const auto& m = v.journey.minute;
  if (!v.plan || !v.next || !v.plan->timing_window || v.journey.retry || !m || m->step != v.next->id) return pass(at);
  std::vector<gate_number> numbers{{"window_s", seconds(*v.plan->timing_window)},
                                   {"trigger_in_s", seconds(m->trigger - v.when.now)},
                                   {"target_in_s", seconds(m->target - v.when.now)},
                                   {"latency_ms", m->latency_us / 1'000}};
  if (m->room > 0) {
    numbers.push_back({"share_permille", v.plan->peak_share_permille.value_or(v.rules.defaults.timing.peak_share_permille)});
    numbers.push_back({"minute_room", m->room});
    numbers.push_back({"shift_s", m->shift_us / 1'000'000});
  }
  if (v.when.now >= m->trigger || v.when.now >= m->until) return pass(at, std::move(numbers));
  return close(at, gate_outcome::wait, std::string(timing_wait), m->trigger, std::move(numbers));
}

/// What nobody could decide about a lead holds everybody, until somebody has looked at it.
gate_verdict unpoisoned(const touch_view& v) {
  constexpr auto at = gate::human_owns;
  return v.lead.poisoned ? close(at, gate_outcome::wait, "poisoned") : pass(at);
}

/// An answer waits for the night to end, not for business hours.
gate_verdict quiet_hours(const touch_view& v) {
  constexpr auto at = gate::calendar;
  if (may_speak(v.next->on, nullptr, v.zones, v.when.now)) return pass(at);
  return close(at, gate_outcome::wait, "quiet_hours", next_chance(v.next->on, nullptr, v.zones, v.when.now));
}

using gate_question = gate_verdict (*)(const touch_view&);
constexpr std::array<gate_question, 14> ladder{run_live,        kill_switch, suppression, circuit_breaker, hot_brake,
                                               human_owns,      reachable,   filled_template, guard,       approval,
                                               frequency,       capacity,    calendar,    timing};

constexpr std::array<gate_question, 6> human_ladder{stopped_by_people, suppression, unpoisoned, reachable, filled_template, capacity};
constexpr std::array<gate_question, 9> tree_ladder{kill_switch, suppression,     circuit_breaker, hot_brake, human_owns,
                                                   reachable,   filled_template, capacity,        quiet_hours};

template <std::size_t N>
std::vector<gate_verdict> ask_all(const std::array<gate_question, N>& gates, const touch_view& v) {
  std::vector<gate_verdict> out;
  out.reserve(N);
  for (auto ask : gates) out.push_back(ask(v));
  return out;
}

bool signal_within(const guard_rule& rule, const touch_view& v) {
  return std::ranges::any_of(v.lead.signals, [&](const intent_signal& s) {
    static constexpr std::array<std::string_view, 4> names{"reply_received", "form_submitted", "link_clicked", "page_viewed"};
    bool same = names[static_cast<std::size_t>(s.kind)] == rule.name;
    if (!same || is_machine_click(s, v.lead) || (s.kind == signal_kind::reply && s.machine)) return false;
    // Without a window a guard asks about the time since the run began.
    return s.at >= (rule.within ? v.when.now - *rule.within : v.journey.started_at);
  });
}

std::string field_value(const std::string& name, const touch_view& v) {
  if (auto it = v.lead.fields.find(name); it != v.lead.fields.end()) return it->second;
  if (auto it = v.journey.attribution.find(name); it != v.journey.attribution.end()) return it->second;
  if (name == "email") return address_for(v.lead, channel::email);
  if (name == "phone") return address_for(v.lead, channel::sms);
  return {};
}

}  // namespace

bool guard_holds(const guard_rule& rule, const touch_view& v) {
  auto holds = [&](const guard_rule& part) { return guard_holds(part, v); };
  switch (rule.what) {
    case guard_rule::op::all: return std::ranges::all_of(rule.parts, holds);
    case guard_rule::op::any: return std::ranges::any_of(rule.parts, holds);
    case guard_rule::op::negate: return !holds(rule.parts.front());
    case guard_rule::op::signal: return signal_within(rule, v);
    case guard_rule::op::field_exists: return field_value(rule.name, v).empty() == (rule.number == 0);
    case guard_rule::op::field_equals:
    case guard_rule::op::field_in: return std::ranges::find(rule.values, field_value(rule.name, v)) != rule.values.end();
    case guard_rule::op::score_at_least: return v.score.points >= rule.number;
  }
  return false;
}

std::vector<gate_verdict> ask_gates(const touch_view& v) {
  return ask_all(ladder, v);
}

std::vector<gate_verdict> ask_answer_gates(const touch_view& v, bool by_human) {
  return by_human ? ask_all(human_ladder, v) : ask_all(tree_ladder, v);
}

const gate_verdict* first_closed(const std::vector<gate_verdict>& verdicts) {
  auto it = std::ranges::find_if(verdicts, [](auto& v) { return v.outcome != gate_outcome::pass; });
  return it == verdicts.end() ? nullptr : &*it;
}

bool may_repeat(const run& r, const std::vector<gate_verdict>& verdicts) {
  return r.pauses.empty() && std::ranges::all_of(verdicts, [](const gate_verdict& v) {
    return v.outcome == gate_outcome::pass || v.at > gate::human_owns;
  });
}

breaker_state ticket_breaker(const lead_state& lead, const settings& s, time_point now) {
  if (!lead.open_tickets.empty()) return {true, {}};
  if (!lead.last_ticket_close) return {};
  auto until = *lead.last_ticket_close + s.ticket_cooldown;
  return now < until ? breaker_state{false, until} : breaker_state{};
}

std::optional<key_kind> address_kind(channel c) {
  switch (c) {
    case channel::email: return key_kind::email;
    case channel::sms:
    case channel::whatsapp: return key_kind::phone;
    case channel::linkedin: return key_kind::linkedin;
    case channel::ai_voice: return std::nullopt;
  }
  return std::nullopt;
}

std::string address_for(const lead_state& lead, channel c) {
  auto kind = address_kind(c);
  if (!kind) return {};
  auto it = std::ranges::find(lead.keys, *kind, &lead_key::kind);
  return it == lead.keys.end() ? std::string{} : it->value;
}

bool address_held(const lead_state& lead, channel c, const std::string& address) {
  auto kind = address_kind(c);
  return kind && std::ranges::any_of(lead.held_addresses,
                                     [&](auto& h) { return h.kind == *kind && h.value == address; });
}

}  // namespace heed
