#include "actors/lead/identity/email_hash.hpp"

#include <sodium.h>

#include <array>

namespace heed {

bool is_hashed_email(const lead_key& key) { return key.kind == key_kind::other && key.name == hashed_email_name; }

lead_key hashed_email(const lead_key& email) {
  if (is_hashed_email(email)) return email;
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(email.value.data()), email.value.size());
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * digest.size());
  for (const auto byte : digest) {
    hex += digits[byte >> 4];
    hex += digits[byte & 15];
  }
  return {key_kind::other, std::string(hashed_email_name), std::move(hex)};
}

}  // namespace heed
