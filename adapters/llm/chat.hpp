#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>

#include "actors/lead/draft/auto_send.hpp"
#include "adapters/llm/prompt.hpp"
#include "adapters/outbound/sender.hpp"

/// One call to an OpenAI-compatible chat endpoint, built and read. The transport, the slots and the circuit
/// are those of every other account.
namespace heed::llm {

/// Options of a model's account: `model` (needed), `timeout_ms`, `temperature` (0 unless set; null leaves it
/// out), `max_tokens` (1500), `token_field` (`max_completion_tokens`; older servers want `max_tokens`).
/// `base_url` ends before `/chat/completions`. Secret: `api_key`. False without key or model: then nothing is
/// asked (ZRG-73, AS-44).
[[nodiscard]] bool can_ask(const outbound::sending_account& a);

/// How the form of the answer is asked for. Servers that do not know schemas get the older way once.
enum class answer_form : std::uint8_t { json_schema = 0, json_object = 1 };

/// The same bytes for the same arguments. @pre can_ask(a)
[[nodiscard]] outbound::call build_chat(const outbound::sending_account& a, const rendered_prompt& p,
                                        answer_form form, std::chrono::milliseconds within);

/// Content of the form that was asked for; what it means is `answers.hpp`.
struct chat_answer {
  nlohmann::json content;
};
/// The same call may be made again: it failed in a way that heals (a repeat costs money, not harm).
struct chat_again {
  std::optional<std::chrono::milliseconds> after;
  draft::model_failure if_not = draft::model_failure::error;
};
/// This server does not take or keep schemas: once more with `json_object`.
struct chat_plainer {
  draft::model_failure if_not = draft::model_failure::invalid;
};
struct chat_failed {
  draft::model_failure why = draft::model_failure::error;
};

struct chat_report {
  std::variant<chat_answer, chat_again, chat_plainer, chat_failed> is;
  /// What the call says of its account: the circuit weighs it like any send.
  outbound::send_report wire;
};
/// Nothing a model or a server says gets into `wire` but a code word.
[[nodiscard]] chat_report read_chat(const outbound::answer& a, prompt_key k, answer_form form);

}  // namespace heed::llm
