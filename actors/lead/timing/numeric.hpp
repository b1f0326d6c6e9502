#pragma once

#include <bit>
#include <cstdint>

/// Powers and logarithms of two out of additions and multiplications alone. The C library picks other code on
/// other processors, so its last bits differ between machines; a decision that is replayed must not (SF-29,
/// SF-54). This folder is compiled without fused or reordered arithmetic (CMakeLists.txt).
namespace heed::timing {

/// 2^x, relative error below 2e-7; 0 below -126, saturated above 127.
[[nodiscard]] constexpr float power_of_two(float x) {
  if (!(x > -126.0f)) return 0.0f;
  if (x > 127.0f) x = 127.0f;
  auto whole = static_cast<std::int32_t>(x);
  if (static_cast<float>(whole) > x) --whole;
  const float f = x - static_cast<float>(whole);
  // Taylor terms of 2^f = e^(f ln 2) around 1/2 of the unit interval.
  const float y = (f - 0.5f) * 0.69314718056f;
  const float e =
      1.0f + y * (1.0f + y * (0.5f + y * (1.0f / 6 + y * (1.0f / 24 + y * (1.0f / 120 + y * (1.0f / 720))))));
  const auto scale = std::bit_cast<float>(static_cast<std::uint32_t>(whole + 127) << 23);
  return e * 1.41421356237f * scale;
}

/// log2(x) of a normal positive number, absolute error below 1e-5.
[[nodiscard]] constexpr float log_of_two(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  // Mantissa in [0.75, 1.5): the series below converges fast around 1.
  const std::uint32_t shifted = bits - 0x3f400000u;
  const auto exponent = static_cast<std::int32_t>(shifted) >> 23;
  const auto m = std::bit_cast<float>((shifted & 0x007fffffu) + 0x3f400000u);
  const float z = (m - 1.0f) / (m + 1.0f);
  const float q = z * z;
  const float series = z * (2.0f + q * (2.0f / 3 + q * (2.0f / 5 + q * (2.0f / 7 + q * (2.0f / 9)))));
  return static_cast<float>(exponent) + series * 1.44269504089f;
}

}  // namespace heed::timing
