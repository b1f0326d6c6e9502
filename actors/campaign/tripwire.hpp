#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/workspace/policy.hpp"

namespace heed {

/// A campaign's own brake (RULES, 4R-74): what must pause it, in words with the numbers; none when it may go on.
/// Rates are over the latest sends, at most `window` of them, and say nothing below `at_least`.
[[nodiscard]] std::optional<std::string> tripped(std::uint64_t sends, std::uint64_t hard_bounces,
                                                 std::uint64_t complaints, const tripwire_settings& t);

}  // namespace heed
