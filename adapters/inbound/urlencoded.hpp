#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// application/x-www-form-urlencoded bodies and URL queries.
namespace heed::inbound {

using parameter_list = std::vector<std::pair<std::string, std::string>>;

/// Names and values decoded (`+` is a space, a broken escape stays as it is), order and repeats kept. The
/// values are raw bytes: signatures cover them. More than `parameters_max` pairs give nullopt.
inline constexpr std::size_t parameters_max = 1'000;
[[nodiscard]] std::optional<parameter_list> parse_urlencoded(std::string_view text);

/// The distinct values of one name.
[[nodiscard]] std::vector<std::string> values_of(const parameter_list& all, std::string_view name);

/// The query part of a URL without `?` and fragment; empty when there is none.
[[nodiscard]] std::string_view query_of(std::string_view url);

}  // namespace heed::inbound
