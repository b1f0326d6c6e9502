#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/lead/time.hpp"

namespace heed {

/// One zone's offsets as a value, so that decisions replay identically whatever the machine's tzdata says.
/// Transitions are sorted; the first one covers everything before it as well.
struct zone_rules {
  struct transition {
    std::int64_t at_seconds = 0;     ///< UTC
    std::int32_t offset_seconds = 0; ///< local minus UTC from here on
  };
  std::string name;
  std::vector<transition> transitions;

  [[nodiscard]] std::int32_t offset_at(time_point t) const;
};

using local_point = std::chrono::local_time<duration>;

[[nodiscard]] local_point to_local(const zone_rules& zone, time_point t);
/// A skipped local minute moves to the next existing one, a doubled one is taken once: the first (SF-22).
[[nodiscard]] time_point to_utc(const zone_rules& zone, local_point t);

/// All zones of one tzdata release, shared by every policy revision that names it.
struct zone_table {
  std::string version;
  std::map<std::string, zone_rules, std::less<>> zones;

  /// UTC when the name is unknown: a zone is checked on save, so this only meets data of an older tzdata.
  [[nodiscard]] const zone_rules& find(std::string_view name) const;
};

[[nodiscard]] const zone_rules& utc_zone();

}  // namespace heed
