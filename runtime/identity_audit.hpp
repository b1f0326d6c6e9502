#pragma once

#include <nlohmann/json.hpp>

#include "persistence/store.hpp"
#include "runtime/policies.hpp"

namespace heed {

/// How a lead came to be who it is, told from its journal alone: by which key each stimulus was found to be about it (SF-47),
/// the keys that belong to others, every merge and its undoing, and the decisions that would have been others without it.
[[nodiscard]] result<nlohmann::json> identity_to_json(store_reader& reader, zone_library& zones, const lead_row& row);

}  // namespace heed
