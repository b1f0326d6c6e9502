#include "persistence/codec/codec.hpp"

#define CAF_SUITE codec_seal
#include <caf/test/dsl.hpp>

using namespace heed;

CAF_TEST(a sealed text opens with its secret in its place only) {
  const auto secret = codec::new_secret();
  CAF_CHECK_EQUAL(secret.size(), 32u);
  const auto sealed = codec::seal(secret, "journal/lead_1/4", "Sounds good");
  CAF_CHECK(sealed.find("Sounds") == bytes::npos);
  const auto clear = codec::unseal(secret, "journal/lead_1/4", sealed);
  CAF_REQUIRE(clear.has_value());
  CAF_CHECK_EQUAL(*clear, "Sounds good");
  CAF_CHECK(!codec::unseal(secret, "journal/lead_1/5", sealed).has_value());
  CAF_CHECK(!codec::unseal(codec::new_secret(), "journal/lead_1/4", sealed).has_value());
}

CAF_TEST(a destroyed secret and a broken text are told apart) {
  const auto secret = codec::new_secret();
  auto sealed = codec::seal(secret, "place", "text");
  CAF_CHECK(codec::unseal("", "place", sealed).error().code == errc::refused);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto broken = sealed;
    broken[i] = static_cast<char>(broken[i] ^ 1);
    CAF_CHECK(!codec::unseal(secret, "place", broken).has_value());
    CAF_CHECK(!codec::unseal(secret, "place", sealed.substr(0, i)).has_value());
  }
  CAF_CHECK(codec::unseal(secret, "place", "").error().code == errc::fatal);
}

CAF_TEST(equal inputs seal to equal bytes and every difference changes the nonce) {
  const bytes secret(32, 's');
  const auto nonce = [&](const char* place, const char* text) {
    return codec::seal(secret, place, text).substr(0, 24);
  };
  CAF_CHECK(codec::seal(secret, "a", "b") == codec::seal(secret, "a", "b"));
  CAF_CHECK(nonce("a", "b") != nonce("a", "c"));
  CAF_CHECK(nonce("a", "b") != nonce("ab", ""));
}

CAF_TEST(the chain binds each row to all before it) {
  const auto first = codec::chain_link("", "row 1");
  CAF_CHECK_EQUAL(first.size(), 32u);
  CAF_CHECK(codec::chain_link(first, "row 2") == codec::chain_link(first, "row 2"));
  CAF_CHECK(codec::chain_link(first, "row 2") != codec::chain_link("", "row 2"));
  CAF_CHECK(codec::chain_link("ab", "c") != codec::chain_link("a", "bc"));
}

CAF_TEST(an address is hashed per workspace and a second mailbox like a first) {
  const workspace_id ws("acme");
  const lead_key mail{key_kind::email, "", "ana@example.com"};
  const auto hash = codec::address_hash(ws, mail);
  CAF_CHECK_EQUAL(hash.size(), 64u);
  CAF_CHECK(hash == codec::address_hash(ws, {key_kind::alternate_email, "", "ana@example.com"}));
  CAF_CHECK(hash != codec::address_hash(workspace_id("other"), mail));
  CAF_CHECK(hash != codec::address_hash(ws, {key_kind::phone, "", "ana@example.com"}));
}
