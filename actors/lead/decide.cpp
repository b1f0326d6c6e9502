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

template <class... Kinds>
bool is_one_of(const stimulus_body& body) {
  return (std::holds_alternative<Kinds>(body) || ...);
}

/// A part takes what concerns it alone: what became of its own messages, and what is said about the merge itself.
bool is_for_the_whole(const deliberation& d) {
  const auto& body = d.what.body;
  if (!d.lead().absorbed) return false;
  // An echo of its own message is none of a human's.
  if (const auto* sent = std::get_if<message_sent>(&body)) return !is_own_message(d, sent->message);
  return !is_one_of<timer_fired, effect_outcome, reconsider, key_conflict, command, merge_asked, absorption_asked,
                    absorption_answered, unmerge_asked, restoring_asked, restoring_answered, suppression_shared,
                    promotion_asked, model_answered, review_posted, latency_rose>(body);
}

/// What is wrong with a part's own inbox is cleared there.
bool is_an_order(const stimulus_body& body) {
  const auto* c = std::get_if<command>(&body);
  return c ? c->what != command_kind::clear_poison : std::holds_alternative<promotion_asked>(body);
}

/// The part has no say any more; whoever commands it is told who has.
void refuse_order(deliberation& d) { d.note("refused", "merged_into: " + d.lead().absorbed->into.value); }

}  // namespace

decision decide(const lead_state& lead, const stimulus& s, const policy& p, const circumstances& c) {
  deliberation d(lead, s, p, c);
  if (auto* cmd = std::get_if<command>(&s.body); cmd && cmd->expected_seq && *cmd->expected_seq != lead.seq) {
    refuse_wrong_place(d, *cmd);
    return std::move(d).finish();
  }
  if (is_for_the_whole(d)) {
    pass_on(d);
    return std::move(d).finish();
  }
  if (lead.absorbed && is_an_order(s.body)) {
    refuse_order(d);
    return std::move(d).finish();
  }
  if (brings_own_keys(d)) learn_keys(d);
  std::visit([&](const auto& body) { on(d, body); }, s.body);
  if (d.lead().absorbed) {
    // Whoever is the person from now on answers.
    reject_drafts(d, "merged");
    end_doubt(d, "merged");
  } else {
    weigh_heat(d);
    drive_answers(d);
    bring_forward(d);
    plan_runs(d);
  }
  review_repeats(d);
  if (d.silent()) d.note(std::string(kind_name(s.body)), "nothing_to_do");
  return std::move(d).finish();
}

}  // namespace heed
