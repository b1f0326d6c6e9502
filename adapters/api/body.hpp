#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "adapters/api/call.hpp"

namespace heed::api {

enum class body_need : std::uint8_t { required, optional };

/// The request's JSON document; an absent optional one is an empty object. None when it is bad (415, 422);
/// then it has been answered.
[[nodiscard]] std::optional<nlohmann::json> read_body(call& c, body_need need);

}  // namespace heed::api
