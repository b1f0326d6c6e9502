#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/timing/week.hpp"

/// What a person did and when, small enough to keep with a million leads.
namespace heed::timing {

/// What engaged. Machine opens and clicks never get here: they weigh nothing (SF-19).
enum class engagement_kind : std::uint8_t { open = 0, click = 1, reply = 2 };
constexpr std::size_t engagement_kinds = 3;

/// How much one engagement tells about habits: a reply most, a click more than an open (SF-19).
constexpr std::array<float, engagement_kinds> kind_weight{1.0f, 1.25f, 1.5f};

struct engagement {
  local_minute at = 0;
  engagement_kind kind = engagement_kind::open;
  auto operator<=>(const engagement&) const = default;
};

/// The newest `events_max` engagements of the `horizon_minutes` before the newest one. It is a function of
/// the set of engagements and of nothing else: any order of arrival gives the same bytes, back-fill included
/// (SF-2, SF-4).
///
/// Encoded: version, count, newest minute, code parameters, then one Rice-coded gap and a kind for each
/// engagement, newest first. At most 400 bytes; readers refuse a version they do not know.
class evidence {
 public:
  static constexpr std::size_t events_max = 200;
  static constexpr local_minute horizon_minutes = 560 * minutes_per_day;
  static constexpr std::size_t bytes_max = 400;

  evidence() = default;
  [[nodiscard]] static evidence of(std::span<const engagement> events);
  /// None when these are not bytes of an evidence.
  [[nodiscard]] static std::optional<evidence> decode(std::string_view bytes);

  void add(engagement e) { add({&e, 1}); }
  void add(std::span<const engagement> events);

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const;
  /// Oldest first; engagements of one minute by kind.
  [[nodiscard]] std::vector<engagement> events() const;

  bool operator==(const evidence&) const = default;

 private:
  std::string bytes_;  ///< empty = nobody ever engaged
};

/// Hour-level features, computed once and read in constant time (SF-7).
struct features {
  std::array<float, hours_per_week> by_hour{};  ///< weighted counts, Monday 00:00 first
  float frequency_per_week = 0;                 ///< over the span of the evidence, at least one week
  std::optional<local_minute> newest;           ///< recency
  std::uint32_t count = 0;
};
[[nodiscard]] features features_of(std::span<const engagement> events);

}  // namespace heed::timing
