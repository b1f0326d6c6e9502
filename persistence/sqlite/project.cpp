#include "persistence/sqlite/writer.hpp"

namespace heed::sqlite {

void writer::project(const lead_commit& c, std::int64_t lead) {
  for (const auto& r : c.runs)
    db_["run_upsert"].run(c.workspace, lead, r.campaign, r.status, r.reason, r.cursor, r.next_at,
                          r.intent_score, r.landing_page, r.waiting_at, r.started_at);
  for (const auto& h : c.history)
    db_["history_insert"].run(lead, h.campaign, h.step, h.step_name, h.on, h.outcome, h.detail, h.at);
  for (const auto& a : c.actions)
    db_["action_insert"].run(c.workspace, lead, a.campaign, a.type, a.decision_id, a.score, a.threshold,
                             a.at);
  for (const auto& m : c.messages)
    db_["message_insert"].run(lead, m.inbound, m.on, m.effect, m.provider_id, blob{m.sealed}, m.at);
  for (const auto& r : c.report)
    db_["report_insert"].run(c.workspace, r.campaign, r.what, r.reason, r.at);
}

void writer::deliver(const sandbox_message& m) {
  db_["sandbox_insert"].run(m.workspace, m.lead, m.effect, m.on, m.from, m.to, m.subject, m.body,
                            m.message_id, m.in_reply_to, m.at);
}

}  // namespace heed::sqlite
