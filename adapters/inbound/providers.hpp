#pragma once

#include "adapters/inbound/normalizer.hpp"

/// The normalizers, one a file. None throws.
namespace heed::inbound {

[[nodiscard]] hook_result normalize_resend(const hook_request& request, const hook_settings& settings);
[[nodiscard]] hook_result normalize_twilio(const hook_request& request, const hook_settings& settings);
[[nodiscard]] hook_result normalize_standard_webhooks(const hook_request& request,
                                                      const hook_settings& settings);
[[nodiscard]] hook_result normalize_form(const hook_request& request, const hook_settings& settings);

}  // namespace heed::inbound
