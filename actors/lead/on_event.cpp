#include <algorithm>

#include "actors/lead/deliberation.hpp"
#include "actors/lead/gates.hpp"

namespace heed {

namespace {

/// One name for a message, whichever of its ids a provider gives.
std::string message_name(const message_ref& m, const std::string& fallback) {
  if (!m.effect.empty()) return m.effect;
  if (!m.provider_id.empty()) return m.provider_id;
  return m.message_id.empty() ? fallback : m.message_id;
}

/// The name under which all events of one of our messages meet: its effect, when we know it.
std::string known_name(const deliberation& d, const message_ref& m) {
  for (const auto& s : d.lead().sent) {
    bool same = (!m.effect.empty() && s.effect.value == m.effect) ||
                (!m.provider_id.empty() && s.provider_id == m.provider_id) ||
                (!m.message_id.empty() && s.message_id == m.message_id);
    if (same) return s.effect.value;
  }
  return message_name(m, {});
}

/// The campaign whose message it was; the latest touched one when the message is not told.
campaign_id campaign_of(const deliberation& d, const message_ref& m) {
  auto name = known_name(d, m);
  for (const auto& s : d.lead().sent)
    if (s.effect.value == name) return campaign_id{s.campaign};
  if (auto at = m.run.find("__"); at != std::string::npos) return campaign_id{m.run.substr(0, at)};
  if (!name.empty()) return {};
  const run* latest = nullptr;
  for (const auto& r : d.lead().runs)
    if (r.last_touch && (!latest || *latest->last_touch < *r.last_touch)) latest = &r;
  return latest ? latest->campaign : campaign_id{};
}

bool names_lead(const std::string& effect, const lead_id& lead) { return effect.starts_with(lead.value + "-"); }

bool is_ours(const deliberation& d, const message_ref& m) {
  const auto& lead = d.lead();
  bool known = std::ranges::any_of(lead.sent, [&](const sent_ref& s) {
    return (!m.effect.empty() && s.effect.value == m.effect) || (!m.provider_id.empty() && s.provider_id == m.provider_id) ||
           (!m.message_id.empty() && s.message_id == m.message_id);
  });
  if (known) return true;
  // Our own ids name lead and run, so an echo is told even when it comes before the call's own answer.
  if (names_lead(m.effect, lead.id)) return true;
  if (std::ranges::any_of(lead.parts, [&](const merged_part& p) { return names_lead(m.effect, p.lead); })) return true;
  return std::ranges::any_of(lead.runs, [&](const run& r) { return m.run == run_id(r.campaign, lead.id); });
}

void record(deliberation& d, intent_signal s) { d.conclude(signal_recorded{std::move(s)}); }

void note_human_touch(deliberation& d) {
  auto at = d.what.occurred_at;
  auto until = at + d.defaults().human_silence;
  d.conclude(human_touched{at, until});
  std::vector<campaign_id> planned;
  for (const auto& r : d.lead().runs)
    if (r.touch && until > d.now()) planned.push_back(r.campaign);
  for (const auto& c : planned) cancel_touch(d, *d.lead().find_run(c), "human_touched");
  // It counts as an answer only if it started after the reply was decided (RULES, Replies).
  if (d.lead().unanswered_reply && at > d.lead().unanswered_since) answer_reply(d, "human_touch");
}

/// A handoff nobody said they saw is told once more.
void remind(deliberation& d) {
  const auto& h = d.lead().handoff;
  if (!h || !h->acknowledged_by.empty() || !h->remind_at || *h->remind_at > d.now()) return;
  if (!d.defaults().handoff.reaches_somebody())
    return d.conclude(people_notified{"nobody", "handoff.to is not set any more", std::nullopt});
  tell_people(d, "reminder", h->reason);
}

/// What the workspace's set-up lacked may be there now; the template gate pauses again when it is not.
void look_at_setup_again(deliberation& d) {
  std::vector<campaign_id> paused;
  for (const auto& r : d.lead().runs)
    if (r.pauses.has(pause_flag::missing_data) && !r.pause_detail.starts_with("missing_lead_data")) paused.push_back(r.campaign);
  for (const auto& c : paused) clear_flag(d, c, pause_flag::missing_data, "setup");
}

bool contains_any(const std::string& text, const std::vector<std::string>& parts) {
  std::string lower = text;
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::any_of(parts, [&](const std::string& p) { return !p.empty() && lower.find(p) != std::string::npos; });
}

bool says_yes(const std::string& value) {
  return value == "granted" || value == "true" || value == "yes" || value == "on" || value == "1";
}

/// A form's own consent boxes: attributes consent_sms, consent_whatsapp, ... (RULES: an explicit grant).
void learn_form_consents(deliberation& d, const form_submitted& s) {
  for (auto name : channel_names) {
    auto it = d.what.attributes.find("consent_" + std::string(name));
    if (it != d.what.attributes.end() && says_yes(it->second))
      learn_consent(d, {*parse_channel(name), consent_status::granted, "form:" + s.form, d.what.key, d.what.occurred_at});
  }
}

}  // namespace

bool is_own_message(const deliberation& d, const message_ref& m) { return is_ours(d, m); }

void on(deliberation& d, const message_sent& s) {
  if (is_ours(d, s.message)) return d.note("echo", known_name(d, s.message));
  note_human_touch(d);
}

void on(deliberation& d, const message_delivered& s) {
  auto name = known_name(d, s.message);
  if (name.empty()) return d.note("delivery_unmatched", "no_message_id");
  const auto before = judge_clicks(d.lead());
  d.conclude(delivery_noted{name, d.what.occurred_at});
  engage_by_clicks(d, before);
}

void on(deliberation& d, const message_opened& s) {
  d.note("opened", known_name(d, s.message));
  if (!s.machine) engage(d, timing::engagement_kind::open);
}

void on(deliberation& d, const link_clicked& s) {
  if (contains_any(s.url, d.defaults().own_link_parts)) return d.note("click_weighs_nothing", "own_link");
  bool email = !d.what.on || *d.what.on == channel::email;
  bool scanner = email && contains_any(s.user_agent, d.defaults().scanner_agents);
  const auto before = judge_clicks(d.lead());
  record(d, {signal_kind::click, d.what.occurred_at, d.what.key, known_name(d, s.message), false, scanner, email});
  engage_by_clicks(d, before);
  if (d.what.on == channel::sms || d.what.on == channel::whatsapp) note_hot_path(d, "sms_click");
}

void on(deliberation& d, const message_bounced& s) {
  auto kind = d.what.on ? address_kind(*d.what.on) : key_kind::email;
  auto campaign = campaign_of(d, s.message);
  d.conclude(bounce_noted{campaign, known_name(d, s.message), s.severity, s.code});
  if (s.severity != bounce_class::hard) return;
  auto address = s.address;
  if (address.empty() && d.what.on) address = address_for(d.lead(), *d.what.on);
  if (!kind || address.empty()) return;
  suppress_address(d, {*kind, {}, address}, "bounce");
}

void on(deliberation& d, const spam_complaint& s) {
  d.conclude(complaint_noted{campaign_of(d, s.message), known_name(d, s.message)});
  suppress_person(d, "complaint", d.what.source);
}

void on(deliberation& d, const unsubscribed& s) { suppress_person(d, "opt_out", s.via.empty() ? d.what.source : s.via); }

void on(deliberation& d, const form_submitted& s) {
  learn_fields(d, s.fields, {});
  learn_form_consents(d, s);
  enrolment e{resolve_campaign(d, s.page), s.page, {}, true};
  for (const auto& [name, value] : d.what.attributes)
    if (!name.starts_with("consent_")) e.attribution[name] = value;
  bool fresh = enrol(d, e);
  // The form that enrolled asked to be written to: that is the basis for email, and it weighs nothing.
  if (fresh) learn_consent(d, {channel::email, consent_status::granted, "form:" + s.form, d.what.key, d.what.occurred_at});
  record(d, {signal_kind::form, d.what.occurred_at, d.what.key, s.form, fresh, false, false});
}

void on(deliberation& d, const page_viewed&) {
  record(d, {signal_kind::view, d.what.occurred_at, d.what.key, {}, false, false, false});
  note_hot_path(d, "browsing");
}

void on(deliberation& d, const ticket_opened& s) {
  d.conclude(ticket_noted{s.ticket, true, d.what.occurred_at});
  if (d.lead().open_tickets.empty()) return;
  std::vector<campaign_id> planned;
  for (const auto& r : d.lead().runs)
    if (r.touch) planned.push_back(r.campaign);
  for (const auto& c : planned) cancel_touch(d, *d.lead().find_run(c), "ticket_open");
}

void on(deliberation& d, const ticket_closed& s) { d.conclude(ticket_noted{s.ticket, false, d.what.occurred_at}); }

void on(deliberation& d, const meeting_booked& s) {
  d.note("meeting_booked", s.meeting);
  pause_live_runs(d, pause_flag::meeting_booked);
  hand_off(d, "meeting_booked", d.what.source);
}

void on(deliberation& d, const meeting_canceled& s) {
  d.note("meeting_canceled", s.meeting);
  if (!d.is_backfill()) tell_people(d, "meeting_canceled", s.meeting);
}

void on(deliberation& d, const enrichment_completed& s) { learn_fields(d, s.fields, {}); }

void on(deliberation& d, const lead_upserted& s) {
  learn_fields(d, s.fields, s.time_zone);
  for (const auto& grant : s.consents) learn_consent(d, grant);
  if (!d.what.campaign || d.what.campaign->empty()) return;
  enrol(d, {d.what.campaign->value, s.landing_page, s.attribution, false, s.carry_on_at, s.carry_on_due});
}

void on(deliberation& d, const timer_fired& s) {
  if (s.generation != d.lead().seq) return d.note("stale_timer", std::to_string(s.generation));
  remind(d);
  if (!d.lead().snoozed || !d.lead().snoozed_until || *d.lead().snoozed_until > d.now()) return;
  d.conclude(snoozed{std::nullopt, "timer"});
  std::vector<campaign_id> asleep;
  for (const auto& r : d.lead().runs)
    if (r.pauses.has(pause_flag::snoozed)) asleep.push_back(r.campaign);
  for (const auto& c : asleep) clear_flag(d, c, pause_flag::snoozed, "timer");
}

void on(deliberation& d, const reconsider& s) {
  if (!s.poisoned) return look_at_setup_again(d);
  d.conclude(poison_noted{s.why});
  std::vector<campaign_id> planned;
  for (const auto& r : d.lead().runs)
    if (r.touch) planned.push_back(r.campaign);
  for (const auto& c : planned) cancel_touch(d, *d.lead().find_run(c), "poisoned");
}

void on(deliberation& d, const key_conflict& s) {
  d.note("key_conflict", std::string(to_string(s.key.kind)) + " belongs to " + s.holder.value);
}

}  // namespace heed
