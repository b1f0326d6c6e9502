#pragma once

#include <string>
#include <string_view>

#include "adapters/outbound/sender.hpp"

/// RFC 5322 messages, byte-identical for equal effects: nothing in them comes from a clock or a generator.
namespace heed::outbound {

/// `ana@example.org` out of `Ana <ana@example.org>`; no white space, controls or brackets are left in it.
[[nodiscard]] std::string bare_address(std::string_view mailbox);
[[nodiscard]] std::string domain_of(std::string_view address);

/// RFC 2047 encoded-words when the text is not plain ASCII, cut between characters; else the text itself.
[[nodiscard]] std::string encoded_text(std::string_view text);
/// RFC 2045, CRLF lines of at most 76; a leading dot is encoded too, so that no relay can trip over it.
[[nodiscard]] std::string quoted_printable(std::string_view text);
/// `name: value` CRLF, folded at spaces; the value becomes a single line first.
[[nodiscard]] std::string header_line(std::string_view name, std::string_view value);

/// `<effect@domain of From>`.
[[nodiscard]] std::string mail_message_id(const sending_account& a, const send_effect& e);
/// Headers and body with CRLF line ends, without the final dot.
[[nodiscard]] std::string mail_bytes(const sending_account& a, const send_effect& e);

}  // namespace heed::outbound
