#include "actors/lead/reply/delivery_report.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace heed::reply {

namespace {

using namespace std::string_view_literals;

/// Reports say what matters at their head; below it may lie our own message.
constexpr std::size_t read_most = 16'384;

constexpr std::array delayed_words{"action: delayed"sv,
                                   "(delay)"sv,
                                   "has been delayed"sv,
                                   "is delayed"sv,
                                   "will be retried"sv,
                                   "will retry"sv,
                                   "keep trying"sv,
                                   "being retried"sv,
                                   "warning message only"sv,
                                   "do not need to resend"sv,
                                   "wird weiter versucht"sv,
                                   "verzögert"sv,
                                   "a été retardé"sv,
                                   "se ha retrasado"sv,
                                   "foi adiada"sv,
                                   "ritardo nella consegna"sv,
                                   "vertraagd"sv};
constexpr std::array gone_words{
    "user unknown"sv,      "unknown user"sv, "no such user"sv,      "does not exist"sv,
    "doesn't exist"sv,     "not found"sv,    "couldn't be found"sv, "could not be found"sv,
    "invalid recipient"sv, "no mailbox"sv,   "no longer exists"sv,  "account is disabled"sv,
    "existiert nicht"sv,   "unbekannt"sv,    "introuvable"sv,       "inconnu"sv,
    "no existe"sv,         "não existe"sv,   "inesistente"sv,       "bestaat niet"sv};
constexpr std::array full_words{"over quota"sv,        "quota exceeded"sv,   "exceeded its quota"sv,
                                "mailbox full"sv,      "mailbox is full"sv,  "inbox is full"sv,
                                "temporar"sv,          "try again later"sv,  "greylist"sv,
                                "postfach ist voll"sv, "boîte est pleine"sv, "buzón está lleno"sv,
                                "casella piena"sv,     "caixa cheia"sv,      "postvak is vol"sv};
constexpr std::array refused_words{
    "spam"sv,           "blocked"sv,         "blacklist"sv,       "blocklist"sv,    "block list"sv,
    "policy reasons"sv, "content policy"sv,  "security policy"sv, "local policy"sv, "reputation"sv,
    "not authorized"sv, "unauthenticated"sv, "dmarc"sv,           "dkim"sv,         "spf "sv,
    "relay"sv,          "too large"sv};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view subject, std::string_view text) {
  std::string out(subject);
  out += '\n';
  out += text.substr(0, read_most);
  std::ranges::transform(out, out.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

template <std::size_t N>
bool says_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](auto w) { return text.find(w) != std::string_view::npos; });
}

/// 1 to 3 digits at `at`; the number, and `at` moves behind it.
std::optional<int> short_number(std::string_view text, std::size_t& at) {
  int n = 0;
  std::size_t digits = 0;
  for (; at < text.size() && is_digit(text[at]); ++at, ++digits)
    if (digits < 3) n = n * 10 + (text[at] - '0');
  if (digits < 1 || digits > 3) return std::nullopt;
  return n;
}

struct status {
  int kind = 0, subject = 0, detail = 0;  ///< class.subject.detail
  std::string code;
};

/// `5.1.1` standing by itself; four numbers are an address, not a status.
std::optional<status> status_at(std::string_view text, std::size_t begin) {
  if (begin > 0 && (is_digit(text[begin - 1]) || text[begin - 1] == '.')) return std::nullopt;
  status s;
  auto at = begin;
  for (auto* part : {&s.kind, &s.subject, &s.detail}) {
    if (part != &s.kind && (at >= text.size() || text[at++] != '.')) return std::nullopt;
    const auto n = short_number(text, at);
    if (!n) return std::nullopt;
    *part = *n;
  }
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) return std::nullopt;
  s.code = text.substr(begin, at - begin);
  return s;
}

/// The first permanent status, else the first transient one.
std::optional<status> find_status(std::string_view text) {
  std::optional<status> transient;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '4' && text[i] != '5') continue;
    auto s = status_at(text, i);
    if (s && s->kind == 5) return s;
    if (s && s->kind == 4 && !transient) transient = std::move(s);
  }
  return transient;
}

/// `550` at the head of what a server said: a word of its own, followed by more.
std::optional<std::string> find_reply_code(std::string_view text) {
  for (std::size_t i = 0; i + 3 < text.size(); ++i) {
    const bool starts = i == 0 || text[i - 1] == ' ' || text[i - 1] == '\n' || text[i - 1] == ':';
    if (!starts || (text[i] != '4' && text[i] != '5')) continue;
    if (text[i + 1] > '5' || !is_digit(text[i + 1]) || !is_digit(text[i + 2])) continue;
    if (text[i + 3] == ' ' || text[i + 3] == '-') return std::string(text.substr(i, 3));
  }
  return std::nullopt;
}

/// What RFC 3463 says of the address; none = the number alone does not tell.
std::optional<bounce_class> judge(const status& s) {
  if (s.kind == 4) return bounce_class::soft;
  switch (s.subject) {
    case 1:
      return s.detail == 7 || s.detail == 8 ? bounce_class::our_sender : bounce_class::hard;
    case 2:
      if (s.detail == 1) return bounce_class::hard;
      if (s.detail == 2) return bounce_class::soft;
      if (s.detail == 3) return bounce_class::our_sender;
      return std::nullopt;
    case 3:
      return s.detail == 4 ? bounce_class::our_sender : bounce_class::provider;
    case 4:
      if (s.detail == 4 || s.detail == 310) return bounce_class::hard;
      if (s.detail == 7) return bounce_class::soft;
      if (s.detail == 1) return std::nullopt;
      return bounce_class::provider;
    case 6:
    case 7:
      return bounce_class::our_sender;
    default:
      return std::nullopt;
  }
}

std::optional<bounce_class> judge_words(std::string_view text) {
  if (says_any(text, gone_words)) return bounce_class::hard;
  if (says_any(text, full_words)) return bounce_class::soft;
  if (says_any(text, refused_words)) return bounce_class::our_sender;
  return std::nullopt;
}

}  // namespace

delivery_report read_delivery_report(std::string_view subject, std::string_view text) {
  const auto all = lower(subject, text);
  delivery_report out;
  const auto found = find_status(all);
  const auto reply = found ? std::nullopt : find_reply_code(all);
  out.code = found ? found->code : reply.value_or("");
  // A warning says nothing final, whatever numbers stand in it.
  const bool final = found && found->kind == 5;
  if (!final && says_any(all, delayed_words)) {
    out.severity = bounce_class::soft;
    return out;
  }
  if (found)
    if (const auto by_number = judge(*found)) {
      out.severity = *by_number;
      return out;
    }
  if (const auto by_words = judge_words(all))
    out.severity = *by_words;
  else if (reply && (reply->front() == '4' || *reply == "552"))
    out.severity = bounce_class::soft;
  return out;
}

}  // namespace heed::reply
