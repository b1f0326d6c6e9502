#include "runtime/forecast/policy_change.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "actors/workspace/policy_json.hpp"

namespace heed::forecast {
namespace {

using nlohmann::json;
using member = std::int32_t intent_profile::*;

const std::map<std::string, member, std::less<>>& profile_members() {
  static const std::map<std::string, member, std::less<>> all{
      {"hot_threshold", &intent_profile::threshold}, {"reply", &intent_profile::reply}, {"form", &intent_profile::form},
      {"click", &intent_profile::click}, {"view", &intent_profile::view}, {"rapid", &intent_profile::rapid},
      {"band_low", &intent_profile::band_low}, {"band_high", &intent_profile::band_high},
      {"spacing_low_pct", &intent_profile::spacing_low_pct}, {"spacing_high_pct", &intent_profile::spacing_high_pct}};
  return all;
}

std::optional<std::int32_t> number_of(const std::string& text) {
  std::int32_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return n;
}

/// As it would stand in a settings document: numbers and truth values are no text there.
json value_of(const std::string& text, const json& before) {
  if (before.is_number())
    if (const auto n = number_of(text)) return *n;
  if (before.is_boolean() && (text == "true" || text == "false")) return text == "true";
  return text;
}

void set_profiles(policy& p, member which, std::int32_t n) {
  p.defaults.default_profile.*which = n;
  for (auto& [id, c] : p.campaigns)
    c.profile.*which = n;
}

}  // namespace

tl::expected<policy_change, problems> policy_change::parse(std::string_view text) {
  policy_change out;
  problems found;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto word = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const auto equals = word.find('=');
    const std::string name(word.substr(0, equals));
    if (equals == word.npos || name.empty()) {
      found.push_back({std::string(word), "must be NAME=VALUE, like hot_threshold=18"});
      continue;
    }
    const std::string value(word.substr(equals + 1));
    const bool of_profile = profile_members().contains(name);
    if (of_profile && !number_of(value))
      found.push_back({name, "must be a whole number"});
    else if (!of_profile && std::ranges::find(settings_names(), name) == settings_names().end())
      found.push_back({name, "is no setting and no number of intent profiles; see PUT /settings, or use hot_threshold"});
    out.words_.emplace_back(name, value);
  }
  if (out.words_.empty() && found.empty()) found.push_back({"--policy", "names no change; use NAME=VALUE, like hot_threshold=18"});
  if (!found.empty()) return tl::unexpected(std::move(found));
  return out;
}

tl::expected<policy, problems> policy_change::apply_to(const policy& p) const {
  policy out = p;
  auto document = to_json(p.defaults);
  for (const auto& [name, value] : words_) {
    const auto of_profile = profile_members().find(name);
    if (of_profile == profile_members().end()) document[name] = value_of(value, document.value(name, json()));
  }
  auto changed = settings_from_json(document, p.zones.get());
  if (!changed) return tl::unexpected(std::move(changed.error()));
  out.defaults = std::move(*changed);
  for (const auto& [name, value] : words_) {
    const auto of_profile = profile_members().find(name);
    if (of_profile != profile_members().end()) set_profiles(out, of_profile->second, number_of(value).value_or(0));
  }
  problems found;
  check_profile(out.defaults.default_profile, "", found);
  for (const auto& [id, c] : out.campaigns)
    check_profile(c.profile, "/campaigns/" + id.value, found);
  if (!found.empty()) return tl::unexpected(std::move(found));
  return out;
}

}  // namespace heed::forecast
