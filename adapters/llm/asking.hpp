#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "actors/lead/draft/entry.hpp"
#include "actors/lead/draft/learning.hpp"
#include "actors/lead/effect.hpp"
#include "actors/workspace/policy.hpp"
#include "adapters/llm/exchange.hpp"
#include "adapters/llm/inputs.hpp"
#include "adapters/llm/prompt_book.hpp"

namespace heed::llm {

/// One effect that asks a model as the questions it takes: one, or a plan and then the words (ZRG-84). Its end is always an answer that its
/// lead can use, if the one that there is none. A machine of values without clock and socket, like `exchange`.
class asking {
 public:
  struct done {
    model_answered said;
    std::string trouble;  ///< a code word for the record; empty = it was answered
  };
  using step = std::variant<exchange::make_call, exchange::pause, done>;

  /// @param own the workspace's settings, @param history what was said so far, oldest first
  asking(ask_model_effect what, outbound::sending_account a, workspace_id ws, const settings& own,
         std::vector<draft::transcript_line> history, const prompt_book* prompts);

  /// `spent` is the time since `begin`, of all its questions together.
  [[nodiscard]] step begin();
  [[nodiscard]] step on_answer(const outbound::answer& a, std::chrono::milliseconds spent);
  [[nodiscard]] step on_paused(std::chrono::milliseconds spent);
  /// Of the last answer, for the account's circuit.
  [[nodiscard]] const outbound::send_report& wire() const;

 private:
  [[nodiscard]] step ask(prompt_key k, const variable_values& values, std::chrono::milliseconds within,
                         std::chrono::milliseconds spent);
  [[nodiscard]] step go_on(exchange::step s, std::chrono::milliseconds spent);
  [[nodiscard]] step read(const nlohmann::json& content, std::chrono::milliseconds spent);
  [[nodiscard]] step write_words(const strategy& plan, std::chrono::milliseconds spent);
  [[nodiscard]] step failed(draft::model_failure why, std::string trouble) const;
  [[nodiscard]] step answered(model_answered said) const;
  [[nodiscard]] draft::entry as_entry() const;
  [[nodiscard]] brief as_brief() const;
  [[nodiscard]] bool link_was_given() const;

  ask_model_effect what_;
  outbound::sending_account account_;
  workspace_id workspace_;
  std::vector<draft::transcript_line> history_;
  const prompt_book* prompts_;
  std::string sender_, company_, persona_, language_, knowledge_;
  std::vector<draft::learnt> offered_;
  bool planned_ = false;  ///< of a draft that is written: the plan is there
  std::unique_ptr<exchange> now_;
  std::chrono::milliseconds began_{};  ///< of the exchange, since `begin`
};

}  // namespace heed::llm
