#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "actors/lead/draft/confidence.hpp"
#include "actors/lead/ids.hpp"
#include "actors/lead/time.hpp"

/// What a workspace says about drafts that may leave by themselves, and which mode follows from it.
namespace heed::draft {

/// Exactly these two (AS-7).
enum class response_mode : std::uint8_t { setter_managed = 0, ai_auto_send = 1 };
/// `SETTER_MANAGED`, `AI_AUTO_SEND`: as campaigns write it.
[[nodiscard]] std::string_view to_string(response_mode m);
[[nodiscard]] std::optional<response_mode> parse_response_mode(std::string_view name);

/// How long an answer waits before it goes out, both bounds included; 180 to 420 s where nobody says
/// otherwise (ZRG-91).
class delay_window {
 public:
  constexpr delay_window() = default;
  /// None when it ends before it begins, begins before now or is longer than `longest`.
  [[nodiscard]] static std::optional<delay_window> of(std::chrono::seconds at_least,
                                                      std::chrono::seconds at_most);
  [[nodiscard]] constexpr std::chrono::seconds at_least() const { return at_least_; }
  [[nodiscard]] constexpr std::chrono::seconds at_most() const { return at_most_; }
  bool operator==(const delay_window&) const = default;

  static constexpr std::chrono::seconds longest = std::chrono::hours(24);

 private:
  std::chrono::seconds at_least_{180};
  std::chrono::seconds at_most_{420};
};

struct campaign_rules {
  campaign_id campaign;
  response_mode mode = response_mode::setter_managed;
  confidence threshold = default_threshold;
  std::optional<delay_window> delay = delay_window();  ///< none = at once
  bool operator==(const campaign_rules&) const = default;
};

/// Of the lead as it is now; no campaign is a statement here, never a guess.
struct lead_rules {
  std::optional<campaign_rules> campaign;
  bool auto_reply_enabled = false;
};

/// Stops by operators; whoever decides passes what holds at that moment (AS-41).
struct switches {
  bool auto_send_disabled = false;  ///< AUTO_SEND_DISABLED
  bool revision_disabled = false;   ///< AUTO_SEND_REVISION_DISABLED
};

enum class send_mode : std::uint8_t { draft_only = 0, legacy_auto_reply = 1, ai_auto_send = 2 };
[[nodiscard]] std::string_view to_string(send_mode m);

/// The precedence: the switch, the campaign's word, the lead's own flag (AS-3 to AS-10, ZRG-88).
[[nodiscard]] send_mode mode_of(const lead_rules& rules, const switches& off);

/// Several campaigns wrote to this person: what the most restrained of them allows. None of none.
[[nodiscard]] std::optional<campaign_rules> strictest(std::span<const campaign_rules> all);

/// The same second for the same draft, however often it is asked (AS-15).
[[nodiscard]] std::chrono::seconds delay_of(const delay_window& window, const lead_id& lead,
                                            std::string_view draft);

}  // namespace heed::draft
