#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "adapters/llm/chat.hpp"

namespace heed::llm {

/// One question to a model within its time: calls, pauses, at most one plainer form, and an end that is an
/// answer or a failure. A machine of values without clock and socket: whoever owns transport and timer tells
/// how much time has passed.
class exchange {
 public:
  struct make_call {
    outbound::call what;
  };
  struct pause {
    std::chrono::milliseconds how_long{};
  };
  struct answered {
    nlohmann::json content;
  };
  struct given_up {
    draft::model_failure why = draft::model_failure::error;
    std::string detail;
  };
  using step = std::variant<make_call, pause, answered, given_up>;

  /// `name` is the effect's id: pauses are spread by its hash. `within` is the whole budget, pauses included
  /// (AS-43).
  exchange(outbound::sending_account a, rendered_prompt p, std::string name,
           std::chrono::milliseconds within);

  /// An account that cannot be asked gives up at once: `no_model_key`.
  [[nodiscard]] step begin();
  /// `spent` is the time since `begin`.
  [[nodiscard]] step on_answer(const outbound::answer& a, std::chrono::milliseconds spent);
  [[nodiscard]] step on_paused(std::chrono::milliseconds spent);

  /// Of the last answer, for the account's circuit.
  [[nodiscard]] const outbound::send_report& wire() const { return wire_; }
  [[nodiscard]] std::uint32_t calls() const { return calls_; }

  static constexpr std::uint32_t calls_max = 3;
  /// With less time than this left no call is begun.
  static constexpr std::chrono::milliseconds shortest_call{500};

 private:
  [[nodiscard]] step call(std::chrono::milliseconds spent);
  [[nodiscard]] step again(const chat_again& how, std::chrono::milliseconds spent);
  [[nodiscard]] std::chrono::milliseconds backoff() const;

  outbound::sending_account account_;
  rendered_prompt prompt_;
  std::string name_;
  std::chrono::milliseconds within_;
  answer_form form_ = answer_form::json_schema;
  std::uint32_t calls_ = 0;
  outbound::send_report wire_;
};

/// ZRG-84: of a draft's time 40 % go to the plan and 60 % to the words, each at least 3 s.
struct draft_budgets {
  std::chrono::milliseconds strategy{}, generation{};
};
[[nodiscard]] draft_budgets split(std::chrono::milliseconds whole);

}  // namespace heed::llm
