#include <cstdlib>
#include <random>

#include "actors/lead/reply/findings.hpp"
#include "adapters/inbound/mime.hpp"
#include "adapters/inbound/normalizer.hpp"
#include "tests/replies/corpus.hpp"
#include "tests/unit/support/replies.hpp"

#define CAF_SUITE reply_hostile
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

std::uint64_t seed() {
  const char* given = std::getenv("HEED_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20'260'310;
}

/// Spans lie in the text and the words at them are the evidence.
void check_sane(const std::string& text, const reply::reply_verdict& v) {
  CAF_REQUIRE(v.confidence >= 0 && v.confidence <= 1);
  CAF_REQUIRE(!v.rule.empty());
  CAF_REQUIRE(v.evidence.begin <= v.evidence.end);
  if (!v.evidence.in_subject) CAF_REQUIRE(v.evidence.end <= text.size());
}

}  // namespace

CAF_TEST(any bytes have a verdict) {
  const auto first = seed();
  CAF_MESSAGE("HEED_SEED=" << first);
  std::mt19937_64 dice{first};
  for (int round = 0; round < 3'000; ++round) {
    std::string text(dice() % 400, '\0');
    for (auto& c : text)
      c = static_cast<char>(dice());
    check_sane(text, read_mail(text, text.substr(0, 40), {{text.substr(0, 10), text}}));
    check_sane(text, read_sms(text));
  }
}

CAF_TEST(mutilated replies have a verdict) {
  const auto corpus = load_corpus(std::string{HEED_SOURCE_DIR} + "/tests/fixtures/replies/tuning.jsonl");
  std::mt19937_64 dice{seed()};
  constexpr std::string_view bits[] = {"\n> ",       "On 3 Mar 2026, x@y.test wrote:\n",
                                       "\xFF",       "<",
                                       ">",          "'",
                                       "?",          "...",
                                       "--\n",       "\xF0\x9F",
                                       "31/12/2099", "@"};
  for (const auto& item : corpus) {
    auto text = item.text;
    for (int k = 0; k < 4; ++k) {
      const auto at = text.empty() ? 0 : dice() % text.size();
      if (dice() % 2 == 0)
        text.erase(at, dice() % 9);
      else
        text.insert(at, bits[dice() % std::size(bits)]);
    }
    check_sane(text, read_mail(text));
    (void)inbound::html_reply_text(text);
    (void)inbound::parse_mail(text);
  }
}

CAF_TEST(huge replies are read in bounded time) {
  std::string words, lines, letters, marks;
  for (int i = 0; i < 200'000; ++i)
    words += "please take it ", lines += "> x\n", letters += "s t o p ", marks += "?!.\n";
  for (const auto* text : {&words, &lines, &letters, &marks})
    check_sane(*text, read_mail(*text));
  check_sane(words, read_sms(std::string(2'000'000, 'a')));
  (void)inbound::html_reply_text([] {
    std::string html;
    for (int i = 0; i < 50'000; ++i)
      html += "<div style='display:none'>";
    return html;
  }());
}

CAF_TEST(odd days are days or nothing) {
  for (const auto* text :
       {"OOO until 31/02/2026", "OOO until 30 February", "OOO until 0/0", "OOO until 99/99/9999",
        "back in 400 months, OOO", "OOO until 2026-13-45", "OOO back on the 31st", "OOO until 1/1/1"}) {
    const auto v = read_mail(text);
    if (v.resume_on) CAF_CHECK(v.resume_on->ok());
  }
}

CAF_TEST(equal replies have equal verdicts) {
  const auto corpus = load_corpus(std::string{HEED_SOURCE_DIR} + "/tests/fixtures/replies/held_out.jsonl");
  for (const auto& item : corpus) {
    const auto a = reply::read_reply(item.input), b = reply::read_reply(item.input);
    CAF_REQUIRE(a.kind == b.kind && a.rule == b.rule && a.confidence == b.confidence &&
                a.evidence_text == b.evidence_text);
  }
}
