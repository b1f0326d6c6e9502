#pragma once

#include <string>
#include <string_view>

#include "actors/lead/bounce_class.hpp"

namespace heed::reply {

/// What a mailer's report says of the address it could not reach.
struct delivery_report {
  bounce_class severity = bounce_class::hard;
  std::string code;  ///< the status code it rests on (RFC 3463), else the reply code of SMTP; empty = words alone
};

/// Reads a text that was read as a bounce. A report that does not say why means what it says: not delivered, for good.
[[nodiscard]] delivery_report read_delivery_report(std::string_view subject, std::string_view text);

}  // namespace heed::reply
