#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace heed::reply {

/// One character of UTF-8 and its length; a broken byte is U+FFFD of length 1.
struct character {
  char32_t code = 0;
  std::size_t size = 1;
};
[[nodiscard]] character character_at(std::string_view text, std::size_t i);

enum class letter_class : std::uint8_t {
  space,
  letter,
  digit,
  apostrophe,
  ignored,    ///< soft hyphens, zero-width marks, combining accents: not there
  pictogram,  ///< a word of its own
  other,
};

[[nodiscard]] letter_class class_of(char32_t c);

/// Appends the letter's folded form: lower case, without accents, Latin for what only looks Latin.
void fold_onto(std::string& out, char32_t c);

}  // namespace heed::reply
