#include "actors/lead/links.hpp"

#include <sodium.h>

#include <array>

namespace heed {
namespace {

constexpr std::size_t mac_bytes = 16;

std::string mac_of(std::string_view text, std::string_view key) {
  std::array<unsigned char, mac_bytes> mac{};
  // Keyed BLAKE2b; the domain tag keeps these from being any other hash of ours.
  const std::string tagged = "heed/link/1\n" + std::string(text);
  crypto_generichash(mac.data(), mac.size(), reinterpret_cast<const unsigned char*>(tagged.data()), tagged.size(),
                     reinterpret_cast<const unsigned char*>(key.data()),
                     key.size() > crypto_generichash_KEYBYTES_MAX ? crypto_generichash_KEYBYTES_MAX : key.size());
  static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const auto byte : mac) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 6) out += alphabet[(bits >> (held -= 6)) & 63];
  }
  if (held > 0) out += alphabet[(bits << (6 - held)) & 63];
  return out;
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::string link_token(const effect_id& effect, std::string_view key) {
  return effect.value + "." + mac_of(effect.value, key);
}

std::optional<effect_id> effect_of_token(std::string_view token, std::string_view key) {
  const auto dot = token.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || key.empty()) return std::nullopt;
  const auto name = token.substr(0, dot);
  if (!same(token.substr(dot + 1), mac_of(name, key))) return std::nullopt;
  return effect_id{std::string(name)};
}

std::string unsubscribe_url(std::string_view public_url, const effect_id& effect, std::string_view key) {
  while (public_url.ends_with('/')) public_url.remove_suffix(1);
  return std::string(public_url) + "/u/" + link_token(effect, key);
}

}  // namespace heed
