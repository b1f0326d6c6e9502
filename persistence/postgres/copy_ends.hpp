#pragma once

#include <memory>

#include "persistence/copying/port.hpp"
#include "persistence/postgres/location.hpp"

/// Both throw what `error_in_flight` reads.
namespace heed::postgres {

[[nodiscard]] std::unique_ptr<copying::source> open_copy_source(const location& where);
/// Refused while another process holds the store, and to whoever does not own the schema: rows are copied in past
/// row-level security, which only its owner may lift.
[[nodiscard]] std::unique_ptr<copying::target> open_copy_target(const location& where);

/// The statement of that name in sql/copy.sql.
[[nodiscard]] std::string copy_statement(std::string_view name);

}  // namespace heed::postgres
