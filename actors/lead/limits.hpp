#pragma once

#include <chrono>
#include <cstddef>

/// Every bound of the decision core in one place, with what happens when it is reached.
namespace heed::limits {

using namespace std::chrono_literals;

/// Signals kept per lead; beyond it the oldest non-reply signal is forgotten. A lead with this many is hot.
inline constexpr std::size_t signals = 256;
/// Messages whose delivery instant is remembered to judge machine clicks; beyond it the oldest is forgotten.
inline constexpr std::size_t deliveries = 32;
/// Leads merged into one; a further one is refused `too_many_parts`.
inline constexpr std::size_t parts = 16;
/// Runs per lead; a further enrolment is refused `too_many_runs`. Ended runs stay: they forbid a re-enrolment.
inline constexpr std::size_t runs = 64;
/// Identity keys and addresses per lead; a further one is refused by fact.
inline constexpr std::size_t keys = 64;
/// Profile and attribution fields per lead or run; a further one is refused at the door.
inline constexpr std::size_t fields = 64;
/// Characters of one field's value; a longer one is refused at the door.
inline constexpr std::size_t field_length = 2'048;
/// Open tickets per lead; beyond it the oldest is forgotten, the breaker stays open.
inline constexpr std::size_t tickets = 32;
/// Recent provider references per lead, to tell our own messages' echoes; beyond it the oldest is forgotten.
inline constexpr std::size_t sent_refs = 64;
/// People whom a lead's replies named to turn to; beyond it the oldest is forgotten, the journal keeps it.
inline constexpr std::size_t proposals = 8;
/// Answers remembered per lead; beyond it the oldest that is decided is forgotten, the journal keeps it.
inline constexpr std::size_t drafts = 8;
/// Addresses in copy of one answer; more are refused.
inline constexpr std::size_t copies = 10;
/// Steps in a sequence; a longer one is refused on save.
inline constexpr std::size_t steps = 64;
/// Levels of a step's guard, and conditions in one list of it; a deeper or longer one is refused on save.
inline constexpr std::size_t guard_depth = 8;
inline constexpr std::size_t guard_parts = 32;
/// Characters of an id that people choose (campaign, step, account, template); a longer one is refused on save.
inline constexpr std::size_t id_length = 64;
/// The longest delay or life that can be written down; a longer one is no duration at all.
inline constexpr std::chrono::hours longest_delay{24 * 3'650};
/// Bytes of one message text kept; a longer one is cut at a character border and marked.
inline constexpr std::size_t message_text = 65'536;

}  // namespace heed::limits
