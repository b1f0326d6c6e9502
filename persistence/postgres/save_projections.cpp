#include <algorithm>

#include "persistence/postgres/work.hpp"

/// The read models, as the decisions want them.
namespace heed::postgres {
namespace {

void mix(std::uint64_t& into, std::uint64_t x) { into ^= x + 0x9e3779b97f4a7c15u + (into << 6) + (into >> 2); }

}  // namespace

std::pair<std::uint64_t, std::uint64_t> known_lead::digest(const run_row& r) {
  const std::hash<std::string_view> text;
  std::uint64_t all = static_cast<std::uint64_t>(r.status);
  for (const auto x : {std::uint64_t{r.cursor}, static_cast<std::uint64_t>(r.next_at ? to_micros(*r.next_at) : -1),
                       static_cast<std::uint64_t>(to_micros(r.started_at)), std::uint64_t{text(r.reason)},
                       std::uint64_t{text(r.waiting_at)}, std::uint64_t{text(r.landing_page)}})
    mix(all, x);
  return {text(r.campaign.value), all};
}

/// A decision that leaves a run as it was asks for the same row again.
bool work::is_written(number lead, const run_row& r) const {
  const auto found = believed_.find(lead);
  return found != believed_.end() && std::ranges::find(found->second, known_lead::digest(r)) != found->second.end();
}

void work::save_projections() {
  rows_of<number, std::uint32_t, std::optional<time_point>, time_point, run_status, workspace_id, campaign_id, std::string_view, std::string_view, std::string_view>
      runs;
  for (const auto& [n, at] : image_.run_order) {
    const auto& run = image_.runs.at(at);
    const auto& r = run.row;
    if (is_written(at.first, r)) continue;
    runs.add(at.first, r.cursor, r.next_at, r.started_at, r.status, run.workspace, r.campaign,
             r.reason, r.landing_page, r.waiting_at);
  }
  if (!runs.empty()) session_.run("run_put", runs);

  rows_of<number, time_point, std::uint32_t, channel, step_outcome, workspace_id, campaign_id, step_id,
          std::string_view>
      history;
  for (const auto& [at, h] : image_.history)
    history.add(at.first, h.at, h.step, h.on, h.outcome, image_.leads.at(at.first).row.workspace, h.campaign,
                h.step_name, h.detail);
  if (!history.empty()) session_.run("history_insert", history);

  rows_of<number, time_point, channel, bool, workspace_id, std::string_view, std::string_view, blob> messages;
  for (const auto& [at, m] : image_.messages)
    messages.add(at.first, m.at, m.on, m.inbound, image_.leads.at(at.first).row.workspace, m.effect,
                 m.provider_id, blob{m.sealed});
  if (!messages.empty()) session_.run("message_insert", messages);
  save_results();
  save_people();
}

/// What is counted: reports, audience actions, sends and what came of them.
void work::save_results() {
  rows_of<number, time_point, std::int32_t, std::int32_t, workspace_id, campaign_id, std::string_view,
          std::string_view>
      actions;
  for (const auto& [n, a] : image_.actions)
    actions.add(a.lead, a.row.at, a.row.score, a.row.threshold, a.workspace, a.row.campaign, a.row.type,
                a.row.decision_id);
  if (!actions.empty()) session_.run("action_insert", actions);

  rows_of<time_point, workspace_id, campaign_id, std::string_view, std::string_view> report;
  for (const auto& [n, r] : image_.report)
    report.add(r.row.at, r.workspace, r.row.campaign, r.row.what, r.row.reason);
  if (!report.empty()) session_.run("report_insert", report);

  rows_of<time_point, number, std::optional<time_point>, workspace_id, campaign_id, effect_id, account_id, std::string_view> sent;
  rows_of<workspace_id, effect_id, bool, bool, std::optional<time_point>> marks;
  for (const auto& [lead, r] : results_) {
    const auto n = image_.lead_numbers.at(lead);
    const auto& ws = image_.leads.at(n).row.workspace;
    if (r.is == campaign_result_row::what::sent)
      sent.add(r.at, n, r.handed_over, ws, r.campaign, r.effect, r.account, r.domain);
    else
      marks.add(ws, r.effect, r.is == campaign_result_row::what::hard_bounce,
                r.is == campaign_result_row::what::complaint,
                r.is == campaign_result_row::what::delivered ? std::optional(r.at) : std::nullopt);
  }
  if (!sent.empty()) session_.run("result_sent", sent);
  if (!marks.empty()) session_.run("result_mark", marks);
}

/// What concerns the workspace's own people, and the sandbox's mailbox.
void work::save_people() {
  rows_of<number, std::uint64_t, time_point, std::optional<time_point>, std::optional<time_point>,
          workspace_id, std::string_view, std::string_view, std::string_view, std::string_view>
      handoffs;
  for (const auto& [n, h] : image_.handoffs)
    handoffs.add(h.lead, h.row.episode, h.row.since, h.row.acknowledged_at, h.row.ended_at, h.workspace,
                 h.row.reason, h.row.by, h.row.acknowledged_by, h.row.ended_by);
  if (!handoffs.empty()) session_.run("handoff_put", handoffs);

  rows_of<number, time_point, std::int32_t, workspace_id, std::string_view> drafts;
  for (const auto& [n, d] : image_.drafts)
    drafts.add(d.lead, d.row.made_at, static_cast<std::int32_t>(d.row.status), d.workspace, d.row.id);
  if (!drafts.empty()) session_.run("draft_put", drafts);

  rows_of<number, std::uint64_t, time_point, workspace_id, std::string_view, std::string_view,
          std::string_view, std::string_view>
      notes;
  for (const auto& [n, t] : image_.notifications)
    notes.add(t.lead, t.row.seq, t.row.created_at, t.row.workspace, t.row.key, t.row.what, t.row.reason,
              t.row.to);
  if (!notes.empty()) session_.run("notification_insert", notes);

  rows_of<time_point, channel, workspace_id, lead_id, effect_id, std::string_view, std::string_view,
          std::string_view, std::string_view, std::string_view, std::string_view>
      mails;
  for (const auto& [n, m] : image_.sandbox)
    mails.add(m.at, m.on, m.workspace, m.lead, m.effect, m.from, m.to, m.subject, m.body, m.message_id,
              m.in_reply_to);
  if (!mails.empty()) session_.run("sandbox_insert", mails);
}

}  // namespace heed::postgres
