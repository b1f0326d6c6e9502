#include "actors/lead/draft/rules.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "actors/lead/check.hpp"

namespace heed::draft {

namespace {

constexpr std::array<std::string_view, 2> response_names{"SETTER_MANAGED", "AI_AUTO_SEND"};
constexpr std::array<std::string_view, 3> mode_names{"draft_only", "legacy_auto_reply", "ai_auto_send"};

/// At once is the least restrained; else the window that begins later, then the one that ends later.
bool waits_longer(const std::optional<delay_window>& a, const std::optional<delay_window>& b) {
  if (!a || !b) return a.has_value() && !b;
  return std::pair(a->at_least(), a->at_most()) > std::pair(b->at_least(), b->at_most());
}

}  // namespace

std::string_view to_string(response_mode m) { return response_names[static_cast<std::size_t>(m)]; }

std::optional<response_mode> parse_response_mode(std::string_view name) {
  for (std::size_t i = 0; i < response_names.size(); ++i)
    if (response_names[i] == name) return static_cast<response_mode>(i);
  return std::nullopt;
}

std::string_view to_string(send_mode m) { return mode_names[static_cast<std::size_t>(m)]; }

std::optional<delay_window> delay_window::of(std::chrono::seconds at_least, std::chrono::seconds at_most) {
  if (at_least.count() < 0 || at_most < at_least || at_most > longest) return std::nullopt;
  delay_window out;
  out.at_least_ = at_least;
  out.at_most_ = at_most;
  return out;
}

send_mode mode_of(const lead_rules& rules, const switches& off) {
  if (off.auto_send_disabled) return send_mode::draft_only;
  if (rules.campaign)
    return rules.campaign->mode == response_mode::ai_auto_send ? send_mode::ai_auto_send
                                                               : send_mode::draft_only;
  return rules.auto_reply_enabled ? send_mode::legacy_auto_reply : send_mode::draft_only;
}

std::optional<campaign_rules> strictest(std::span<const campaign_rules> all) {
  if (all.empty()) return std::nullopt;
  auto out = all.front();
  for (const auto& c : all.subspan(1)) {
    if (c.mode == response_mode::setter_managed && out.mode != c.mode) {
      out.mode = c.mode;
      out.campaign = c.campaign;
    }
    out.threshold = std::max(out.threshold, c.threshold);
    if (waits_longer(c.delay, out.delay)) out.delay = c.delay;
  }
  return out;
}

std::chrono::seconds delay_of(const delay_window& window, const lead_id& lead, std::string_view draft) {
  CHECK(window.at_least() <= window.at_most());
  const auto choices = static_cast<std::uint64_t>((window.at_most() - window.at_least()).count()) + 1;
  const auto hash = stable_hash("auto_send/" + lead.value + "/" + std::string(draft));
  const auto delay = window.at_least() + std::chrono::seconds(static_cast<std::int64_t>(hash % choices));
  CHECK(delay <= window.at_most());
  return delay;
}

}  // namespace heed::draft
