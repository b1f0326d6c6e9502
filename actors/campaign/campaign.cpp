#include "actors/campaign/campaign.hpp"

#include <algorithm>

#include "actors/lead/limits.hpp"

namespace heed {
namespace {

constexpr std::int64_t most_days = limits::longest_delay.count() / 24;

std::optional<std::int64_t> parse_count(std::string_view text) {
  if (text.empty() || text.size() > 9) return std::nullopt;
  std::int64_t count = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    count = count * 10 + (c - '0');
  }
  return count;
}

}  // namespace

std::optional<delay_rule> parse_delay(std::string_view text) {
  delay_rule rule;
  if (const auto elapsed = parse_duration(text)) {
    rule.amount = elapsed->count();
    return rule;
  }
  if (!text.ends_with('d')) return std::nullopt;
  const bool business = text.ends_with("bd");
  text.remove_suffix(business ? 2 : 1);
  const auto days = parse_count(text);
  if (!days || *days > most_days) return std::nullopt;
  rule.in = business ? delay_rule::unit::business_days : delay_rule::unit::days;
  rule.amount = *days;
  return rule;
}

std::string to_string(const delay_rule& d) {
  if (d.in == delay_rule::unit::days) return std::to_string(d.amount) + "d";
  if (d.in == delay_rule::unit::business_days) return std::to_string(d.amount) + "bd";
  // Seconds are the finest unit a definition can name, so nothing is cut here.
  const std::int64_t seconds = d.amount / 1'000'000;
  if (seconds != 0 && seconds % 3600 == 0) return std::to_string(seconds / 3600) + "h";
  if (seconds != 0 && seconds % 60 == 0) return std::to_string(seconds / 60) + "m";
  return std::to_string(seconds) + "s";
}

const sequence* campaign::find_sequence(std::uint32_t version) const {
  const auto found = std::ranges::find(sequences, version, &sequence::version);
  return found == sequences.end() ? nullptr : &*found;
}

}  // namespace heed
