#pragma once

#include "actors/lead/touch.hpp"

/// The best minute for a run's next touch (gate 14): chosen once the other gates pass, kept, and only ever brought forward.
/// Internal to actors/lead.
namespace heed {

/// True when this step should wait for its lead's best minute and none was chosen yet. A retry never does: an operator asked.
[[nodiscard]] bool wants_minute(const touch_view& v);

/// Chooses within the campaign's window from now on, and keeps it with all it rests on.
void choose_minute(deliberation& d, const touch_view& v);

/// A click in a text or a visit pulls what waits for its minute toward now; it never adds a touch and never passes the
/// brake (SF-31, T-13).
void bring_forward(deliberation& d);

}  // namespace heed
