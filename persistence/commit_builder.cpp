#include "persistence/commit_builder.hpp"

#include <algorithm>

#include "actors/lead/check.hpp"
#include "actors/lead/gates.hpp"
#include "actors/lead/identity/letters.hpp"
#include "persistence/codec/codec.hpp"

namespace heed {
namespace {

constexpr auto fetch_life = std::chrono::hours(24);

/// Folds the facts one by one and notes on the way what each of them changes in the projections.
class projector {
 public:
  projector(const commit_input& in, built_commit& out)
      : in_(in), out_(out), commit_(out.commit), seq_(in.lead.version + 1) {}

  void fold() {
    out_.after = in_.before;
    for (const auto& f : in_.answer.facts) {
      std::visit(*this, f);
      apply(out_.after, f, seq_, in_.when.now);
    }
    out_.after.seq = seq_;
    out_.after.last_decided = std::max(out_.after.last_decided, in_.when.now);
  }

  void operator()(const key_added& f) { commit_.keys_added.push_back(f.key); }
  void operator()(const enrolled& f) { count(f.campaign, "enrolled", f.by_form ? "form" : "api"); }
  void operator()(const not_enrolled& f) { count(campaign_id{f.campaign}, "not_enrolled", f.reason); }
  void operator()(const signal_recorded& f) {
    if (f.signal.kind == signal_kind::form && !f.signal.machine) welcome(signal_kind::form);
  }
  void operator()(const reply_read& f) {
    if (f.reading.sure && is_positive(f.reading.kind)) welcome(signal_kind::reply);
  }
  void operator()(const handed_off& f) {
    commit_.handed_off = true;
    count({}, "takeover", f.reason);
    handoff_row row;
    row.episode = f.episode;
    row.reason = f.reason;
    row.by = f.by;
    row.since = in_.when.now;
    commit_.handoffs.push_back(std::move(row));
  }
  void operator()(const draft_changed& f) {
    auto& rows = commit_.drafts;
    std::erase_if(rows, [&](const draft_row& r) { return r.id == f.now.id; });
    rows.push_back({f.now.id, f.now.status, f.now.made_at});
    if (f.what == "held" || f.what == "scheduled" || f.what == "skipped" || f.what == "sent" || f.what == "rejected")
      count(f.now.campaign, "draft_" + f.what, std::string(reply::to_string(f.now.answers.kind)));
  }
  void operator()(const handoff_acknowledged& f) {
    if (const auto& h = out_.after.handoff) commit_.handoffs.push_back(row_of(*h, f.by, f.at));
  }
  void operator()(const handed_back& f) {
    commit_.handed_off = false;
    const auto& h = out_.after.handoff;
    if (!h) return;
    auto row = row_of(*h, h->acknowledged_by, h->acknowledged_at);
    row.ended_at = in_.when.now;
    row.ended_by = f.by;
    commit_.handoffs.push_back(std::move(row));
  }
  /// Whoever owned a part owns the lead it belongs to, which has an episode of its own.
  void operator()(const lead_absorbed& f) {
    const auto& h = out_.after.handoff;
    if (!h) return;
    commit_.handed_off = false;
    auto row = row_of(*h, h->acknowledged_by, h->acknowledged_at);
    row.ended_at = in_.when.now;
    row.ended_by = f.by;
    commit_.handoffs.push_back(std::move(row));
  }
  void operator()(const lead_restored& f) {
    const auto& h = out_.after.handoff;
    if (!h || f.again) return;
    commit_.handed_off = true;
    commit_.handoffs.push_back(row_of(*h, h->acknowledged_by, h->acknowledged_at));
  }
  void operator()(const bounce_noted& f) {
    if (f.severity == bounce_class::hard && !f.effect.empty() && !f.campaign.empty())
      commit_.results.push_back({campaign_result_row::what::hard_bounce, f.campaign, effect_id{f.effect}, in_.when.now});
  }
  void operator()(const delivery_noted& f) {
    // Only of a message that is known as one of ours is it told which.
    if (std::ranges::any_of(out_.after.sent, [&](const sent_ref& s) { return s.effect.value == f.message; }))
      commit_.results.push_back({campaign_result_row::what::delivered, {}, effect_id{f.message}, f.at});
  }
  void operator()(const complaint_noted& f) {
    if (!f.effect.empty() && !f.campaign.empty())
      commit_.results.push_back({campaign_result_row::what::complaint, f.campaign, effect_id{f.effect}, in_.when.now});
  }
  void operator()(const person_suppressed& f) { commit_.person_suppressed = f.reason; }
  void operator()(const suppression_lifted&) { commit_.person_suppressed = std::string{}; }
  void operator()(const poison_cleared&) { commit_.poison_cleared = true; }
  void operator()(const address_suppressed& f) {
    commit_.addresses_suppressed.emplace_back(lead_key{f.kind, {}, f.value}, f.reason);
  }
  void operator()(const run_ended& f) {
    if (f.status == run_status::suppressed) count(f.campaign, "suppressed", f.reason);
  }
  void operator()(const run_paused& f) {
    if (f.flag == pause_flag::awaiting_approval)
      count(f.campaign, "held", "approval");
    else
      count(f.campaign, "paused", std::string(to_string(f.flag)));
  }
  void operator()(const step_scheduled& f) {
    if (!f.why.empty()) count(f.campaign, "waited", f.why);
  }
  void operator()(const step_handled& f) {
    const auto* r = out_.after.find_run(f.campaign);
    CHECK(r != nullptr);
    commit_.history.push_back({f.campaign, step_index(*r, f.step), f.step, f.on, f.outcome, f.detail, f.at});
    count(f.campaign, std::string(to_string(f.outcome)),
          f.outcome == step_outcome::sent ? std::string{} : f.detail);
    if (f.outcome == step_outcome::sent && r->touch && r->touch->step == f.step)
      add_send(*r, f.at);
    if (f.outcome == step_outcome::blocked && r->touch && r->touch->step == f.step)
      out_.exhausted.push_back(r->touch->effect);
  }
  void operator()(const audience_action& f) {
    commit_.actions.push_back(
        {f.type, f.campaign, decision_id(in_.lead.lead, seq_), f.score, f.threshold, in_.when.now});
  }
  void operator()(const human_touched&) {
    const auto* said = std::get_if<message_sent>(&in_.what.body);
    if (said) add_message(false, {}, said->message, said->subject, said->text);
  }
  /// The other facts show only in the snapshot, the journal and the runs.
  void operator()(const auto&) {}

  void add_message(bool inbound, std::string effect, const message_ref& ref, std::string_view subject,
                   std::string_view text) {
    commit_.messages.push_back({inbound, in_.what.on.value_or(channel::email), std::move(effect),
                                ref.provider_id.empty() ? ref.message_id : ref.provider_id,
                                seal_message(subject, text), in_.when.now});
  }
  [[nodiscard]] bytes seal_message(std::string_view subject, std::string_view text) const {
    return codec::seal(in_.lead.secret, message_context(in_.lead.lead), join_message(subject, text));
  }

 private:
  [[nodiscard]] handoff_row row_of(const handoff_state& h, std::string acknowledged_by,
                                   std::optional<time_point> acknowledged_at) const {
    handoff_row row;
    row.episode = h.episode;
    row.reason = h.reason;
    row.by = h.by;
    row.since = h.since;
    row.acknowledged_by = std::move(acknowledged_by);
    row.acknowledged_at = acknowledged_at;
    return row;
  }

  /// A send with its account, and its receipt where that came first.
  void add_send(const run& r, time_point at) {
    campaign_result_row row{campaign_result_row::what::sent, r.campaign, r.touch->effect, at, r.touch->account, {}, {}};
    if (const auto* o = std::get_if<effect_outcome>(&in_.what.body)) row.handed_over = o->started_at;
    if (r.touch->on == channel::email) {
      const auto to = address_for(out_.after, channel::email);
      if (const auto host = to.rfind('@'); host != std::string::npos) row.domain = to.substr(host + 1);
    }
    commit_.results.push_back(row);
    const auto early = std::ranges::find(out_.after.deliveries, r.touch->effect.value, &delivery::message);
    if (early != out_.after.deliveries.end())
      commit_.results.push_back({campaign_result_row::what::delivered, {}, r.touch->effect, early->at});
  }

  /// SS-60: what follows a touch and is positive; a reply is by what it says, one that is not sure is none.
  void welcome(signal_kind by) {
    for (const auto& r : out_.after.runs)
      if (r.last_touch) count(r.campaign, "welcomed_candidate", std::string(to_string(by)));
  }

  void count(const campaign_id& campaign, std::string what, std::string reason) {
    commit_.report.push_back({campaign, std::move(what), std::move(reason), in_.when.now});
  }

  /// A retried step is not the one under the cursor.
  [[nodiscard]] std::uint32_t step_index(const run& r, const step_id& step) const {
    const auto* c = in_.rules.find_campaign(r.campaign);
    const auto* s = c ? c->find_sequence(r.sequence_version) : nullptr;
    if (!s) return r.cursor;
    const auto it = std::ranges::find(s->steps, step, &heed::step::id);
    return it == s->steps.end() ? r.cursor : static_cast<std::uint32_t>(it - s->steps.begin());
  }

  const commit_input& in_;
  built_commit& out_;
  lead_commit& commit_;
  std::uint64_t seq_;
};

/// Reviewers are asked in Slack, and the messages that asked are told what came of it; all else goes where handoffs go.
std::vector<std::string> destinations_of(const commit_input& in, const lead_state& after, const notify_effect& e) {
  std::vector<std::string> out;
  if (e.what == "draft_review") {
    for (const auto& to : in.rules.defaults.drafts.reviewers) out.push_back("slack:" + to);
  } else if (e.what == "draft_outcome") {
    if (const auto* x = after.find_draft(e.reason))
      for (const auto& n : x->notices) out.push_back("slack:" + n.channel + "/" + n.ts);
  } else {
    out = in.rules.defaults.handoff.to;
    if (const auto& hook = in.rules.defaults.handoff.webhook; !hook.empty()) out.push_back(hook);
  }
  return out;
}

/// One row a destination, so that each is retried by itself.
void add_notifications(const commit_input& in, const lead_state& after, const notify_effect& e, lead_commit& c) {
  const auto destinations = destinations_of(in, after, e);
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    notification_row row;
    row.workspace = in.lead.workspace;
    row.lead = in.lead.lead;
    row.key = e.id.value + "-" + std::to_string(i);
    row.what = e.what;
    row.reason = e.reason;
    row.to = destinations[i];
    row.seq = in.lead.version + 1;
    row.created_at = in.when.now;
    c.notifications.push_back(std::move(row));
  }
}

void project_effects(const commit_input& in, built_commit& out, const projector& p) {
  auto& c = out.commit;
  for (const auto& asked : in.answer.effects) {
    if (const auto* cancel = std::get_if<cancel_effect>(&asked)) {
      c.cancels.push_back(cancel->id);
      continue;
    }
    out.asked.push_back(asked);
    if (const auto* send = std::get_if<send_effect>(&asked)) {
      c.effects.push_back({send->id, send->key, send->campaign, send->account, "send", codec::encode(asked),
                           send->not_after, send->dry_run});
      c.messages.push_back({false,
                            send->message.on,
                            send->id.value,
                            {},
                            p.seal_message(send->message.subject, send->message.body),
                            in.when.now});
    } else if (const auto* notify = std::get_if<notify_effect>(&asked)) {
      out.asked.pop_back();
      add_notifications(in, out.after, *notify, c);
    } else if (const auto* ask = std::get_if<ask_model_effect>(&asked)) {
      c.effects.push_back({ask->id, "model/" + ask->id.value, {}, ask->account, "ask_model", codec::encode(asked), ask->not_after, false});
    } else if (const auto* fetch = std::get_if<fetch_reply_effect>(&asked)) {
      c.effects.push_back({fetch->id,
                           "fetch/" + fetch->id.value,
                           {},
                           fetch->account,
                           "fetch_reply",
                           codec::encode(asked),
                           in.when.now + fetch_life,
                           false});
    }
  }
}

std::string waiting_gate(const decision& answer, const campaign_id& campaign) {
  std::string found;
  for (const auto& v : answer.verdicts) {
    if (v.campaign != campaign.value) continue;
    found.clear();
    const auto closed =
        std::ranges::find_if(v.gates, [](const auto& g) { return g.outcome != gate_outcome::pass; });
    if (closed != v.gates.end()) found = to_string(closed->at);
  }
  return found;
}

bool was_judged(const decision& answer, const campaign_id& campaign) {
  return std::ranges::any_of(answer.verdicts, [&](const auto& v) { return v.campaign == campaign.value; });
}

void project_runs(const commit_input& in, built_commit& out) {
  for (const auto& r : out.after.runs) {
    const auto* old = in.before.find_run(r.campaign);
    if (old && *old == r && !was_judged(in.answer, r.campaign)) continue;
    run_row row;
    row.campaign = r.campaign;
    row.status = r.status;
    row.reason = public_reason(r);
    row.cursor = r.cursor;
    row.next_at = r.next_at;
    row.landing_page = r.landing_page;
    if (!is_final(r.status)) row.waiting_at = waiting_gate(in.answer, r.campaign);
    row.started_at = r.started_at;
    out.commit.runs.push_back(std::move(row));
  }
}

void add_letters(const commit_input& in, built_commit& out) {
  for (auto& l : letters_of(in.before, in.what, in.answer, out.after, in.when.now)) {
    inbox_item item;
    item.workspace = in.lead.workspace;
    item.key = l.what.key;
    item.body = codec::encode(l.what);
    item.lead = l.to;
    item.may_create = false;
    item.received_at = in.when.now;
    out.commit.letters.push_back(std::move(item));
  }
}

void seal_journal(const commit_input& in, lead_commit& c) {
  const auto seq = in.lead.version + 1;
  codec::journal_entry entry{seq, in.rules.revision, rules_version, in.when, in.what, in.answer};
  c.journal.seq = seq;
  c.journal.decided_at = in.when.now;
  c.journal.revision = in.rules.revision;
  c.journal.rules_version = rules_version;
  c.journal.epoch = in.epoch;
  c.journal.kind = kind_name(in.what.body);
  c.journal.stimulus_key = in.what.key;
  c.journal.body = codec::seal(in.lead.secret, journal_context(in.lead.lead, seq), codec::encode(entry));
  c.journal.chain = codec::chain_link(in.lead.chain, c.journal.body);
}

}  // namespace

built_commit build_commit(const commit_input& in) {
  CHECK(in.rules.workspace == in.lead.workspace);
  CHECK(in.before.seq == in.lead.version);
  built_commit out;
  auto& c = out.commit;
  c.workspace = in.lead.workspace;
  c.lead = in.lead.lead;
  c.expected_version = in.lead.version;
  projector p{in, out};
  const auto* reply = std::get_if<reply_received>(&in.what.body);
  // What is passed on is a message of the lead it is passed on to.
  if (reply && !in.before.absorbed)
    p.add_message(true, {}, reply->message, reply->subject, reply->text);
  p.fold();
  project_effects(in, out, p);
  project_runs(in, out);
  add_letters(in, out);
  seal_journal(in, c);
  c.snapshot = codec::encode(out.after);
  c.due = next_due(out.after);
  if (in.inbox != 0) c.consumed.push_back(in.inbox);
  return out;
}

lead_state first_state(const lead_row& lead) {
  lead_state s;
  s.id = lead.lead;
  s.workspace = lead.workspace;
  return s;
}

std::string journal_context(const lead_id& lead, std::uint64_t seq) {
  return "journal/" + lead.value + "/" + std::to_string(seq);
}

std::string message_context(const lead_id& lead) { return "message/" + lead.value; }

std::string decision_id(const lead_id& lead, std::uint64_t seq) {
  return lead.value + "-" + std::to_string(seq);
}

std::string join_message(std::string_view subject, std::string_view text) {
  std::string out{subject};
  std::ranges::replace(out, '\n', ' ');
  out += '\n';
  out += text;
  return out;
}

std::pair<std::string, std::string> split_message(std::string_view clear) {
  const auto end = clear.find('\n');
  if (end == std::string_view::npos) return {std::string{clear}, {}};
  return {std::string{clear.substr(0, end)}, std::string{clear.substr(end + 1)}};
}

std::string public_reason(const run& r) {
  if (is_final(r.status)) return r.end_reason;
  const auto flag = r.pauses.first();
  if (!flag) return r.waiting_for;
  if (*flag == pause_flag::missing_data) return r.pause_detail.substr(0, r.pause_detail.find(':'));
  return std::string(to_string(*flag));
}

}  // namespace heed
