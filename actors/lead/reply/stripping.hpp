#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

/// What of a mail the lead wrote just now.
namespace heed::reply {

struct text_range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Byte ranges of the text, in order, not overlapping.
struct own_words {
  std::vector<text_range> body;
  /// Below the signature. A request may stand there ("PS: ..."), and so may a footer that was written for
  /// others.
  std::vector<text_range> tail;
  /// Names, titles, numbers and addresses below the words: who wrote.
  std::vector<text_range> signature;
  std::vector<text_range> links;  ///< lines that are a link and its label
};

/// Leaves out quoted history of any common client and language, forwarded mail, signatures, "sent from my
/// phone", disclaimers and lines that are a link and its label.
[[nodiscard]] own_words strip(std::string_view mail);

}  // namespace heed::reply
