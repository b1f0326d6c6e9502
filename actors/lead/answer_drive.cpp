#include <algorithm>

#include "actors/lead/answer.hpp"
#include "actors/lead/draft/review.hpp"
#include "actors/lead/gates.hpp"
#include "actors/lead/limits.hpp"

namespace heed {

namespace {

using namespace std::chrono_literals;

/// An answer needs its way back; after that it is late.
constexpr auto answer_grace = 15s;
constexpr std::uint32_t regeneration_lines = 80;  // ZRG-71

bool says_yes(const field_map& fields, const char* name) {
  const auto it = fields.find(name);
  return it != fields.end() && (it->second == "true" || it->second == "1" || it->second == "yes");
}

draft::lead_rules rules_of(const deliberation& d, const lead_draft& x) {
  std::vector<draft::campaign_rules> all;
  const auto add = [&](const campaign_id& id) {
    if (const auto* c = d.rules.find_campaign(id))
      all.push_back({id, c->response_mode, c->auto_send_threshold, c->auto_send_delay});
  };
  if (!x.campaign.empty()) add(x.campaign);
  for (const auto& id : x.also) add(id);
  return {draft::strictest(all), says_yes(d.lead().fields, "autoReplyEnabled")};
}

draft::conversation conversation_of(const deliberation& d, const lead_draft& x) {
  const auto& lead = d.lead();
  const auto breaker = ticket_breaker(lead, d.defaults(), d.now());
  draft::conversation c;
  c.newest_inbound_seq = lead.newest_inbound;
  c.newest_outbound_seq = lead.newest_outbound;
  c.opted_out = lead.suppressed.has_value();
  c.handed_off = lead.handoff.has_value();
  c.snoozed = lead.snoozed;
  c.ticket_open = breaker.open || breaker.cooling_until.has_value();
  c.hot = lead.hot.has_value();
  c.status = x.status;
  c.version = x.version;
  c.sent = x.out && x.out->at == draft::sending::stage::accepted;
  return c;
}

draft::entry_form form_of(const deliberation& d, const lead_draft& x) {
  const auto& s = d.defaults().drafts;
  draft::entry_form f;
  f.workspace = d.lead().workspace;
  f.lead = d.lead().id;
  f.about = draft::subject_of_draft{x.id, x.version, x.answers.name, x.answers.seq};
  f.content = x.text;
  f.on = x.on;
  f.latest_inbound = x.answers.text;
  f.subject = x.subject;
  // The conversation is read where the model is asked.
  f.history.emplace();
  f.sentiment = x.answers.kind;
  f.sent_at = x.answers.at;
  f.rules = rules_of(d, x);
  f.validate_immediate_send = s.validate_immediate_send;
  f.preview_in_slack = s.preview_in_slack;
  return f;
}

/// Reviewers are told of what the tree holds, not of drafts that were theirs from the start (AS-8).
void ask_reviewers(deliberation& d, const lead_draft& x) {
  const auto& s = d.defaults().drafts;
  const auto* slack = d.rules.find_account(account_id{s.slack});
  const auto to = draft::tell({s.reviewers, slack && slack->enabled});
  if (const auto* nobody = std::get_if<draft::nobody_told>(&to))
    return d.note("nobody_told", "draft_review: " + std::string(nobody->why));
  d.ask(notify_effect{d.new_effect_id(), "draft_review", x.id});
}

std::string reason_in(const lead_draft& x) { return x.tree.decided ? x.tree.decided->reason : std::string(); }

/// What a failed writer leaves: the workspace's own text, where it has one, else nothing to hold.
void not_written(deliberation& d, lead_draft x, const std::string& why) {
  x.asks.reset();
  if (x.version > 1) return put(d, std::move(x), "held", why);
  reject_draft(d, std::move(x), "ai", "not_written: " + why);
}

void written(deliberation& d, lead_draft x, const model_answered& a) {
  const bool empty = a.text.find_first_not_of(" \t\r\n") == std::string::npos;
  if (a.failed || empty || a.text.size() > limits::message_text)
    return not_written(d, std::move(x), a.failed ? "model_failed" : "model_invalid");
  x.text = a.text;
  x.by = draft::author::model;
  const bool again = x.version > 1;
  put(d, x, again ? "regenerated" : "written", "model");
  if (!again) begin_tree(d, std::move(x));
}

draft::event event_of(const model_answered& a) {
  if (a.failed) return draft::model_failed{a.call, *a.failed};
  switch (a.what) {
    case draft::model_task::evaluate: return draft::evaluated{a.call, a.sure, a.safe, a.reason};
    case draft::model_task::select_context: return draft::context_selected{a.call, a.learnings};
    default: return draft::revised{a.call, a.text};
  }
}

void answered(deliberation& d, lead_draft x, const model_answered& a) {
  x.asks.reset();
  if (a.what == draft::model_task::write) return written(d, std::move(x), a);
  auto t = draft::on(x.tree, event_of(a), moment_of(d, x));
  take_turn(d, std::move(x), std::move(t));
}

void time_out(deliberation& d, lead_draft x) {
  model_answered a;
  a.what = x.asks->what;
  a.call = x.asks->call;
  a.failed = draft::model_failure::timed_out;
  d.conclude(cancel_requested{x.asks->effect, "timed_out"});
  d.ask(cancel_effect{x.asks->effect});
  answered(d, std::move(x), a);
}

void look_at_tree(deliberation& d, lead_draft x) {
  const bool due = x.tree.at == draft::phase::scheduled && x.tree.decided && x.tree.decided->send_at &&
                   *x.tree.decided->send_at <= d.now();
  const auto m = moment_of(d, x);
  auto t = due ? draft::on(x.tree, draft::fired{}, m) : draft::on(x.tree, draft::conversation_changed{}, m);
  take_turn(d, std::move(x), std::move(t));
}

void drive(deliberation& d, const std::string& id) {
  const auto now = [&] { return *d.lead().find_draft(id); };
  auto x = now();
  if (d.lead().suppressed && x.status != draft::draft_status::rejected &&
      !(x.out && x.out->at == draft::sending::stage::accepted))
    return reject_draft(d, std::move(x), "rules", "Lead is blacklisted (opted out)");
  if (x.asks && x.asks->until <= d.now()) time_out(d, std::move(x));
  x = now();
  if (x.tree.at != draft::phase::closed && x.status == draft::draft_status::pending) look_at_tree(d, std::move(x));
  x = now();
  if (x.out) look_at_sending(d, std::move(x));
}

}  // namespace

void put(deliberation& d, lead_draft x, std::string what, std::string reason) {
  d.conclude(draft_changed{std::move(what), std::move(reason), std::move(x)});
}

const account* model_of(const deliberation& d) {
  const auto* a = d.rules.find_account(account_id{d.defaults().drafts.model});
  const bool stopped = a && (d.when.stops.global || d.when.stops.accounts.contains(a->id.value));
  return a && a->enabled && !stopped ? a : nullptr;
}

draft::moment moment_of(const deliberation& d, const lead_draft& x) {
  const auto& s = d.defaults().drafts;
  return {d.now(), rules_of(d, x), {s.auto_send_disabled, s.revision_disabled}, conversation_of(d, x), model_of(d) != nullptr};
}

void ask_model(deliberation& d, lead_draft x, draft::model_task what, draft::call_number call, std::string text,
               std::vector<std::string> learnings) {
  const auto* model = model_of(d);
  if (!model) {
    model_answered none;
    none.what = what;
    none.call = call;
    none.failed = draft::model_failure::error;
    return answered(d, std::move(x), none);
  }
  ask_model_effect e;
  e.id = d.new_effect_id();
  e.account = model->id;
  e.what = what;
  e.call = call;
  e.draft = x.id;
  e.version = x.version;
  e.on = x.on;
  e.subject = x.subject;
  e.text = std::move(text);
  e.inbound = x.answers.text;
  e.kind = x.answers.kind;
  e.inbound_at = x.answers.at;
  if (x.tree.first) e.finding = x.tree.first->reason;
  e.learnings = std::move(learnings);
  if (x.version > 1) e.lines = regeneration_lines;
  if (const auto* c = d.rules.find_campaign(x.campaign)) e.persona = c->persona;
  e.not_after = d.now() + draft::budget_of(what);
  x.asks = draft::question{e.id, e.account, what, call, e.not_after + answer_grace};
  put(d, std::move(x), "asked", std::string(to_string(what)));
  d.ask(std::move(e));
}

void ask_again(deliberation& d, lead_draft x) {
  const auto id = x.asks->effect;
  const auto via = x.asks->account;
  x.asks->until = d.now() + draft::budget_of(x.asks->what) + answer_grace;
  put(d, std::move(x), "asked", "again");
  d.ask(settle_effect{id, via, true});
}

void drop_question(deliberation& d, lead_draft& x) {
  if (!x.asks) return;
  const auto id = x.asks->effect;
  x.asks.reset();
  const auto erased = std::erase_if(d.asked(), [&](const effect& e) {
    const auto* m = std::get_if<ask_model_effect>(&e);
    return m && m->id == id;
  });
  if (erased == 0) d.ask(cancel_effect{id});
}

void begin_tree(deliberation& d, lead_draft x) {
  auto e = draft::complete(form_of(d, x));
  if (!e) return leave_to_people(d, std::move(x), "held", "incomplete: " + e.error().front().field);
  auto t = draft::begin(*e, moment_of(d, x));
  take_turn(d, std::move(x), std::move(t));
}

void leave_to_people(deliberation& d, lead_draft x, std::string what, std::string reason) {
  drop_question(d, x);
  const bool wants_more = reply::is_positive(x.answers.kind);
  if (!x.held_since) x.held_since = d.now();
  put(d, x, std::move(what), std::move(reason));
  // Where the lead has had its answer meanwhile, or people have it already, nothing is owed.
  if (wants_more && d.lead().unanswered_reply && !d.lead().handoff && !d.lead().suppressed && !d.lead().snoozed)
    hand_off(d, std::string(reply::to_string(x.answers.kind)), "drafts");
}

void reject_draft(deliberation& d, lead_draft x, const std::string& by, const std::string& why) {
  drop_question(d, x);
  x.status = draft::draft_status::rejected;
  x.decided_by = by;
  x.why = why;
  if (x.tree.at != draft::phase::closed) x.tree = draft::on(x.tree, draft::conversation_changed{}, moment_of(d, x)).next;
  using stage = draft::sending::stage;
  if (x.out && x.out->at == stage::planned && !x.out->cancel_asked) {
    x.out->cancel_asked = true;
    d.ask(cancel_effect{x.out->effect});
  } else if (x.out && x.out->at == stage::waiting) {
    x.out->at = stage::given_up;
    x.out->next_at.reset();
  }
  if (!x.notices.empty()) d.ask(notify_effect{d.new_effect_id(), "draft_outcome", x.id});
  put(d, std::move(x), "rejected", why);
}

void reject_drafts(deliberation& d, const std::string& why) {
  std::vector<std::string> ids;
  for (const auto& x : d.lead().drafts)
    if (x.status == draft::draft_status::pending) ids.push_back(x.id);
  for (const auto& id : ids) reject_draft(d, *d.lead().find_draft(id), "rules", why);
}

void take_turn(deliberation& d, lead_draft x, draft::turn t) {
  x.tree = std::move(t.next);
  if (t.store_text) x.text = std::move(*t.store_text);
  struct {
    deliberation& d;
    lead_draft& x;
    void operator()(const draft::ask_evaluator& s) const { ask_model(d, std::move(x), draft::model_task::evaluate, s.call, s.text); }
    void operator()(const draft::ask_selector& s) const { ask_model(d, std::move(x), draft::model_task::select_context, s.call, x.text); }
    void operator()(const draft::ask_reviser& s) const {
      ask_model(d, std::move(x), draft::model_task::revise, s.call, x.text, s.learnings);
    }
    void operator()(const draft::send_now&) const { begin_sending(d, std::move(x), false, "ai"); }
    void operator()(const draft::send_at& s) const { put(d, std::move(x), "scheduled", to_iso(s.at)); }
    void operator()(const draft::hold_for_review&) const {
      ask_reviewers(d, x);
      auto why = reason_in(x);
      leave_to_people(d, std::move(x), "held", std::move(why));
    }
    void operator()(const draft::skip&) const {
      auto why = reason_in(x);
      leave_to_people(d, std::move(x), "skipped", std::move(why));
    }
    void operator()(const draft::draft_only&) const {
      auto why = reason_in(x);
      leave_to_people(d, std::move(x), "held", std::move(why));
    }
    void operator()(const draft::unchanged&) const {}
  } act{d, x};
  std::visit(act, t.step);
}

void drive_answers(deliberation& d) {
  look_at_doubt(d);
  std::vector<std::string> ids;
  for (const auto& x : d.lead().drafts)
    if (draft::is_live(x)) ids.push_back(x.id);
  for (const auto& id : ids) drive(d, id);
}

void on(deliberation& d, const model_answered& s) {
  if (doubt_answered(d, s)) return;
  const auto& all = d.lead().drafts;
  const auto x = std::ranges::find_if(all, [&](auto& o) { return o.asks && o.asks->effect == s.effect; });
  if (x == all.end()) return d.note("model_answered", "not_awaited");
  answered(d, *x, s);
}

void on(deliberation& d, const review_posted& s) {
  const auto* x = d.lead().find_draft(s.draft);
  if (!x) return d.note("review_posted", "draft_forgotten");
  auto now = *x;
  if (std::ranges::find(now.notices, s.where) == now.notices.end()) now.notices.push_back(s.where);
  const bool decided = now.status != draft::draft_status::pending;
  // Whoever was asked after it was decided is told at once.
  if (decided) d.ask(notify_effect{d.new_effect_id(), "draft_outcome", now.id});
  put(d, std::move(now), "told");
}

}  // namespace heed
