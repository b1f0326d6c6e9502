#pragma once

#include <span>
#include <string_view>

namespace heed::sqlite {

/// One .sql file as it was when the binary was built.
struct sql_file {
  std::string_view name;  ///< without its ending
  std::string_view text;
};

[[nodiscard]] std::span<const sql_file> migrations();  ///< in the order of their numbers
[[nodiscard]] std::span<const sql_file> queries();

}  // namespace heed::sqlite
