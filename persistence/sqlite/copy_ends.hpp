#pragma once

#include <memory>

#include "persistence/copying/port.hpp"
#include "persistence/sqlite/sqlite_store.hpp"

/// Both throw `database_error`.
namespace heed::sqlite {

[[nodiscard]] std::unique_ptr<copying::source> open_copy_source(const location& where);
/// Refused while another process holds the store.
[[nodiscard]] std::unique_ptr<copying::target> open_copy_target(const location& where);

/// The whole store as a new file: quicker than row by row, and for nothing but SQLite.
[[nodiscard]] std::string copy_file(const location& where, const std::filesystem::path& file);

}  // namespace heed::sqlite
