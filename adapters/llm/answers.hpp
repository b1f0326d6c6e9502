#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "actors/lead/draft/auto_send.hpp"
#include "actors/lead/draft/learning.hpp"
#include "actors/lead/reply/refine.hpp"

/// What a model said, as values of the core. Content has its key's form already; here its values are held
/// against what can be: an answer that is not good in every part is none (AS-31, AS-35).
namespace heed::llm {

/// Where an answer cannot be: a JSON pointer, never its value.
struct bad_answer {
  std::string where;
};
template <class T>
using answer_of = tl::expected<T, bad_answer>;

[[nodiscard]] answer_of<draft::evaluated> read_evaluation(const nlohmann::json& content,
                                                          draft::call_number call);

/// @returns the texts of those chosen; an id that was not offered spoils the answer
[[nodiscard]] answer_of<draft::context_selected> read_selection(const nlohmann::json& content,
                                                                draft::call_number call,
                                                                std::span<const draft::learnt> offered);
[[nodiscard]] answer_of<draft::revised> read_revision(const nlohmann::json& content, draft::call_number call);

struct strategy {
  std::string goal;
  std::vector<std::string> points;
  std::string tone;
  std::string call_to_action;
  bool offer_times = false;
};
[[nodiscard]] answer_of<strategy> read_strategy(const nlohmann::json& content);
/// As the next prompt gets it.
[[nodiscard]] std::string to_text(const strategy& s);

struct generated {
  std::string body;
};
[[nodiscard]] answer_of<generated> read_generated(const nlohmann::json& content);

/// Evidence and address must stand in the reply letter by letter: a model that cannot show its words has read
/// something else.
[[nodiscard]] answer_of<reply::refinement> read_refinement(const nlohmann::json& content,
                                                           std::string_view subject, std::string_view text);

}  // namespace heed::llm
