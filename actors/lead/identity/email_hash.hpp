#pragma once

#include <string>
#include <string_view>

#include "actors/lead/identity/key.hpp"

namespace heed {

/// Systems that may not name an address name its SHA-256 (SF-43): the key `other`, of this name, 64 hex digits in lower case.
inline constexpr std::string_view hashed_email_name = "email_sha256";

[[nodiscard]] bool is_hashed_email(const lead_key& key);
/// Any address of a person, first or further, as such a key.
[[nodiscard]] lead_key hashed_email(const lead_key& email);

}  // namespace heed
