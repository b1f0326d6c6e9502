#include "actors/lead/timing/curve.hpp"

namespace heed::timing {
namespace {

constexpr float flat = 1.0f / slots_per_week;

std::size_t wrapped(std::int32_t cell) {
  if (cell < 0) cell += curve::cells;
  if (cell >= curve::cells) cell -= curve::cells;
  return static_cast<std::size_t>(cell);
}

/// Integral of the quadratic B-spline pieces of one cell from its beginning to the fraction x of it.
double piece(double before, double here, double after, double x) {
  // The three basis functions on the unit cell are (1-x)^2/2, 1/2+x-x^2 and x^2/2.
  const double x2 = x * x;
  const double x3 = x2 * x;
  return before * (x / 2 - x2 / 2 + x3 / 6) + here * (x / 2 + x2 / 2 - x3 / 3) + after * (x3 / 6);
}

}  // namespace

curve::curve() { values_.fill(flat); }

curve curve::normalized(const coefficients& weights) {
  // Eight running sums in a fixed order: as fast as the machine likes and equal on every machine.
  std::array<double, 8> sums{};
  for (std::size_t i = 0; i < weights.size(); i += sums.size())
    for (std::size_t k = 0; k < sums.size(); ++k)
      sums[k] += static_cast<double>(weights[i + k]);
  const double total =
      ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  static_assert(cells % 8 == 0);
  curve made;
  if (!(total > 0)) return made;
  const auto scale = static_cast<float>(1.0 / (total * cell_minutes));
  for (std::size_t i = 0; i < weights.size(); ++i)
    made.values_[i] = weights[i] * scale;
  return made;
}

curve curve::of_values(const coefficients& values) {
  curve made;
  made.values_ = values;
  return made;
}

double curve::at(double minute) const {
  constexpr double week = slots_per_week;
  double position = minute;
  if (!(position >= 0 && position < week)) {
    const double turns = position / week;
    auto whole = static_cast<std::int64_t>(turns);
    if (static_cast<double>(whole) > turns) --whole;
    position -= static_cast<double>(whole) * week;
    if (!(position >= 0 && position < week)) position = 0;
  }
  const double in_cells = position / cell_minutes;
  const auto cell = static_cast<std::int32_t>(in_cells);
  const double x = in_cells - cell;
  const auto before = static_cast<double>(values_[wrapped(cell - 1)]);
  const auto here = static_cast<double>(values_[wrapped(cell)]);
  const auto after = static_cast<double>(values_[wrapped(cell + 1)]);
  return before * (0.5 * (1 - x) * (1 - x)) + here * (0.5 + x - x * x) + after * (0.5 * x * x);
}

std::array<double, slots_per_week> curve::minutes() const {
  std::array<double, slots_per_week> mass{};
  for (std::int32_t cell = 0; cell < cells; ++cell) {
    const auto before = static_cast<double>(values_[wrapped(cell - 1)]);
    const auto here = static_cast<double>(values_[wrapped(cell)]);
    const auto after = static_cast<double>(values_[wrapped(cell + 1)]);
    double until_now = 0;
    for (std::int32_t k = 1; k <= cell_minutes; ++k) {
      const double until = cell_minutes * piece(before, here, after, static_cast<double>(k) / cell_minutes);
      mass[static_cast<std::size_t>(cell * cell_minutes + k - 1)] = until - until_now;
      until_now = until;
    }
  }
  return mass;
}

std::array<double, hours_per_week> curve::hourly() const { return hours_of(minutes()); }

hourly_histogram::hourly_histogram(const std::array<float, hours_per_week>& counts) : counts_(counts) {
  for (const float count : counts_)
    total_ += count;
}

double hourly_histogram::slot(std::int32_t slot) const {
  if (!(total_ > 0)) return static_cast<double>(flat);
  return static_cast<double>(counts_[static_cast<std::size_t>(slot / 60)]) /
         (static_cast<double>(total_) * 60);
}

std::array<double, slots_per_week> minutes_of(const std::array<double, hours_per_week>& hours) {
  std::array<double, slots_per_week> minutes{};
  for (std::size_t i = 0; i < minutes.size(); ++i)
    minutes[i] = hours[i / 60] / 60;
  return minutes;
}

std::array<double, hours_per_week> hours_of(const std::array<double, slots_per_week>& minutes) {
  std::array<double, hours_per_week> hours{};
  for (std::size_t i = 0; i < minutes.size(); ++i)
    hours[i / 60] += minutes[i];
  return hours;
}

}  // namespace heed::timing
