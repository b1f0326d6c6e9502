#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "persistence/memory/memory_store.hpp"

namespace heed::simulation {

/// Known bugs, each of which must be found: they prove that the checker can fail. They live behind ports
/// (store, transport, accounts, zones, options) and are in no other program than the simulator.
enum class planted_bug : std::uint8_t {
  none,
  resend_with_fresh_key,   ///< the transport sends a doubtful call again by itself, under another key
  repeat_rewritten,        ///< the second call of an effect has other bytes than the first
  call_misdirected,        ///< a call goes to somebody else
  orphans_planned_again,   ///< a new node calls what its predecessor had on the wire
  doubt_planned_again,     ///< what may have been delivered is planned as if it had not been
  absent_too_soon,         ///< a provider is asked for a message before it can list it
  claim_not_written,       ///< a claim is answered and never written
  claim_ignores_stops,     ///< kill switches are not asked at the claim
  suppressions_not_asked,  ///< nor is the suppression list
  late_start_allowed,      ///< a call may start however long its claim took
  cancels_lost,            ///< what a decision takes back stays planned
  touch_planned_twice,     ///< a step is planned under two keys
  effect_row_lost,         ///< a decision's effect is not written
  outcome_lost,            ///< what became of a call is answered and not written
  consumed_row_kept,       ///< a decided stimulus stays in the inbox
  stimulus_lost,           ///< a stimulus is acknowledged and not written
  stimulus_doubled,        ///< dedupe keys are not looked at
  snapshot_differs,        ///< the lead's row holds another state than the journal tells
  journal_row_lost,        ///< a decision's journal row is gone
  losing_swap_counts,      ///< a decision that lost the swap raises its lead's version
  doubt_is_busy,           ///< a write of unknown outcome is tried again
  old_epoch,               ///< a node writes under its predecessor's epoch
  brake_undone,             ///< a run that heat ended is written as if it went on
  cursor_falls,            ///< a run goes back a step
  cap_not_asked,           ///< an account's limits are not checked at the claim
  gap_not_kept,            ///< the least gap between a lead's runs is not part of the rules
  quiet_hours_by_utc,      ///< every zone's clock shows UTC
  timer_forgotten,         ///< a decision's timer is not written
  timer_early,             ///< a timer rings before its time
  timer_of_another,        ///< a timer is journaled for another decision than the one that set it
  timers_not_looked_at,    ///< timers that were far away are not looked at again
  letters_lost,            ///< what a lead tells another one is not written
  parts_forgotten,         ///< what a part was sent is planned once more
  places_not_counted,      ///< a node that starts takes every minute for free
};
[[nodiscard]] std::string_view to_string(planted_bug b);
[[nodiscard]] std::optional<planted_bug> planted_bug_named(std::string_view name);
[[nodiscard]] const std::vector<planted_bug>& planted_bugs();
/// The invariants any of which may name this bug.
[[nodiscard]] const std::vector<std::string_view>& found_as(planted_bug b);
/// Within so many seeds from the first it must have been found.
[[nodiscard]] std::uint64_t found_within(planted_bug b);

/// The store with the bug in it, where the bug is one of the store's; else the store itself. `on_medium` bugs
/// are those of the medium itself, below what goes wrong by chance.
[[nodiscard]] std::unique_ptr<store> plant(std::unique_ptr<store> sound, std::shared_ptr<memory::image> image,
                                           planted_bug b);
[[nodiscard]] std::unique_ptr<store> plant_on_medium(std::unique_ptr<store> sound,
                                                     std::shared_ptr<memory::image> image, planted_bug b);

}  // namespace heed::simulation
