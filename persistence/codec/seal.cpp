#include <sodium.h>

#include <array>

#include "actors/lead/check.hpp"
#include "persistence/codec/codec.hpp"

namespace heed::codec {
namespace {

constexpr std::size_t secret_size = crypto_aead_xchacha20poly1305_ietf_KEYBYTES;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t mac_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t link_size = 32;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(bytes& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// BLAKE2b over parts, each preceded by its length, so that no two lists of parts look alike.
class hasher {
 public:
  hasher(std::string_view key, std::size_t size) : size_(size) {
    crypto_generichash_init(&state_, key.empty() ? nullptr : raw(key), key.size(), size);
  }
  hasher& add(std::string_view part) {
    std::array<unsigned char, 8> length{};
    for (std::size_t i = 0; i < length.size(); ++i)
      length[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(part.size()) >> (8 * i));
    crypto_generichash_update(&state_, length.data(), length.size());
    crypto_generichash_update(&state_, raw(part), part.size());
    return *this;
  }
  [[nodiscard]] bytes finish() {
    bytes out(size_, '\0');
    crypto_generichash_final(&state_, raw(out), size_);
    return out;
  }

 private:
  crypto_generichash_state state_{};
  std::size_t size_;
};

void start_sodium() {
  static const bool ready = sodium_init() >= 0;
  CHECK(ready);
}

}  // namespace

bytes new_secret() {
  start_sodium();
  bytes secret(secret_size, '\0');
  randombytes_buf(secret.data(), secret.size());
  return secret;
}

bytes seal(std::string_view secret, std::string_view context, std::string_view clear) {
  start_sodium();
  CHECK(secret.size() == secret_size);
  bytes out = hasher(secret, nonce_size).add(context).add(clear).finish();
  out.resize(nonce_size + clear.size() + mac_size);
  unsigned long long written = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(out) + nonce_size, &written, raw(clear), clear.size(),
                                             raw(context), context.size(), nullptr, raw(out), raw(secret));
  CHECK(written == clear.size() + mac_size);
  return out;
}

result<bytes> unseal(std::string_view secret, std::string_view context, std::string_view sealed) {
  start_sodium();
  // An erased lead's secret is empty: that is an answer, and no broken invariant.
  if (secret.size() != secret_size) return fail(errc::refused, "unseal: the secret was destroyed");
  if (sealed.size() < nonce_size + mac_size) return fail(errc::fatal, "unseal: too short");
  bytes clear(sealed.size() - nonce_size - mac_size, '\0');
  unsigned long long written = 0;
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      raw(clear), &written, nullptr, raw(sealed) + nonce_size, sealed.size() - nonce_size, raw(context),
      context.size(), raw(sealed), raw(secret));
  if (failed != 0) return fail(errc::fatal, "unseal: not sealed with this secret in this place");
  return clear;
}

bytes chain_link(std::string_view previous, std::string_view sealed_body) {
  start_sodium();
  return hasher({}, link_size).add(previous).add(sealed_body).finish();
}

std::string address_hash(const workspace_id& ws, const lead_key& key) {
  start_sodium();
  // One person's second mailbox is an address like the first: it must not escape under another kind.
  const auto kind = key.kind == key_kind::alternate_email ? key_kind::email : key.kind;
  const auto hash =
      hasher({}, link_size).add(ws.value).add(to_string(kind)).add(key.name).add(key.value).finish();
  std::string hex(2 * link_size + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), raw(hash), hash.size());
  hex.pop_back();
  return hex;
}

}  // namespace heed::codec
