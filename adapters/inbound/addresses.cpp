#include <algorithm>
#include <array>

#include "adapters/inbound/normalizer.hpp"
#include "adapters/inbound/text.hpp"

namespace heed::inbound {

namespace {

constexpr std::size_t local_part_max = 64;
constexpr std::size_t address_max = 254;
constexpr std::size_t label_max = 63;
constexpr std::size_t phone_digits_min = 7;   // ZRG-51: fewer never match
constexpr std::size_t phone_digits_max = 15;  // E.164
/// Without a plus only numbers this long are taken as international: a shorter one may be a national form,
/// and a guessed country would text a stranger.
constexpr std::size_t bare_phone_digits_min = 11;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_wide(char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; }

bool local_part_ok(std::string_view text) {
  constexpr std::string_view atext = "!#$%&'*+-/=?^_`{|}~.";
  return !text.empty() && text.size() <= local_part_max && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_letter(c) || is_digit(c) || is_wide(c) || atext.find(c) != std::string_view::npos;
  });
}

bool label_ok(std::string_view text) {
  return !text.empty() && text.size() <= label_max && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || is_wide(c) || c == '-'; });
}

bool domain_ok(std::string_view text) {
  std::size_t labels = 0;
  while (true) {
    const auto dot = text.find('.');
    if (!label_ok(text.substr(0, dot))) return false;
    ++labels;
    if (dot == std::string_view::npos) return labels >= 2;
    text.remove_prefix(dot + 1);
  }
}

/// `Ana Ruiz <ana@example.org>` -> `ana@example.org`; a bare address stays as it is.
std::string_view without_display_name(std::string_view text) {
  if (text.empty() || text.back() != '>') return text;
  const auto open = text.rfind('<');
  if (open == std::string_view::npos) return {};
  return trimmed(text.substr(open + 1, text.size() - open - 2));
}

std::string_view without_scheme(std::string_view text) {
  for (std::string_view scheme : {"whatsapp:", "rcs:", "tel:", "sms:"})
    if (lower_ascii(text.substr(0, scheme.size())) == scheme) return trimmed(text.substr(scheme.size()));
  return text;
}

}  // namespace

std::string normal_email(std::string_view text) {
  text = without_display_name(trimmed(text));
  if (lower_ascii(text.substr(0, 7)) == "mailto:") text.remove_prefix(7);
  if (text.size() > address_max || has_control(text)) return {};
  const auto at = text.find('@');
  if (at == std::string_view::npos || !local_part_ok(text.substr(0, at)) || !domain_ok(text.substr(at + 1)))
    return {};
  return lower_ascii(text);
}

std::string normal_phone(std::string_view text) {
  text = without_scheme(trimmed(text));
  const bool plus = text.starts_with('+');
  if (plus) text.remove_prefix(1);
  std::string number{text};
  // The trunk zero some people write inside an international number is not dialled.
  if (const auto trunk = number.find("(0)"); plus && trunk != std::string::npos) number.erase(trunk, 3);
  std::string digits;
  for (char c : number) {
    if (is_digit(c))
      digits += c;
    else if (std::string_view{" -.()/"}.find(c) == std::string_view::npos)
      return {};
  }
  const bool dialled = !plus && digits.starts_with("00");
  if (dialled) digits.erase(0, 2);
  const auto least = plus || dialled ? phone_digits_min : bare_phone_digits_min;
  if (digits.size() < least || digits.size() > phone_digits_max || digits.front() == '0') return {};
  return "+" + digits;
}

}  // namespace heed::inbound
