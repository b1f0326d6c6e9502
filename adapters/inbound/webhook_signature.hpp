#pragma once

#include <string>
#include <vector>

#include "adapters/inbound/normalizer.hpp"

namespace heed::inbound {

/// Verifies a request as Standard Webhooks 1.0 and Svix say (`webhook-*` or `svix-*` headers, never a mix)
/// over its raw body, within 300 s of `request.received_at` either way, and returns the event's id. Every
/// refusal is a 401. Signatures of other versions than `v1` are skipped.
[[nodiscard]] tl::expected<std::string, hook_problem> verify_webhook(const hook_request& request,
                                                                     const std::vector<std::string>& secrets);

}  // namespace heed::inbound
