#include <algorithm>

#include "actors/lead/answer.hpp"
#include "actors/lead/draft_life.hpp"
#include "actors/lead/draft/review.hpp"
#include "actors/lead/gates.hpp"
#include "actors/lead/identity/mailbox.hpp"
#include "actors/lead/identity/recipients.hpp"
#include "actors/lead/limits.hpp"

/// What people do with drafts. One rule behind every button: Slack, API and console send the same commands.
namespace heed {

namespace {

using stage = draft::sending::stage;

void refuse(deliberation& d, std::string reason) { d.note("refused", std::move(reason)); }

const lead_draft* named_draft(deliberation& d, const command& c) {
  const auto* x = d.lead().find_draft(c.draft);
  if (!x) refuse(d, "unknown_draft: " + c.draft);
  return x;
}

bool fits(deliberation& d, const command& c) {
  if (c.text.size() <= limits::message_text) return true;
  refuse(d, "text is longer than " + std::to_string(limits::message_text) + " bytes");
  return false;
}

std::vector<std::string> copies_in(const command& c) {
  std::vector<std::string> all;
  for (const auto& each : *c.cc) {
    const auto address = lower_address(each);
    if (std::ranges::find(all, address) == all.end()) all.push_back(address);
  }
  return all;
}

/// Why the command's recipients cannot be the draft's; empty = they can.
std::string unfit_recipients(const deliberation& d, const lead_draft& x, const command& c) {
  if (x.on != channel::email) return c.to.empty() && (!c.cc || c.cc->empty()) ? "" : "to and cc are for email; leave them out";
  const auto to = lower_address(c.to);
  if (!to.empty() && std::ranges::none_of(recipients_of(d.lead()), [&](auto& r) { return r.email == to; }))
    return "to is none of this lead's addresses; choose one of its recipients";
  if (const auto why = fixed_recipient(answering_account(d, x)); !why.empty() && !to.empty() && to != thread_recipient(d.lead()))
    return "to cannot be chosen: " + std::string(why);
  if (!c.cc) return {};
  if (c.cc->size() > limits::copies) return "cc holds more than " + std::to_string(limits::copies) + " addresses";
  if (!std::ranges::all_of(*c.cc, [](auto& each) { return is_plain_address(each); })) return "cc must hold plain addresses";
  return {};
}

/// Whom it goes to is part of what somebody saw: other people are another version, too.
bool change_recipients(deliberation& d, lead_draft& x, const command& c) {
  if (const auto why = unfit_recipients(d, x, c); !why.empty()) {
    refuse(d, why);
    return false;
  }
  auto to = c.to.empty() ? x.to : lower_address(c.to);
  auto cc = c.cc ? copies_in(c) : x.cc;
  if (to != x.to || cc != x.cc) ++x.version;
  x.to = std::move(to);
  x.cc = std::move(cc);
  return true;
}

/// Nobody chose: then it goes to whoever answers at present, and stays with them (ZRG-107, ZRG-108).
bool has_recipient(deliberation& d, lead_draft& x) {
  if (x.on != channel::email) return true;
  if (!fixed_recipient(answering_account(d, x)).empty()) x.to = thread_recipient(d.lead());
  if (x.to.empty()) x.to = usual_recipient(d.lead());
  // Nobody gets it twice.
  std::erase(x.cc, x.to);
  if (!x.to.empty()) return true;
  refuse(d, "Select a recipient before sending.");
  return false;
}

/// Another text is another version: whoever judged or approved the old one did not mean this one.
void change_words(lead_draft& x, const command& c) {
  const bool other_text = !c.text.empty() && c.text != x.text;
  const bool other_subject = !c.subject.empty() && c.subject != x.subject && x.on == channel::email;
  if (!other_text && !other_subject) return;
  if (other_text) x.text = c.text;
  if (other_subject) x.subject = c.subject;
  ++x.version;
  x.edited = x.edited || x.by != draft::author::human;
}

void close_tree(deliberation& d, lead_draft& x) {
  drop_question(d, x);
  if (x.tree.at != draft::phase::closed) x.tree = draft::on(x.tree, draft::conversation_changed{}, moment_of(d, x)).next;
}

/// What stands against a human's send is told before anything changes.
bool may_go(deliberation& d, const lead_draft& x) {
  const auto verdicts = answer_verdicts(d, x, true);
  const auto* closed = first_closed(verdicts);
  if (!closed || closed->outcome == gate_outcome::wait) return true;
  d.keep({x.id, "answer", verdicts});
  refuse(d, closed->reason);
  return false;
}

draft::approval_question question_of(const deliberation& d, const lead_draft& x, const command& c) {
  draft::approval_question q;
  q.way = c.confirmed ? draft::approval_way::composer : draft::approval_way::one_click;
  q.version = c.version == 0 ? x.version : c.version;
  q.current_version = x.version;
  q.status = x.status;
  q.blacklisted = d.lead().suppressed.has_value();
  q.stale = stale_reason(d.lead(), x, d.defaults(), d.now());
  if (x.out && x.out->at == stage::accepted) q.sent_message = x.out->effect.value;
  return q;
}

void approve(deliberation& d, const command& c) {
  const auto* known = named_draft(d, c);
  if (!known || !fits(d, c)) return;
  auto x = *known;
  const auto answer = draft::approve(question_of(d, x, c));
  if (const auto* before = std::get_if<draft::sent_before>(&answer))
    return d.note("approve_draft", "already_sent: " + (before->message.empty() && x.out ? x.out->effect.value : before->message));
  if (const auto* no = std::get_if<draft::not_sendable>(&answer)) {
    if (no->reject && x.status == draft::draft_status::pending) reject_draft(d, std::move(x), "rules", std::string(no->words));
    return refuse(d, std::string(no->words));
  }
  if (draft::is_under_way(x)) return refuse(d, "a_send_is_under_way");
  if (x.text.empty() && c.text.empty()) return refuse(d, "not_written_yet");
  if (!change_recipients(d, x, c)) return;
  change_words(x, c);
  if (!has_recipient(d, x) || !may_go(d, x)) return;
  x.status = draft::draft_status::approved;
  close_tree(d, x);
  begin_sending(d, std::move(x), true, c.by);
}

void reject(deliberation& d, const command& c) {
  const auto* known = named_draft(d, c);
  if (!known) return;
  if (known->status == draft::draft_status::rejected) return d.note("reject_draft", "already_rejected");
  const bool waits = known->out && known->out->at == stage::waiting;
  const bool callable = known->out && known->out->at == stage::planned;
  if (known->status == draft::draft_status::approved && !waits && !callable) return refuse(d, "Draft is not pending");
  reject_draft(d, *known, c.by, c.reason);
}

bool is_pending(deliberation& d, const lead_draft& x) {
  if (x.status == draft::draft_status::pending && !draft::is_under_way(x)) return true;
  refuse(d, "Draft is not pending");
  return false;
}

bool is_seen(deliberation& d, const lead_draft& x, const command& c) {
  if (c.version == 0 || c.version == x.version) return true;
  refuse(d, "Draft has changed since: open it and read it again");
  return false;
}

void edit(deliberation& d, const command& c) {
  const auto* known = named_draft(d, c);
  if (!known || !fits(d, c) || !is_pending(d, *known) || !is_seen(d, *known, c)) return;
  auto x = *known;
  if (!change_recipients(d, x, c)) return;
  change_words(x, c);
  if (x.version == known->version) return d.note("edit_draft", "same_words");
  close_tree(d, x);
  if (!x.held_since) x.held_since = d.now();
  put(d, std::move(x), "edited", c.by);
}

void regenerate(deliberation& d, const command& c) {
  const auto* known = named_draft(d, c);
  if (!known || !is_pending(d, *known) || !is_seen(d, *known, c)) return;
  if (!draft::wants_answer(known->answers.kind)) return refuse(d, "Cannot generate draft for this sentiment");
  auto x = *known;
  ++x.version;
  close_tree(d, x);
  x.edited = false;
  x.held_since = d.now();
  if (!write_answer(d, std::move(x))) refuse(d, "nothing_to_write_from");
}

/// A message of a human's own, without a draft of a machine (ZRG-103).
void send_message(deliberation& d, const command& c) {
  if (!fits(d, c)) return;
  if (c.text.find_first_not_of(" \t\r\n") == std::string::npos) return refuse(d, "text is empty");
  if (d.lead().suppressed) return refuse(d, "Lead is blacklisted (opted out)");
  lead_draft x;
  x.id = d.lead().id.value + "-d" + std::to_string(d.lead().seq);
  x.on = d.what.on.value_or(channel::email);
  x.by = draft::author::human;
  x.text = c.text;
  x.subject = c.subject;
  x.made_at = d.now();
  x.answers.name = "manual:" + d.what.key;
  x.answers.seq = d.lead().newest_inbound;
  x.answers.at = d.now();
  if (x.on == channel::email) {
    x.answers.message_id = d.lead().unanswered_message;
    if (x.subject.empty()) return refuse(d, "subject is empty: name one for the mail");
  }
  if (!change_recipients(d, x, c)) return;
  x.version = 1;
  for (const auto& r : d.lead().runs)
    if (r.last_touch && (x.campaign.empty() || *r.last_touch > *d.lead().find_run(x.campaign)->last_touch)) x.campaign = r.campaign;
  if (has_recipient(d, x) && may_go(d, x)) begin_sending(d, std::move(x), true, c.by);
}

}  // namespace

std::optional<std::string_view> stale_reason(const lead_state& lead, const lead_draft& x, const settings& s, time_point now) {
  if (x.status != draft::draft_status::pending || x.by == draft::author::human) return std::nullopt;
  const draft::subject_of_draft about{x.id, x.version, x.answers.name, x.answers.seq};
  return draft::stale(about, x.held_since.value_or(x.made_at), lead.newest_inbound, now, s.drafts.hold_limit);
}

void answer_command(deliberation& d, const command& c) {
  switch (c.what) {
    case command_kind::approve_draft: return approve(d, c);
    case command_kind::reject_draft: return reject(d, c);
    case command_kind::edit_draft: return edit(d, c);
    case command_kind::regenerate_draft: return regenerate(d, c);
    default: return send_message(d, c);
  }
}

}  // namespace heed
