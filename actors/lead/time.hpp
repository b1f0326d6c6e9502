#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heed {

/// Every instant is UTC with microsecond resolution; zones exist only at the edges (DESIGN 9).
using duration = std::chrono::microseconds;
using time_point = std::chrono::sys_time<duration>;

/// `2026-11-20T10:00:00.123456Z`; trailing zeros of the fraction are left out.
[[nodiscard]] std::string to_iso(time_point t);

/// Accepts RFC 3339 with `Z` or a numeric offset and up to nine fraction digits; nothing else.
[[nodiscard]] std::optional<time_point> parse_iso(std::string_view text);

[[nodiscard]] inline std::int64_t to_micros(time_point t) { return t.time_since_epoch().count(); }
[[nodiscard]] inline time_point from_micros(std::int64_t us) { return time_point{duration{us}}; }

/// `90s, 5m, 3h` -> elapsed time; `d` and `bd` are calendar units and live in `delay_rule`.
[[nodiscard]] std::optional<duration> parse_duration(std::string_view text);

}  // namespace heed
