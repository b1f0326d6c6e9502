#pragma once

#include "persistence/embedded_sql.hpp"

namespace heed::sqlite {

using heed::sql_file;

[[nodiscard]] std::span<const sql_file> migrations();  ///< in the order of their numbers
[[nodiscard]] std::span<const sql_file> queries();

}  // namespace heed::sqlite
