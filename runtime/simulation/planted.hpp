#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "persistence/memory/memory_store.hpp"

namespace heed::simulation {

/// Known bugs, each of which must be found: they prove that the checker can fail. They live behind ports (store,
/// transport, policies, options) and are in no other program than the simulator.
enum class planted_bug : std::uint8_t {
  none,
  resend_with_fresh_key,    ///< the transport sends a doubtful call again by itself, under another key
  orphans_planned_again,    ///< a new node calls what its predecessor had on the wire
  claim_not_written,        ///< a claim is answered and never written
  claim_ignores_stops,      ///< kill switches are not asked at the claim
  late_start_allowed,       ///< a call may start however long its claim took
  cancels_lost,             ///< what a decision takes back stays planned
  consumed_row_kept,        ///< a decided stimulus stays in the inbox
  stimulus_lost,            ///< a stimulus is acknowledged and not written
  stimulus_doubled,         ///< dedupe keys are not looked at
  snapshot_differs,         ///< the lead's row holds another state than the journal tells
  cursor_falls,             ///< a run goes back a step
  cap_not_asked,            ///< an account's limits are not checked at the claim
  gap_not_kept,             ///< decisions see no least gap between a lead's runs
  timer_forgotten,          ///< a decision's timer is not written
  timer_early,              ///< a timer rings before its time
  outcome_lost,             ///< what became of a call is answered and not written
  journal_row_lost,         ///< a decision's journal row is gone
  old_epoch,                ///< a node writes under its predecessor's epoch
};
[[nodiscard]] std::string_view to_string(planted_bug b);
[[nodiscard]] const std::vector<planted_bug>& planted_bugs();
/// The invariants any of which may name this bug.
[[nodiscard]] const std::vector<std::string_view>& found_as(planted_bug b);

/// The store with the bug in it, where the bug is one of the store's; else the store itself.
[[nodiscard]] std::unique_ptr<store> plant(std::unique_ptr<store> sound, std::shared_ptr<memory::image> image,
                                           planted_bug b);

}  // namespace heed::simulation
