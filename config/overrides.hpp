#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/campaign/document.hpp"
#include "config/config.hpp"

namespace heed::config {

/// A setting that a variable or a flag may replace. Its variable is `HEED_` and the path in capitals.
struct overridable {
  enum class kind : std::uint8_t { text, number, flag, list } what = kind::text;
  std::string path;                  ///< dotted, as flags name it: http.port
  std::vector<std::string> aliases;  ///< names older systems used
  [[nodiscard]] std::string variable() const;
  [[nodiscard]] std::string pointer() const;
};
[[nodiscard]] const std::vector<overridable>& overridables();

/// Writes variables, then flags, into the document. Answers what set which pointer, so that a problem found
/// later can name it. Lists are separated by commas; true, false, 1 and 0 are flags.
[[nodiscard]] std::map<std::string, std::string> apply_overrides(nlohmann::json& document, const source& from,
                                                                 problems& out);

}  // namespace heed::config
