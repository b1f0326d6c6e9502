#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/lead/reply/words.hpp"

/// The rule files, compiled, and the matcher that runs them over sentences.
///
/// A rule file is lines; `#` starts a comment. Indented lines belong to the header above them.
///
///     concept message              words and phrases that mean the same; `+` adds nothing, order is free
///       e-mail mail mails          single words, one or many a line
///       "text message"             a phrase in quotes; may hold any pattern
///     rule opt_out.no_more 0.97    class, name, confidence; then its patterns, one a line
///       no more {message}
///
/// Patterns: `word`, `stem*`, `a|b|stem*` one of, `{concept}`, `[x]` may be missing, `~3` up to three words
/// of any kind, `^` sentence's start, `$` its end, `!x` (a word or `{concept}`) not within three words before
/// this place,
/// `?` the question mark. A pattern lies in one sentence.
namespace heed::reply {

/// One place in one sentence where a rule holds; word indices of the whole text.
struct rule_match {
  std::uint16_t rule = 0;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

/// How far one sentence is looked at in one go; longer ones are looked at in overlapping windows.
inline constexpr std::uint32_t window_words = 62;

class phrase_book {
 public:
  struct rule {
    std::string kind;  ///< before the dot: a class, or what the readers ask for (`urgent`, `keep`, ...)
    std::string name;  ///< in full
    double confidence = 0.9;
  };

  /// Compiles rule files. Throws std::invalid_argument naming file line and fault: the files are part of the
  /// program, so this is a fault of the build.
  explicit phrase_book(const std::vector<std::string_view>& files);

  [[nodiscard]] const std::vector<rule>& rules() const { return rules_; }
  [[nodiscard]] const std::string& version() const { return version_; }
  /// One number a concept, made of its name: the same in every build.
  [[nodiscard]] std::uint32_t concept_hash(std::uint16_t id) const { return concept_hashes_[id]; }

  /// What matching needs for one text; reused between texts to save allocations.
  struct scratch;

  /// Appends every rule that holds in words `[first, last)` of one sentence, once each.
  void match(const worded_text& text, std::uint32_t first, std::uint32_t last, scratch& s,
             std::vector<rule_match>& out) const;
  /// Ids of the concepts of the first file that occur in the window `match` looked at last, with their first
  /// places.
  void concepts_in(scratch& s, std::vector<std::pair<std::uint16_t, std::uint8_t>>& out) const;

  /// True when some rule or concept spells this word out.
  [[nodiscard]] bool knows(std::string_view folded_word) const;

 private:
  struct compiler;

  using positions = std::uint64_t;

  enum class element_kind : std::uint8_t { atom, concept_ref, gap, start, end };
  struct element {
    element_kind kind = element_kind::atom;
    bool optional = false;
    bool not_before = false;
    std::uint16_t id = 0;  ///< atom, concept or width of a gap
  };
  using sequence = std::vector<element>;

  struct pattern {
    std::uint16_t rule = 0;
    sequence elements;
  };
  struct concept_def {
    std::uint16_t atom = 0;     ///< of its single words; 0 = none
    std::uint16_t longest = 1;  ///< words of its longest phrase
    std::vector<sequence> phrases;
  };

  struct node {
    std::int32_t side = -1;  ///< next sibling
    char label = 0;
    std::int32_t word = -1;  ///< index into word_atoms_
    std::int32_t stem = -1;
  };

  [[nodiscard]] std::int32_t child(std::int32_t at, char c) const;
  std::int32_t make_child(std::int32_t at, char c);
  void look_up(std::string_view word, std::uint32_t place, scratch& s) const;

  positions step(const element& e, positions from, scratch& s) const;
  positions run(const sequence& elements, positions from, scratch& s) const;
  positions atom_places(std::uint16_t id, const scratch& s) const;
  const std::array<positions, 16>& concept_places(std::uint16_t id, scratch& s) const;

  std::string version_;
  std::vector<rule> rules_;
  std::vector<pattern> patterns_;
  std::vector<std::vector<std::uint32_t>> anchored_;  ///< by atom: patterns to try when it occurs
  std::vector<concept_def> concepts_;
  std::vector<std::string> concept_names_;
  std::vector<std::uint32_t> concept_hashes_;
  std::vector<std::uint16_t> shared_concepts_;  ///< those of the first file
  std::vector<node> nodes_;
  std::vector<std::array<std::int32_t, 40>> children_;
  std::vector<std::vector<std::uint16_t>> atom_lists_;
  std::size_t atom_count_ = 0;
};

struct phrase_book::scratch {
  std::vector<positions> atoms;
  std::vector<std::uint16_t> touched;
  std::vector<std::uint32_t> tried;  ///< by pattern: the window's stamp
  std::vector<std::array<positions, 16>> concepts;
  std::vector<std::uint32_t> concept_stamp;
  std::vector<std::uint32_t> held;  ///< by rule: the sentence's stamp
  std::uint32_t window = 0;
  positions all = 0;
  std::uint32_t size = 0;
  std::string word;
};

}  // namespace heed::reply
