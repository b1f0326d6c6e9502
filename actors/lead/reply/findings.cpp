#include "actors/lead/reply/findings.hpp"

#include <algorithm>
#include <array>

#include "actors/lead/reply/embedded.hpp"
#include "actors/lead/reply/stripping.hpp"
#include "actors/lead/reply/typos.hpp"

namespace heed::reply {

namespace {

/// Sentences read of one reply. Nobody's answer is longer.
constexpr std::size_t sentences_max = 400;
/// Neighbouring windows of one long sentence share so many words.
constexpr std::uint32_t window_overlap = 20;

/// `guard` rules take what `target` rules found in the same sentence away.
struct guard {
  std::string_view guard;
  std::string_view target;
};
constexpr std::array<guard, 12> guards{{{"keep", "opt_out"},
                                        {"keep", "keyword"},
                                        {"ooo_wish", "out_of_office"},
                                        {"call_block", "call_requested"},
                                        {"info_block", "information_requested"},
                                        {"interest_block", "not_interested"},
                                        {"interest_block", "interested"},
                                        {"accept_block", "meeting_accepted"},
                                        {"referral_block", "referral"},
                                        {"ack_block", "acknowledgement"},
                                        {"meeting_block", "meeting_requested"},
                                        {"urgent_block", "urgent"}}};

/// Runs the rules over the sentences of one text; `concepts` takes what the vote looks at.
void match_all(const worded_text& text, std::vector<finding>& out, findings* concepts = nullptr) {
  static thread_local phrase_book::scratch scratch;
  static thread_local std::vector<rule_match> matches;
  static thread_local std::vector<std::pair<std::uint16_t, std::uint8_t>> present;
  const auto& book = rules();
  const auto count = std::min(text.sentences.size(), sentences_max);
  for (std::uint32_t s = 0; s < count; ++s) {
    const auto& sentence = text.sentences[s];
    matches.clear();
    if (concepts != nullptr)
      concepts->concepts_begin.push_back(static_cast<std::uint32_t>(concepts->concept_places.size()));
    for (auto first = sentence.first;;) {
      const auto last = std::min(sentence.last, first + window_words);
      book.match(text, first, last, scratch, matches);
      if (concepts != nullptr && first == sentence.first) {
        present.clear();
        book.concepts_in(scratch, present);
        for (const auto& [id, place] : present)
          concepts->concept_places.push_back({id, first + place});
      }
      if (last == sentence.last) break;
      first = last - window_overlap;
    }
    const auto guarded = [&](std::string_view kind) {
      return std::any_of(guards.begin(), guards.end(), [&](const guard& g) {
        return g.target == kind && std::any_of(matches.begin(), matches.end(), [&](const rule_match& m) {
                 return book.rules()[m.rule].kind == g.guard;
               });
      });
    };
    for (const auto& m : matches) {
      const auto& rule = book.rules()[m.rule];
      if (!guarded(rule.kind)) out.push_back({&rule, s, m.first, m.last});
    }
  }
  if (concepts != nullptr)
    concepts->concepts_begin.push_back(static_cast<std::uint32_t>(concepts->concept_places.size()));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  return text;
}

/// True when the subject is the one we wrote, with a client's mark before it.
bool repeats_ours(std::string_view subject) {
  const auto s = folded(trimmed(subject).substr(0, 12));
  constexpr std::array<std::string_view, 17> marks{
      "re:",  "re :", "aw:", "antw:", "sv:",  "res:", "rif:",    "r:", "fw:",
      "fwd:", "wg:",  "tr:", "rv:",   "enc:", "i:",   "doorst:", "vs:"};
  return std::any_of(marks.begin(), marks.end(), [&](auto m) { return s.starts_with(m); });
}

}  // namespace

const finding* findings::best(std::string_view kind) const {
  const finding* found = nullptr;
  for (const auto& f : in_text) {
    if (f.rule->kind != kind || part_of(f) != part::body) continue;
    if (found == nullptr || f.rule->confidence > found->rule->confidence) found = &f;
  }
  return found;
}

const phrase_book& rules() {
  static const phrase_book book{{embedded::concepts(), embedded::opt_out(), embedded::opt_out_implied(),
                                 embedded::machine(), embedded::wishes(), embedded::urgent()}};
  return book;
}

findings find_in(const reply_input& input) {
  findings out;
  out.text.folded.reserve(input.text.size() + 64);
  if (input.channel == channel::email) {
    const auto own = strip(input.text);
    for (const auto& r : own.body)
      add_words(out.text, input.text, r.begin, r.end);
    out.body_sentences = static_cast<std::uint32_t>(out.text.sentences.size());
    out.body_words = static_cast<std::uint32_t>(out.text.words.size());
    for (const auto& r : own.tail)
      add_words(out.text, input.text, r.begin, r.end);
  } else {
    constexpr std::size_t message_max = 16'384;
    add_words(out.text, input.text, 0, std::min(input.text.size(), message_max));
    out.body_sentences = static_cast<std::uint32_t>(out.text.sentences.size());
    out.body_words = static_cast<std::uint32_t>(out.text.words.size());
  }
  mend_typos(out.text, rules());
  match_all(out.text, out.in_text, &out);
  if (!input.subject.empty() && !repeats_ours(input.subject)) {
    out.subject = words_of(input.subject.substr(0, 500));
    mend_typos(out.subject, rules());
    match_all(out.subject, out.in_subject);
  }
  return out;
}

}  // namespace heed::reply
