#pragma once

#include <vector>

#include "persistence/codec/codec.hpp"
#include "persistence/store.hpp"

namespace heed::forecast {

/// Everything a lead decided, in order, in clear.
[[nodiscard]] result<std::vector<codec::journal_entry>> read_journal(store_reader& reader, const lead_row& row);

}  // namespace heed::forecast
