#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/llm/prompt.hpp"

/// The forms of answers. They belong to the code that reads them, so no prompt can change them.
namespace heed::llm {

/// Strict as OpenAI wants it: every object closed, every property required.
[[nodiscard]] const nlohmann::ordered_json& schema_of(prompt_key k);
/// At most 64 letters, digits, `_` and `-`.
[[nodiscard]] std::string schema_name(prompt_key k);

/// Where a value is not of that form, as a JSON pointer; none = it is. Knows what our schemas use: type (one
/// or a list), enum, properties, required, additionalProperties, items.
[[nodiscard]] std::optional<std::string> mismatch(const nlohmann::ordered_json& schema,
                                                  const nlohmann::json& value);

}  // namespace heed::llm
