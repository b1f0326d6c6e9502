#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace heed {

/// RULES, Scope of a stop: only `hard` suppresses the address.
enum class bounce_class : std::uint8_t { hard = 0, soft = 1, provider = 2, our_sender = 3, unknown = 4 };
[[nodiscard]] std::string_view to_string(bounce_class c);
[[nodiscard]] std::optional<bounce_class> parse_bounce_class(std::string_view text);

}  // namespace heed
