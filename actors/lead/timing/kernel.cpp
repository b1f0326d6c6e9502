#include "actors/lead/timing/kernel.hpp"

#include <algorithm>

namespace heed::timing {

kernel::kernel(double deviation_minutes) {
  const double end = 3 * deviation_minutes;
  reach_ = static_cast<std::int32_t>(end / curve::cell_minutes) + 1;
  for (std::int32_t minute = 0; minute < curve::cell_minutes; ++minute) {
    const std::size_t first = values_.size();
    double total = 0;
    std::vector<double> row;
    for (std::int32_t cell = -reach_; cell <= reach_; ++cell) {
      // From the middle of the engagement's minute to the middle of the cell.
      const double distance = (cell + 0.5) * curve::cell_minutes - (minute + 0.5);
      const double u = distance / end;
      const double inside = 1 - u * u;
      row.push_back(inside > 0 ? inside * inside * inside : 0);
      total += row.back();
    }
    values_.resize(first + row.size());
    std::ranges::transform(row, values_.begin() + static_cast<std::ptrdiff_t>(first),
                           [&](double v) { return static_cast<float>(v / (total * curve::cell_minutes)); });
  }
}

const kernel_set& kernels() {
  static const kernel_set set = [] {
    kernel_set made;
    for (const double deviation : pool_deviation_minutes) {
      made.day.emplace_back(deviation * day_to_pool);
      made.pool.emplace_back(deviation);
    }
    made.reach_max = std::max(made.day.back().reach(), made.pool.back().reach());
    return made;
  }();
  return set;
}

}  // namespace heed::timing
