#pragma once

#include "adapters/inbound/normalizer.hpp"

namespace heed::inbound {

/// A header that a signature depends on: missing is an empty value, doubled with different values is refused.
[[nodiscard]] tl::expected<std::string_view, hook_problem> single_header(const hook_request& request,
                                                                         std::string_view name);

}  // namespace heed::inbound
