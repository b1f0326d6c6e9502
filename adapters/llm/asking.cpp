#include "adapters/llm/asking.hpp"

#include <algorithm>

#include "actors/lead/reply/signature.hpp"

namespace heed::llm {

namespace {

using std::chrono::milliseconds;

template <class... F>
struct overload : F... {
  using F::operator()...;
};

milliseconds budget(draft::model_task t) { return draft::budget_of(t); }

std::vector<draft::learnt> learnings_of(const settings& s) {
  std::vector<draft::learnt> out;
  for (const auto& [id, text] : s.drafts.learnings) out.push_back({id, draft::pack::insights, text});
  return draft::offered_to_selector(std::move(out));
}

std::string knowledge_of(const settings& s) {
  auto out = s.drafts.knowledge;
  if (!s.calendar_link.empty()) out += (out.empty() ? "" : "\n") + ("Calendar: " + s.calendar_link);
  return out;
}

}  // namespace

asking::asking(ask_model_effect what, outbound::sending_account a, workspace_id ws, const settings& own,
               std::vector<draft::transcript_line> history, const prompt_book* prompts)
    : what_(std::move(what)),
      account_(std::move(a)),
      workspace_(std::move(ws)),
      history_(std::move(history)),
      prompts_(prompts),
      sender_(own.sender_name),
      company_(own.company_name),
      persona_(own.drafts.persona),
      language_(own.language),
      knowledge_(knowledge_of(own)),
      offered_(learnings_of(own)) {}

draft::entry asking::as_entry() const {
  draft::entry e;
  e.workspace = workspace_;
  e.about.draft = what_.draft;
  e.about.version = what_.version;
  e.content = what_.text;
  e.on = what_.on;
  e.latest_inbound = what_.inbound;
  e.subject = what_.subject;
  e.history = history_;
  e.sentiment = what_.kind;
  e.sent_at = what_.inbound_at;
  return e;
}

brief asking::as_brief() const {
  brief b;
  b.on = what_.on;
  b.sender_name = sender_;
  b.company_name = company_;
  b.persona = what_.persona.empty() ? persona_ : what_.persona;
  b.signature = reply::to_text(reply::signature_context_of(what_.inbound));
  b.language = language_;
  b.sentiment = what_.kind;
  b.subject = what_.subject;
  b.latest_inbound = what_.inbound;
  b.history = history_;
  b.lines = what_.lines;
  b.knowledge = knowledge_;
  return b;
}

bool asking::link_was_given() const {
  const auto in = [](const std::string& text) { return !reply::signature_context_of(text).scheduling_links.empty(); };
  return in(what_.inbound) || std::ranges::any_of(history_, [&](const auto& l) { return l.by == draft::speaker::lead && in(l.text); });
}

const outbound::send_report& asking::wire() const {
  static const outbound::send_report none = [] {
    outbound::send_report r;
    r.result = send_result::accepted;
    return r;
  }();
  return now_ ? now_->wire() : none;
}

asking::step asking::begin() {
  const auto whole = budget(what_.what);
  switch (what_.what) {
    case draft::model_task::write: return ask(prompt_key::strategy, strategy_inputs(as_brief()), split(whole).strategy, {});
    case draft::model_task::evaluate: return ask(prompt_key::evaluate, evaluation_inputs(as_entry(), what_.text, company_), whole, {});
    case draft::model_task::select_context:
      // Nothing to choose from is a choice: the reviser works with what the judge said.
      if (offered_.empty()) {
        model_answered none;
        return answered(std::move(none));
      }
      return ask(prompt_key::context_select, selection_inputs(as_entry(), what_.finding, offered_), whole, {});
    case draft::model_task::revise:
      return ask(prompt_key::revise, revision_inputs(as_entry(), what_.finding, what_.learnings, company_), whole, {});
    case draft::model_task::read:
      return ask(prompt_key::refine, refinement_inputs(what_.on, what_.received_on, what_.subject, what_.inbound), whole, {});
  }
  return failed(draft::model_failure::error, "no_such_task");
}

asking::step asking::ask(prompt_key k, const variable_values& values, milliseconds within, milliseconds spent) {
  auto prompt = render(prompts_->find(workspace_, k), values);
  if (!prompt) return failed(draft::model_failure::error, "prompt");
  began_ = spent;
  now_ = std::make_unique<exchange>(account_, std::move(*prompt), what_.id.value + "/" + std::string(to_string(k)), within);
  return go_on(now_->begin(), spent);
}

asking::step asking::on_answer(const outbound::answer& a, milliseconds spent) {
  return go_on(now_->on_answer(a, spent - began_), spent);
}

asking::step asking::on_paused(milliseconds spent) { return go_on(now_->on_paused(spent - began_), spent); }

asking::step asking::go_on(exchange::step s, milliseconds spent) {
  return std::visit(overload{[](exchange::make_call& x) -> step { return std::move(x); },
                             [](exchange::pause& x) -> step { return x; },
                             [&](exchange::answered& x) -> step { return read(x.content, spent); },
                             [&](exchange::given_up& x) -> step { return failed(x.why, std::move(x.detail)); }},
                    s);
}

asking::step asking::read(const nlohmann::json& content, milliseconds spent) {
  const auto invalid = [&](const bad_answer& b) { return failed(draft::model_failure::invalid, "invalid: " + b.where); };
  model_answered said;
  switch (what_.what) {
    case draft::model_task::write: {
      if (!planned_) {
        const auto plan = read_strategy(content);
        return plan ? write_words(*plan, spent) : invalid(plan.error());
      }
      auto words = read_generated(content);
      if (!words) return invalid(words.error());
      if (reply::claims_missing_link(words->body) && link_was_given()) return invalid({"/body: says that a link is missing"});
      said.text = std::move(words->body);
      return answered(std::move(said));
    }
    case draft::model_task::evaluate: {
      auto e = read_evaluation(content, what_.call);
      if (!e) return invalid(e.error());
      said.sure = e->sure;
      said.safe = e->safe;
      said.reason = std::move(e->reason);
      return answered(std::move(said));
    }
    case draft::model_task::select_context: {
      auto chosen = read_selection(content, what_.call, offered_);
      if (!chosen) return invalid(chosen.error());
      said.learnings = std::move(chosen->learnings);
      return answered(std::move(said));
    }
    case draft::model_task::revise: {
      auto r = read_revision(content, what_.call);
      if (!r) return invalid(r.error());
      said.text = std::move(r->text);
      return answered(std::move(said));
    }
    case draft::model_task::read: {
      auto r = read_refinement(content, what_.subject, what_.inbound);
      if (!r) return invalid(r.error());
      said.reading = std::move(*r);
      return answered(std::move(said));
    }
  }
  return failed(draft::model_failure::error, "no_such_task");
}

asking::step asking::write_words(const strategy& plan, milliseconds spent) {
  planned_ = true;
  // What the plan left of its share is the words' as well.
  const auto whole = budget(what_.what);
  return ask(prompt_key::generate, generation_inputs(as_brief(), plan), std::max(split(whole).generation, whole - spent), spent);
}

asking::step asking::failed(draft::model_failure why, std::string trouble) const {
  model_answered said;
  said.failed = why;
  auto out = std::get<done>(answered(std::move(said)));
  out.trouble = trouble.empty() ? "failed" : std::move(trouble);
  return out;
}

asking::step asking::answered(model_answered said) const {
  said.effect = what_.id;
  said.draft = what_.draft;
  said.what = what_.what;
  said.call = what_.call;
  return done{std::move(said), {}};
}

}  // namespace heed::llm
