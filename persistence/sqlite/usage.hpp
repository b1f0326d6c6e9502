#pragma once

#include "persistence/rows.hpp"
#include "persistence/sqlite/database.hpp"

namespace heed::sqlite {

[[nodiscard]] std::optional<send_usage_row> find_usage(database& db, const workspace_id& ws,
                                                       const account_id& account);
/// What counts on that day; nothing is used yet when it is a new one. A day that began does not end by a
/// claim that still names the day before.
[[nodiscard]] send_usage_row usage_on_day(database& db, const workspace_id& ws, const account_id& account,
                                          std::int64_t day);

}  // namespace heed::sqlite
