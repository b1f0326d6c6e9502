#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "actors/lead/crowds.hpp"
#include "actors/protocol.hpp"

/// How a lead's shell takes a decision that may choose a minute: it finds out what the rules ask of the world, gives it to them as
/// a value, and keeps the places they took. Internal to actors/lead.
namespace heed {

struct decided {
  std::optional<decision> answer;   ///< none: a campaign is being counted; ask again in a moment
  std::vector<crowd_place> places;  ///< to be kept when the decision is committed
};

/// `when` becomes what the decision was taken under, to be journaled with it.
[[nodiscard]] decided decide_in_the_world(const services& all, const lead_state& before, const stimulus& what,
                                          const workspace_view& view, circumstances& when);

/// What a committed decision means for the crowds: minutes that are free again, runs that began and ended.
struct crowd_changes {
  std::vector<std::pair<campaign_id, minute_crowds::minute>> left;
  std::map<campaign_id, std::int64_t> runs;
};
[[nodiscard]] crowd_changes crowd_changes_of(const lead_state& before, const lead_state& after);
void apply(minute_crowds& crowds, const workspace_id& ws, const crowd_changes& c);

/// What is stored of a campaign, as far as `is_ours` says whose leads this node decides for.
[[nodiscard]] std::optional<minute_crowds::count> count_crowd(store_reader& r, const workspace_id& ws, const campaign_id& campaign,
                                                              const std::function<bool(const lead_id&)>& is_ours);

}  // namespace heed
