#pragma once

#include <optional>

#include "actors/campaign/campaign.hpp"
#include "actors/lead/time.hpp"
#include "actors/workspace/zone.hpp"

/// When a touch may happen: delays, opening hours, local days. Order of the rules is T-12's without timing.
namespace heed {

/// True inside the opening hours' local wall time on an opening day that is no holiday; no hours = always.
[[nodiscard]] bool is_open(const business_hours* hours, const zone_rules& zone, time_point t);

/// `t` itself when open, else the first open instant after it. None when there is none within 400 days,
/// which is the case for hours without any day: such a step waits for a change of its definition.
[[nodiscard]] std::optional<time_point> next_opening(const business_hours* hours, const zone_rules& zone,
                                                     time_point t);

/// The instant a delay names (RULES, Runs). `spacing_pct` stretches it: elapsed time to the microsecond,
/// days rounded up to whole ones. Days keep the local time of day; business days count days with opening
/// hours that are no holidays, and Monday to Friday where no hours are set.
/// @pre spacing_pct >= 100
[[nodiscard]] time_point due_at(const delay_rule& delay, time_point anchor, time_point start,
                                const business_hours* hours, const zone_rules& zone, int spacing_pct);

/// `candidate` when its local day comes after that of the last touch; else its local time of day on the day
/// after the last touch, so that no two touches of a run fall on one local day (4R-18).
[[nodiscard]] time_point not_same_local_day(time_point candidate, std::optional<time_point> last_touch,
                                            const zone_rules& zone);

/// What the instant of a step depends on.
struct step_timing {
  const delay_rule& delay;
  time_point anchor;                      ///< the previous outcome; the start for a first step
  time_point start;                       ///< of the run
  std::optional<time_point> last_touch;   ///< of the run, accepted by a provider
  const business_hours* hours = nullptr;  ///< none = any time
  const zone_rules& zone;
  int spacing_pct = 100;
  time_point not_before = time_point::min();  ///< now: nothing is back-dated (4R-22)
};

/// The earliest allowed instant: delay, not the day of the last touch for delays in days, not in the past,
/// business day and hours. None when the hours never open.
[[nodiscard]] std::optional<time_point> schedule_step(const step_timing& s);

}  // namespace heed
