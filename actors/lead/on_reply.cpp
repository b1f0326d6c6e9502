#include <algorithm>

#include "actors/lead/answer.hpp"
#include "actors/lead/deliberation.hpp"
#include "actors/lead/gates.hpp"
#include "actors/lead/identity/mailbox.hpp"

/// What a lead says back. Every reply of a person pauses at once; what it was read as decides what follows (RULES, Replies).
namespace heed {

namespace {

using reply::reply_class;
using reply::reply_reading;

const reply_reading* sure_reading(const reply_received& s) { return s.reading && s.reading->sure ? &*s.reading : nullptr; }

bool is_read_as(const reply_received& s, reply_class kind) {
  const auto* r = sure_reading(s);
  return r && r->kind == kind;
}

/// A machine wrote it: it is no answer and shows no intent. Whoever wrote it, a no means no; one nobody is sure of is for a human
/// to read, and no delay that ends by itself.
bool is_automated(const reply_received& s) {
  if (s.reading && s.reading->kind == reply_class::opt_out) return false;
  return s.automated || is_read_as(s, reply_class::out_of_office) || is_read_as(s, reply_class::auto_reply) ||
         is_read_as(s, reply_class::bounce) || is_read_as(s, reply_class::complaint);
}

/// Classes weigh in full, by half or not at all; what is not sure weighs as any reply.
std::uint8_t weighs_less(const reply_received& s) {
  const auto* r = sure_reading(s);
  if (!r) return 0;
  switch (r->kind) {
    case reply_class::question_objection:
    case reply_class::referral:
    case reply_class::follow_up_later: return 50;
    case reply_class::opt_out:
    case reply_class::not_interested:
    case reply_class::bounce:
    case reply_class::complaint:
    case reply_class::out_of_office:
    case reply_class::auto_reply: return 100;
    default: return 0;
  }
}

/// A message of no id is known by its event.
std::string name_of(const message_ref& m, const std::string& event) {
  for (const auto* id : {&m.message_id, &m.effect, &m.provider_id})
    if (!id->empty()) return *id;
  return event;
}

/// What the signal of a reply is about once its words were taken up: a copy of the same mail says nothing new.
constexpr auto was_read = "read";

heard_reply as_heard(const deliberation& d, const reply_received& s) {
  return {s, d.what.occurred_at, d.what.on.value_or(channel::email), d.what.key};
}

intent_signal signal_of(const heard_reply& h) {
  const auto& s = h.said;
  intent_signal out{signal_kind::reply, h.at, "reply:" + name_of(s.message, h.key), {}, false, s.automated || is_automated(s), false};
  if (s.reading) out.about = was_read;
  out.less_pct = weighs_less(s);
  return out;
}

void refuse_all_runs(deliberation& d) {
  std::vector<campaign_id> live;
  for (const auto& r : d.lead().runs)
    if (!is_final(r.status)) live.push_back(r.campaign);
  for (const auto& c : live) end_run(d, c, run_status::suppressed, "not_interested");
  answer_reply(d, "not_interested");
}

/// It asked for that day: until then everything is silent, and then it goes on; unless a reply before it waits for its answer.
std::string put_off(deliberation& d, const reply_reading& r) {
  if (!r.resume_at || *r.resume_at <= d.now() || d.lead().earlier_reply_waits) return "paused";
  snooze(d, *r.resume_at, "reply");
  delay_runs(d, *r.resume_at, "follow_up_later");
  answer_reply(d, "follow_up_later");
  return "snoozed";
}

/// A report is a bounce like one told by a provider: it counts for the message it is about, and only what is final holds the address.
std::string hear_report(deliberation& d, const reply_received& s, const reply_reading& r) {
  message_bounced b;
  b.message = s.message;
  b.message.message_id = s.message.in_reply_to;
  b.message.provider_id.clear();
  b.address = address_for(d.lead(), channel::email);
  b.severity = r.bounce.value_or(bounce_class::hard);
  b.code = r.bounce_code;
  on(d, b);
  return b.severity == bounce_class::hard && !b.address.empty() ? "address_suppressed" : "noted";
}

std::string give_to_human(deliberation& d, const reply_reading& r) {
  hand_off(d, std::string(to_string(r.kind)), "reply");
  return "handed_off";
}

/// A human looks at whom it names; nobody is written to because somebody else gave an address away.
void propose(deliberation& d, const reply_reading& r, time_point at) {
  const bool own = std::ranges::any_of(d.lead().keys, [&](auto& k) { return !r.referred_email.empty() && k.value == r.referred_email; });
  if (own || (r.referred_email.empty() && r.referred_name.empty())) return;
  d.conclude(lead_proposed{{r.referred_email, r.referred_name, at}});
}

/// What follows from a class that is sure, beyond the pause.
std::string consequence(deliberation& d, const heard_reply& s, const reply_reading& r) {
  switch (r.kind) {
    case reply_class::opt_out:
    case reply_class::complaint: suppress_person(d, std::string(to_string(r.kind)), "text"); return "suppressed";
    case reply_class::bounce: return hear_report(d, s.said, r);
    case reply_class::out_of_office:
    case reply_class::auto_reply: return "delayed";
    case reply_class::not_interested: refuse_all_runs(d); return "suppressed";
    case reply_class::follow_up_later: return put_off(d, r);
    case reply_class::referral: propose(d, r, s.at); return give_to_human(d, r);
    case reply_class::meeting_accepted:
    case reply_class::meeting_requested:
    case reply_class::call_requested:
    case reply_class::information_requested:
    case reply_class::interested: return give_to_human(d, r);
    case reply_class::question_objection:
    case reply_class::acknowledgement:
    case reply_class::neutral: return "paused";
  }
  return "paused";
}

time_point held_until(const deliberation& d, const reply_received& s) {
  if (s.reading && s.reading->resume_at && *s.reading->resume_at > d.now()) return *s.reading->resume_at;
  if (auto it = d.what.attributes.find("return_date"); it != d.what.attributes.end())
    if (auto back = parse_iso(it->second); back && *back > d.now()) return *back;
  return d.now() + d.defaults().auto_reply_hold;
}

/// An automated reply takes back only its own pause and score, and delays the runs.
void on_automated_reply(deliberation& d, const reply_received& s) {
  d.conclude(reply_noted{d.what.occurred_at, s.message, true});
  weigh_reply(d, as_heard(d, s));
  const auto& waiting = d.lead().unanswered_message;
  const bool paused_for_it = !waiting.empty() && (waiting == s.message.message_id || waiting == s.message.provider_id);
  // A machine answers for the person now: what was drafted for their words waits for nobody (ZRG-77).
  if (is_read_as(s, reply_class::auto_reply) || is_read_as(s, reply_class::complaint)) reject_drafts(d, "automated_reply");
  // It takes back its own pause, not that of a person's words before it.
  if (paused_for_it && !d.lead().earlier_reply_waits) answer_reply(d, "automated_reply");
  if (s.reading) act_on(d, as_heard(d, s));
  // A report tells of an address or a person; nobody is away.
  if (is_read_as(s, reply_class::bounce) || is_read_as(s, reply_class::complaint)) return;
  const auto until = held_until(d, s);
  delay_runs(d, until, "automated_reply");
}

void fetch_text(deliberation& d, const reply_received& s) {
  auto fits = [&](const account& a) { return a.enabled && a.provider == d.what.source && a.on == channel::email; };
  const account* through = nullptr;
  if (auto held = d.lead().accounts.find(channel::email); held != d.lead().accounts.end())
    if (auto* a = d.rules.find_account(held->second); a && fits(*a)) through = a;
  for (const auto& [id, a] : d.rules.accounts)
    if (!through && fits(a)) through = &a;
  if (!through) return d.note("reply_text_unavailable", "no_account_of_" + d.what.source);
  d.ask(fetch_reply_effect{d.new_effect_id(), s.message.provider_id, through->id});
}

/// The address an email came from; other channels have none to answer to.
std::string sender_of(const deliberation& d, const reply_received& s) {
  return d.what.on.value_or(channel::email) == channel::email ? read_mailbox(s.from).address : std::string{};
}

/// The text of a reply that was noted before: its class comes later and rewrites nothing that was decided.
void on_later_text(deliberation& d, const reply_received& s) {
  const auto heard = as_heard(d, s);
  weigh_reply(d, heard);
  act_on(d, heard);
  ask_meaning(d, heard);
}

}  // namespace

void weigh_reply(deliberation& d, const heard_reply& s) { d.conclude(signal_recorded{signal_of(s)}); }

void act_on(deliberation& d, const heard_reply& h) {
  const auto& s = h.said;
  const auto& r = *s.reading;
  // What is not sure waits for a human; a machine's words are waited out.
  std::string led_to = is_automated(s) ? "delayed" : "paused";
  const bool by_tree = tree_decides(d, h);
  if (r.sure && !by_tree) led_to = consequence(d, h, r);
  const bool drafted = draft_answer(d, h);
  if (by_tree && !drafted) led_to = give_to_human(d, r);
  if (by_tree && drafted) led_to = d.lead().handoff ? "handed_off" : "drafted";
  if (r.urgent && !d.lead().suppressed && !d.lead().handoff) {
    hand_off(d, "urgent_reply", "reply");
    led_to = "handed_off";
  }
  d.conclude(reply_read{r, std::move(led_to)});
}

void delay_runs(deliberation& d, time_point until, const std::string& why) {
  std::vector<campaign_id> sooner;
  for (const auto& r : d.lead().runs)
    if (!is_final(r.status) && !r.touch && r.next_at && *r.next_at < until) sooner.push_back(r.campaign);
  for (const auto& c : sooner) reschedule(d, *d.lead().find_run(c), until, why);
}

void answer_reply(deliberation& d, const std::string& by) {
  if (!d.lead().unanswered_reply) return;
  d.conclude(reply_answered{by});
  std::vector<campaign_id> paused;
  for (const auto& r : d.lead().runs)
    if (r.pauses.has(pause_flag::unanswered_reply)) paused.push_back(r.campaign);
  for (const auto& c : paused) clear_flag(d, c, pause_flag::unanswered_reply, by);
}

void on(deliberation& d, const reply_received& s) {
  if (is_automated(s)) return on_automated_reply(d, s);
  const auto heard = as_heard(d, s);
  const auto signal = signal_of(heard);
  const auto seen = std::ranges::find(d.lead().signals, signal.source_key, &intent_signal::source_key);
  if (seen != d.lead().signals.end() && s.reading && seen->about != was_read) return on_later_text(d, s);
  if (seen != d.lead().signals.end()) return d.note("reply_text", "same_message");
  // Once a handoff was handed back its evidence is gone; a late body of that reply is still no new reply.
  if (!d.lead().unanswered_message.empty() && d.lead().unanswered_message == s.message.message_id)
    return d.note("reply_text", "same_message");
  end_doubt(d, "overtaken");
  d.conclude(reply_noted{d.now(), s.message, false, d.what.on, sender_of(d, s)});
  d.conclude(signal_recorded{signal});
  note_replier(d, s);
  engage(d, timing::engagement_kind::reply);
  pause_live_runs(d, pause_flag::unanswered_reply);
  if (s.metadata_only) fetch_text(d, s);
  if (!s.reading) return;
  act_on(d, heard);
  ask_meaning(d, heard);
}

}  // namespace heed
