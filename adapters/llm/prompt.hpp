#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "actors/campaign/document.hpp"

/// What a model is told: texts that people may change, with variables that they may not invent.
namespace heed::llm {

enum class prompt_key : std::uint8_t {
  evaluate = 0,
  context_select = 1,
  revise = 2,
  strategy = 3,
  generate = 4,
  refine = 5,
};
inline constexpr std::array<prompt_key, 6> prompt_keys{prompt_key::evaluate, prompt_key::context_select,
                                                       prompt_key::revise,   prompt_key::strategy,
                                                       prompt_key::generate, prompt_key::refine};
/// `auto_send.evaluate.v1` and kin; the file is called so.
[[nodiscard]] std::string_view to_string(prompt_key k);
[[nodiscard]] std::optional<prompt_key> parse_prompt_key(std::string_view name);

/// The workspace's own words may stand anywhere; what leads and models wrote stands in the user section
/// alone, fenced.
enum class trust : std::uint8_t { setting = 0, data = 1 };
struct variable {
  std::string_view name;
  trust from;
};
/// All that a prompt of that key may name.
[[nodiscard]] std::span<const variable> variables_of(prompt_key k);

/// A text that was found correct; made by `parse_prompt` alone.
class prompt {
 public:
  [[nodiscard]] prompt_key key() const { return key_; }

 private:
  friend tl::expected<prompt, problems> parse_prompt(prompt_key, std::string_view);
  friend struct rendering;
  prompt() = default;
  prompt_key key_ = prompt_key::evaluate;
  std::string system_, user_;
};

/// All that is wrong at once: a missing section, an unknown variable, data among the instructions, an open
/// bracket.
[[nodiscard]] tl::expected<prompt, problems> parse_prompt(prompt_key k, std::string_view text);

struct rendered_prompt {
  prompt_key key = prompt_key::evaluate;
  std::string system, user;
  bool operator==(const rendered_prompt&) const = default;
};

using variable_values = std::map<std::string, std::string, std::less<>>;

/// Equal values give equal bytes. Every variable of the key needs a value, if an empty one, and no other is
/// taken: both are problems that name it. A value is put in once and never looked into.
[[nodiscard]] tl::expected<rendered_prompt, problems> render(const prompt& p, const variable_values& values);

/// A stranger's text between two lines that it cannot contain.
[[nodiscard]] std::string fenced(std::string_view name, std::string_view text);

}  // namespace heed::llm
