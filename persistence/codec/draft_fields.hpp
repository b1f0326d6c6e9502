#pragma once

#include "actors/lead/draft/draft.hpp"
#include "persistence/codec/traits.hpp"

/// The field list of answers. What tells a draft's text stands in journal and snapshot alone, both sealed.
/// Ids are frozen: a new field takes the next free one, an id once used is never given again.
namespace heed::codec {

/// Millionths; what is no share becomes none at all.
template <class A>
void fields(A& a, of<A, draft::confidence> x) {
  auto ppm = x.ppm();
  a.field(1, "ppm", ppm);
  if constexpr (A::reads) x = draft::confidence::of_ppm(ppm).value_or(draft::confidence());
}

template <class A>
void fields(A& a, of<A, draft::subject_of_draft> x) {
  a.field(1, "draft", x.draft);
  a.field(2, "version", x.version);
  a.field(3, "trigger", x.trigger);
  a.field(4, "trigger_seq", x.trigger_seq);
}

template <class A>
void fields(A& a, of<A, draft::evaluation> x) {
  a.field(1, "sure", x.sure);
  a.field(2, "safe", x.safe);
  a.field(3, "by", x.by);
  a.field(4, "reason", x.reason);
}

template <class A>
void fields(A& a, of<A, draft::decision_record> x) {
  a.field(1, "mode", x.mode);
  a.field(2, "sure", x.sure);
  a.field(3, "threshold", x.threshold);
  a.field(4, "reason", x.reason);
  a.field(5, "explanation", x.explanation);
  a.field(6, "action", x.what);
  a.field(7, "at", x.at);
  a.field(8, "send_at", x.send_at);
  a.field(9, "revised", x.revised);
}

template <class A>
void fields(A& a, of<A, draft::flow> x) {
  a.field(1, "lead", x.lead);
  a.field(2, "about", x.about);
  a.field(3, "mode", x.mode);
  a.field(4, "validate_immediate_send", x.validate_immediate_send);
  a.field(5, "preview_in_slack", x.preview_in_slack);
  a.field(6, "phase", x.at);
  a.field(7, "calls", x.calls);
  a.field(8, "text", x.content);
  a.field(9, "candidate", x.candidate);
  a.field(10, "first", x.first);
  a.field(11, "decided", x.decided);
}

template <class A>
void fields(A& a, of<A, draft::question> x) {
  a.field(1, "effect", x.effect);
  a.field(2, "task", x.what);
  a.field(3, "call", x.call);
  a.field(4, "until", x.until);
  a.field(5, "account", x.account);
}

template <class A>
void fields(A& a, of<A, draft::sending> x) {
  a.field(1, "effect", x.effect);
  a.field(2, "stage", x.at);
  a.field(3, "by_human", x.by_human);
  a.field(4, "by", x.by);
  a.field(5, "account", x.account);
  a.field(6, "attempt", x.attempt);
  a.field(7, "cancel_asked", x.cancel_asked);
  a.field(8, "since", x.since);
  a.field(9, "next_at", x.next_at);
  a.field(10, "why", x.why);
}

template <class A>
void fields(A& a, of<A, draft::posted_notice> x) {
  a.field(1, "channel", x.channel);
  a.field(2, "ts", x.ts);
}

template <class A>
void fields(A& a, of<A, draft::trigger> x) {
  a.field(1, "name", x.name);
  a.field(2, "seq", x.seq);
  a.field(3, "message_id", x.message_id);
  a.field(4, "subject", x.subject);
  a.field(5, "text", x.text);
  a.field(6, "class", x.kind);
  a.field(7, "at", x.at);
}

template <class A>
void fields(A& a, of<A, draft::lead_draft> x) {
  a.field(1, "id", x.id);
  a.field(2, "version", x.version);
  a.field(3, "answers", x.answers);
  a.field(4, "channel", x.on);
  a.field(5, "campaign", x.campaign);
  a.field(6, "status", x.status);
  a.field(7, "author", x.by);
  a.field(8, "text", x.text);
  a.field(9, "subject", x.subject);
  a.field(10, "edited", x.edited);
  a.field(11, "made_at", x.made_at);
  a.field(12, "held_since", x.held_since);
  a.field(13, "tree", x.tree);
  a.field(14, "asks", x.asks);
  a.field(15, "out", x.out);
  a.field(16, "decided_by", x.decided_by);
  a.field(17, "why", x.why);
  a.field(18, "notices", x.notices);
  a.field(19, "also", x.also);
  a.field(70, "to", x.to);
  a.field(71, "cc", x.cc);
}

}  // namespace heed::codec
