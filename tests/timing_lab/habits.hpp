#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

/// People with known habits: what the timing is measured against.
namespace heed::lab {

using generator = std::mt19937_64;

/// Chance of each minute of the local week; sums to 1.
using truth = std::vector<double>;

/// One person's habits now, and before where they have changed.
struct person {
  truth now;
  truth before;  ///< empty = they never changed
  bool changed_slowly = false;
};

/// A kind of people. Families of `tuning` shaped the constants of actors/lead/timing, those held out did not.
struct family {
  std::string_view name;
  bool tuning = true;
  person (*draw)(generator&);
};
[[nodiscard]] const std::vector<family>& families();

/// A minute of the week drawn from a truth.
class sampler {
 public:
  explicit sampler(const truth& t);
  [[nodiscard]] std::int32_t draw(generator& g) const;

 private:
  std::vector<double> cumulated_;
};

}  // namespace heed::lab
