#include <algorithm>
#include <utility>

#include "actors/lead/check.hpp"
#include "actors/lead/decision.hpp"
#include "actors/lead/identity/unite.hpp"
#include "actors/lead/limits.hpp"

namespace heed {

namespace {

template <class T>
void keep_last(std::vector<T>& items, std::size_t most) {
  if (items.size() > most) items.erase(items.begin(), items.end() - static_cast<std::ptrdiff_t>(most));
}

/// RULES, Replies: a no is one for half a year.
constexpr duration not_interested_for = std::chrono::days(180);

/// The fold, one overload a fact. Nothing here decides: every fact says what is true, this only remembers it.
struct fold {
  lead_state& lead;
  std::uint64_t seq;
  time_point at;

  run& run_of(const campaign_id& id) const {
    auto* r = lead.find_run(id);
    CHECK(r != nullptr);
    return *r;
  }

  void operator()(const profile_changed& f) const {
    for (const auto& [name, value] : f.fields) {
      if (value.empty())
        lead.fields.erase(name);
      else
        lead.fields[name] = value;
    }
    if (!f.time_zone.empty()) lead.time_zone = f.time_zone;
  }
  void operator()(const key_added& f) const { lead.keys.push_back(f.key); }
  void operator()(const key_refused&) const {}
  void operator()(const consent_changed& f) const {
    std::erase_if(lead.consents, [&](auto& c) { return c.on == f.grant.on; });
    lead.consents.push_back(f.grant);
  }
  void operator()(const enrolled& f) const {
    run r;
    r.campaign = f.campaign;
    r.sequence_version = f.sequence_version;
    r.started_at = f.at;
    r.anchor = f.at;
    r.landing_page = f.landing_page;
    r.attribution = f.attribution;
    r.dry_run = f.dry_run;
    r.cursor = f.cursor;
    if (f.cursor > 0) r.status = run_status::running;
    if (lead.runs.empty()) lead.enrolled_otherwise = !f.by_form;
    lead.runs.push_back(std::move(r));
  }
  void operator()(const not_enrolled&) const {}
  void operator()(const signal_recorded& f) const {
    // Signals are a set by source key; a later word on the same thing (an automated reply's headers) replaces it.
    auto known = std::ranges::find(lead.signals, f.signal.source_key, &intent_signal::source_key);
    if (known != lead.signals.end()) {
      *known = f.signal;
      return;
    }
    lead.signals.push_back(f.signal);
    if (lead.signals.size() <= limits::signals) return;
    auto oldest = std::ranges::find_if(lead.signals, [](auto& s) { return s.kind != signal_kind::reply; });
    lead.signals.erase(oldest == lead.signals.end() ? lead.signals.begin() : oldest);
  }
  void operator()(const delivery_noted& f) const {
    lead.deliveries.push_back({f.message, f.at});
    keep_last(lead.deliveries, limits::deliveries);
  }
  void operator()(const promoted& f) const { lead.hot = hot_latch{at, f.score, f.threshold, f.profile, f.with_reply}; }
  void operator()(const handed_off& f) const {
    lead.handoff = handoff_state{at, f.reason, f.by, f.episode};
    lead.handoff_episodes = f.episode;
  }
  void operator()(const handed_back&) const {
    lead.handoff.reset();
    lead.hot.reset();
    lead.signals.clear();
    ++lead.evidence_epoch;
    lead.proposals.clear();
  }
  void operator()(const reply_noted& f) const {
    if (f.automated) return;
    if (f.on == channel::whatsapp) lead.whatsapp_inbound = at;
    lead.newest_inbound = seq;
    if (!f.from.empty()) lead.latest_sender = f.from;
    lead.earlier_reply_waits = lead.earlier_reply_waits || lead.unanswered_reply.has_value();
    lead.unanswered_reply = seq;
    lead.unanswered_since = f.at;
    lead.unanswered_message = f.message.message_id.empty() ? f.message.provider_id : f.message.message_id;
  }
  void operator()(const reply_answered&) const {
    lead.unanswered_reply.reset();
    lead.unanswered_message.clear();
    lead.earlier_reply_waits = false;
  }
  void operator()(const human_touched& f) const {
    lead.newest_outbound = seq;
    if (!lead.human_silence_until || *lead.human_silence_until < f.until) lead.human_silence_until = f.until;
  }
  void operator()(const snoozed& f) const {
    lead.snoozed = f.until.has_value();
    lead.snoozed_until = f.until;
  }
  void operator()(const ticket_noted& f) const {
    // After it the minute is chosen afresh, from what is known then (SF-37).
    for (auto& r : lead.runs)
      r.minute.reset();
    auto& open = lead.open_tickets;
    auto& early = lead.closed_early;
    if (f.open) {
      // A close that was seen before its open cancels it (RULES, Ticket breaker).
      if (std::erase(early, f.ticket) > 0) return;
      if (std::ranges::find(open, f.ticket) == open.end()) open.push_back(f.ticket);
      keep_last(open, limits::tickets);
      return;
    }
    if (std::erase(open, f.ticket) == 0) {
      early.push_back(f.ticket);
      keep_last(early, limits::tickets);
    }
    if (!lead.last_ticket_close || *lead.last_ticket_close < f.at) lead.last_ticket_close = f.at;
  }
  void operator()(const person_suppressed& f) const {
    lead.suppressed = f.reason;
    lead.suppressed_by_part = f.via == via_merge;
  }
  void operator()(const suppression_lifted&) const {
    lead.suppressed.reset();
    lead.suppressed_by_part = false;
  }
  void operator()(const address_suppressed& f) const { lead.held_addresses.push_back({f.kind, f.value, f.reason}); }

  void operator()(const run_paused& f) const {
    auto& r = run_of(f.campaign);
    r.pauses.add(f.flag);
    if (f.flag == pause_flag::missing_data) r.pause_detail = f.detail;
    r.status = run_status::paused;
  }
  void operator()(const run_unpaused& f) const {
    auto& r = run_of(f.campaign);
    r.pauses.remove(f.flag);
    if (f.flag == pause_flag::missing_data) r.pause_detail.clear();
    if (r.pauses.empty() && r.status == run_status::paused)
      r.status = r.cursor == 0 ? run_status::pending : run_status::running;
  }
  void operator()(const run_ended& f) const {
    auto& r = run_of(f.campaign);
    r.status = f.status;
    r.end_reason = f.reason;
    r.next_at.reset();
    r.pauses = {};
    r.pause_detail.clear();
    r.approval.reset();
    r.retry.reset();
    r.failed.clear();
    r.waiting_since.reset();
    r.waiting_for.clear();
    r.minute.reset();
    // What a merge ends, its undoing gives back.
    if (lead.absorbed && lead.absorbed->seq == seq) lead.absorbed->ended.push_back(f.campaign);
    if (!lead.parts.empty() && lead.parts.back().seq == seq) lead.parts.back().ended.push_back(f.campaign);
  }
  void operator()(const step_scheduled& f) const {
    auto& r = run_of(f.campaign);
    r.next_at = f.next_at;
    r.anchor = f.anchor;
    r.band = f.band;
    r.waiting_for = f.why;
    bool by_pace = !f.why.empty() && !is_fault(f.why) && f.next_at;
    if (by_pace) r.paced_until = std::max(r.paced_until.value_or(*f.next_at), *f.next_at);
    const bool anew = f.why.empty() && !r.touch;
    if (anew) r.waiting_since.reset();
    if (!f.why.empty() && !r.waiting_since) r.waiting_since = at;
  }
  void operator()(const step_handled& f) const {
    auto& r = run_of(f.campaign);
    if (r.touch && r.touch->step == f.step) {
      if (f.outcome == step_outcome::blocked) r.failed.push_back({f.step, r.touch->effect});
      r.touch.reset();
    }
    r.approval.reset();
    r.paced_until.reset();
    r.waiting_since.reset();
    r.waiting_for.clear();
    if (f.outcome == step_outcome::sent || f.outcome == step_outcome::unknown)
      lead.introduced = static_cast<std::uint8_t>(lead.introduced | (1u << static_cast<unsigned>(f.on)));
    if (f.outcome == step_outcome::sent || f.outcome == step_outcome::unknown) {
      r.last_touch = f.at;
      lead.newest_outbound = seq;
    }
    bool retried = r.retry && *r.retry == f.step;
    r.retry.reset();
    if (retried) {
      if (f.outcome == step_outcome::sent) std::erase_if(r.failed, [&](auto& x) { return x.step == f.step; });
      return;
    }
    r.minute.reset();
    if (f.outcome == step_outcome::sent) r.last_sent = r.cursor;
    ++r.cursor;
    r.anchor = f.at;
    r.next_at.reset();
    if (r.status == run_status::pending) r.status = run_status::running;
  }
  void operator()(const touch_planned& f) const {
    auto& r = run_of(f.campaign);
    std::erase_if(r.failed, [&](auto& x) { return x.step == f.step; });
    r.touch = open_touch{f.effect, f.step, f.account, f.on, f.attempt, touch_state::planned, false, at};
    r.next_at.reset();
    // An attempt in the middle of an outage does not end it, nor does one that nobody came to make: its length decides
    // whether the step is overdue.
    if (!is_fault(r.waiting_for) && !r.waiting_for.empty()) r.waiting_since.reset();
    r.waiting_for.clear();
    // Whatever paced it has let it go by now, be it earlier than was promised.
    if (r.paced_until) r.paced_until = std::min(*r.paced_until, at);
    if (!f.subject.empty()) r.thread_subject = f.subject;
    lead.accounts[f.on] = f.account;
  }
  void operator()(const touch_changed& f) const {
    auto& r = run_of(f.campaign);
    if (!r.touch || r.touch->effect != f.effect) return;
    r.touch->state = f.state;
    if (f.state != touch_state::planned) r.touch->cancel_asked = false;
    r.touch->since = std::max(at, f.called_at.value_or(at));
    if (f.detail == "attempt") ++r.touch->attempt;
    if (f.state != touch_state::returned) return;
    // What it waited for as unknown no longer counts: the step is due by its own delay again.
    r.next_at.reset();
    r.waiting_for.clear();
  }
  void operator()(const message_known& f) const {
    lead.sent.push_back({f.effect, f.provider_id, f.message_id, f.campaign});
    keep_last(lead.sent, limits::sent_refs);
    if (auto* r = lead.find_run(campaign_id{f.campaign}); r && !f.message_id.empty()) r->thread_last = f.message_id;
  }
  void operator()(const touch_repeated& f) const {
    auto& r = run_of(f.campaign);
    auto known = std::ranges::find(r.failed, f.effect, &failed_touch::effect);
    CHECK(known != r.failed.end());
    r.retry = known->step;
    r.touch = open_touch{known->effect, known->step, {}, channel::email, 0, touch_state::returned, false, at};
  }
  void operator()(const approval_requested& f) const {
    run_of(f.campaign).approval = approval_state{f.step, f.rendered_hash, false};
  }
  void operator()(const approval_given& f) const {
    run_of(f.campaign).approval = approval_state{f.step, f.rendered_hash, true};
  }
  void operator()(const approval_refused& f) const { run_of(f.campaign).approval.reset(); }
  void operator()(const cancel_requested& f) const {
    for (auto& r : lead.runs)
      if (r.touch && r.touch->effect == f.effect) r.touch->cancel_asked = true;
  }
  void operator()(const audience_action&) const {}
  void operator()(const poison_cleared&) const { lead.poisoned = false; }
  void operator()(const poison_noted&) const { lead.poisoned = true; }
  void operator()(const handoff_acknowledged& f) const {
    if (!lead.handoff) return;
    lead.handoff->acknowledged_by = f.by;
    lead.handoff->acknowledged_at = f.at;
    lead.handoff->remind_at.reset();
  }
  void operator()(const people_notified& f) const {
    if (lead.handoff) lead.handoff->remind_at = f.remind_at;
  }
  void operator()(const bounce_noted&) const {}
  void operator()(const complaint_noted&) const {}
  void operator()(const run_migrated& f) const {
    auto& r = run_of(f.campaign);
    r.sequence_version = f.version;
    r.cursor = std::max(r.cursor, f.cursor);
    r.next_at.reset();
    r.approval.reset();
    r.minute.reset();
    // What held the old step says nothing of when the new one is due.
    r.waiting_for.clear();
    r.waiting_since.reset();
  }
  void operator()(const engagement_noted& f) const {
    const timing::engagement e{f.at, f.kind};
    if (!f.taken_back) return lead.engagements.add(e);
    auto events = lead.engagements.events();
    if (auto it = std::ranges::find(events, e); it != events.end()) events.erase(it);
    lead.engagements = timing::evidence::of(events);
  }
  void operator()(const hot_path_noted& f) const {
    auto known = std::ranges::find(lead.hot_paths, f.name, &hot_path::name);
    if (known == lead.hot_paths.end()) known = lead.hot_paths.insert(known, {f.name, f.at});
    known->at = std::max(known->at, f.at);
  }
  void operator()(const reply_read& f) const {
    lead.last_reply = f.reading.kind;
    lead.last_reply_sure = f.reading.sure;
    lead.last_reply_at = at;
    lead.last_reply_led_to = f.led_to;
    if (f.reading.kind == reply::reply_class::not_interested && f.led_to == "suppressed") lead.not_interested_until = at + not_interested_for;
  }
  void operator()(const doubt_changed& f) const { lead.doubt = f.now; }
  void operator()(const lead_proposed& f) const {
    const auto& who = f.who;
    std::erase_if(lead.proposals, [&](auto& p) { return p.email.empty() ? p.name == who.name : p.email == who.email; });
    lead.proposals.push_back(who);
    keep_last(lead.proposals, limits::proposals);
  }
  void operator()(const draft_changed& f) const {
    auto& all = lead.drafts;
    auto known = std::ranges::find(all, f.now.id, &draft::lead_draft::id);
    if (known != all.end())
      *known = f.now;
    else
      all.push_back(f.now);
    if (f.what == "sent") {
      lead.newest_outbound = seq;
      lead.introduced = static_cast<std::uint8_t>(lead.introduced | (1u << static_cast<unsigned>(f.now.on)));
    }
    // What is decided is forgotten first, then the oldest that newer replies overtook; what is on its way never is.
    const auto forget = [&](auto is_over) {
      for (auto it = all.begin(); all.size() > limits::drafts && it != all.end();)
        it = is_over(*it) ? all.erase(it) : std::next(it);
    };
    forget([](const draft::lead_draft& x) { return !draft::is_live(x); });
    forget([](const draft::lead_draft& x) { return draft::is_open(x) && !x.asks; });
  }
  void operator()(const minute_chosen& f) const {
    run_of(f.campaign).minute = chosen_minute{f.step, f.target, f.trigger, f.until, f.account, f.latency_us, f.room, f.shift_us};
  }
  void operator()(const merge_begun& f) const { lead.merging = merge_under_way{f.merge, f.part, false, f.by, f.reason}; }
  void operator()(const merge_refused& f) const {
    if (lead.merging && lead.merging->merge == f.merge) lead.merging.reset();
  }
  void operator()(const lead_absorbed& f) const { lead.absorbed = absorbed_state{f.merge, f.into, seq, at, f.by, f.reason, {}}; }
  void operator()(const lead_merged& f) const { unite(lead, f.part, seq, at); }
  void operator()(const unmerge_begun& f) const { lead.merging = merge_under_way{f.merge, f.part, true, f.by, f.reason}; }
  void operator()(const lead_restored& f) const {
    if (!f.again) lead.absorbed.reset();
  }
  void operator()(const lead_unmerged& f) const { separate(lead, f.merge); }
  void operator()(const run_restored& f) const {
    auto& r = run_of(f.campaign);
    r.status = run_status::paused;
    r.pauses.add(pause_flag::by_operator);
    r.end_reason.clear();
    r.next_at.reset();
  }
  void operator()(const passed_on&) const {}
  void operator()(const replier_changed& f) const {
    lead.replier.reset();
    if (!f.email.empty()) lead.replier = current_replier{f.email, f.name, at};
  }
  void operator()(const key_promoted& f) const {
    for (auto& k : lead.keys) {
      if (k.kind == key_kind::email && k.value == f.was) k.kind = key_kind::alternate_email;
      else if (k.kind == key_kind::alternate_email && k.value == f.email) k.kind = key_kind::email;
    }
    if (lead.replier && lead.replier->email == f.email) lead.replier.reset();
  }
  void operator()(const noted&) const {}
};

}  // namespace

void apply(lead_state& lead, const fact& f, std::uint64_t seq, time_point at) {
  std::visit(fold{lead, seq, at}, f);
  lead.seq = seq;
  lead.last_decided = std::max(lead.last_decided, at);
}

lead_state evolve(lead_state lead, const fact& f, std::uint64_t seq, time_point at) {
  apply(lead, f, seq, at);
  return lead;
}

bool is_fault(std::string_view waiting_for) {
  return waiting_for.starts_with("stopped") || waiting_for == "campaign_disabled" ||
         waiting_for.starts_with("account_wait") || waiting_for == "outcome_unknown";
}

const draft::lead_draft* lead_state::find_draft(std::string_view name) const {
  auto it = std::ranges::find(drafts, name, &draft::lead_draft::id);
  return it == drafts.end() ? nullptr : &*it;
}

const run* lead_state::find_run(const campaign_id& campaign) const {
  auto it = std::ranges::find(runs, campaign, &run::campaign);
  return it == runs.end() ? nullptr : &*it;
}

run* lead_state::find_run(const campaign_id& campaign) {
  return const_cast<run*>(std::as_const(*this).find_run(campaign));
}

std::optional<pause_flag> pause_set::first() const {
  for (unsigned i = 0; i < 16; ++i)
    if ((bits >> i) & 1u) return static_cast<pause_flag>(i);
  return std::nullopt;
}

std::optional<time_point> next_due(const lead_state& lead) {
  std::optional<time_point> due;
  // A part does nothing by itself.
  if (lead.absorbed) return due;
  auto want = [&](const std::optional<time_point>& t) {
    if (t && (!due || *t < *due)) due = t;
  };
  for (const auto& r : lead.runs) {
    // A touch of unknown outcome has its deadline even while its run is paused.
    bool unsettled = r.touch && r.touch->state == touch_state::unknown;
    if (!is_final(r.status) && (r.pauses.empty() || unsettled)) want(r.next_at);
  }
  for (const auto& x : lead.drafts)
    if (draft::is_live(x)) want(draft::next_look(x));
  if (lead.doubt) want(lead.doubt->asked.until);
  if (lead.snoozed) want(lead.snoozed_until);
  if (lead.handoff && lead.handoff->acknowledged_by.empty()) want(lead.handoff->remind_at);
  return due;
}

}  // namespace heed
