#pragma once

#include "actors/lead/state.hpp"
#include "persistence/codec/draft_fields.hpp"
#include "persistence/codec/traits.hpp"

/// The field list of a lead's snapshot.
/// Ids are frozen: a new field takes the next free one, an id once used is never given again.
namespace heed::codec {

template <class A>
void fields(A& a, of<A, pause_set> x) {
  a.field(1, "bits", x.bits);
}

template <class A>
void fields(A& a, of<A, open_touch> x) {
  a.field(1, "effect", x.effect);
  a.field(2, "step", x.step);
  a.field(3, "account", x.account);
  a.field(4, "channel", x.on);
  a.field(5, "attempt", x.attempt);
  a.field(6, "state", x.state);
  a.field(7, "cancel_asked", x.cancel_asked);
  a.field(8, "since", x.since);
}

template <class A>
void fields(A& a, of<A, approval_state> x) {
  a.field(1, "step", x.step);
  a.field(2, "rendered_hash", x.rendered_hash);
  a.field(3, "given", x.given);
}

template <class A>
void fields(A& a, of<A, chosen_minute> x) {
  a.field(1, "step", x.step);
  a.field(2, "target", x.target);
  a.field(3, "trigger", x.trigger);
  a.field(4, "until", x.until);
  a.field(5, "account", x.account);
  a.field(6, "latency_us", x.latency_us);
  a.field(7, "room", x.room);
  a.field(8, "shift_us", x.shift_us);
}

template <class A>
void fields(A& a, of<A, hot_path> x) {
  a.field(1, "name", x.name);
  a.field(2, "at", x.at);
}

template <class A>
void fields(A& a, of<A, failed_touch> x) {
  a.field(1, "step", x.step);
  a.field(2, "effect", x.effect);
}

template <class A>
void fields(A& a, of<A, run> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "status", x.status);
  a.field(3, "pauses", x.pauses);
  a.field(4, "pause_detail", x.pause_detail);
  a.field(5, "end_reason", x.end_reason);
  a.field(6, "sequence_version", x.sequence_version);
  a.field(7, "cursor", x.cursor);
  a.field(8, "next_at", x.next_at);
  a.field(9, "started_at", x.started_at);
  a.field(10, "anchor", x.anchor);
  a.field(11, "last_touch", x.last_touch);
  a.field(12, "band", x.band);
  a.field(13, "landing_page", x.landing_page);
  a.field(14, "attribution", x.attribution);
  a.field(15, "dry_run", x.dry_run);
  a.field(16, "touch", x.touch);
  a.field(17, "approval", x.approval);
  a.field(18, "thread_subject", x.thread_subject);
  a.field(19, "thread_last", x.thread_last);
  a.field(20, "waiting_since", x.waiting_since);
  a.field(21, "waiting_for", x.waiting_for);
  a.field(22, "last_sent", x.last_sent);
  a.field(23, "failed", x.failed);
  a.field(24, "retry", x.retry);
  a.field(25, "paced_until", x.paced_until);
  a.field(40, "minute", x.minute);
}

template <class A>
void fields(A& a, of<A, hot_latch> x) {
  a.field(1, "at", x.at);
  a.field(2, "score", x.score);
  a.field(3, "threshold", x.threshold);
  a.field(4, "profile", x.profile);
  a.field(5, "with_reply", x.with_reply);
}

template <class A>
void fields(A& a, of<A, handoff_state> x) {
  a.field(1, "since", x.since);
  a.field(2, "reason", x.reason);
  a.field(3, "by", x.by);
  a.field(4, "episode", x.episode);
  a.field(5, "acknowledged_by", x.acknowledged_by);
  a.field(6, "remind_at", x.remind_at);
  a.field(7, "acknowledged_at", x.acknowledged_at);
}

template <class A>
void fields(A& a, of<A, held_address> x) {
  a.field(1, "kind", x.kind);
  a.field(2, "value", x.value);
  a.field(3, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, delivery> x) {
  a.field(1, "message", x.message);
  a.field(2, "at", x.at);
}

template <class A>
void fields(A& a, of<A, sent_ref> x) {
  a.field(1, "effect", x.effect);
  a.field(2, "provider_id", x.provider_id);
  a.field(3, "message_id", x.message_id);
  a.field(4, "campaign", x.campaign);
}

template <class A>
void fields(A& a, of<A, merge_under_way> x) {
  a.field(1, "merge", x.merge);
  a.field(2, "part", x.part);
  a.field(3, "undoing", x.undoing);
  a.field(4, "by", x.by);
  a.field(5, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, absorbed_state> x) {
  a.field(1, "merge", x.merge);
  a.field(2, "into", x.into);
  a.field(3, "seq", x.seq);
  a.field(4, "at", x.at);
  a.field(5, "by", x.by);
  a.field(6, "reason", x.reason);
  a.field(7, "ended", x.ended);
}

template <class A>
void fields(A& a, of<A, current_replier> x) {
  a.field(1, "email", x.email);
  a.field(2, "name", x.name);
  a.field(3, "since", x.since);
}

template <class A>
void fields(A& a, of<A, lead_state> x) {
  a.field(1, "id", x.id);
  a.field(2, "workspace", x.workspace);
  a.field(3, "seq", x.seq);
  a.field(4, "last_decided", x.last_decided);
  a.field(5, "fields", x.fields);
  a.field(6, "time_zone", x.time_zone);
  a.field(7, "keys", x.keys);
  a.field(8, "held_addresses", x.held_addresses);
  a.field(9, "consents", x.consents);
  a.field(10, "accounts", x.accounts);
  a.field(11, "enrolled_otherwise", x.enrolled_otherwise);
  a.field(12, "evidence_epoch", x.evidence_epoch);
  a.field(13, "signals", x.signals);
  a.field(14, "deliveries", x.deliveries);
  a.field(15, "hot", x.hot);
  a.field(16, "handoff", x.handoff);
  a.field(17, "handoff_episodes", x.handoff_episodes);
  a.field(18, "unanswered_reply", x.unanswered_reply);
  a.field(19, "unanswered_since", x.unanswered_since);
  a.field(20, "human_silence_until", x.human_silence_until);
  a.field(21, "snoozed_until", x.snoozed_until);
  a.field(22, "snoozed", x.snoozed);
  a.field(23, "suppressed", x.suppressed);
  a.field(24, "open_tickets", x.open_tickets);
  a.field(25, "closed_early", x.closed_early);
  a.field(26, "last_ticket_close", x.last_ticket_close);
  a.field(27, "runs", x.runs);
  a.field(28, "sent", x.sent);
  a.field(29, "poisoned", x.poisoned);
  a.field(30, "unanswered_message", x.unanswered_message);
  a.field(31, "introduced", x.introduced);
  a.field(32, "whatsapp_inbound", x.whatsapp_inbound);
  a.field(33, "merging", x.merging);
  a.field(34, "absorbed", x.absorbed);
  a.field(35, "parts", x.parts);
  a.field(36, "suppressed_by_part", x.suppressed_by_part);
  a.field(37, "replier", x.replier);
  a.field(50, "engagements", x.engagements);
  a.field(51, "hot_paths", x.hot_paths);
  a.field(52, "last_reply", x.last_reply);
  a.field(53, "not_interested_until", x.not_interested_until);
  a.field(54, "last_reply_sure", x.last_reply_sure);
  a.field(55, "last_reply_at", x.last_reply_at);
  a.field(56, "last_reply_led_to", x.last_reply_led_to);
  a.field(57, "earlier_reply_waits", x.earlier_reply_waits);
  a.field(58, "proposals", x.proposals);
  a.field(59, "drafts", x.drafts);
  a.field(60, "newest_inbound", x.newest_inbound);
  a.field(61, "newest_outbound", x.newest_outbound);
  a.field(70, "latest_sender", x.latest_sender);
  a.field(76, "doubt", x.doubt);
}

}  // namespace heed::codec
