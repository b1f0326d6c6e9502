#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "actors/lead/timing/week.hpp"

/// How likely a person engages at each moment of the local week.
namespace heed::timing {

/// A periodic continuous density over the week, per minute, that integrates to 1 (SF-14, SF-18): a quadratic
/// B-spline over `cells` equal cells, so it has no jump, is never negative and can be asked at any fraction
/// of a minute (SF-15).
class curve {
 public:
  static constexpr std::int32_t cell_minutes = 5;
  static constexpr std::int32_t cells = slots_per_week / cell_minutes;
  static constexpr std::int32_t cells_per_day = minutes_per_day / cell_minutes;
  using coefficients = std::array<float, cells>;

  /// The same value all week.
  curve();
  /// Scales to an integral of 1; the flat curve when there is nothing to scale.
  /// @pre no value is negative
  [[nodiscard]] static curve normalized(const coefficients& weights);

  /// The values of a curve that was kept, to the bit. @pre they are those of a curve
  [[nodiscard]] static curve of_values(const coefficients& values);

  /// Density per minute at a position of the week in minutes; any real number, one week is one period.
  [[nodiscard]] double at(double minute) const;
  /// Mass of one minute slot, as its density in the middle. @pre checked_slot(slot)
  [[nodiscard]] double slot(std::int32_t slot) const { return at(slot + 0.5); }
  /// No value within the cell exceeds it. @pre 0 <= cell < cells
  [[nodiscard]] float upper_bound(std::int32_t cell) const {
    const float before = values_[static_cast<std::size_t>(cell == 0 ? cells - 1 : cell - 1)];
    const float after = values_[static_cast<std::size_t>(cell == cells - 1 ? 0 : cell + 1)];
    return std::max(std::max(before, after), values_[static_cast<std::size_t>(cell)]);
  }

  /// Mass of each hour of the week: the lossy projection of its 60 minutes (SF-7, SF-13).
  [[nodiscard]] std::array<double, hours_per_week> hourly() const;
  /// Mass of each minute of the week; the 60 minutes of an hour sum to its hourly mass (SF-13).
  [[nodiscard]] std::array<double, slots_per_week> minutes() const;

  [[nodiscard]] std::span<const float, cells> values() const { return values_; }
  bool operator==(const curve&) const = default;

 private:
  coefficients values_{};  ///< density per minute; the spline of them is the curve
};

/// Hour-level optimisation as it always was, and the fallback of the minute model (SF-8): each hour's count
/// is its density.
class hourly_histogram {
 public:
  hourly_histogram() = default;
  explicit hourly_histogram(const std::array<float, hours_per_week>& counts);
  /// Density per minute; flat without counts. @pre checked_slot(slot)
  [[nodiscard]] double slot(std::int32_t slot) const;
  [[nodiscard]] const std::array<float, hours_per_week>& counts() const { return counts_; }

 private:
  std::array<float, hours_per_week> counts_{};
  float total_ = 0;
};

/// Spreads each hour's mass evenly over its minutes: projecting that to hours again gives the same masses
/// (SF-13).
[[nodiscard]] std::array<double, slots_per_week> minutes_of(const std::array<double, hours_per_week>& hours);
[[nodiscard]] std::array<double, hours_per_week> hours_of(const std::array<double, slots_per_week>& minutes);

}  // namespace heed::timing
