#pragma once

#include <compare>
#include <cstdint>
#include <optional>

namespace heed::draft {

/// How sure somebody is that a draft may go out, in millionths: exact, so that 0.9 reaches 0.9 on every
/// machine and after every round trip through a journal.
class confidence {
 public:
  /// Not sure at all.
  constexpr confidence() = default;

  /// None for what is no share: below 0, above 1, not a number. Rounded down, but for the last bit of a
  /// decimal fraction.
  [[nodiscard]] static constexpr std::optional<confidence> of(double share) {
    if (!(share >= 0.0 && share <= 1.0)) return std::nullopt;
    return confidence(static_cast<std::uint32_t>(share * one + last_bit));
  }
  [[nodiscard]] static constexpr std::optional<confidence> of_ppm(std::uint32_t ppm) {
    if (ppm > static_cast<std::uint32_t>(one)) return std::nullopt;
    return confidence(ppm);
  }

  [[nodiscard]] constexpr std::uint32_t ppm() const { return ppm_; }
  [[nodiscard]] constexpr double share() const { return ppm_ / one; }
  auto operator<=>(const confidence&) const = default;

 private:
  static constexpr double one = 1'000'000.0;
  static constexpr double last_bit = 1e-6;
  explicit constexpr confidence(std::uint32_t ppm) : ppm_(ppm) {}
  std::uint32_t ppm_ = 0;
};

/// Of a campaign that says nothing (AS-11).
inline constexpr confidence default_threshold = *confidence::of_ppm(900'000);

}  // namespace heed::draft
