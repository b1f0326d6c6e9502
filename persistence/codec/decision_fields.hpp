#pragma once

#include "actors/lead/decision.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/codec/draft_fields.hpp"
#include "persistence/codec/traits.hpp"

/// The field list of effects, verdicts and whole journal entries.
/// Ids are frozen: a new field takes the next free one, an id once used is never given again.
namespace heed::codec {

template <class A>
void fields(A& a, of<A, rendered_message> x) {
  a.field(1, "channel", x.on);
  a.field(2, "to", x.to);
  a.field(3, "subject", x.subject);
  a.field(4, "body", x.body);
  a.field(5, "in_reply_to", x.in_reply_to);
  a.field(6, "references", x.references);
  a.field(7, "headers", x.headers);
  a.field(70, "cc", x.cc);
}

template <class A>
void fields(A& a, of<A, send_effect> x) {
  a.field(1, "id", x.id);
  a.field(2, "key", x.key);
  a.field(3, "campaign", x.campaign);
  a.field(4, "step", x.step);
  a.field(5, "account", x.account);
  a.field(6, "origin", x.from);
  a.field(7, "message", x.message);
  a.field(8, "not_after", x.not_after);
  a.field(9, "dry_run", x.dry_run);
}

template <class A>
void fields(A& a, of<A, cancel_effect> x) {
  a.field(1, "id", x.id);
}

template <class A>
void fields(A& a, of<A, settle_effect> x) {
  a.field(1, "id", x.id);
  a.field(2, "account", x.account);
  a.field(3, "may_repeat", x.may_repeat);
}

template <class A>
void fields(A& a, of<A, fetch_reply_effect> x) {
  a.field(1, "id", x.id);
  a.field(2, "provider_id", x.provider_id);
  a.field(3, "account", x.account);
}

template <class A>
void fields(A& a, of<A, notify_effect> x) {
  a.field(1, "id", x.id);
  a.field(2, "what", x.what);
  a.field(3, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, ask_model_effect> x) {
  a.field(1, "id", x.id);
  a.field(2, "account", x.account);
  a.field(3, "task", x.what);
  a.field(4, "call", x.call);
  a.field(5, "draft", x.draft);
  a.field(6, "version", x.version);
  a.field(7, "channel", x.on);
  a.field(8, "subject", x.subject);
  a.field(9, "text", x.text);
  a.field(10, "inbound", x.inbound);
  a.field(11, "class", x.kind);
  a.field(12, "inbound_at", x.inbound_at);
  a.field(13, "finding", x.finding);
  a.field(14, "learnings", x.learnings);
  a.field(15, "lines", x.lines);
  a.field(16, "not_after", x.not_after);
  a.field(17, "received_on", x.received_on);
  a.field(18, "persona", x.persona);
}

template <class A>
void fields(A& a, of<A, gate_number> x) {
  a.field(1, "name", x.name);
  a.field(2, "value", x.value);
}

template <class A>
void fields(A& a, of<A, gate_verdict> x) {
  a.field(1, "gate", x.at);
  a.field(2, "outcome", x.outcome);
  a.field(3, "reason", x.reason);
  a.field(4, "opens_at", x.opens_at);
  a.field(5, "numbers", x.numbers);
}

template <class A>
void fields(A& a, of<A, run_verdicts> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "step", x.step);
  a.field(3, "gates", x.gates);
}

template <class A>
void fields(A& a, of<A, active_stops> x) {
  a.field(1, "global", x.global);
  a.field(2, "workspace", x.workspace);
  a.field(3, "campaigns", x.campaigns);
  a.field(4, "accounts", x.accounts);
}

template <class A>
void fields(A& a, of<A, latency_outlook> x) {
  a.field(1, "account", x.account);
  a.field(2, "from", x.from);
  a.field(3, "hours_ms", x.hours_ms);
}

template <class A>
void fields(A& a, of<A, full_minutes> x) {
  a.field(1, "first", x.first);
  a.field(2, "count", x.count);
}

template <class A>
void fields(A& a, of<A, crowd_outlook> x) {
  a.field(1, "campaign", x.campaign);
  a.field(2, "recipients", x.recipients);
  a.field(3, "full", x.full);
}

/// The priors themselves are found by their version.
template <class A>
void fields(A& a, of<A, timing_outlook> x) {
  a.field(1, "priors", x.priors);
  a.field(2, "latencies", x.latencies);
  a.field(3, "crowds", x.crowds);
}

template <class A>
void fields(A& a, of<A, circumstances> x) {
  a.field(1, "now", x.now);
  a.field(2, "stops", x.stops);
  a.field(3, "full", x.full);
  a.field(4, "outlook", x.outlook);
}

template <class A>
void fields(A& a, of<A, decision> x) {
  a.field(1, "facts", x.facts);
  a.field(2, "effects", x.effects);
  a.field(3, "verdicts", x.verdicts);
}

template <class A>
void fields(A& a, of<A, journal_entry> x) {
  a.field(1, "seq", x.seq);
  a.field(2, "revision", x.revision);
  a.field(3, "rules", x.rules);
  a.field(4, "when", x.when);
  a.field(5, "what", x.what);
  a.field(6, "answer", x.answer);
}

}  // namespace heed::codec
