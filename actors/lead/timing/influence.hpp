#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/lead/time.hpp"

/// What just happened and bends the curve for a while (SF-31..41).
namespace heed::timing {

/// A weight of the moment: an SMS click, a visit to the shop. It is the last one of its name: another one
/// replaces it and so restarts its life, it never adds to it (SF-33).
struct influence {
  std::string name;
  float weight = 0.5f;  ///< +0.5 is high intent, -1.0 a stop (SF-39)
  time_point at{};
  duration life = std::chrono::hours(2);
};

/// What is left of the weight: all of it at its instant, a quarter after half its life, nothing before and
/// after (SF-32, SF-40).
[[nodiscard]] float weight_at(const influence& i, time_point t);

/// The influences with one more: of each name the latest stays, so their number is bounded by the names.
/// `names_max` is how many; the oldest ones go.
[[nodiscard]] std::vector<influence> with(std::vector<influence> present, influence more,
                                          std::size_t names_max = 8);

/// Tickets and their cooldown. While one is open there is no end in sight; the cooldown counts from the
/// closing (SF-36).
struct breaker {
  bool ticket_open = false;
  std::optional<time_point> closed_at;  ///< of the last ticket
  duration cooldown = std::chrono::hours(72);

  [[nodiscard]] bool is_open(time_point t) const;
  /// When it will have closed by itself; none while a ticket is open, and when it is closed already.
  [[nodiscard]] std::optional<time_point> closes_at(time_point now) const;
};

/// `P_final = P_base x product(1 + w_i)`, never below 0, and exactly 0 while the breaker is open (SF-34,
/// SF-38, SF-41).
[[nodiscard]] double propensity(double base, std::span<const influence> influences, const breaker& b,
                                time_point t);
/// The product alone.
[[nodiscard]] double factor_at(std::span<const influence> influences, time_point t);
/// No instant in [from, until] has a larger factor.
[[nodiscard]] double factor_bound(std::span<const influence> influences, time_point from, time_point until);

}  // namespace heed::timing
