// How a provider actor asks a model: the conversation is read, questions are asked within their time, and the answer
// goes to the lead as an event of its own. Nothing at the provider changes by it, so a crash only asks again.
#include <caf/send.hpp>

#include "actors/provider/flight.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"

namespace heed {
namespace {

using lines_ptr = std::shared_ptr<std::vector<draft::transcript_line>>;

template <class... F>
struct overload : F... {
  using F::operator()...;
};

/// What was said to and by the lead, oldest first. Lines that cannot be opened are left out.
lines_ptr read_lines(store_reader& r, const lead_id& lead, std::size_t most) {
  const lead_id ids[] = {lead};
  const auto rows = r.leads(ids);
  const auto messages = r.messages(lead, most);
  if (!rows || rows->empty() || !messages) return nullptr;
  auto out = std::make_shared<std::vector<draft::transcript_line>>();
  for (const auto& m : *messages) {
    const auto clear = codec::unseal(rows->front().secret, message_context(lead), m.sealed);
    if (!clear) continue;
    auto [subject, text] = split_message(*clear);
    out->push_back({m.at, m.on, m.inbound ? draft::speaker::lead : draft::speaker::us, std::move(text)});
  }
  return out;
}

std::chrono::milliseconds since(const clock& time, clock::ticks began) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.steady() - began);
}

}  // namespace

void provider_actor::begin_asking(flight& f, ask_model_effect what,
                                  const std::optional<outbound::sending_account>& account) {
  f.why = flight::purpose::ask;
  f.at = flight::stage::called;
  f.question = std::move(what);
  if (!account || !env_->prompts || !env_->all->policies) {
    model_answered none;
    none.effect = f.question->id;
    none.draft = f.question->draft;
    none.what = f.question->what;
    none.call = f.question->call;
    none.failed = draft::model_failure::error;
    return go_on_asking(f, llm::asking::step{llm::asking::done{std::move(none), "account_unknown"}});
  }
  reader_job job{[me = self(), id = f.what->id, attempt = f.attempt, lead = f.what->lead,
                  most = f.question->lines](store_reader& r) {
    caf::anon_send(me, conversation_read{id, attempt, read_lines(r, lead, most)});
  }};
  send(env_->all->readers.front(), std::move(job));
}

void provider_actor::on_conversation(conversation_read& c) {
  const auto found = flights_.find(c.id.value);
  if (found == flights_.end() || found->second->attempt != c.attempt || !found->second->question) return;
  auto& f = *found->second;
  const auto account = env_->accounts->find(workspace_, account_);
  const auto view = env_->all->policies->view(workspace_);
  if (!c.lines || !account || !view) return give_back(f, "conversation_unread");
  auto& lines = *std::static_pointer_cast<std::vector<draft::transcript_line>>(c.lines);
  f.asks = std::make_unique<llm::asking>(*f.question, *account, workspace_, view->current->defaults, std::move(lines),
                                         env_->prompts);
  f.asked_at = env_->all->time->steady();
  go_on_asking(f, f.asks->begin());
}

void provider_actor::on_model_answer(flight& f, const outbound::answer& a) {
  auto step = f.asks->on_answer(a, since(*env_->all->time, f.asked_at));
  weigh(f.asks->wire(), f.started_at);
  go_on_asking(f, std::move(step));
}

void provider_actor::on_asking_paused(const asking_paused& p) {
  const auto found = flights_.find(p.id.value);
  if (found == flights_.end() || found->second->attempt != p.attempt || !found->second->asks) return;
  auto& f = *found->second;
  go_on_asking(f, f.asks->on_paused(since(*env_->all->time, f.asked_at)));
}

template <class Step>
void provider_actor::go_on_asking(flight& f, Step step) {
  std::visit(overload{[&](llm::exchange::make_call& x) { call(f, std::move(x.what), false); },
                      [&](llm::exchange::pause& x) { delayed_send(this, x.how_long, asking_paused{f.what->id, f.attempt}); },
                      [&](llm::asking::done& x) {
                        const auto id = f.what->id.value;
                        outbound::send_report r;
                        r.result = x.trouble.empty() ? send_result::accepted : send_result::refused_final;
                        r.detail = x.trouble;
                        if (env_->figures) env_->figures->sent("model", x.trouble.empty() ? "answered" : "failed");
                        submit(f, "model:" + id, f.question->on, std::move(x.said));
                        finish(f, std::move(r), "call", std::nullopt);
                      }},
             step);
}

}  // namespace heed
