#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/time.hpp"

/// What an IMAP server says (RFC 3501), taken apart as it comes. Hostile input: everything is bounded.
namespace heed::imap {

/// One response; each literal's bytes stand apart, its `{n}` stays in the text.
struct response {
  std::string text;
  std::vector<std::string> literals;
};

class response_reader {
 public:
  /// Literals longer than this break the conversation.
  explicit response_reader(std::size_t longest_literal) : longest_literal_(longest_literal) {}

  void feed(std::string_view bytes) { buffer_.append(bytes); }
  /// The next whole response; none = more bytes are needed, or nothing that follows can be understood.
  [[nodiscard]] std::optional<response> next();
  /// The server says things that no server says.
  [[nodiscard]] bool broken() const { return broken_; }

  static constexpr std::size_t longest_line = 256 * 1024;

 private:
  std::size_t longest_literal_;
  std::string buffer_;
  response open_;
  std::size_t awaited_ = 0;  ///< bytes of the literal that is being read
  bool in_literal_ = false;
  bool broken_ = false;
};

/// `* OK [UIDVALIDITY 3857529045] UIDs valid`: the number behind the word in brackets.
[[nodiscard]] std::optional<std::uint32_t> code_number(std::string_view text, std::string_view word);
/// `* SEARCH 2 84 882`; empty for another response.
[[nodiscard]] std::vector<std::uint32_t> search_numbers(std::string_view text);
/// `UID 7` and `INTERNALDATE "20-Nov-2026 10:57:40 +0100"` in a FETCH response.
[[nodiscard]] std::optional<std::uint32_t> fetched_uid(std::string_view text);
[[nodiscard]] std::optional<time_point> fetched_date(std::string_view text);
/// `20-Nov-2026`, for SEARCH SINCE.
[[nodiscard]] std::string search_date(time_point t);

}  // namespace heed::imap
