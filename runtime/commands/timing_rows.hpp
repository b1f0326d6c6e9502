#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/lead/time.hpp"

/// One line of the files of `heed timing choose`.
namespace heed::commands {

/// What a line may name; what it does not name stays empty.
struct timing_row {
  std::string lead;
  std::string tz;
  std::string segment;
  std::string kind;
  std::optional<time_point> at;
  std::optional<time_point> from;
  std::optional<time_point> to;
  std::optional<double> latency_s;
};

/// Reads a flat JSON object into `row`, whose memory is used again. Instants are RFC 3339 or milliseconds
/// since 1970; fields of other names are passed over. @returns what is wrong, empty when nothing is
[[nodiscard]] std::string read_timing_row(std::string_view line, timing_row& row);

}  // namespace heed::commands
