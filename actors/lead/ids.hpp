#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace heed {

/// A string id of one kind; ids of different kinds do not convert into each other.
template <class Tag>
struct id {
  std::string value;

  id() = default;
  explicit id(std::string text) : value(std::move(text)) {}

  [[nodiscard]] bool empty() const { return value.empty(); }
  auto operator<=>(const id&) const = default;
  bool operator==(const id&) const = default;
  friend std::ostream& operator<<(std::ostream& out, const id& x) { return out << x.value; }
};

using workspace_id = id<struct workspace_tag>;
using campaign_id = id<struct campaign_tag>;
using lead_id = id<struct lead_tag>;
using step_id = id<struct step_tag>;
using template_id = id<struct template_tag>;
using account_id = id<struct account_tag>;
/// `{lead}-{seq}-{n}`; letters, digits, `_` and `-` only, so that every provider takes it as a tag.
using effect_id = id<struct effect_tag>;

/// `campaignId__leadId`, computed and never generated (SS-6).
[[nodiscard]] inline std::string run_id(const campaign_id& campaign, const lead_id& lead) {
  return campaign.value + "__" + lead.value;
}

/// FNV-1a; the one hash behind shards, jitter and spreading, equal on every machine and release.
[[nodiscard]] constexpr std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t h = 14695981039346656037ull;
  for (char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  // FNV's low bits are weak for short texts that differ at the end; one multiply-shift spreads them.
  h ^= h >> 32;
  h *= 0x9e3779b97f4a7c15ull;
  return h ^ (h >> 29);
}

}  // namespace heed

template <class Tag>
struct std::hash<heed::id<Tag>> {
  std::size_t operator()(const heed::id<Tag>& x) const noexcept { return std::hash<std::string>{}(x.value); }
};
