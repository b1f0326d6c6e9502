#pragma once

#include "persistence/store.hpp"
#include "runtime/forecast/response_model.hpp"

namespace heed::forecast {

/// How this workspace's people answered since then: shares of the sends in its journals, by channel. Refused with fewer than
/// a hundred sends, from which nothing can be said.
[[nodiscard]] result<response_model> measure_responses(store_reader& reader, const workspace_id& ws, time_point since);

}  // namespace heed::forecast
