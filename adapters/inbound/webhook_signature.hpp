#pragma once

#include <string>
#include <vector>

#include "adapters/inbound/normalizer.hpp"

namespace heed::inbound {

/// Which headers to name when none came; either family is taken.
enum class signature_family : std::uint8_t { webhook, svix };

/// Verifies a request as Standard Webhooks 1.0 and Svix say (`webhook-*` or `svix-*` headers, never a mix)
/// over its raw body, within 300 s of `request.received_at` either way, and returns the event's id. Every
/// refusal is a 401. Signatures of other versions than `v1` are skipped.
[[nodiscard]] tl::expected<std::string, hook_problem> verify_webhook(
    const hook_request& request, const std::vector<std::string>& secrets,
    signature_family expected = signature_family::webhook);

}  // namespace heed::inbound
