#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/inbound/automated.hpp"

namespace heed::inbound {

/// A mail as it came over IMAP or as a raw attachment of a webhook, taken apart (RFC 5322, 2045-2047).
struct received_mail {
  mail_headers headers;  ///< decoded, order and repeats kept
  std::string from;      ///< the first mailbox's bare address
  std::string subject;
  std::string message_id;   ///< without brackets
  std::string in_reply_to;  ///< the first, without brackets
  std::string text;         ///< of the text/plain parts that are no attachments, UTF-8
  std::string html;         ///< of the text/html parts
  std::string report;       ///< of message/delivery-status and message/feedback-report parts
  mail_headers returned;    ///< of the mail that a report is about, where it returns one
};

/// Bytes of a raw mail that are read at most.
inline constexpr std::size_t mail_bytes_max = 4 * 1024 * 1024;

/// None when the bytes are no mail. Broken charsets and encodings are read as far as they go.
[[nodiscard]] std::optional<received_mail> parse_mail(std::string_view raw);

/// What the sender wrote, as `heed::reply` wants it: the plain part, else the HTML without hidden and quoted
/// elements, and the report's fields below.
[[nodiscard]] std::string reply_text(const received_mail& mail);

}  // namespace heed::inbound
