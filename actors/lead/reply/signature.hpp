#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace heed::reply {

/// What stands below a lead's words: who they are and where they can be booked. Only what is written there, nothing guessed (ZRG-85).
struct signature_context {
  std::vector<std::string> lines;             ///< at most 10, as written
  std::vector<std::string> scheduling_links;  ///< at most 5, of the whole message
  std::vector<std::string> other_links;       ///< at most 10
  [[nodiscard]] bool empty() const { return lines.empty() && scheduling_links.empty() && other_links.empty(); }
};

/// Of the last 5,000 characters of a message; quoted history is none of the lead's. Total: any bytes have one, maybe empty.
[[nodiscard]] signature_context signature_context_of(std::string_view message);

/// For a model to read; empty when there is nothing.
[[nodiscard]] std::string to_text(const signature_context& s);

/// True for words that say a link to a calendar was missing, was not seen or did not work (ZRG-86).
[[nodiscard]] bool claims_missing_link(std::string_view text);

}  // namespace heed::reply
