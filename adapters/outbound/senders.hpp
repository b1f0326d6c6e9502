#pragma once

#include "adapters/outbound/sender.hpp"

/// One per provider, each in its own file; the table in sender.cpp is the only place that lists them.
namespace heed::outbound {

[[nodiscard]] const sender& resend_sender();
[[nodiscard]] const sender& twilio_sender();
[[nodiscard]] const sender& smtp_sender();
[[nodiscard]] const sender& own_gateway_sender();

}  // namespace heed::outbound
