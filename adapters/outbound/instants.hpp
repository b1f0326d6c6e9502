#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/lead/time.hpp"

namespace heed::outbound {

/// RFC 5322: `Fri, 20 Nov 2026 10:00:00 +0000`.
[[nodiscard]] std::string mail_date(time_point t);
/// The same back (any numeric offset); none when it is of another form.
[[nodiscard]] std::optional<time_point> parse_mail_date(std::string_view text);

}  // namespace heed::outbound
