#pragma once

#include "persistence/postgres/session.hpp"
#include "persistence/rows.hpp"

namespace heed::postgres {

void insert_audit(session& s, const audit_row& row);

}  // namespace heed::postgres
