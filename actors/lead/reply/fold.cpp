#include "actors/lead/reply/fold.hpp"

#include <utf8proc.h>

#include <array>
#include <cstdlib>
#include <vector>

namespace heed::reply {

namespace {

/// Up to here every character's folding is kept in a table; beyond, letters are taken as they are.
constexpr char32_t table_end = 0x2500;

struct folding {
  std::array<char, 4> text{};
  std::uint8_t size = 0;
  letter_class kind = letter_class::other;
};

/// Letters of other alphabets that only look Latin: how a filter is dodged, and how a phone's keyboard slips.
constexpr std::pair<char32_t, char> look_alikes[] = {
    {U'а', 'a'}, {U'в', 'b'}, {U'с', 'c'}, {U'е', 'e'}, {U'һ', 'h'}, {U'н', 'h'}, {U'і', 'i'},
    {U'ј', 'j'}, {U'к', 'k'}, {U'м', 'm'}, {U'о', 'o'}, {U'р', 'p'}, {U'ѕ', 's'}, {U'т', 't'},
    {U'у', 'y'}, {U'х', 'x'}, {U'α', 'a'}, {U'ο', 'o'}, {U'ρ', 'p'}, {U'τ', 't'}, {U'ι', 'i'},
    {U'ν', 'v'}, {U'υ', 'u'}, {U'κ', 'k'}, {U'ε', 'e'}, {U'ı', 'i'}};

void put(folding& f, char32_t c) {
  std::array<std::uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes.data());
  if (f.size + static_cast<std::size_t>(size) > f.text.size()) return;
  for (utf8proc_ssize_t i = 0; i < size; ++i)
    f.text[f.size++] = static_cast<char>(bytes[static_cast<std::size_t>(i)]);
}

letter_class class_from_category(utf8proc_category_t category) {
  switch (category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
      return letter_class::letter;
    case UTF8PROC_CATEGORY_ND:
      return letter_class::digit;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
      return letter_class::ignored;
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return letter_class::space;
    default:
      return letter_class::other;
  }
}

folding folding_of(char32_t c) {
  folding f;
  f.kind = class_from_category(utf8proc_category(static_cast<utf8proc_int32_t>(c)));
  if (c == U'’' || c == U'‘' || c == U'´' || c == U'ʼ') f.kind = letter_class::apostrophe;
  std::array<utf8proc_int32_t, 16> parts{};
  int boundary = UTF8PROC_BOUNDCLASS_START;
  constexpr auto options = static_cast<utf8proc_option_t>(UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
                                                          UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
  const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts.data(),
                                             static_cast<utf8proc_ssize_t>(parts.size()), options, &boundary);
  for (utf8proc_ssize_t i = 0; i < count && i < static_cast<utf8proc_ssize_t>(parts.size()); ++i) {
    auto part = static_cast<char32_t>(parts[static_cast<std::size_t>(i)]);
    switch (part) {
      case U'ø':
        part = 'o';
        break;
      case U'ł':
        part = 'l';
        break;
      case U'đ':
        part = 'd';
        break;
      case U'æ':
        put(f, 'a'), part = 'e';
        break;
      case U'œ':
        put(f, 'o'), part = 'e';
        break;
      default:
        break;
    }
    for (const auto& [from, to] : look_alikes)
      if (from == part) part = static_cast<char32_t>(to);
    put(f, part);
  }
  return f;
}

const std::vector<folding>& table() {
  static const auto all = [] {
    std::vector<folding> made;
    made.reserve(table_end);
    for (char32_t c = 0; c < table_end; ++c)
      made.push_back(folding_of(c));
    return made;
  }();
  return all;
}

bool full_width(char32_t c) { return c >= 0xFF01 && c <= 0xFF5E; }
bool styled_letter(char32_t c) { return c >= 0x1D400 && c <= 0x1D7FF; }

}  // namespace

character character_at(std::string_view text, std::size_t i) {
  const auto lead = static_cast<unsigned char>(text[i]);
  if (lead < 0x80) return {lead, 1};
  utf8proc_int32_t code = 0;
  const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()) + i,
                                     static_cast<utf8proc_ssize_t>(text.size() - i), &code);
  if (size <= 0) return {0xFFFD, 1};
  return {static_cast<char32_t>(code), static_cast<std::size_t>(size)};
}

letter_class class_beyond_ascii(char32_t c) {
  if (c < table_end) return table()[c].kind;
  if (full_width(c)) return class_of(c - 0xFF01 + '!');
  if (styled_letter(c)) return class_from_category(utf8proc_category(static_cast<utf8proc_int32_t>(c)));
  if ((c >= 0xFE00 && c <= 0xFE0F) || (c >= 0x1F3FB && c <= 0x1F3FF) || c == 0xFEFF)
    return letter_class::ignored;
  if (c == 0x3000) return letter_class::space;
  if ((c >= 0x2600 && c <= 0x27BF) || c >= 0x1F000) return letter_class::pictogram;
  return class_from_category(utf8proc_category(static_cast<utf8proc_int32_t>(c)));
}

void fold_beyond_ascii(std::string& out, char32_t c) {
  if (full_width(c)) return fold_onto(out, c - 0xFF01 + '!');
  if (c < table_end) {
    const auto& f = table()[c];
    out.append(f.text.data(), f.size);
    return;
  }
  const auto f = styled_letter(c) ? folding_of(c) : folding{};
  if (f.size > 0) {
    out.append(f.text.data(), f.size);
    return;
  }
  std::array<std::uint8_t, 4> bytes{};
  const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes.data());
  out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
}

}  // namespace heed::reply
