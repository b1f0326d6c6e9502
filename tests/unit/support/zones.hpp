#pragma once

#include <algorithm>
#include <random>
#include <string_view>

#include "actors/workspace/zone.hpp"

/// Zones and instants that tests of time share.
namespace heed::tests {

/// The instant a text names; the test stops when it names none.
inline time_point instant(std::string_view text) { return parse_iso(text).value(); }
/// A wall time, written as if it were UTC.
inline local_point local(std::string_view text) { return local_point{instant(text).time_since_epoch()}; }

inline std::int64_t second_of(std::string_view text) {
  return std::chrono::duration_cast<std::chrono::seconds>(instant(text).time_since_epoch()).count();
}

/// Europe/Berlin of 2026 and 2027.
inline const zone_rules& berlin() {
  static const zone_rules zone{"Europe/Berlin",
                               {{second_of("2025-10-26T01:00:00Z"), 3600},
                                {second_of("2026-03-29T01:00:00Z"), 7200},
                                {second_of("2026-10-25T01:00:00Z"), 3600},
                                {second_of("2027-03-28T01:00:00Z"), 7200},
                                {second_of("2027-10-31T01:00:00Z"), 3600}}};
  return zone;
}

/// America/New_York of 2026.
inline const zone_rules& new_york() {
  static const zone_rules zone{"America/New_York",
                               {{second_of("2025-11-02T06:00:00Z"), -18'000},
                                {second_of("2026-03-08T07:00:00Z"), -14'400},
                                {second_of("2026-11-01T06:00:00Z"), -18'000}}};
  return zone;
}

/// Offset changes of up to two hours, one to three days apart, from new year 2026 on: far wilder than real
/// zones, but like them never two changes within one pass of a doubled hour.
inline zone_rules random_zone(std::mt19937_64& random) {
  std::uniform_int_distribution<std::int32_t> offset(-24, 24);
  std::uniform_int_distribution<std::int32_t> change(-4, 4);
  std::uniform_int_distribution<std::int64_t> gap(24 * 3600, 72 * 3600);
  zone_rules zone{"Test/Random", {}};
  std::int64_t at = second_of("2026-01-01T00:00:00Z");
  std::int32_t half_hours = offset(random);
  for (int i = 0; i < 12; ++i) {
    zone.transitions.push_back({at, half_hours * 1800});
    at += gap(random);
    half_hours = std::clamp(half_hours + change(random), -28, 28);
  }
  return zone;
}

}  // namespace heed::tests
