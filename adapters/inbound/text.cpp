#include "adapters/inbound/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace heed::inbound {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";
/// No-break space, zero-width space, joiners and the byte order mark: what people cannot see around a word.
constexpr std::array<std::string_view, 5> invisible{"\xC2\xA0", "\xE2\x80\x8B", "\xE2\x80\x8C",
                                                    "\xE2\x80\x8D", "\xEF\xBB\xBF"};

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Bytes of the well-formed character at the front of `text`, 0 when there is none (overlong forms and
/// surrogates count as broken).
std::size_t character_length(std::string_view text) {
  auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  auto follows = [&](std::size_t n) {
    if (text.size() < n) return false;
    for (std::size_t i = 1; i < n; ++i)
      if ((at(i) & 0xC0) != 0x80) return false;
    return true;
  };
  const auto first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(2) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!follows(3)) return 0;
    const bool overlong = first == 0xE0 && at(1) < 0xA0;
    const bool surrogate = first == 0xED && at(1) > 0x9F;
    return overlong || surrogate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!follows(4)) return 0;
    const bool overlong = first == 0xF0 && at(1) < 0x90;
    const bool beyond = first == 0xF4 && at(1) > 0x8F;
    return overlong || beyond ? 0 : 4;
  }
  return 0;
}

/// C0, DEL and the C1 block, given one whole character.
bool is_control(std::string_view character) {
  const auto first = static_cast<std::uint8_t>(character[0]);
  if (character.size() == 1) return first < 0x20 || first == 0x7F;
  return first == 0xC2 && static_cast<std::uint8_t>(character[1]) < 0xA0;
}

void append_character(std::string& out, std::string_view character, char next) {
  const char c = character[0];
  if (c == '\r') {
    if (next != '\n') out += '\n';
  } else if (c == '\n' || c == '\t' || !is_control(character)) {
    out += character;
  }
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  auto shrink = [&](bool front) {
    if (text.empty()) return false;
    if (is_space(front ? text.front() : text.back())) {
      front ? text.remove_prefix(1) : text.remove_suffix(1);
      return true;
    }
    for (auto mark : invisible) {
      if (front ? text.starts_with(mark) : text.ends_with(mark)) {
        front ? text.remove_prefix(mark.size()) : text.remove_suffix(mark.size());
        return true;
      }
    }
    return false;
  };
  while (shrink(true)) {
  }
  while (shrink(false)) {
  }
  return text;
}

std::string lower_ascii(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string clean_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto length = character_length(text);
    if (length == 0) {
      out += replacement;
      text.remove_prefix(1);
      continue;
    }
    append_character(out, text.substr(0, length), text.size() > length ? text[length] : '\0');
    text.remove_prefix(length);
  }
  return std::string{trimmed(out)};
}

std::string clean_line(std::string_view text) {
  auto out = clean_text(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return out;
}

std::string cut(std::string text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<std::uint8_t>(text[bytes]) & 0xC0) == 0x80)
    --bytes;
  text.resize(bytes);
  return text;
}

bool has_control(std::string_view text) {
  while (!text.empty()) {
    const auto length = character_length(text);
    if (length == 0 || is_control(text.substr(0, length))) return true;
    text.remove_prefix(length);
  }
  return false;
}

}  // namespace heed::inbound
