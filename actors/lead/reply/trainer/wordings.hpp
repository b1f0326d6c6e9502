#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/reply/reply.hpp"

namespace heed::reply {

/// One line of a training file: a wording with `(a|b)` alternatives, `(a|b)?` and `[x]` that may be missing.
struct wording {
  reply_class kind = reply_class::neutral;
  std::string language;
  std::string text;
  bool literal = false;      ///< a reply as it is: nothing in it is a choice
  std::uint32_t number = 0;  ///< over all files: folds are drawn by wording, never by sentence
};

/// Reads one file: `@class` and `= language` lines hold for those below, `#` starts a comment.
void read_wordings(std::string_view file, std::vector<wording>& out);

/// Adds the replies of a labelled corpus (one JSON object a line) as wordings without choices.
void read_corpus(std::string_view jsonl, std::vector<wording>& out);

/// Up to `count` different sentences of one wording, the same ones every time.
[[nodiscard]] std::vector<std::string> sentences_of(const wording& w, std::size_t count);

}  // namespace heed::reply
