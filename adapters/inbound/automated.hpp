#pragma once

#include <string>
#include <utility>
#include <vector>

namespace heed::inbound {

/// Header names and values of a received mail; names in any case.
using mail_headers = std::vector<std::pair<std::string, std::string>>;

/// True when a machine wrote the mail (RFC 3834 and the marks that older software leaves): an out-of-office
/// note, a delivery report, a list. Such a reply neither answers us nor shows intent.
[[nodiscard]] bool automated_reply(const mail_headers& headers);

}  // namespace heed::inbound
