#include "actors/lead/reply/words.hpp"

#include <algorithm>
#include <array>

#include "actors/lead/reply/fold.hpp"

namespace heed::reply {

namespace {

constexpr std::size_t word_bytes_max = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// French and Italian particles that an apostrophe ties to the next word.
constexpr std::array<std::string_view, 19> elided{"l",   "d",    "j",     "m",      "n",    "s",  "t",
                                                  "c",   "qu",   "dell",  "nell",   "all",  "un", "dall",
                                                  "sul", "sull", "jusqu", "lorsqu", "quest"};

/// After these a full stop ends no sentence.
constexpr std::array<std::string_view, 34> abbreviations{
    "mr", "mrs", "ms",  "dr",   "st",  "z",   "b",   "bzw",  "ca",  "vs",    "etc", "hr",
    "fr", "sr",  "sra", "dott", "sig", "inc", "ltd", "nr",   "no",  "tel",   "u",   "a",
    "d",  "h",   "i",   "e",    "g",   "p",   "ter", "sept", "jan", "approx"};

/// Month names that follow "16." where the full stop makes an ordinal.
bool month_follows(std::string_view rest) {
  constexpr std::array<std::string_view, 13> starts{"jan", "feb", "mar", "mae", "mai", "apr", "jun",
                                                    "jul", "aug", "sep", "okt", "nov", "dez"};
  const auto text = folded(rest.substr(0, 8));
  return std::any_of(starts.begin(), starts.end(), [&](auto m) { return text.starts_with(m); });
}

class cutter {
 public:
  cutter(worded_text& out, std::string_view source, std::size_t begin, std::size_t end)
      : out_{out},
        source_{source.substr(0, end)},
        i_{begin},
        first_{static_cast<std::uint32_t>(out.words.size())} {}

  void run() {
    while (i_ < source_.size())
      step();
    end_sentence();
  }

 private:
  void step() {
    const char c = source_[i_];
    if (c == '\n' || c == '\r') return on_newline();
    if (is_blank(c)) return skip(1);
    const bool at_start = i_ == 0 || !joins(source_[i_ - 1]);
    if (at_start && (take_link() || take_address())) return;
    if (is_digit(c) || (c == '+' && i_ + 1 < source_.size() && is_digit(source_[i_ + 1]))) return on_digits();
    const auto [code, size] = character_at(source_, i_);
    switch (class_of(code)) {
      case letter_class::letter:
      case letter_class::digit:
        return take_word();
      case letter_class::pictogram:
        return take_pictogram(code, size);
      default:
        break;
    }
    if (c == '?') {
      add("?", word_kind::mark, i_, i_ + 1);
      question_ = true;
      ++i_;
      while (i_ < source_.size() && (source_[i_] == '?' || source_[i_] == '!'))
        ++i_;
      return end_sentence();
    }
    if (c == '.' || c == '!' || c == ';' || code == U'…') {
      const auto at = i_;
      i_ += size;
      if (c != '.' || ends_here(at)) end_sentence();
      return;
    }
    i_ += size;
  }

  static bool joins(char c) {
    return is_ascii_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
  }

  void skip(std::size_t n) { i_ += n; }

  /// A line break ends a sentence unless the line was wrapped: long, and going on in lower case.
  void on_newline() {
    const auto line = source_.substr(0, i_).rfind('\n');
    const auto line_begin = line == std::string_view::npos ? 0 : line + 1;
    const auto length = i_ - std::min(i_, line_begin);
    if (source_[i_] == '\r') ++i_;
    if (i_ < source_.size() && source_[i_] == '\n') ++i_;
    auto next = i_;
    while (next < source_.size() && (source_[next] == ' ' || source_[next] == '\t'))
      ++next;
    const bool blank = next >= source_.size() || source_[next] == '\n' || source_[next] == '\r';
    const bool lower = !blank && ((source_[next] >= 'a' && source_[next] <= 'z') || source_[next] == '(' ||
                                  static_cast<unsigned char>(source_[next]) >= 0x80);
    if (blank || !(length >= 45 || lower) || (length < 25)) end_sentence();
  }

  /// Whether a full stop at `at` ends a sentence: something follows that is no part of the same thing.
  bool ends_here(std::size_t at) const {
    if (i_ >= source_.size()) return true;
    const char next = source_[i_];
    if (!is_blank(next) && next != '"' && next != ')' && next != '.') {
      return !joins(next) || !joins(at > 0 ? source_[at - 1] : ' ') ||
             (next >= 'A' && next <= 'Z' && at > 0 && source_[at - 1] >= 'a' && source_[at - 1] <= 'z');
    }
    if (out_.words.size() <= first_) return true;
    const auto& last = out_.words.back();
    if (last.end != at) return true;
    auto k = i_;
    while (k < source_.size() && (source_[k] == ' ' || source_[k] == '\t'))
      ++k;
    if (last.kind == word_kind::number || last.kind == word_kind::date) {
      if (k >= source_.size() || source_[k] == '\n') return true;
      return !month_follows(source_.substr(k)) && !(source_[k] >= 'a' && source_[k] <= 'z') &&
             !is_digit(source_[k]);
    }
    const auto text = out_.text_of(last);
    return std::find(abbreviations.begin(), abbreviations.end(), text) == abbreviations.end() ||
           k >= source_.size() || source_[k] == '\n';
  }

  void end_sentence() {
    const auto last = static_cast<std::uint32_t>(out_.words.size());
    if (last > first_) out_.sentences.push_back({first_, last, question_});
    first_ = last;
    question_ = false;
  }

  word& add(std::string_view text, word_kind kind, std::size_t begin, std::size_t end) {
    word w;
    w.at = static_cast<std::uint32_t>(out_.folded.size());
    w.size = static_cast<std::uint16_t>(std::min(text.size(), word_bytes_max));
    w.kind = kind;
    w.begin = static_cast<std::uint32_t>(begin);
    w.end = static_cast<std::uint32_t>(end);
    out_.folded.append(text.substr(0, w.size));
    out_.folded += ' ';
    out_.words.push_back(w);
    return out_.words.back();
  }

  [[nodiscard]] std::size_t chunk_end() const {
    auto k = i_;
    while (k < source_.size() && !is_blank(source_[k]) && source_[k] != '<' && source_[k] != '>' &&
           source_[k] != '"')
      ++k;
    return k;
  }

  bool take_link() {
    const auto rest = source_.substr(i_);
    const auto is = [&](std::string_view prefix) {
      return rest.size() > prefix.size() &&
             std::equal(prefix.begin(), prefix.end(), rest.begin(), [](char a, char b) {
               return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b + 32) : b);
             });
    };
    if (!is("http://") && !is("https://") && !is("www.") && !is("mailto:")) return false;
    auto end = chunk_end();
    while (end > i_ + 4 && std::string_view{".,;:!?)]}'"}.find(source_[end - 1]) != std::string_view::npos)
      --end;
    add(is("mailto:") ? "@email" : "@url", is("mailto:") ? word_kind::email : word_kind::url, i_, end);
    i_ = end;
    return true;
  }

  /// `name@host.tld`, wherever it starts: the scan is bounded by the chunk.
  bool take_address() {
    auto at = i_;
    const auto local_byte = [&](char c) {
      return is_ascii_letter(c) || is_digit(c) ||
             std::string_view{"._+-%'"}.find(c) != std::string_view::npos ||
             static_cast<unsigned char>(c) >= 0x80;
    };
    while (at < source_.size() && at - i_ < 64 && local_byte(source_[at]))
      ++at;
    if (at == i_ || at >= source_.size() || source_[at] != '@') return false;
    auto end = at + 1;
    while (end < source_.size() && end - at < 128 &&
           (is_ascii_letter(source_[end]) || is_digit(source_[end]) || source_[end] == '-' ||
            source_[end] == '.' || static_cast<unsigned char>(source_[end]) >= 0x80))
      ++end;
    while (end > at && (source_[end - 1] == '.' || source_[end - 1] == '-'))
      --end;
    // The full stop of a sentence is none of the address.
    const auto dot = source_.substr(0, end).rfind('.');
    if (dot == std::string_view::npos || dot <= at + 1) return false;
    add("@email", word_kind::email, i_, end);
    i_ = end;
    return true;
  }

  void take_pictogram(char32_t, std::size_t size) {
    add(source_.substr(i_, size), word_kind::mark, i_, i_ + size);
    i_ += size;
  }

  void take_word() {
    const auto begin = i_;
    std::string text;
    const char first = source_[begin];
    auto last_end = i_;
    while (i_ < source_.size()) {
      const auto [code, size] = character_at(source_, i_);
      const auto kind = class_of(code);
      if (kind == letter_class::letter || kind == letter_class::digit) {
        fold_onto(text, code);
        i_ += size;
        last_end = i_;
      } else if (kind == letter_class::ignored) {
        i_ += size;
      } else if (kind == letter_class::apostrophe) {
        const auto after = i_ + size;
        if (after >= source_.size()) break;
        const auto next = class_of(character_at(source_, after).code);
        if (next != letter_class::letter) break;
        i_ = after;
        if (std::find(elided.begin(), elided.end(), text) != elided.end()) break;
      } else {
        break;
      }
    }
    if (text.empty()) return;
    auto& w = add(text, word_kind::plain, begin, last_end);
    w.capital = first >= 'A' && first <= 'Z';
    if (static_cast<unsigned char>(first) >= 0x80) {
      std::string lower;
      const auto [code, size] = character_at(source_, begin);
      fold_onto(lower, code);
      w.capital = source_.substr(begin, size).starts_with("\xC3") &&
                  static_cast<unsigned char>(source_[begin + 1]) < 0xA0;
    }
    join_spelled_out();
  }

  /// `s t o p` is one word: letters that stand alone, three or more, with one blank or mark between.
  void join_spelled_out() {
    auto& words = out_.words;
    const auto single = [&](std::size_t k) {
      return words[k].size == 1 && words[k].kind == word_kind::plain;
    };
    if (words.size() < first_ + 3u) return;
    std::size_t k = words.size();
    const auto next = i_ + 1 < source_.size() && is_ascii_letter(source_[i_ + 1]) &&
                      (i_ + 2 >= source_.size() || !joins(source_[i_ + 2]));
    if (next) return;
    while (k > first_ && single(k - 1) && (k == words.size() || words[k].begin - words[k - 1].end == 1))
      --k;
    if (words.size() - k < 4) return;
    std::string text;
    for (auto m = k; m < words.size(); ++m)
      text += out_.text_of(words[m]);
    const auto begin = words[k].begin;
    const auto end = words.back().end;
    words.resize(k);
    add(text, word_kind::plain, begin, end);
  }

  void on_digits() {
    if (take_phone() || take_date_or_time()) return;
    const auto begin = i_;
    if (source_[i_] == '+') ++i_;
    std::int32_t value = 0;
    std::size_t digits = 0;
    while (i_ < source_.size() && is_digit(source_[i_])) {
      if (++digits <= 6) value = value * 10 + (source_[i_] - '0');
      ++i_;
    }
    // Letters stuck to digits: 2pm, 16th, 14h, or a word like 4me or st0p's tail.
    auto k = i_;
    std::string tail;
    while (k < source_.size() && is_ascii_letter(source_[k]))
      fold_onto(tail, static_cast<unsigned char>(source_[k++]));
    constexpr std::array<std::string_view, 14> ordinals{"st", "nd", "rd",  "th",  "er", "re",  "o",
                                                        "a",  "e",  "ter", "ten", "de", "ste", "eme"};
    if (tail == "am" || tail == "pm" || tail == "h" || tail == "uhr" || tail == "hrs" || tail == "u") {
      i_ = k;
      while (i_ < source_.size() && is_digit(source_[i_]))
        ++i_;
      auto& w = add("@time", word_kind::time, begin, i_);
      w.a = value;
      return;
    }
    if (tail.empty() || std::find(ordinals.begin(), ordinals.end(), tail) != ordinals.end()) {
      i_ = k;
      auto& w = add("@num", word_kind::number, begin, i_);
      w.a = digits <= 6 ? value : -1;
      return;
    }
    auto& w = add("@num", word_kind::number, begin, i_);
    w.a = digits <= 6 ? value : -1;
  }

  /// Seven digits or more, with what people put between them; not a date, not an amount.
  bool take_phone() {
    auto k = i_;
    std::size_t digits = 0, last = i_, separators = 0;
    bool dotted = false;
    while (k < source_.size()) {
      const char c = source_[k];
      if (is_digit(c)) {
        ++digits;
        last = ++k;
        continue;
      }
      const bool separator =
          c == ' ' || c == '-' || c == '(' || c == ')' || c == '/' || c == '.' || (c == '+' && k == i_);
      if (!separator) break;
      if (c == '.' || c == '/') dotted = true;
      // Two separators in a row only around brackets.
      if (k > i_ && !is_digit(source_[k - 1]) && source_[k - 1] != '(' && source_[k - 1] != ')' && c != '(' &&
          source_[k - 1] != '+')
        break;
      ++separators;
      ++k;
    }
    if (digits < 7 || digits > 16) return false;
    const auto text = source_.substr(i_, last - i_);
    if (dotted && digits == 8 && looks_like_date(text)) return false;
    if (digits == 8 && text.size() == 10 && text[4] == '-' && text[7] == '-') return false;
    if (last < source_.size() && is_ascii_letter(source_[last])) return false;
    if (text.starts_with("20") && text.size() > 5 && text[4] == '-') return false;
    add("@phone", word_kind::phone, i_, last);
    i_ = last;
    return true;
  }

  static bool looks_like_date(std::string_view text) {
    return std::count(text.begin(), text.end(), '.') == 2 || std::count(text.begin(), text.end(), '/') == 2;
  }

  std::int32_t number_at(std::size_t& k) const {
    std::int32_t value = 0;
    std::size_t digits = 0;
    while (k < source_.size() && is_digit(source_[k]) && digits < 5) {
      value = value * 10 + (source_[k++] - '0');
      ++digits;
    }
    return digits == 0 || digits > 4 ? -1 : value;
  }

  /// `14:30`, `23.03.2026`, `16/03`, `2026-03-16`, `14.`-style ordinals are left to the plain number.
  bool take_date_or_time() {
    auto k = i_;
    const auto a = number_at(k);
    if (a < 0 || k + 1 >= source_.size() || !is_digit(source_[k + 1])) return false;
    const char separator = source_[k];
    if (separator != ':' && separator != '.' && separator != '/' && separator != '-') return false;
    ++k;
    const auto b_begin = k;
    const auto b = number_at(k);
    if (b < 0) return false;
    const bool two_digits = k - b_begin == 2;
    std::int32_t c = -1;
    if (separator != ':' && k + 1 < source_.size() && source_[k] == separator && is_digit(source_[k + 1])) {
      ++k;
      c = number_at(k);
    }
    if (separator == ':' || (separator == '.' && c < 0 && two_digits && b > 12 && a < 24)) {
      while (k < source_.size() && is_ascii_letter(source_[k]))
        ++k;
      auto& w = add("@time", word_kind::time, i_, k);
      w.a = a;
      i_ = k;
      return true;
    }
    if (separator == '-' && a < 1000) return false;
    if (c < 0 && (a > 31 || b > 31 || (a > 12 && b > 12) || a == 0 || b == 0)) return false;
    auto& w = add("@date", word_kind::date, i_, k);
    w.a = a, w.b = b, w.c = c;
    // A trailing full stop belongs to a German date; ends_here() decides about the sentence.
    i_ = k;
    return true;
  }

  worded_text& out_;
  std::string_view source_;
  std::size_t i_;
  std::uint32_t first_;
  bool question_ = false;
};

}  // namespace

void add_words(worded_text& out, std::string_view source, std::size_t begin, std::size_t end) {
  cutter{out, source, begin, std::min(end, source.size())}.run();
}

worded_text words_of(std::string_view source) {
  worded_text out;
  out.folded.reserve(source.size() + source.size() / 8);
  out.words.reserve(source.size() / 5 + 4);
  add_words(out, source, 0, source.size());
  return out;
}

std::string folded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const auto [code, size] = character_at(text, i);
    if (class_of(code) != letter_class::ignored) fold_onto(out, code);
    i += size;
  }
  return out;
}

}  // namespace heed::reply
