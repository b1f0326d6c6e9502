#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "actors/lead/timing/population.hpp"

/// A population as a document, so that what was learned moves to another installation (SF-52).
namespace heed::timing {

/// Every number is written so that it reads back to the same bits.
[[nodiscard]] nlohmann::json to_json(const population& p);
/// None when the document is not one of these, or says what no population can.
[[nodiscard]] std::optional<population> population_from(const nlohmann::json& j);

}  // namespace heed::timing
