#pragma once

#include "adapters/api/call.hpp"
#include "adapters/inbound/normalizer.hpp"

namespace heed::api {

/// The request as a hook's reader takes it: under the address that the provider signed.
[[nodiscard]] inbound::hook_request as_hook(const call& c);

}  // namespace heed::api
