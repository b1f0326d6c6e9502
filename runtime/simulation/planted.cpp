#include "runtime/simulation/planted.hpp"

#include <algorithm>

namespace heed::simulation {
namespace {

struct description {
  planted_bug bug;
  std::string_view name;
  std::vector<std::string_view> found;
  std::uint64_t within;
};

const std::vector<description>& descriptions() {
  using b = planted_bug;
  static const std::vector<description> all{
      {b::resend_with_fresh_key, "resend_with_fresh_key", {"one_message_per_touch"}, 50},
      {b::repeat_rewritten, "repeat_rewritten", {"repeats_are_the_same_bytes", "outcome_is_true"}, 50},
      {b::call_misdirected, "call_misdirected", {"call_is_the_request"}, 50},
      {b::orphans_planned_again, "orphans_planned_again", {"one_message_per_touch", "claim_is_the_plan", "doubt_needs_evidence"}, 200},
      {b::doubt_planned_again, "doubt_planned_again", {"doubt_needs_evidence"}, 200},
      {b::absent_too_soon, "absent_too_soon", {"outcome_is_true"}, 800},
      {b::claim_not_written, "claim_not_written", {"call_after_claim"}, 10},
      {b::claim_ignores_stops, "claim_ignores_stops", {"stop_holds_claims"}, 1500},
      {b::suppressions_not_asked, "suppressions_not_asked", {"suppression_holds_claims"}, 2500},
      {b::late_start_allowed, "late_start_allowed", {"call_soon_after_claim"}, 500},
      {b::cancels_lost, "cancels_lost", {"claim_is_the_plan", "one_touch_at_a_time"}, 1600},
      {b::touch_planned_twice, "touch_planned_twice", {"one_touch_at_a_time"}, 50},
      {b::effect_row_lost, "effect_row_lost", {"touches_have_effects"}, 50},
      {b::outcome_lost,
       "outcome_lost",
       {"effects_settled", "touches_have_effects", "one_touch_at_a_time"},
       50},
      {b::consumed_row_kept, "consumed_row_kept", {"decided_once", "store_audit"}, 10},
      {b::stimulus_lost, "stimulus_lost", {"answer_after_commit"}, 10},
      {b::stimulus_doubled, "stimulus_doubled", {"accepted_once", "decided_once"}, 10},
      {b::snapshot_differs, "snapshot_differs", {"journal_replays"}, 10},
      {b::journal_row_lost, "journal_row_lost", {"store_audit", "journal_replays"}, 10},
      {b::losing_swap_counts, "losing_swap_counts", {"lost_swap_leaves_nothing"}, 300},
      {b::doubt_is_busy, "doubt_is_busy", {"unknown_commit_stops"}, 50},
      {b::old_epoch, "old_epoch", {"epoch_of_the_node"}, 10},
      {b::brake_undone, "brake_undone", {"brake_holds"}, 50},
      {b::cursor_falls, "cursor_falls", {"cursor_monotone"}, 50},
      {b::cap_not_asked, "cap_not_asked", {"caps_kept"}, 130},
      {b::gap_not_kept, "gap_not_kept", {"lead_gap_kept"}, 100},
      {b::quiet_hours_by_utc, "quiet_hours_by_utc", {"quiet_hours_kept", "caps_kept"}, 100},
      {b::timer_forgotten, "timer_forgotten", {"timer_kept"}, 10},
      {b::timer_early, "timer_early", {"timer_not_early"}, 10},
      {b::timer_of_another, "timer_of_another", {"timer_of_its_decision"}, 50},
      {b::timers_not_looked_at, "timers_not_looked_at", {"timers_ring"}, 50},
      {b::letters_lost, "letters_lost", {"merges_end"}, 200},
      {b::parts_forgotten, "parts_forgotten", {"merged_person_touched_once"}, 3000},
      {b::places_not_counted, "places_not_counted", {"minute_share_kept"}, 500},
  };
  return all;
}

const description& of(planted_bug b) {
  for (const auto& d : descriptions())
    if (d.bug == b) return d;
  static const description nothing{planted_bug::none, "none", {}, 0};
  return nothing;
}

}  // namespace

std::string_view to_string(planted_bug b) { return of(b).name; }

std::optional<planted_bug> planted_bug_named(std::string_view name) {
  const auto found = std::ranges::find(descriptions(), name, &description::name);
  return found == descriptions().end() ? std::nullopt : std::optional(found->bug);
}

const std::vector<planted_bug>& planted_bugs() {
  static const std::vector<planted_bug> all = [] {
    std::vector<planted_bug> out;
    for (const auto& d : descriptions())
      out.push_back(d.bug);
    return out;
  }();
  return all;
}

const std::vector<std::string_view>& found_as(planted_bug b) { return of(b).found; }
std::uint64_t found_within(planted_bug b) { return of(b).within; }

}  // namespace heed::simulation
