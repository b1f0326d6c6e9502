#pragma once

#include <istream>

#include "adapters/inbound/normalizer.hpp"

namespace heed::inbound {

/// Fills a request from a header file: one `name: value` a line, `:method` and `:url` set those. A line
/// without a colon is a problem that names its number.
[[nodiscard]] std::optional<hook_problem> read_header_file(std::istream& in, hook_request& request);

}  // namespace heed::inbound
