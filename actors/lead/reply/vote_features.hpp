#pragma once

#include <cstdint>
#include <vector>

#include "actors/lead/reply/findings.hpp"

namespace heed::reply {

/// One trait of a sentence: a word, the beginning of a word, a pair of neighbours, a concept or a pair of
/// concepts.
struct feature {
  std::uint32_t hash = 0;
  bool pair = false;       ///< of words: worth learning only where several wordings share it
  std::uint32_t word = 0;  ///< where it was found
};

/// The traits of one sentence, repeats included.
void features_of(const findings& f, std::uint32_t sentence, std::vector<feature>& out);

}  // namespace heed::reply
