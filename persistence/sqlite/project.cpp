#include "persistence/sqlite/writer.hpp"

namespace heed::sqlite {

void writer::project(const lead_commit& c, std::int64_t lead) {
  for (const auto& r : c.runs)
    db_["run_upsert"].run(c.workspace, lead, r.campaign, r.status, r.reason, r.cursor, r.next_at,
                          r.landing_page, r.waiting_at, r.started_at);
  for (const auto& h : c.history)
    db_["history_insert"].run(lead, h.campaign, h.step, h.step_name, h.on, h.outcome, h.detail, h.at);
  for (const auto& a : c.actions)
    db_["action_insert"].run(c.workspace, lead, a.campaign, a.type, a.decision_id, a.score, a.threshold,
                             a.at);
  for (const auto& m : c.messages)
    db_["message_insert"].run(lead, m.inbound, m.on, m.effect, m.provider_id, blob{m.sealed}, m.at);
  for (const auto& r : c.report)
    db_["report_insert"].run(c.workspace, r.campaign, r.what, r.reason, r.at);
  for (const auto& r : c.results)
    project_result(c, r, lead);
  project_people(c, lead);
}

/// What concerns the workspace's own people.
void writer::project_people(const lead_commit& c, std::int64_t lead) {
  for (const auto& h : c.handoffs)
    db_["handoff_upsert"].run(lead, h.episode, c.workspace, h.reason, h.by, h.since, h.acknowledged_by,
                              h.acknowledged_at, h.ended_at, h.ended_by);
  for (const auto& d : c.drafts)
    db_["draft_upsert"].run(lead, d.id, c.workspace, d.status, d.made_at);
  for (const auto& n : c.notifications)
    notify(n, c.workspace, lead);
}

void writer::project_result(const lead_commit& c, const campaign_result_row& r, std::int64_t lead) {
  switch (r.is) {
    case campaign_result_row::what::sent:
      db_["result_sent"].run(c.workspace, r.campaign, r.effect, lead, r.at, r.account, r.domain, r.handed_over);
      return;
    case campaign_result_row::what::hard_bounce:
      db_["result_hard_bounced"].run(r.effect, c.workspace);
      return;
    case campaign_result_row::what::complaint:
      db_["result_complained"].run(r.effect, c.workspace);
      return;
    case campaign_result_row::what::delivered:
      db_["result_delivered"].run(r.effect, c.workspace, r.at);
      return;
  }
}

void writer::notify(const notification_row& n, const workspace_id& ws, std::int64_t lead) {
  db_["notification_insert"].run(ws, lead, n.key, n.what, n.reason, n.to, n.seq, n.created_at);
}

void writer::deliver(const sandbox_message& m) {
  db_["sandbox_insert"].run(m.workspace, m.lead, m.effect, m.on, m.from, m.to, m.subject, m.body,
                            m.message_id, m.in_reply_to, m.at);
}

}  // namespace heed::sqlite
