#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "actors/lead/timing/curve.hpp"
#include "actors/lead/timing/evidence.hpp"
#include "actors/lead/timing/kernel.hpp"

/// What many people together tell about one of whom little is known.
namespace heed::timing {

/// Where a curve comes from, the most personal first (SF-17).
enum class curve_source : std::uint8_t { lead = 0, segment = 1, workspace = 2, global = 3 };
[[nodiscard]] std::string_view name_of(curve_source source);

/// The habits of a group of people as one curve.
struct prior_curve {
  curve shape;
  std::array<float, 7> day{};  ///< mass of each day, Monday first
  float people = 0;            ///< whose engagements went into it
};
/// The prior whose curve has exactly these values. @pre they are those of a curve
[[nodiscard]] prior_curve prior_of_values(const curve::coefficients& values, float people);

/// Ways to read one person's engagements. A setting is a bandwidth and how much a day of the week keeps to
/// itself: the weight, in engagements, of the pool of its days against its own. Each person's own engagements
/// choose among them.
constexpr std::array<float, 3> pool_weights{2, 10, 50};
constexpr std::size_t sharings = pool_weights.size() + 1;  ///< the last one: a day has no habits of its own
constexpr std::size_t settings = bandwidths * sharings;    ///< index = bandwidth * sharings + sharing

/// How likely each setting is before a person's own engagements are asked; it depends on how many there are,
/// and lies between the two nearest of these counts.
constexpr std::array<float, 5> evidence_nodes{3, 10, 30, 90, 250};
using setting_weights = std::array<float, settings>;
using setting_priors = std::array<setting_weights, evidence_nodes.size()>;

/// A workspace's learned state. All of it can be exported and imported, and gives the same decisions again
/// (SF-52).
struct population {
  float half_life_days = 180;  ///< an engagement that old weighs half
  setting_priors priors;       ///< each row sums to 1
  prior_curve workspace;
  std::map<std::string, prior_curve, std::less<>> segments;

  /// What is assumed of people before anything is known of them.
  [[nodiscard]] static const population& unknown();
  /// The prior of one person: the segment's when enough is known of it, else the workspace's, else
  /// everybody's.
  [[nodiscard]] std::pair<const prior_curve*, curve_source> prior_of(std::string_view segment) const;
};

/// One person as the population sees it.
struct observed_person {
  std::string_view segment;
  std::span<const engagement> events;  ///< sorted
};

/// Learns priors and the way to read engagements from people as they were known at `as_of`. The result
/// depends on the people in their order and on nothing else.
[[nodiscard]] population learn(std::span<const observed_person> people, local_minute as_of);

}  // namespace heed::timing
