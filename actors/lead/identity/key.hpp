#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heed {

/// How a person is found; the order is ZRG-49's order of resolution. `other` carries its own name in
/// `lead_key::name` (crm, shopify, klaviyo, ...).
enum class key_kind : std::uint8_t { ghl = 0, emailbison = 1, linkedin = 2, email = 3, alternate_email = 4, phone = 5, other = 6, lead = 7 };

[[nodiscard]] std::string_view to_string(key_kind k);
[[nodiscard]] std::optional<key_kind> parse_key_kind(std::string_view text);

/// One identity key in canonical form: emails lower case, phones E.164 (ZRG-51).
struct lead_key {
  key_kind kind = key_kind::other;
  std::string name;   ///< only for `other`
  std::string value;
  auto operator<=>(const lead_key&) const = default;
};

}  // namespace heed
