#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "actors/lead/draft/auto_send.hpp"
#include "actors/lead/reply/refine.hpp"
#include "adapters/llm/answers.hpp"
#include "adapters/llm/prompt.hpp"

/// What each prompt is filled with, from values of the core.
namespace heed::llm {

/// ZRG-71: a classification and a first draft see the last 40 messages, a regeneration the last 80.
inline constexpr std::size_t transcript_lines = 40;
inline constexpr std::size_t regeneration_lines = 80;

/// The last `most` lines, oldest first: who, when, where, what.
[[nodiscard]] std::string transcript_text(std::span<const draft::transcript_line> lines,
                                          std::size_t most = transcript_lines);

/// `text` is the draft as it is to be judged: the first one or the reviser's.
[[nodiscard]] variable_values evaluation_inputs(const draft::entry& e, const std::string& text,
                                                const std::string& company);
/// `finding` is what the evaluator said.
[[nodiscard]] variable_values selection_inputs(const draft::entry& e, const std::string& finding,
                                               std::span<const draft::learnt> offered);
[[nodiscard]] variable_values revision_inputs(const draft::entry& e, const std::string& finding,
                                              std::span<const std::string> learnings,
                                              const std::string& company);

/// What a draft is written from.
struct brief {
  channel on = channel::email;
  std::string sender_name, company_name, persona, language;
  reply::reply_class sentiment = reply::reply_class::neutral;
  std::string subject, latest_inbound;
  std::span<const draft::transcript_line> history;
  std::size_t lines = transcript_lines;
  std::string knowledge;
  std::string signature;     ///< who the lead is by their own signature, and the links they gave (ZRG-85)
  std::string availability;  ///< times with their zone written out (ZRG-83); empty = none are known
};
[[nodiscard]] variable_values strategy_inputs(const brief& b);
[[nodiscard]] variable_values generation_inputs(const brief& b, const strategy& plan);

[[nodiscard]] variable_values refinement_inputs(channel on, std::string_view received_on,
                                                const std::string& subject, const std::string& text);

}  // namespace heed::llm
