#pragma once

#include <string>
#include <vector>

#include "persistence/store.hpp"

namespace heed {

/// Everything the store knows of an account's arrivals: its own sends with their receipts, and those that came with learned state
/// of another installation.
[[nodiscard]] result<std::vector<arrival_row>> stored_arrivals(store_reader& r, const workspace_id& ws, const account_id& account,
                                                               time_point since, std::size_t most);

/// Where those of another installation are kept.
[[nodiscard]] std::string imported_arrivals_name(const workspace_id& ws, const account_id& account);
[[nodiscard]] std::string encode_arrivals(const std::vector<arrival_row>& rows);
/// None when it is not what `encode_arrivals` writes.
[[nodiscard]] std::optional<std::vector<arrival_row>> decode_arrivals(std::string_view text);

}  // namespace heed
