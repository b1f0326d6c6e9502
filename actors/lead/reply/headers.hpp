#pragma once

#include <string>
#include <utility>
#include <vector>

namespace heed::reply {

/// What the headers of a mail say about who wrote it.
struct header_reading {
  enum class writer : unsigned char {
    unknown,          ///< nothing says that it is a machine
    machine,          ///< an automatic answer (RFC 3834) or bulk mail
    delivery_report,  ///< RFC 3464, or a mailer's own address
    feedback_report,  ///< RFC 5965
  };
  writer by = writer::unknown;
  std::string rule;      ///< `header.auto_submitted`, ...
  std::string evidence;  ///< the header as received, cut
};

[[nodiscard]] header_reading read_headers(const std::vector<std::pair<std::string, std::string>>& headers);

}  // namespace heed::reply
