#include <algorithm>

#include "actors/lead/answer.hpp"
#include "actors/lead/gates.hpp"
#include "actors/lead/touch.hpp"

namespace heed {

namespace {

using namespace std::chrono_literals;
using stage = draft::sending::stage;

constexpr duration suppression_wait = 15min;
constexpr auto answer_step = "answer";

/// A message of no run: what the gates look at is made up for it, past the first step so that heat stops it.
struct ground {
  run journey;
  step next;
};

ground ground_of(const lead_draft& x) {
  ground g;
  g.journey.campaign = x.campaign;
  g.journey.cursor = 1;
  g.next.id = step_id{answer_step};
  g.next.on = x.on;
  return g;
}

prepared_touch prepare(const deliberation& d, const lead_draft& x, const ground& g) {
  auto touch = gather_answer(d, g.journey, g.next);
  touch.view.answers = x.answers.seq;
  if (x.on == channel::email && !x.to.empty()) touch.view.address = x.to;
  touch.view.copies = x.cc;
  auto& m = touch.message;
  m.on = x.on;
  m.to = touch.view.address;
  m.body = x.text;
  if (x.on != channel::email) return touch;
  m.cc = x.cc;
  m.subject = x.subject;
  m.in_reply_to = x.answers.message_id;
  if (!m.in_reply_to.empty()) m.references = {m.in_reply_to};
  return touch;
}

void plan(deliberation& d, lead_draft x, prepared_touch touch) {
  auto& out = *x.out;
  const auto& via = *touch.view.via;
  if (!out.by_human) identify(touch.message, d, via, out.effect);
  send_effect send{out.effect, "draft/" + x.id, x.campaign, step_id{answer_step}, via.id,
                   out.by_human ? origin::human : origin::auto_reply, std::move(touch.message),
                   d.now() + d.defaults().effect_life, d.defaults().dry_run};
  out.at = stage::planned;
  out.account = via.id;
  out.cancel_asked = false;
  out.since = d.now();
  out.next_at.reset();
  out.why.clear();
  put(d, std::move(x), "sending");
  d.ask(std::move(send));
}

void wait(deliberation& d, lead_draft x, std::optional<time_point> until, std::string why) {
  auto& out = *x.out;
  if (out.at == stage::waiting && out.next_at == until && out.why == why) return;
  if (out.at != stage::waiting) out.since = d.now();
  out.at = stage::waiting;
  out.next_at = until;
  out.why = why;
  put(d, std::move(x), "waiting", std::move(why));
}

/// For certain not delivered, and nothing goes on by itself: the draft is open again.
void give_up(deliberation& d, lead_draft x, std::string why, const char* what = "not_sent") {
  auto& out = *x.out;
  out.at = stage::given_up;
  out.next_at.reset();
  out.since = d.now();
  out.why = why;
  if (x.status == draft::draft_status::approved) x.status = draft::draft_status::pending;
  if (!x.notices.empty()) d.ask(notify_effect{d.new_effect_id(), "draft_outcome", x.id});
  leave_to_people(d, std::move(x), what, std::move(why));
}

void tell_outcome(deliberation& d, const lead_draft& x) {
  if (!x.notices.empty()) d.ask(notify_effect{d.new_effect_id(), "draft_outcome", x.id});
}

/// The lead has its answer. Sequences stay silent for as long as after a human's own message.
void sent(deliberation& d, lead_draft x, time_point at, std::string reason) {
  auto& out = *x.out;
  out.at = stage::accepted;
  out.next_at.reset();
  out.since = at;
  out.why = reason;
  const auto by = out.by;
  const bool by_human = out.by_human;
  tell_outcome(d, x);
  put(d, std::move(x), "sent", std::move(reason));
  const auto until = at + d.defaults().human_silence;
  if (by_human) d.conclude(human_touched{at, until});
  if (d.lead().unanswered_reply && at > d.lead().unanswered_since) answer_reply(d, by_human ? by : "auto_reply");
  delay_runs(d, until, "answered");
}

duration backoff(const effect_id& effect, std::uint32_t attempt) {
  const auto base = std::chrono::seconds(1ll << std::min<std::uint32_t>(attempt, 10));
  const auto jitter = std::chrono::milliseconds(stable_hash(effect.value + std::to_string(attempt)) % 1000);
  return std::min<duration>(base + jitter, suppression_wait);
}

void try_message_again(deliberation& d, lead_draft x, const effect_outcome& s) {
  if (++x.out->attempt >= d.defaults().message_attempts) return give_up(d, std::move(x), "attempts_exhausted: " + s.detail);
  const auto at = std::max(d.now() + backoff(s.effect, x.out->attempt), s.retry_at.value_or(d.now()));
  wait(d, std::move(x), at, "retry: " + s.detail);
}

void settle(deliberation& d, lead_draft x, const effect_outcome& s) {
  auto& out = *x.out;
  out.at = stage::unknown;
  out.since = std::max(d.now(), s.started_at.value_or(d.now()));
  out.next_at = d.now() + d.defaults().unknown_counts_as_sent;
  out.why = s.detail;
  const auto effect = out.effect;
  const auto via = out.account;
  put(d, x, "unknown", s.detail);
  d.ask(settle_effect{effect, via, answer_may_repeat(d, effect).value_or(false)});
}

/// Taken back before any call: by an obstacle, which decides what becomes of it, or by the suppression list.
void taken_back(deliberation& d, lead_draft x, const effect_outcome& s) {
  if (s.detail == "suppressed") {
    // Of its own address the lead hears soon; of somebody else's never, so waiting would never end.
    const bool hears = x.cc.empty() && (x.to.empty() || x.to == address_for(d.lead(), x.on));
    if (!hears) return give_up(d, std::move(x), "recipient_suppressed");
    return wait(d, std::move(x), d.now() + suppression_wait, "suppression_list");
  }
  if (x.status == draft::draft_status::rejected) {
    x.out->at = stage::given_up;
    return put(d, std::move(x), "not_sent", "cancelled");
  }
  // The reason to cancel may be gone; whoever looks next finds out.
  wait(d, std::move(x), d.now(), "returned");
}

std::optional<std::string_view> obstacle_to(const deliberation& d, const lead_draft& x) {
  if (d.lead().poisoned && x.out->at == stage::planned) return "poisoned";
  if (x.out->by_human) return std::nullopt;
  const auto m = moment_of(d, x);
  if (m.lead.opted_out) return "opted_out";
  if (m.off.auto_send_disabled) return "auto_send_disabled";
  if (d.now() - x.out->since > draft::latest_fire && x.out->at == stage::waiting) return "overdue";
  return draft::moved_on(x.tree.about, m.lead);
}

void cancel(deliberation& d, lead_draft x, std::string_view why) {
  if (x.out->cancel_asked) return;
  x.out->cancel_asked = true;
  d.ask(cancel_effect{x.out->effect});
  put(d, std::move(x), "cancel", std::string(why));
}

/// With somebody in copy nobody says which of the addresses is meant: a human looks, and none is held for it.
void no_such_address(deliberation& d, lead_draft x, const std::string& detail) {
  const auto kind = address_kind(x.on);
  const auto address = x.to.empty() ? address_for(d.lead(), x.on) : x.to;
  const bool certain = x.cc.empty();
  give_up(d, std::move(x), (certain ? "bad_address: " : "bad_address_among_recipients: ") + detail);
  if (certain && kind && !address.empty()) suppress_address(d, {*kind, {}, address}, "bounce");
}

void on_sending(deliberation& d, lead_draft x, const effect_outcome& s) {
  const auto told = s.retry_at.value_or(d.now() + 1min);
  switch (s.result) {
    case send_result::accepted:
      d.conclude(message_known{s.effect, s.provider_id, s.message_id, x.campaign.value});
      return sent(d, std::move(x), std::max(d.what.occurred_at, s.started_at.value_or(d.what.occurred_at)),
                  s.evidence == "call" ? "" : s.evidence);
    case send_result::refused_account: return wait(d, std::move(x), told, "account_wait: " + s.detail);
    case send_result::capacity_wait: return wait(d, std::move(x), told, "capacity_wait: " + s.detail);
    case send_result::refused_message: return try_message_again(d, std::move(x), s);
    case send_result::refused_final: return give_up(d, std::move(x), s.detail);
    case send_result::bad_address: return no_such_address(d, std::move(x), s.detail);
    case send_result::opted_out:
      give_up(d, std::move(x), "opted_out: " + s.detail);
      return suppress_person(d, "opt_out", "provider");
    case send_result::unknown: return settle(d, std::move(x), s);
    case send_result::cancelled: return taken_back(d, std::move(x), s);
    case send_result::stale:
    case send_result::absent: return taken_back(d, std::move(x), s);
    case send_result::skipped_dry_run: {
      x.out->at = stage::accepted;
      x.out->why = "dry_run";
      return put(d, std::move(x), "sent", "dry_run");
    }
  }
}

}  // namespace

const account* answering_account(const deliberation& d, const lead_draft& x) {
  const auto g = ground_of(x);
  return prepare(d, x, g).view.via;
}

std::vector<gate_verdict> answer_verdicts(const deliberation& d, const lead_draft& x, bool by_human) {
  const auto g = ground_of(x);
  return ask_answer_gates(prepare(d, x, g).view, by_human);
}

void begin_sending(deliberation& d, lead_draft x, bool by_human, std::string by) {
  x.status = draft::draft_status::approved;
  x.decided_by = by;
  const auto known = x.out ? x.out->effect : effect_id{};
  x.out = draft::sending{};
  x.out->effect = known.empty() ? d.new_effect_id() : known;
  x.out->by_human = by_human;
  x.out->by = std::move(by);
  x.out->since = d.now();
  put(d, x, "approved");
  try_send(d, std::move(x));
}

void try_send(deliberation& d, lead_draft x) {
  const auto g = ground_of(x);
  auto touch = prepare(d, x, g);
  auto verdicts = ask_answer_gates(touch.view, x.out->by_human);
  d.keep({x.id, answer_step, verdicts});
  const auto* closed = first_closed(verdicts);
  if (!closed) return plan(d, std::move(x), std::move(touch));
  if (closed->outcome == gate_outcome::wait) return wait(d, std::move(x), closed->opens_at, closed->reason);
  give_up(d, std::move(x), closed->reason);
}

void look_at_sending(deliberation& d, lead_draft x) {
  const auto at = x.out->at;
  if (at == stage::unknown && x.out->next_at && *x.out->next_at <= d.now()) {
    const auto since = x.out->since;
    return sent(d, std::move(x), since, "unresolved");
  }
  if (at != stage::waiting && at != stage::planned) return;
  if (const auto why = obstacle_to(d, x))
    return at == stage::planned ? cancel(d, std::move(x), *why) : give_up(d, std::move(x), std::string(*why), "skipped");
  if (at == stage::waiting && x.status == draft::draft_status::approved && (!x.out->next_at || *x.out->next_at <= d.now()))
    try_send(d, std::move(x));
}

bool answer_outcome(deliberation& d, const effect_outcome& s) {
  if (doubt_outcome(d, s)) return true;
  for (const auto& x : d.lead().drafts) {
    if (x.asks && x.asks->effect == s.effect) {
      // Its words come by themselves; whatever else became of the call, there will be none.
      if (s.result == send_result::accepted) return true;
      if (s.result == send_result::unknown) {
        ask_again(d, x);
        return true;
      }
      model_answered none;
      none.effect = s.effect;
      none.draft = x.id;
      none.what = x.asks->what;
      none.call = x.asks->call;
      none.failed = s.result == send_result::stale ? draft::model_failure::timed_out : draft::model_failure::error;
      on(d, none);
      return true;
    }
    if (!x.out || x.out->effect != s.effect || !draft::is_under_way(x)) continue;
    on_sending(d, x, s);
    return true;
  }
  return false;
}

std::optional<bool> answer_may_repeat(const deliberation& d, const effect_id& of) {
  const auto& all = d.lead().drafts;
  // A question changes nothing for anybody.
  const bool asked = (d.lead().doubt && d.lead().doubt->asked.effect == of) ||
                     std::ranges::any_of(all, [&](auto& o) { return o.asks && o.asks->effect == of; });
  if (asked) return model_of(d) != nullptr;
  const auto x = std::ranges::find_if(all, [&](auto& o) { return o.out && o.out->effect == of; });
  if (x == all.end()) return std::nullopt;
  if (x->out->cancel_asked || x->status != draft::draft_status::approved || obstacle_to(d, *x)) return false;
  return !first_closed(answer_verdicts(d, *x, x->out->by_human));
}

}  // namespace heed
