#include "actors/gateway/lead_name.hpp"

#include <algorithm>

namespace heed {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// `digits` base-32 characters of the low bits of `value`, most significant first.
void put(std::string& out, std::uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i)
    out += alphabet[(value >> (5 * i)) & 31u];
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

lead_id lead_namer::next(time_point now) {
  std::string out = "lead_";
  out.reserve(31);
  put(out, static_cast<std::uint64_t>(to_micros(now) / 1000), 10);
  put(out, random_(), 8);
  put(out, random_(), 8);
  return lead_id{std::move(out)};
}

std::optional<lead_id> lead_of_effect(std::string_view effect) {
  const auto n = effect.rfind('-');
  if (n == std::string_view::npos || n == 0 || !is_number(effect.substr(n + 1))) return std::nullopt;
  const auto seq = effect.rfind('-', n - 1);
  if (seq == std::string_view::npos || seq == 0 || !is_number(effect.substr(seq + 1, n - seq - 1)))
    return std::nullopt;
  const auto lead = effect.substr(0, seq);
  if (!lead.starts_with("lead_")) return std::nullopt;
  return lead_id{std::string(lead)};
}

}  // namespace heed
