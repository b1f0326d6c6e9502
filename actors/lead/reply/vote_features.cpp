#include "actors/lead/reply/vote_features.hpp"

#include <algorithm>
#include <string_view>

namespace heed::reply {

namespace {

constexpr std::uint32_t hash_start = 2'166'136'261u;

std::uint32_t hashed(std::string_view text, std::uint32_t h) {
  for (const char c : text)
    h = (h ^ static_cast<unsigned char>(c)) * 16'777'619u;
  return h;
}

/// Mixes the bits, so that the low ones can be an index.
std::uint32_t mixed(std::uint32_t h) {
  h ^= h >> 16;
  h *= 0x7feb352du;
  h ^= h >> 15;
  h *= 0x846ca68bu;
  return h ^ (h >> 16);
}

/// Five letters tell a word's root in the languages read here; endings are left out.
std::string_view root(std::string_view word) { return word.substr(0, std::min<std::size_t>(word.size(), 5)); }

}  // namespace

void features_of(const findings& f, std::uint32_t sentence, std::vector<feature>& out) {
  const auto& s = f.text.sentences[sentence];
  const auto add = [&](std::uint32_t h, bool pair, std::uint32_t word) {
    out.push_back({mixed(h), pair, word});
  };
  const auto word_root = [&](std::uint32_t i) { return root(f.text.text_of(i)); };
  auto before = hashed("^", hash_start);
  auto before_that = before;
  for (auto i = s.first; i < s.last; ++i) {
    const auto word = f.text.text_of(i);
    const auto r = hashed(word_root(i), hash_start);
    add(hashed("w", hashed(word, hash_start)), false, i);
    if (word.size() > 5) add(hashed("r", r), false, i);
    add(hashed("2", before * 31u + r), true, i);
    add(hashed("3", before_that * 37u + r), true, i);
    before_that = before;
    before = r;
  }
  add(hashed("2", before * 31u + hashed("$", hash_start)), true, s.last - 1);
  const auto& book = rules();
  const auto concepts = f.concepts_of(sentence);
  for (std::size_t a = 0; a < concepts.size(); ++a) {
    const auto at = concepts[a].word;
    const auto name = book.concept_hash(concepts[a].id);
    add(hashed("c", name), false, at);
    for (std::size_t b = 0; b < concepts.size(); ++b) {
      if (a == b || concepts[b].word < at) continue;
      add(hashed("p", name * 41u + book.concept_hash(concepts[b].id)), true, at);
    }
  }
  const auto length = s.last - s.first;
  add(hashed("l", length < 3 ? 1 : length < 6 ? 2 : length < 12 ? 3 : length < 25 ? 4 : 5), false, s.first);
}

}  // namespace heed::reply
