#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/lead/deliberation.hpp"
#include "actors/lead/draft/auto_send.hpp"

/// Answers to replies: how a lead drafts them, asks about them, sends them. Internal to actors/lead; the tree that decides is
/// `draft/`, this is what drives it with the lead's own state.
namespace heed {

using draft::lead_draft;

/// A reply and when, where and under which name it came: its own event's, or a model's that told later what it means.
struct heard_reply {
  const reply_received& said;
  time_point at{};
  channel on = channel::email;
  std::string key;
};

// ---- doubt.cpp ----

/// Asks a model what the rules were not sure of, where there is one to ask.
void ask_meaning(deliberation& d, const heard_reply& s);
/// What is asked is of no use any more.
void end_doubt(deliberation& d, const std::string& why);
/// What time did to the question.
void look_at_doubt(deliberation& d);
/// True when the answer was one about a reply.
bool doubt_answered(deliberation& d, const model_answered& s);
/// True when the outcome was that question's.
bool doubt_outcome(deliberation& d, const effect_outcome& s);

// ---- answer_make.cpp ----

/// Whether the tree decides about an answer to this reading before a human is asked (RULES, Drafts).
[[nodiscard]] bool tree_decides(const deliberation& d, const heard_reply& s);
/// Drafts an answer where one is wanted; false = there is none.
bool draft_answer(deliberation& d, const heard_reply& s);
/// Writes it, or has it written.
bool write_answer(deliberation& d, lead_draft x);

// ---- answer_drive.cpp ----

void put(deliberation& d, lead_draft x, std::string what, std::string reason = {});
[[nodiscard]] const account* model_of(const deliberation& d);
[[nodiscard]] draft::moment moment_of(const deliberation& d, const lead_draft& x);
/// Asks; the question is the draft's until it is answered or dropped.
void ask_model(deliberation& d, lead_draft x, draft::model_task what, draft::call_number call, std::string text,
               std::vector<std::string> learnings = {});
/// The call is in doubt, after a crash for example; it changes nothing for anybody and is made once more.
void ask_again(deliberation& d, lead_draft x);
void drop_question(deliberation& d, lead_draft& x);
/// The tree's first look at a draft that has its words.
void begin_tree(deliberation& d, lead_draft x);
void take_turn(deliberation& d, lead_draft x, draft::turn t);
/// A human's business from now on: who wanted more is handed over where nobody has been told yet.
void leave_to_people(deliberation& d, lead_draft x, std::string what, std::string reason);
void reject_draft(deliberation& d, lead_draft x, const std::string& by, const std::string& why);
/// All that are pending.
void reject_drafts(deliberation& d, const std::string& why);
/// What time and the stimulus did to the answers under way; decided before any step is planned.
void drive_answers(deliberation& d);

// ---- answer_send.cpp ----

/// The account it would go through at present; none = its channel has no usable one.
[[nodiscard]] const account* answering_account(const deliberation& d, const lead_draft& x);
/// Gates by origin for this draft as it stands.
[[nodiscard]] std::vector<gate_verdict> answer_verdicts(const deliberation& d, const lead_draft& x, bool by_human);
void begin_sending(deliberation& d, lead_draft x, bool by_human, std::string by);
void try_send(deliberation& d, lead_draft x);
/// What changed since it was set on its way: gates that opened, a conversation that moved on.
void look_at_sending(deliberation& d, lead_draft x);
/// True when the outcome was one of a draft's.
bool answer_outcome(deliberation& d, const effect_outcome& s);
/// Whether a doubtful call of a draft, or a question to a model, may be made again; none = the effect is neither.
[[nodiscard]] std::optional<bool> answer_may_repeat(const deliberation& d, const effect_id& effect);

// ---- answer_command.cpp ----

void answer_command(deliberation& d, const command& c);

// ---- on_reply.cpp ----

/// What follows from a reading: its consequences, its draft, what is asked about it.
void act_on(deliberation& d, const heard_reply& s);
/// It weighs as what it was read as.
void weigh_reply(deliberation& d, const heard_reply& s);

/// What would be due before waits until then, and is not late for it.
void delay_runs(deliberation& d, time_point until, const std::string& why);

}  // namespace heed
