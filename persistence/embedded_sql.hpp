#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>

namespace heed {

/// One .sql file as it was when the binary was built.
struct sql_file {
  std::string_view name;  ///< without its ending
  std::string_view text;
};

/// The statements of files that begin each with `-- name: NAME`.
using sql_statements = std::unordered_map<std::string_view, std::string_view>;
[[nodiscard]] sql_statements statements_in(std::span<const sql_file> files);

/// The number a migration's name begins with.
[[nodiscard]] std::int64_t number_of(const sql_file& migration);

}  // namespace heed
