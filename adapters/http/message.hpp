#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/http/server.hpp"

/// Pure conversions between the wire and `request`/`response`.
namespace heed::http {

/// Percent-decoded; none when an escape is broken or hides a NUL.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// Fills path and query from the target (origin, absolute or `*` form); false when it is malformed.
[[nodiscard]] bool split_target(request& r);

enum class after_answer : std::uint8_t { keep, close };

/// Status line, headers and body. To a HEAD request the body's length is told, the body is not.
[[nodiscard]] std::string to_bytes(const response& r, bool to_head, bool old_version, after_answer then);

}  // namespace heed::http
