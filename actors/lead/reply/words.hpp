#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Text as words: folded to lower-case ASCII where the alphabet is Latin, cut into sentences, each word
/// knowing where it stood. Everything that is read is read on this.
namespace heed::reply {

enum class word_kind : std::uint8_t { plain, number, date, time, phone, email, url, mark };

/// One word. What is no plain word has a placeholder as its text: `@num @date @time @phone @email @url`.
struct word {
  std::uint32_t at = 0;    ///< of the folded text in `worded_text::folded`
  std::uint16_t size = 0;  ///< its bytes
  word_kind kind = word_kind::plain;
  bool capital = false;     ///< written with a capital first
  std::uint32_t begin = 0;  ///< in the source, bytes
  std::uint32_t end = 0;
  /// number: its value in `a`. date: the three numbers as written, -1 = none.
  std::int32_t a = -1, b = -1, c = -1;
};

/// Words `[first, last)` of one sentence.
struct sentence {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  bool question = false;
};

struct worded_text {
  std::string folded;
  std::vector<word> words;
  std::vector<sentence> sentences;

  [[nodiscard]] std::string_view text_of(const word& w) const {
    return std::string_view{folded}.substr(w.at, w.size);
  }
  [[nodiscard]] std::string_view text_of(std::size_t i) const { return text_of(words[i]); }
};

/// Adds the words of `source[begin, end)`; offsets are into `source`. The end of a range ends a sentence.
void add_words(worded_text& out, std::string_view source, std::size_t begin, std::size_t end);

[[nodiscard]] worded_text words_of(std::string_view source);

/// Lower case, accents and look-alike letters of other alphabets mapped to ASCII, everything else as it is.
[[nodiscard]] std::string folded(std::string_view text);

}  // namespace heed::reply
