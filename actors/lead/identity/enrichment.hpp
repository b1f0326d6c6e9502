#pragma once

#include <string_view>
#include <vector>

#include "actors/lead/identity/key.hpp"

namespace heed {

/// What is to be found out about somebody of whom these keys are known (ZRG-52): `not_needed` for a number without an address,
/// `pending` for an address without LinkedIn profile or number, else empty.
[[nodiscard]] std::string_view enrichment_of(const std::vector<lead_key>& keys);

}  // namespace heed
