#include <stdexcept>

#include "actors/lead/reply/phrase_book.hpp"

#define CAF_SUITE reply_rules
#include <caf/test/dsl.hpp>

using namespace heed::reply;

namespace {

/// The names of the rules that hold in the text's sentences.
std::string held(std::string_view rules, std::string_view text) {
  const phrase_book book{{rules}};
  const auto words = words_of(text);
  phrase_book::scratch scratch;
  std::vector<rule_match> matches;
  std::string out;
  for (const auto& s : words.sentences) {
    matches.clear();
    book.match(words, s.first, s.last, scratch, matches);
    for (const auto& m : matches)
      out += book.rules()[m.rule].name + " ";
  }
  return out;
}

void check_fault(std::string_view rules, std::string_view expected) {
  try {
    const phrase_book book{{rules}};
    CAF_FAIL("compiled: " << rules);
  } catch (const std::invalid_argument& fault) {
    CAF_CHECK(std::string_view{fault.what()}.find(expected) != std::string_view::npos);
  }
}

}  // namespace

CAF_TEST(words stems alternatives and gaps match as they read) {
  const auto* rules = "rule a.b 0.9\n  take|get me ~2 off\n  unsub*\n";
  CAF_CHECK_EQUAL(held(rules, "Take me right off"), "a.b ");
  CAF_CHECK_EQUAL(held(rules, "Take me all the way off"), "");
  CAF_CHECK_EQUAL(held(rules, "please unsubscribing"), "a.b ");
}

CAF_TEST(concepts are words and phrases that mean the same) {
  const auto* rules = "concept go\n  go leave \"get out\"\nrule a.b 0.9\n  please {go} now\n";
  CAF_CHECK_EQUAL(held(rules, "please get out now"), "a.b ");
  CAF_CHECK_EQUAL(held(rules, "please leave now"), "a.b ");
  CAF_CHECK_EQUAL(held(rules, "please out now"), "");
}

CAF_TEST(the ends of a sentence what may be missing and what may not stand before) {
  CAF_CHECK_EQUAL(held("rule a.b 0.9\n  ^ stop [it] $\n", "Stop it!"), "a.b ");
  CAF_CHECK_EQUAL(held("rule a.b 0.9\n  ^ stop [it] $\n", "stop by"), "");
  CAF_CHECK_EQUAL(held("rule a.b 0.9\n  !not interested\n", "very interested"), "a.b ");
  CAF_CHECK_EQUAL(held("rule a.b 0.9\n  !not interested\n", "not that interested"), "");
}

CAF_TEST(a pattern stays in its sentence) {
  CAF_CHECK_EQUAL(held("rule a.b 0.9\n  stop ~5 emails\n", "Stop. Emails are fine."), "");
}

CAF_TEST(accents case and apostrophes do not matter) {
  CAF_CHECK_EQUAL(held("rule a.b 0.9\n  dont desole m ecrivez\n",
                       "DON\xE2\x80\x99T d\xC3\xA9sol\xC3\xA9 m'\xC3\xA9"
                       "crivez"),
                  "a.b ");
}

CAF_TEST(a fault in a rule file names its line) {
  check_fault("rule ab 0.9\n", "class.name");
  check_fault("rule a.b 0.9\n  {nothing}\n", "not defined");
  check_fault("  word\n", "line 1");
  check_fault("rule a.b 0.9\n  Caps\n", "not folded");
  check_fault("concept c\n  a|b\n", "header");
}
