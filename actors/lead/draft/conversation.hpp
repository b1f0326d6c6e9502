#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "actors/lead/draft/flow.hpp"
#include "actors/lead/time.hpp"

/// Whether the conversation is still the one the draft was written for.
namespace heed::draft {

/// What the lead's state says at the moment of deciding. Numbers are those of the journal.
struct conversation {
  std::uint64_t newest_inbound_seq = 0;
  std::uint64_t newest_outbound_seq = 0;  ///< also what a human wrote outside Heed
  bool opted_out = false;                 ///< or complained, or was erased
  bool handed_off = false;
  bool snoozed = false;
  bool ticket_open = false;  ///< or its cooldown runs
  bool hot = false;
  draft_status status = draft_status::pending;
  std::uint32_t version = 1;  ///< of the draft as it is now; an edit or a regeneration makes another one
  bool sent = false;          ///< a message with that draft's id exists
};

/// Why this draft may not be sent by anybody's automation, whatever the conversation: sent, rejected,
/// approved, replaced, or the person opted out.
[[nodiscard]] std::optional<std::string_view> spent(const subject_of_draft& d, const conversation& now);

/// Why it does not fit any more: newer messages, or the lead belongs to humans now (AS-19, AS-20; RULES,
/// Drafts).
[[nodiscard]] std::optional<std::string_view> moved_on(const subject_of_draft& d, const conversation& now);

/// How long a held draft stays good where nobody says otherwise (AS-42).
inline constexpr duration default_hold_limit = std::chrono::hours(72);

/// `overtaken` by a newer inbound message, or `held_too_long`; none = as good as it was (AS-42).
[[nodiscard]] std::optional<std::string_view> stale(const subject_of_draft& d, time_point held_since,
                                                    std::uint64_t newest_inbound_seq, time_point now,
                                                    duration hold_limit = default_hold_limit);

}  // namespace heed::draft
