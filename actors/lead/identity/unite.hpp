#pragma once

#include "actors/lead/deliberation.hpp"

/// How two leads become one and how they come apart again. Nothing of the one is lost for what the other says: what the lead
/// that stays had not is added, of single values the one that restrains more wins, and both are remembered.
namespace heed {

/// What `lead` takes over from a part with this state.
[[nodiscard]] merged_part take_over(const deliberation& d, const absorption_answered& from);

/// The fold of a merge, and of its undoing: what was added goes, unless something newer took its place.
void unite(lead_state& lead, merged_part part, std::uint64_t seq, time_point at);
void separate(lead_state& lead, const std::string& merge);

/// The part of that merge, or none.
[[nodiscard]] const merged_part* find_part(const lead_state& lead, const lead_id& part);

/// True when a step reached this person under another id; a run's own history does not know of it.
[[nodiscard]] bool reached_elsewhere(const lead_state& lead, const campaign_id& campaign, const step_id& step);
/// True when the person was in that campaign under another id.
[[nodiscard]] bool enrolled_elsewhere(const lead_state& lead, const campaign_id& campaign);

}  // namespace heed
