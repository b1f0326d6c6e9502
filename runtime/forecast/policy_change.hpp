#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "actors/campaign/document.hpp"
#include "actors/workspace/policy.hpp"

namespace heed::forecast {

/// Other rules than a workspace has: `name=value,name=value`. Names are those of settings (`lead_gap=2h`), or of every
/// intent profile: `hot_threshold`, `reply`, `form`, `click`, `view`, `rapid`, `band_low`, `band_high`, `spacing_low_pct`,
/// `spacing_high_pct`.
class policy_change {
 public:
  [[nodiscard]] static tl::expected<policy_change, problems> parse(std::string_view text);
  /// The policy as it would be, or what its own rules say against it.
  [[nodiscard]] tl::expected<policy, problems> apply_to(const policy& p) const;

 private:
  std::vector<std::pair<std::string, std::string>> words_;
};

}  // namespace heed::forecast
