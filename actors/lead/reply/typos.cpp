#include "actors/lead/reply/typos.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace heed::reply {

namespace {

constexpr std::array<std::string_view, 40> meant{
    "unsubscribe", "unsubscribed", "unsubscribing", "remove",      "removed",      "delete",
    "contact",     "contacting",   "emailing",      "emails",      "messages",     "messaging",
    "interested",  "mailing",      "texting",       "sending",     "abmelden",     "abbestellen",
    "verteiler",   "loschen",      "kontaktieren",  "nachrichten", "desabonner",   "desinscrire",
    "supprimer",   "suscripcion",  "correos",       "mensajes",    "uitschrijven", "afmelden",
    "berichten",   "cancellatemi", "disiscrivimi",  "messaggi",    "descadastrar", "mensagens",
    "anymore",     "harassing",    "stopping",      "interesse"};

/// Words a slip away that are words.
const std::unordered_set<std::string_view> real_words{
    "contract", "contracts", "contrast", "content",  "contest", "remote",   "removal",     "contacts",
    "context",  "interest",  "meetings", "emailed",  "mails",   "massages", "passages",    "message",
    "texts",    "testing",   "sensing",  "spending", "lending", "mending",  "bending",     "tending",
    "vending",  "mailings",  "delegate", "deleted",  "remover", "removes",  "interesting", "shopping",
    "stepping", "selling",   "manning",  "milling",  "mauling", "failing",  "railing",     "sailing",
    "nailing",  "hailing",   "bailing"};

std::size_t slips_allowed(std::size_t size) { return size >= 9 ? 2 : size >= 5 ? 1 : 0; }

/// Slips between two words: a letter wrong, missing, too many, or two swapped. Counts no further than 3.
std::size_t slips(std::string_view a, std::string_view b) {
  if (a.size() > b.size() + 2 || b.size() > a.size() + 2) return 3;
  std::array<std::array<std::size_t, 24>, 24> cost{};
  if (a.size() >= 24 || b.size() >= 24) return 3;
  for (std::size_t i = 0; i <= a.size(); ++i)
    cost[i][0] = i;
  for (std::size_t k = 0; k <= b.size(); ++k)
    cost[0][k] = k;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const auto same = a[i - 1] == b[k - 1] ? 0u : 1u;
      cost[i][k] = std::min({cost[i - 1][k] + 1, cost[i][k - 1] + 1, cost[i - 1][k - 1] + same});
      if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
        cost[i][k] = std::min(cost[i][k], cost[i - 2][k - 2] + 1);
    }
  }
  return std::min<std::size_t>(cost[a.size()][b.size()], 3);
}

void deletions(const std::string& word, std::size_t depth, std::vector<std::string>& out) {
  out.push_back(word);
  if (depth == 0) return;
  for (std::size_t i = 0; i < word.size(); ++i) {
    auto shorter = word;
    shorter.erase(i, 1);
    deletions(shorter, depth - 1, out);
  }
}

/// Every way to shorten a meant word, so that a slip is found by look-up.
const std::unordered_map<std::string, std::vector<std::string_view>>& index() {
  static const auto all = [] {
    std::unordered_map<std::string, std::vector<std::string_view>> made;
    for (const auto word : meant) {
      std::vector<std::string> forms;
      deletions(std::string{word}, slips_allowed(word.size()), forms);
      std::sort(forms.begin(), forms.end());
      forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
      for (auto& f : forms)
        made[std::move(f)].push_back(word);
    }
    return made;
  }();
  return all;
}

std::string without_digits(std::string_view word) {
  std::string out{word};
  for (char& c : out) {
    switch (c) {
      case '0':
        c = 'o';
        break;
      case '1':
        c = 'i';
        break;
      case '3':
        c = 'e';
        break;
      case '4':
        c = 'a';
        break;
      case '5':
        c = 's';
        break;
      case '7':
        c = 't';
        break;
      default:
        break;
    }
  }
  return out;
}

std::string_view intended(std::string_view word) {
  const auto allowed = slips_allowed(word.size() + 1);
  std::vector<std::string> forms;
  deletions(std::string{word}, std::min<std::size_t>(allowed, word.size() >= 10 ? 2 : 1), forms);
  for (const auto& form : forms) {
    const auto it = index().find(form);
    if (it == index().end()) continue;
    for (const auto candidate : it->second)
      if (slips(word, candidate) <= slips_allowed(candidate.size())) return candidate;
  }
  return {};
}

void put(worded_text& text, word& w, std::string_view replacement) {
  w.at = static_cast<std::uint32_t>(text.folded.size());
  w.size = static_cast<std::uint16_t>(replacement.size());
  text.folded.append(replacement);
  text.folded += ' ';
}

}  // namespace

void mend_typos(worded_text& text, const phrase_book& book) {
  for (auto& w : text.words) {
    if (w.kind != word_kind::plain || w.size < 4 || w.size > 16) continue;
    const auto t = text.text_of(w);
    if (book.knows(t) || real_words.contains(t)) continue;
    if (std::any_of(t.begin(), t.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      const auto letters = without_digits(t);
      if (book.knows(letters)) {
        put(text, w, letters);
        continue;
      }
    }
    // Endings of other forms of a word are no slips.
    if (w.size < 5 || (static_cast<unsigned char>(t.front()) >= 0x80)) continue;
    if (const auto word = intended(t); !word.empty()) put(text, w, word);
  }
}

}  // namespace heed::reply
