#include "persistence/memory/writer.hpp"

/// The read models, as the decision wants them.
namespace heed::memory {

void writer::project(const lead_commit& c, number lead) {
  for (const auto& r : c.runs)
    project_run(c, r, lead);
  for (const auto& h : c.history)
    m_.history.insert({lead, m_.next()}, h);
  for (const auto& a : c.actions)
    m_.actions.insert(m_.next(), {lead, c.workspace, a});
  for (const auto& m : c.messages)
    m_.messages.insert({lead, m_.next()}, m);
  for (const auto& r : c.report)
    m_.report.insert(m_.next(), {c.workspace, r});
  for (const auto& r : c.results)
    project_result(c, r);
  for (const auto& h : c.handoffs)
    project_handoff(c, h, lead);
  for (const auto& d : c.drafts)
    project_draft(c, d, lead);
  for (const auto& n : c.notifications)
    notify(n, c.workspace, lead);
}

void writer::project_run(const lead_commit& c, const run_row& r, number lead) {
  const std::pair at{lead, r.campaign};
  if (m_.runs.has(at)) {
    m_.runs.edit(at).row = r;
    return;
  }
  const auto n = m_.next();
  m_.runs.insert(at, {n, c.workspace, r});
  m_.run_order.insert(n, at);
}

void writer::project_handoff(const lead_commit& c, const handoff_row& h, number lead) {
  if (const auto* n = m_.episodes.find({lead, h.episode})) {
    m_.handoffs.edit(*n).row = h;
    return;
  }
  const auto n = m_.next();
  m_.episodes.insert({lead, h.episode}, n);
  m_.handoffs.insert(n, {lead, c.workspace, h});
}

void writer::project_draft(const lead_commit& c, const draft_row& d, number lead) {
  if (const auto* n = m_.draft_of.find(d.id)) {
    m_.drafts.edit(*n).row = d;
    return;
  }
  const auto n = m_.next();
  m_.draft_of.insert(d.id, n);
  m_.drafts.insert(n, {lead, c.workspace, d});
}

void writer::project_result(const lead_commit& c, const campaign_result_row& r) {
  if (r.is == campaign_result_row::what::sent) {
    const auto n = m_.next();
    if (m_.result_of.insert(r.effect, n)) m_.results.insert(n, {c.workspace, r.campaign, r.at, r.effect, r.account, r.domain, r.handed_over, {}});
    return;
  }
  const auto* n = m_.result_of.find(r.effect);
  if (n == nullptr || m_.results.at(*n).workspace != c.workspace) return;
  auto& row = m_.results.edit(*n);
  if (r.is == campaign_result_row::what::delivered)
    row.delivered_at = std::min(row.delivered_at.value_or(r.at), r.at);
  else
    (r.is == campaign_result_row::what::hard_bounce ? row.hard_bounced : row.complained) = true;
}

void writer::notify(const notification_row& given, const workspace_id& ws, number lead) {
  if (!m_.notification_keys.insert({ws, given.key}, {})) return;
  notification_record n{lead, given};
  n.row.number = m_.next();
  n.row.workspace = ws;
  n.row.lead = lead == 0 ? lead_id{} : m_.leads.at(lead).row.lead;
  n.row.attempts = 0;
  n.row.next_at = given.created_at;
  n.row.error.clear();
  m_.notifications.insert(n.row.number, n);
}

void writer::deliver(const sandbox_message& given) {
  const auto n = m_.next();
  if (!m_.sandbox_of.insert(given.effect, n)) return;
  auto m = given;
  m.number = n;
  m_.sandbox.insert(n, std::move(m));
}

}  // namespace heed::memory
