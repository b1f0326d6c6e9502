#pragma once

#include <string_view>

#include "adapters/inbound/normalizer.hpp"

namespace heed::inbound {

/// Containers inside containers in one document; deeper ones are refused.
inline constexpr std::size_t json_depth_max = 32;

/// Parses a stranger's JSON. Broken text, broken UTF-8, nesting beyond `json_depth_max`, numbers out of range
/// and a member named twice are problems that say where; nothing throws. `where` prefixes the place.
[[nodiscard]] tl::expected<nlohmann::json, hook_problem> read_json(std::string_view text,
                                                                   std::string_view where = {});

}  // namespace heed::inbound
