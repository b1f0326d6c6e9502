#include "actors/lead/answer.hpp"
#include "actors/lead/deliberation.hpp"
#include "actors/lead/minute.hpp"

namespace heed {

bool deliberation::is_backfill() const {
  if (what.mode == arrival::backfill) return true;
  return what.received_at - what.occurred_at > rules.defaults.backfill_age && !suppresses_person(what.body);
}

namespace {

/// What comes from outside brings keys; what must reach every match brings keys of others too.
bool brings_own_keys(const deliberation& d) {
  return d.lead().seq == 0 || !concerns_every_match(d.what.body);
}

void refuse_wrong_place(deliberation& d, const command& c) {
  d.note("refused", "seq_mismatch: the lead is at " + std::to_string(d.lead().seq) + ", the command expected " +
                        std::to_string(*c.expected_seq));
}

}  // namespace

decision decide(const lead_state& lead, const stimulus& s, const policy& p, const circumstances& c) {
  deliberation d(lead, s, p, c);
  if (auto* cmd = std::get_if<command>(&s.body); cmd && cmd->expected_seq && *cmd->expected_seq != lead.seq) {
    refuse_wrong_place(d, *cmd);
    return std::move(d).finish();
  }
  if (brings_own_keys(d)) learn_keys(d);
  std::visit([&](const auto& body) { on(d, body); }, s.body);
  weigh_heat(d);
  drive_answers(d);
  bring_forward(d);
  plan_runs(d);
  review_repeats(d);
  if (d.silent()) d.note(std::string(kind_name(s.body)), "nothing_to_do");
  return std::move(d).finish();
}

}  // namespace heed
