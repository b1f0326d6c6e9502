#include "actors/lead/reply/referral.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace heed::reply {

namespace {

/// Capitalised words that are no names: titles, beginnings of sentences, the words around a name.
constexpr std::array<std::string_view, 78> no_names{"i",           "im",
                                                    "ive",         "id",
                                                    "ill",         "head",
                                                    "of",          "ops",
                                                    "operations",  "director",
                                                    "manager",     "vp",
                                                    "ceo",         "cto",
                                                    "cfo",         "coo",
                                                    "it",          "hr",
                                                    "sales",       "marketing",
                                                    "procurement", "purchasing",
                                                    "finance",     "mr",
                                                    "mrs",         "ms",
                                                    "frau",        "herr",
                                                    "herrn",       "sie",
                                                    "kollegin",    "kollege",
                                                    "kollegen",    "ansprechpartner",
                                                    "please",      "best",
                                                    "try",         "contact",
                                                    "speak",       "talk",
                                                    "you",         "cc",
                                                    "this",        "hi",
                                                    "hello",       "the",
                                                    "our",         "my",
                                                    "sorry",       "thanks",
                                                    "not",         "for",
                                                    "merci",       "voyez",
                                                    "contactez",   "hable",
                                                    "debo",        "debe",
                                                    "debería",     "fale",
                                                    "la",          "le",
                                                    "il",          "per",
                                                    "daarvoor",    "hiervoor",
                                                    "dafur",       "bitte",
                                                    "ihre",        "zustandig",
                                                    "leiter",      "leiterin",
                                                    "einkauf",     "abteilung",
                                                    "department",  "team",
                                                    "señor",       "dear"};

bool may_be_name(const findings& f, std::uint32_t i) {
  const auto& w = f.text.words[i];
  if (w.kind != word_kind::plain || !w.capital || w.size < 2) return false;
  return std::find(no_names.begin(), no_names.end(), f.text.text_of(w)) == no_names.end();
}

struct run {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};

}  // namespace

referred referred_in(const findings& f, std::string_view source) {
  referred out;
  std::uint32_t anchor = 0;
  if (const auto* rule = f.best("referral")) anchor = rule->last;
  for (std::uint32_t i = 0; i < f.body_words; ++i) {
    const auto& w = f.text.words[i];
    if (w.kind != word_kind::email) continue;
    out.email = folded(source.substr(w.begin, w.end - w.begin));
    if (out.email.starts_with("mailto:")) out.email.erase(0, 7);
    anchor = i;
    break;
  }
  run best;
  long best_distance = 1'000;
  for (std::uint32_t i = 0; i < f.body_words; ++i) {
    if (!may_be_name(f, i)) continue;
    auto last = i + 1;
    while (last < f.body_words && last < i + 4 &&
           (may_be_name(f, last) || f.text.text_of(last) == "de" || f.text.text_of(last) == "van"))
      ++last;
    while (last > i + 1 && !f.text.words[last - 1].capital)
      --last;
    bool starts_sentence = false;
    for (const auto& s : f.text.sentences)
      starts_sentence = starts_sentence || s.first == i;
    // One capital at the start of a sentence is grammar.
    const long penalty = starts_sentence && last == i + 1 ? 6 : 0;
    const long distance =
        std::labs(static_cast<long>(last) - static_cast<long>(anchor)) + penalty - (last > i + 1 ? 3 : 0);
    if (distance < best_distance) best_distance = distance, best = {i, last};
    i = last - 1;
  }
  if (best.last > best.first && best_distance < 10) {
    const auto begin = f.text.words[best.first].begin;
    out.name = source.substr(begin, f.text.words[best.last - 1].end - begin);
  }
  return out;
}

}  // namespace heed::reply
