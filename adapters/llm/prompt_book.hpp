#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "actors/lead/ids.hpp"
#include "adapters/llm/prompt.hpp"

namespace heed::llm {

/// The prompts that ship with the binary, as their files have them.
struct shipped_prompt {
  std::string_view key;
  std::string_view text;
};
[[nodiscard]] std::span<const shipped_prompt> shipped_prompts();

/// Every key's prompt for every workspace: its own, else the installation's, else the shipped one.
class prompt_book {
 public:
  /// The shipped prompts.
  prompt_book();
  [[nodiscard]] const prompt& find(const workspace_id& ws, prompt_key k) const;

  void replace(prompt p);
  void replace(const workspace_id& ws, prompt p);

 private:
  std::map<prompt_key, prompt> all_;
  std::map<std::pair<std::string, prompt_key>, prompt> own_;
};

/// `DIR/KEY.prompt` for everybody, `DIR/WORKSPACE/KEY.prompt` for one. All problems at once, each with its
/// file; a file whose name is no key is one of them, for a misspelt override must not be lost in silence.
[[nodiscard]] tl::expected<prompt_book, problems> load_prompts(const std::filesystem::path& directory);

}  // namespace heed::llm
