#pragma once

#include "actors/lead/fact.hpp"
#include "persistence/codec/draft_fields.hpp"
#include "persistence/codec/traits.hpp"

/// The field list of facts.
/// Ids are frozen: a new field takes the next free one, an id once used is never given again.
namespace heed::codec {

template <class A>
void fields(A& a, of<A, intent_signal> x) {
  a.field(1, "kind", x.kind);
  a.field(2, "at", x.at);
  a.field(3, "source_key", x.source_key);
  a.field(4, "about", x.about);
  a.field(5, "enrolling", x.enrolling);
  a.field(6, "machine", x.machine);
  a.field(7, "email", x.email);
  a.field(8, "less_pct", x.less_pct);
}

template <class A>
void fields(A& a, of<A, profile_changed> x) {
  a.field(1, "fields", x.fields);
  a.field(2, "time_zone", x.time_zone);
}

template <class A>
void fields(A& a, of<A, key_added> x) {
  a.field(1, "key", x.key);
}

template <class A>
void fields(A& a, of<A, key_refused> x) {
  a.field(1, "key", x.key);
  a.field(2, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, consent_changed> x) {
  a.field(1, "grant", x.grant);
}

template <class A>
void fields(A& a, of<A, enrolled> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "sequence_version", x.sequence_version);
  a.field(3, "landing_page", x.landing_page);
  a.field(4, "attribution", x.attribution);
  a.field(5, "by_form", x.by_form);
  a.field(6, "dry_run", x.dry_run);
  a.field(7, "at", x.at);
  a.field(8, "cursor", x.cursor);
}

template <class A>
void fields(A& a, of<A, not_enrolled> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, signal_recorded> x) {
  a.field(1, "signal", x.signal);
}

template <class A>
void fields(A& a, of<A, delivery_noted> x) {
  a.field(1, "message", x.message);
  a.field(2, "at", x.at);
}

template <class A>
void fields(A& a, of<A, promoted> x) {
  a.field(1, "score", x.score);
  a.field(2, "threshold", x.threshold);
  a.field(3, "profile", x.profile);
  a.field(4, "signals", x.signals);
  a.field(5, "with_reply", x.with_reply);
}

template <class A>
void fields(A& a, of<A, handed_off> x) {
  a.field(1, "reason", x.reason);
  a.field(2, "episode", x.episode);
  a.field(3, "by", x.by);
}

template <class A>
void fields(A& a, of<A, handed_back> x) {
  a.field(1, "by", x.by);
  a.field(2, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, reply_noted> x) {
  a.field(1, "at", x.at);
  a.field(2, "message", x.message);
  a.field(3, "automated", x.automated);
  a.field(4, "channel", x.on);
  a.field(70, "from", x.from);
}

template <class A>
void fields(A& a, of<A, reply_answered> x) {
  a.field(1, "by", x.by);
}

template <class A>
void fields(A& a, of<A, human_touched> x) {
  a.field(1, "at", x.at);
  a.field(2, "until", x.until);
}

template <class A>
void fields(A& a, of<A, snoozed> x) {
  a.field(1, "until", x.until);
  a.field(2, "by", x.by);
}

template <class A>
void fields(A& a, of<A, ticket_noted> x) {
  a.field(1, "ticket", x.ticket);
  a.field(2, "open", x.open);
  a.field(3, "at", x.at);
}

template <class A>
void fields(A& a, of<A, person_suppressed> x) {
  a.field(1, "reason", x.reason);
  a.field(2, "via", x.via);
}

template <class A>
void fields(A& a, of<A, suppression_lifted> x) {
  a.field(1, "by", x.by);
  a.field(2, "source", x.source);
}

template <class A>
void fields(A& a, of<A, address_suppressed> x) {
  a.field(1, "address_kind", x.kind);
  a.field(2, "value", x.value);
  a.field(3, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, run_paused> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "flag", x.flag);
  a.field(3, "detail", x.detail);
  a.field(4, "until", x.until);
}

template <class A>
void fields(A& a, of<A, run_unpaused> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "flag", x.flag);
  a.field(3, "by", x.by);
}

template <class A>
void fields(A& a, of<A, run_ended> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "status", x.status);
  a.field(3, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, step_scheduled> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "step", x.step);
  a.field(3, "next_at", x.next_at);
  a.field(4, "anchor", x.anchor);
  a.field(5, "why", x.why);
  a.field(6, "band", x.band);
}

template <class A>
void fields(A& a, of<A, step_handled> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "step", x.step);
  a.field(3, "channel", x.on);
  a.field(4, "outcome", x.outcome);
  a.field(5, "detail", x.detail);
  a.field(6, "at", x.at);
}

template <class A>
void fields(A& a, of<A, touch_planned> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "step", x.step);
  a.field(3, "effect", x.effect);
  a.field(4, "account", x.account);
  a.field(5, "channel", x.on);
  a.field(6, "attempt", x.attempt);
  a.field(7, "subject", x.subject);
}

template <class A>
void fields(A& a, of<A, touch_changed> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "effect", x.effect);
  a.field(3, "state", x.state);
  a.field(4, "detail", x.detail);
  a.field(5, "called_at", x.called_at);
}

template <class A>
void fields(A& a, of<A, message_known> x) {
  a.field(1, "effect", x.effect);
  a.field(2, "provider_id", x.provider_id);
  a.field(3, "message_id", x.message_id);
  a.field(4, "campaign", x.campaign);
}

template <class A>
void fields(A& a, of<A, touch_repeated> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "effect", x.effect);
}

template <class A>
void fields(A& a, of<A, approval_requested> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "step", x.step);
  a.field(3, "rendered_hash", x.rendered_hash);
}

template <class A>
void fields(A& a, of<A, approval_given> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "step", x.step);
  a.field(3, "by", x.by);
  a.field(4, "rendered_hash", x.rendered_hash);
}

template <class A>
void fields(A& a, of<A, approval_refused> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "step", x.step);
  a.field(3, "by", x.by);
  a.field(4, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, cancel_requested> x) {
  a.field(1, "effect", x.effect);
  a.field(2, "why", x.why);
}

template <class A>
void fields(A& a, of<A, audience_action> x) {
  a.field(1, "type", x.type);
  a.field(2, "campaign", x.campaign);
  a.field(3, "score", x.score);
  a.field(4, "threshold", x.threshold);
}

template <class A>
void fields(A& a, of<A, poison_cleared> x) {
  a.field(1, "by", x.by);
}

template <class A>
void fields(A& a, of<A, poison_noted> x) {
  a.field(1, "error", x.error);
}

template <class A>
void fields(A& a, of<A, noted> x) {
  a.field(1, "what", x.what);
  a.field(2, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, handoff_acknowledged> x) {
  a.field(1, "by", x.by);
  a.field(2, "at", x.at);
}

template <class A>
void fields(A& a, of<A, people_notified> x) {
  a.field(1, "what", x.what);
  a.field(2, "reason", x.reason);
  a.field(3, "remind_at", x.remind_at);
}

template <class A>
void fields(A& a, of<A, run_migrated> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "from_version", x.from_version);
  a.field(3, "version", x.version);
  a.field(4, "cursor", x.cursor);
}

template <class A>
void fields(A& a, of<A, bounce_noted> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "effect", x.effect);
  a.field(3, "severity", x.severity);
  a.field(4, "code", x.code);
}

template <class A>
void fields(A& a, of<A, complaint_noted> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "effect", x.effect);
}

template <class A>
void fields(A& a, of<A, reply_read> x) {
  a.field(1, "reading", x.reading);
  a.field(2, "led_to", x.led_to);
}

template <class A>
void fields(A& a, of<A, proposed_lead> x) {
  a.field(1, "email", x.email);
  a.field(2, "name", x.name);
  a.field(3, "at", x.at);
}

template <class A>
void fields(A& a, of<A, lead_proposed> x) {
  a.field(1, "who", x.who);
}

template <class A>
void fields(A& a, of<A, draft_changed> x) {
  a.field(1, "what", x.what);
  a.field(2, "reason", x.reason);
  a.field(3, "draft", x.now);
}

template <class A>
void fields(A& a, of<A, reply::doubted_reply> x) {
  a.field(1, "asked", x.asked);
  a.field(2, "seq", x.seq);
  a.field(3, "key", x.key);
  a.field(4, "channel", x.on);
  a.field(5, "at", x.at);
  a.field(6, "message", x.message);
  a.field(7, "from", x.from);
  a.field(8, "subject", x.subject);
  a.field(9, "text", x.text);
  a.field(10, "reading", x.reading);
}

template <class A>
void fields(A& a, of<A, doubt_changed> x) {
  a.field(1, "what", x.what);
  a.field(2, "reason", x.reason);
  a.field(3, "reply", x.now);
}

template <class A>
void fields(A& a, of<A, engagement_noted> x) {
  a.field(1, "engagement", x.kind);
  a.field(2, "local_minute", x.at);
  a.field(3, "taken_back", x.taken_back);
}

template <class A>
void fields(A& a, of<A, hot_path_noted> x) {
  a.field(1, "name", x.name);
  a.field(2, "at", x.at);
}

template <class A>
void fields(A& a, of<A, minute_weight> x) {
  a.field(1, "name", x.name);
  a.field(2, "ppm", x.ppm);
}

template <class A>
void fields(A& a, of<A, minute_alternative> x) {
  a.field(1, "at", x.at);
  a.field(2, "chance_ppb", x.chance_ppb);
}

template <class A>
void fields(A& a, of<A, minute_chosen> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "step", x.step);
  a.field(3, "why", x.why);
  a.field(4, "from", x.from);
  a.field(5, "until", x.until);
  a.field(6, "target", x.target);
  a.field(7, "trigger", x.trigger);
  a.field(8, "base_ppb", x.base_ppb);
  a.field(9, "chance_ppb", x.chance_ppb);
  a.field(10, "weights", x.weights);
  a.field(11, "latency_us", x.latency_us);
  a.field(12, "latency_measured", x.latency_measured);
  a.field(13, "due_now", x.due_now);
  a.field(14, "at_opening", x.at_opening);
  a.field(15, "by_hour", x.by_hour);
  a.field(16, "source", x.source);
  a.field(17, "confidence_ppm", x.confidence_ppm);
  a.field(18, "evidence_ppm", x.evidence_ppm);
  a.field(19, "runners_up", x.runners_up);
  a.field(20, "account", x.account);
  a.field(21, "priors", x.priors);
  a.field(22, "recipients", x.recipients);
  a.field(23, "room", x.room);
  a.field(24, "shift_us", x.shift_us);
}

template <class A>
void fields(A& a, of<A, reached_steps> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "steps", x.steps);
}

template <class A>
void fields(A& a, of<A, merged_part> x) {
  a.field(1, "merge", x.merge);
  a.field(2, "lead", x.lead);
  a.field(3, "seq", x.seq);
  a.field(4, "at", x.at);
  a.field(5, "by", x.by);
  a.field(6, "reason", x.reason);
  a.field(7, "gained", x.gained);
  a.field(8, "had", x.had);
  a.field(9, "reached", x.reached);
  a.field(10, "ended", x.ended);
}

template <class A>
void fields(A& a, of<A, merge_begun> x) {
  a.field(1, "merge", x.merge);
  a.field(2, "part", x.part);
  a.field(3, "by", x.by);
  a.field(4, "reason", x.reason);
  a.field(5, "evidence", x.evidence);
}

template <class A>
void fields(A& a, of<A, merge_refused> x) {
  a.field(1, "merge", x.merge);
  a.field(2, "other", x.other);
  a.field(3, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, lead_absorbed> x) {
  a.field(1, "merge", x.merge);
  a.field(2, "into", x.into);
  a.field(3, "by", x.by);
  a.field(4, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, lead_merged> x) {
  a.field(1, "part", x.part);
}

template <class A>
void fields(A& a, of<A, unmerge_begun> x) {
  a.field(1, "merge", x.merge);
  a.field(2, "part", x.part);
  a.field(3, "by", x.by);
  a.field(4, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, lead_restored> x) {
  a.field(1, "merge", x.merge);
  a.field(2, "from", x.from);
  a.field(3, "by", x.by);
  a.field(4, "reason", x.reason);
  a.field(5, "again", x.again);
}

template <class A>
void fields(A& a, of<A, lead_unmerged> x) {
  a.field(1, "merge", x.merge);
  a.field(2, "part", x.part);
  a.field(3, "by", x.by);
  a.field(4, "reason", x.reason);
  a.field(5, "since", x.since);
}

template <class A>
void fields(A& a, of<A, run_restored> x) {
  a.field(1, "campaign", x.campaign);
}

template <class A>
void fields(A& a, of<A, passed_on> x) {
  a.field(1, "to", x.to);
}

template <class A>
void fields(A& a, of<A, replier_changed> x) {
  a.field(1, "email", x.email);
  a.field(2, "name", x.name);
}

template <class A>
void fields(A& a, of<A, key_promoted> x) {
  a.field(1, "email", x.email);
  a.field(2, "was", x.was);
  a.field(3, "by", x.by);
}

}  // namespace heed::codec
