#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>

#include "actors/campaign/document.hpp"

namespace heed::config {

/// YAML as the JSON it means. Plain scalars are typed as JSON writes them: `true`, `null`, `12`, `1.5`;
/// everything else is text, so `+15550100`, `09:00`, `007`, `yes` and dates stay what was written. A name
/// twice in one object, text that is no UTF-8 and nesting beyond 64 levels are refused.
[[nodiscard]] tl::expected<nlohmann::json, problems> parse_yaml(const std::string& text);

/// The file's text, or the problem that it cannot be read.
[[nodiscard]] tl::expected<std::string, problem> read_file(const std::filesystem::path& file);

}  // namespace heed::config
