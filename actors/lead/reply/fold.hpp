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

[[nodiscard]] letter_class class_beyond_ascii(char32_t c);
void fold_beyond_ascii(std::string& out, char32_t c);

/// Most text is ASCII and needs no table.
[[nodiscard]] inline letter_class class_of(char32_t c) {
  if (c >= 0x80) return class_beyond_ascii(c);
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return letter_class::letter;
  if (c >= '0' && c <= '9') return letter_class::digit;
  if (c == ' ' || (c >= '\t' && c <= '\r')) return letter_class::space;
  return c == '\'' || c == '`' ? letter_class::apostrophe : letter_class::other;
}

/// Appends the letter's folded form: lower case, without accents, Latin for what only looks Latin.
inline void fold_onto(std::string& out, char32_t c) {
  if (c >= 0x80) return fold_beyond_ascii(out, c);
  out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

}  // namespace heed::reply
