#pragma once

#include <optional>
#include <string>
#include <vector>

#include "adapters/inbound/normalizer.hpp"
#include "adapters/inbound/urlencoded.hpp"

namespace heed::inbound {

/// Verifies X-Twilio-Signature. `url` is the public URL as Twilio called it; it is tried with and without a
/// port. With `bodySHA256` in its query the signature covers the URL alone and that hash must be the body's
/// (JSON); without, it covers the form's parameters.
[[nodiscard]] std::optional<hook_problem> verify_twilio(const hook_request& request, std::string_view url,
                                                        const parameter_list& form,
                                                        const std::vector<std::string>& secrets);

}  // namespace heed::inbound
