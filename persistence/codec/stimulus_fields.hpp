#pragma once

#include "actors/lead/stimulus.hpp"
#include "persistence/codec/draft_fields.hpp"
#include "persistence/codec/traits.hpp"

/// The field list of stimuli.
/// Ids are frozen: a new field takes the next free one, an id once used is never given again.
namespace heed::codec {

template <class A>
void fields(A& a, of<A, lead_key> x) {
  a.field(1, "kind", x.kind);
  a.field(2, "name", x.name);
  a.field(3, "value", x.value);
}

template <class A>
void fields(A& a, of<A, message_ref> x) {
  a.field(1, "provider_id", x.provider_id);
  a.field(2, "message_id", x.message_id);
  a.field(3, "in_reply_to", x.in_reply_to);
  a.field(4, "effect", x.effect);
  a.field(5, "run", x.run);
}

template <class A>
void fields(A& a, of<A, consent_grant> x) {
  a.field(1, "channel", x.on);
  a.field(2, "status", x.status);
  a.field(3, "source", x.source);
  a.field(4, "evidence", x.evidence);
  a.field(5, "at", x.at);
}

template <class A>
void fields(A& a, of<A, reply::reply_reading> x) {
  a.field(1, "class", x.kind);
  a.field(2, "sure", x.sure);
  a.field(3, "urgent", x.urgent);
  a.field(4, "confidence_pct", x.confidence_pct);
  a.field(5, "rule", x.rule);
  a.field(6, "rules", x.rules);
  a.field(7, "text", x.evidence);
  a.field(8, "resume_at", x.resume_at);
  a.field(9, "referred_email", x.referred_email);
  a.field(10, "referred_name", x.referred_name);
  a.field(11, "bounce_class", x.bounce);
  a.field(12, "bounce_code", x.bounce_code);
}

template <class A>
void fields(A& a, of<A, reply_received> x) {
  a.field(1, "message", x.message);
  a.field(2, "from", x.from);
  a.field(3, "subject", x.subject);
  a.field(4, "text", x.text);
  a.field(5, "automated", x.automated);
  a.field(6, "metadata_only", x.metadata_only);
  a.field(7, "reading", x.reading);
}

template <class A>
void fields(A& a, of<A, message_sent> x) {
  a.field(1, "message", x.message);
  a.field(2, "subject", x.subject);
  a.field(3, "text", x.text);
}

template <class A>
void fields(A& a, of<A, message_delivered> x) {
  a.field(1, "message", x.message);
}

template <class A>
void fields(A& a, of<A, message_opened> x) {
  a.field(1, "message", x.message);
  a.field(2, "machine", x.machine);
}

template <class A>
void fields(A& a, of<A, link_clicked> x) {
  a.field(1, "message", x.message);
  a.field(2, "url", x.url);
  a.field(3, "user_agent", x.user_agent);
  a.field(4, "ip", x.ip);
}

template <class A>
void fields(A& a, of<A, message_bounced> x) {
  a.field(1, "message", x.message);
  a.field(2, "address", x.address);
  a.field(3, "severity", x.severity);
  a.field(4, "code", x.code);
}

template <class A>
void fields(A& a, of<A, spam_complaint> x) {
  a.field(1, "message", x.message);
  a.field(2, "address", x.address);
}

template <class A>
void fields(A& a, of<A, unsubscribed> x) {
  a.field(1, "message", x.message);
  a.field(2, "via", x.via);
}

template <class A>
void fields(A& a, of<A, form_submitted> x) {
  a.field(1, "form", x.form);
  a.field(2, "page", x.page);
  a.field(3, "fields", x.fields);
}

template <class A>
void fields(A& a, of<A, page_viewed> x) {
  a.field(1, "url", x.url);
}

template <class A>
void fields(A& a, of<A, ticket_opened> x) {
  a.field(1, "ticket", x.ticket);
}

template <class A>
void fields(A& a, of<A, ticket_closed> x) {
  a.field(1, "ticket", x.ticket);
}

template <class A>
void fields(A& a, of<A, meeting_booked> x) {
  a.field(1, "meeting", x.meeting);
}

template <class A>
void fields(A& a, of<A, meeting_canceled> x) {
  a.field(1, "meeting", x.meeting);
}

template <class A>
void fields(A& a, of<A, enrichment_completed> x) {
  a.field(1, "fields", x.fields);
}

template <class A>
void fields(A& a, of<A, lead_upserted> x) {
  a.field(1, "fields", x.fields);
  a.field(2, "attribution", x.attribution);
  a.field(3, "landing_page", x.landing_page);
  a.field(4, "time_zone", x.time_zone);
  a.field(5, "consents", x.consents);
  a.field(6, "carry_on_at", x.carry_on_at);
  a.field(7, "carry_on_due", x.carry_on_due);
}

template <class A>
void fields(A& a, of<A, timer_fired> x) {
  a.field(1, "generation", x.generation);
}

template <class A>
void fields(A& a, of<A, effect_outcome> x) {
  a.field(1, "effect", x.effect);
  a.field(2, "attempt", x.attempt);
  a.field(3, "result", x.result);
  a.field(4, "provider_id", x.provider_id);
  a.field(5, "message_id", x.message_id);
  a.field(6, "detail", x.detail);
  a.field(7, "evidence", x.evidence);
  a.field(8, "started_at", x.started_at);
  a.field(9, "retry_at", x.retry_at);
}

template <class A>
void fields(A& a, of<A, reconsider> x) {
  a.field(1, "why", x.why);
  a.field(2, "poisoned", x.poisoned);
}

template <class A>
void fields(A& a, of<A, key_conflict> x) {
  a.field(1, "key", x.key);
  a.field(2, "holder", x.holder);
}

template <class A>
void fields(A& a, of<A, command> x) {
  a.field(1, "what", x.what);
  a.field(2, "by", x.by);
  a.field(3, "reason", x.reason);
  a.field(4, "run", x.run);
  a.field(5, "step", x.step);
  a.field(6, "detail", x.detail);
  a.field(7, "resume_runs", x.resume_runs);
  a.field(8, "until", x.until);
  a.field(9, "expected_seq", x.expected_seq);
  a.field(10, "draft", x.draft);
  a.field(11, "version", x.version);
  a.field(12, "subject", x.subject);
  a.field(13, "text", x.text);
  a.field(14, "confirmed", x.confirmed);
  a.field(70, "to", x.to);
  a.field(71, "cc", x.cc);
}

template <class A>
void fields(A& a, of<A, reply::refinement> x) {
  a.field(1, "class", x.kind);
  a.field(2, "confidence_pct", x.confidence_pct);
  a.field(3, "urgent", x.urgent);
  a.field(4, "evidence", x.evidence);
  a.field(5, "resume_on", x.resume_on);
  a.field(6, "referred_email", x.referred_email);
}

template <class A>
void fields(A& a, of<A, model_answered> x) {
  a.field(1, "effect", x.effect);
  a.field(2, "draft", x.draft);
  a.field(3, "task", x.what);
  a.field(4, "call", x.call);
  a.field(5, "failed", x.failed);
  a.field(6, "sure", x.sure);
  a.field(7, "safe", x.safe);
  a.field(8, "text", x.text);
  a.field(9, "reason", x.reason);
  a.field(10, "learnings", x.learnings);
  a.field(11, "reading", x.reading);
}

template <class A>
void fields(A& a, of<A, review_posted> x) {
  a.field(1, "draft", x.draft);
  a.field(2, "where", x.where);
}

template <class A>
void fields(A& a, of<A, merge_asked> x) {
  a.field(1, "part", x.part);
  a.field(2, "by", x.by);
  a.field(3, "reason", x.reason);
  a.field(4, "evidence", x.evidence);
}

template <class A>
void fields(A& a, of<A, absorption_asked> x) {
  a.field(1, "into", x.into);
  a.field(2, "merge", x.merge);
  a.field(3, "by", x.by);
  a.field(4, "reason", x.reason);
  a.field(5, "evidence", x.evidence);
  a.field(6, "keys", x.keys);
}

template <class A>
void fields(A& a, of<A, absorption_answered> x) {
  a.field(1, "part", x.part);
  a.field(2, "merge", x.merge);
  a.field(3, "refused", x.refused);
  a.field(4, "state", x.state);
}

template <class A>
void fields(A& a, of<A, unmerge_asked> x) {
  a.field(1, "part", x.part);
  a.field(2, "by", x.by);
  a.field(3, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, restoring_asked> x) {
  a.field(1, "from", x.from);
  a.field(2, "merge", x.merge);
  a.field(3, "by", x.by);
  a.field(4, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, restoring_answered> x) {
  a.field(1, "part", x.part);
  a.field(2, "merge", x.merge);
}

template <class A>
void fields(A& a, of<A, suppression_shared> x) {
  a.field(1, "from", x.from);
  a.field(2, "lifted", x.lifted);
  a.field(3, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, promotion_asked> x) {
  a.field(1, "email", x.email);
  a.field(2, "by", x.by);
}

template <class A>
void fields(A& a, of<A, latency_rose> x) {
  a.field(1, "account", x.account);
  a.field(2, "before_us", x.before_us);
  a.field(3, "now_us", x.now_us);
}

template <class A>
void fields(A& a, of<A, habits_imported> x) {
  a.field(1, "engagements", x.engagements);
}

template <class A>
void fields(A& a, of<A, stimulus> x) {
  a.field(1, "key", x.key);
  a.field(2, "occurred_at", x.occurred_at);
  a.field(3, "received_at", x.received_at);
  a.field(4, "occurred_assumed", x.occurred_assumed);
  a.field(5, "mode", x.mode);
  a.field(6, "source", x.source);
  a.field(7, "keys", x.keys);
  a.field(8, "campaign", x.campaign);
  a.field(9, "channel", x.on);
  a.field(10, "attributes", x.attributes);
  a.field(11, "body", x.body);
}

}  // namespace heed::codec
