#pragma once

#include <string_view>

namespace heed::api {

/// The gate at which a step waited, by the reason that the report counted; a reason of no gate (a retry, an
/// outcome that is not known) is called by its first word.
[[nodiscard]] std::string_view gate_of_wait(std::string_view reason);

}  // namespace heed::api
