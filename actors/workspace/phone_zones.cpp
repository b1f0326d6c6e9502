#include "actors/workspace/phone_zones.hpp"

#include <algorithm>
#include <cstdint>

namespace heed {
namespace {

/// Digits as a number: none begins with a zero, so that no two prefixes are the same one.
struct known_prefix {
  std::uint32_t digits;
  std::uint16_t list;
};

#include "actors/workspace/phone_zone_data.inc"

constexpr std::size_t longest_prefix = 8;

static_assert(std::ranges::is_sorted(prefixes, {}, &known_prefix::digits));
static_assert(std::ranges::all_of(prefixes, [](const known_prefix& p) {
  return p.digits > 0 && p.digits < 100'000'000 && p.list < std::size(zone_lists);
}));

std::vector<std::string_view> split(std::string_view list) {
  std::vector<std::string_view> names;
  for (auto end = list.find('&'); end != list.npos; end = list.find('&')) {
    names.push_back(list.substr(0, end));
    list.remove_prefix(end + 1);
  }
  names.push_back(list);
  return names;
}

}  // namespace

std::vector<std::string_view> phone_zones(std::string_view number) {
  if (!number.starts_with('+')) return {};
  const known_prefix* best = nullptr;
  std::uint32_t digits = 0;
  for (const char c : number.substr(1, longest_prefix)) {
    if (c < '0' || c > '9') break;
    digits = digits * 10 + static_cast<std::uint32_t>(c - '0');
    if (digits == 0) break;
    const auto* found = std::ranges::lower_bound(prefixes, digits, {}, &known_prefix::digits);
    if (found != std::end(prefixes) && found->digits == digits) best = found;
  }
  return best == nullptr ? std::vector<std::string_view>{} : split(zone_lists[best->list]);
}

}  // namespace heed
