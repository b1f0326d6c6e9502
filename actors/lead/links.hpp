#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/lead/ids.hpp"

/// Links of ours that people follow. A token names one effect and is worthless without the store's link key, so it
/// outlives campaigns, runs and identity keys and cannot be guessed (RFC 8058).
namespace heed {

/// `EFFECT.MAC`: letters, digits, `_`, `-` and one dot.
[[nodiscard]] std::string link_token(const effect_id& effect, std::string_view key);
/// The effect a token names; none when it was not made with this key.
[[nodiscard]] std::optional<effect_id> effect_of_token(std::string_view token, std::string_view key);
/// `PUBLIC_URL/u/TOKEN`.
[[nodiscard]] std::string unsubscribe_url(std::string_view public_url, const effect_id& effect, std::string_view key);

}  // namespace heed
