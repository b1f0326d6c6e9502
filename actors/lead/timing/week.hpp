#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "actors/workspace/zone.hpp"

/// The local week as a circle of minutes: slot 0 is Monday 00:00, slot 10079 Sunday 23:59 (SF-11, SF-12).
namespace heed::timing {

constexpr std::int32_t minutes_per_day = 1'440;
constexpr std::int32_t slots_per_week = 10'080;
constexpr std::int32_t hours_per_week = 168;

/// Minutes of local wall time since 1970-01-01 00:00; the zone is already taken into account.
using local_minute = std::int32_t;

/// The local minute in which an instant lies.
[[nodiscard]] local_minute local_minute_of(const zone_rules& zone, time_point t);

/// 1970-01-01 was a Thursday: three days after slot 0.
[[nodiscard]] constexpr std::int32_t slot_of(local_minute m) {
  const std::int32_t slot = (m % slots_per_week + 3 * minutes_per_day) % slots_per_week;
  return slot < 0 ? slot + slots_per_week : slot;
}

/// Where an instant lies in the local week, in minutes with their fraction: [0, 10080).
[[nodiscard]] double week_position(const zone_rules& zone, time_point t);

/// A slot that came from outside: 10080 and -1 are no minutes of the week (SF-11).
[[nodiscard]] constexpr std::optional<std::int32_t> checked_slot(std::int64_t slot) {
  if (slot < 0 || slot >= slots_per_week) return std::nullopt;
  return static_cast<std::int32_t>(slot);
}

}  // namespace heed::timing
