#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "persistence/store.hpp"

namespace heed {

/// The stimulus that tells a lead its outbound is paused because one of its stimuli was given up.
struct poison_marker {
  std::uint64_t inbox = 0;
  stimulus what;
};

/// Gives a stimulus up: it goes to the dead letters and its lead gets a `reconsider{poisoned}`, accepted
/// before the burial so that no crash in between loses the pause. `inbox` 0 (a timer) is given an inbox row
/// first. Markers themselves are buried without another marker. Runs on the writer's thread.
[[nodiscard]] result<std::optional<poison_marker>> bury_stimulus(store& s, const workspace_id& ws,
                                                                 const lead_id& lead, std::uint64_t inbox,
                                                                 const stimulus& what,
                                                                 const std::string& error, time_point now);

/// An inbox row for a stimulus whose lead is known.
[[nodiscard]] inbox_item item_for_lead(const workspace_id& ws, const lead_id& lead, const stimulus& what);

}  // namespace heed
