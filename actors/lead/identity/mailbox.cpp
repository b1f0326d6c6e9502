#include "actors/lead/identity/mailbox.hpp"

#include <algorithm>
#include <cctype>

namespace heed {

namespace {

constexpr std::size_t address_max = 254;

std::string trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '"' || c == '\''; };
  while (!text.empty() && blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && blank(text.back()))
    text.remove_suffix(1);
  return std::string(text);
}

}  // namespace

std::string lower_address(std::string_view text) {
  auto out = trimmed(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

mailbox read_mailbox(std::string_view text) {
  const auto open = text.rfind('<');
  const auto close = text.rfind('>');
  mailbox out;
  if (open != text.npos && close != text.npos && open < close) {
    out.name = trimmed(text.substr(0, open));
    out.address = lower_address(text.substr(open + 1, close - open - 1));
  } else {
    out.address = lower_address(text);
  }
  if (out.address.find('@') == std::string::npos || out.address.find(' ') != std::string::npos)
    out.address.clear();
  return out;
}

bool is_plain_address(std::string_view text) {
  const auto at = text.find('@');
  if (at == text.npos || at == 0 || text.size() > address_max || text.find('@', at + 1) != text.npos)
    return false;
  const auto host = text.substr(at + 1);
  const auto dot = host.rfind('.');
  if (dot == host.npos || dot == 0 || dot + 1 == host.size()) return false;
  return std::ranges::all_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7f && std::string_view("<>()[],;:\\\"").find(c) == std::string_view::npos;
  });
}

}  // namespace heed
