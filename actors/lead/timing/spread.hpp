#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "actors/lead/timing/choice.hpp"

/// Many people's best minute may be the same one; their messages must not leave in one burst (SF-28).
namespace heed::timing {

/// Messages one minute may carry: the share of a campaign's recipients, at least one. @pre 0 < share <= 1
[[nodiscard]] std::uint32_t minute_room(double share, std::uint64_t recipients);

/// What a campaign has planned for the minute that begins here.
using planned_in = std::function<std::uint32_t(time_point minute)>;

/// The minute of one recipient near the wanted one: its place is drawn by a hash of campaign and lead over
/// just as many minutes as the recipients need, the wanted one in their middle; where that minute is full,
/// the nearest free one after it in the same order. Equal counters give an equal minute (SF-29), and no
/// minute gets more than `room` (SF-28). The fraction of the wanted minute is kept. None when every minute of
/// the window is full.
/// @pre room > 0, and `within` holds `wanted`
[[nodiscard]] std::optional<time_point> spread(std::string_view campaign, std::string_view lead,
                                               time_point wanted, const window& within, std::uint32_t room,
                                               std::uint64_t recipients, const planned_in& planned);

}  // namespace heed::timing
