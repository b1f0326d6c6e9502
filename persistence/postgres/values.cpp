#include "persistence/postgres/values.hpp"

#include <array>

#include "actors/lead/check.hpp"

namespace heed::postgres {
namespace {

constexpr unsigned char no_digit = 255;

constexpr auto digits = [] {
  std::array<unsigned char, 256> all{};
  all.fill(no_digit);
  for (unsigned char i = 0; i < 10; ++i)
    all['0' + i] = i;
  for (unsigned char i = 0; i < 6; ++i)
    all['a' + i] = static_cast<unsigned char>(10 + i);
  return all;
}();

}  // namespace

std::string column::encoded() const {
  std::string out;
  out.reserve(20 + elements_.size());
  const bool empty = count_ == 0;
  wire::put(out, std::uint32_t{empty ? 0u : 1u});   // dimensions
  wire::put(out, std::uint32_t{nulls_ ? 1u : 0u});  // holds nulls
  wire::put(out, static_cast<std::uint32_t>(type_));
  if (empty) return out;
  wire::put(out, count_);
  wire::put(out, std::uint32_t{1});  // the first index
  out += elements_;
  return out;
}

std::string from_hex(std::string_view text) {
  CHECK(text.starts_with("\\x") && text.size() % 2 == 0);
  std::string out(text.size() / 2 - 1, '\0');
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto high = digits[static_cast<unsigned char>(text[2 + 2 * i])];
    const auto low = digits[static_cast<unsigned char>(text[3 + 2 * i])];
    CHECK(high != no_digit && low != no_digit);
    out[i] = static_cast<char>(high * 16 + low);
  }
  return out;
}

}  // namespace heed::postgres
