#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "actors/lead/reply/phrase_book.hpp"
#include "actors/lead/reply/reply.hpp"
#include "actors/lead/reply/words.hpp"

/// What the rules found in one reply, sentence by sentence, before anything is decided.
namespace heed::reply {

/// Where a sentence stands. A tail may ask for silence, but says nothing else; a subject speaks when it is
/// not ours.
enum class part : std::uint8_t { subject, body, tail };

struct finding {
  const phrase_book::rule* rule = nullptr;
  std::uint32_t sentence = 0;
  std::uint32_t first = 0;  ///< words
  std::uint32_t last = 0;
};

/// A concept that occurs in a sentence, with the word where it first does.
struct concept_place {
  std::uint16_t id = 0;
  std::uint32_t word = 0;
};

struct findings {
  worded_text text;     ///< body, then tail
  worded_text subject;  ///< empty when it only repeats ours
  std::uint32_t body_sentences = 0;
  std::uint32_t body_words = 0;
  std::vector<finding> in_text;
  std::vector<finding> in_subject;

  std::vector<concept_place> concept_places;    ///< of the text, sentence after sentence
  std::vector<std::uint32_t> concepts_begin{};  ///< by sentence, one more than there are

  [[nodiscard]] std::span<const concept_place> concepts_of(std::uint32_t sentence) const {
    if (sentence + 1 >= concepts_begin.size()) return {};
    return std::span{concept_places}.subspan(concepts_begin[sentence],
                                             concepts_begin[sentence + 1] - concepts_begin[sentence]);
  }
  [[nodiscard]] part part_of(const finding& f) const {
    return f.sentence < body_sentences ? part::body : part::tail;
  }
  /// The strongest of that kind in the body.
  [[nodiscard]] const finding* best(std::string_view kind) const;
  [[nodiscard]] bool has(std::string_view kind) const { return best(kind) != nullptr; }
};

[[nodiscard]] const phrase_book& rules();

/// Strips, cuts into words, mends slips and runs every rule.
[[nodiscard]] findings find_in(const reply_input& input);

}  // namespace heed::reply
