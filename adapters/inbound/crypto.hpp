#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// The few primitives that providers' signatures are made of. All on raw bytes.
namespace heed::inbound {

[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view message);
[[nodiscard]] std::string hmac_sha1(std::string_view key, std::string_view message);
[[nodiscard]] std::string sha256_hex(std::string_view message);
[[nodiscard]] std::string base64(std::string_view bytes);
/// Standard alphabet, padding optional; nullopt for anything else.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
/// ZRG-48: takes as long for a wrong first byte as for a wrong last one.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);

}  // namespace heed::inbound
