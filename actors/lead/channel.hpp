#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace heed {

/// Where a touch happens. `ai_voice` is accepted in definitions and skipped for want of a sender (T-4).
enum class channel : std::uint8_t { email = 0, sms = 1, whatsapp = 2, linkedin = 3, ai_voice = 4 };

inline constexpr std::array<std::string_view, 5> channel_names{"email", "sms", "whatsapp", "linkedin", "ai_voice"};

[[nodiscard]] constexpr std::string_view to_string(channel c) { return channel_names[static_cast<std::size_t>(c)]; }

[[nodiscard]] constexpr std::optional<channel> parse_channel(std::string_view text) {
  for (std::size_t i = 0; i < channel_names.size(); ++i)
    if (channel_names[i] == text) return static_cast<channel>(i);
  return std::nullopt;
}

}  // namespace heed
