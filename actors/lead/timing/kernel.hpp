#pragma once

#include <array>
#include <span>
#include <vector>

#include "actors/lead/timing/curve.hpp"

/// Smoothing kernels on the cells of a curve, as tables.
namespace heed::timing {

/// One kernel: a triweight, which is nearly a Gaussian, ends after three standard deviations and needs no
/// exponential. An engagement lies somewhere within its cell, so there is a row of values for each minute of
/// a cell.
class kernel {
 public:
  explicit kernel(double deviation_minutes);

  /// Cells on either side of the engagement's own.
  [[nodiscard]] std::int32_t reach() const { return reach_; }
  /// Density per minute in the middles of the cells -reach..reach around an engagement in this minute of its
  /// cell.
  [[nodiscard]] std::span<const float> row(std::int32_t minute_of_cell) const {
    const std::size_t width = static_cast<std::size_t>(2 * reach_ + 1);
    return std::span(values_).subspan(static_cast<std::size_t>(minute_of_cell) * width, width);
  }
  /// What an engagement adds to its own cell.
  [[nodiscard]] float own(std::int32_t minute_of_cell) const {
    return row(minute_of_cell)[static_cast<std::size_t>(reach_)];
  }

 private:
  std::int32_t reach_ = 0;
  std::vector<float> values_;
};

constexpr std::size_t bandwidths = 5;
/// A pool of days holds several times the engagements of one day, so it is smoothed less than a day by
/// itself.
constexpr std::array<double, bandwidths> pool_deviation_minutes{5, 10, 20, 40, 80};
constexpr double day_to_pool = 1.5;

struct kernel_set {
  std::vector<kernel> day;   ///< one per bandwidth
  std::vector<kernel> pool;  ///< one per bandwidth
  std::int32_t reach_max = 0;
};
[[nodiscard]] const kernel_set& kernels();

}  // namespace heed::timing
