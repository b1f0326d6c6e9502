#pragma once

#include <span>

#include "actors/lead/timing/curve.hpp"
#include "actors/lead/timing/evidence.hpp"
#include "actors/lead/timing/population.hpp"

/// One person's curve out of evidence and population.
///
/// Each engagement is smoothed over the minutes around it, on its own day and on the pool of days like it
/// (Monday to Friday, or the weekend), because a habit at 9:40 on Tuesday says something about Wednesday.
/// What a day says is completed by its pool, the pool by the whole week, the week by the prior, each in
/// proportion to the engagements it has (SF-16). Bandwidth and sharing are not chosen but averaged: each
/// setting counts by how well it foretells every engagement from the others, times what the population says.
namespace heed::timing {

struct estimate {
  curve shape;
  curve_source source = curve_source::global;
  float confidence = 0;         ///< 0..1; at most 0.1 when nothing is known of the person (SF-17)
  float evidence_weight = 0;    ///< engagements by kind and recency
  float bandwidth_minutes = 0;  ///< of the pool, as averaged
  float day_share = 0;          ///< how much a day of the week keeps to itself, 0..1
};

/// @pre events are sorted
[[nodiscard]] estimate estimate_curve(std::span<const engagement> events, const population& known,
                                      std::string_view segment, local_minute as_of);
[[nodiscard]] inline estimate estimate_curve(const evidence& e, const population& known,
                                             std::string_view segment, local_minute as_of) {
  return estimate_curve(e.events(), known, segment, as_of);
}

/// Setting by setting, the tempered log2-likelihood of each engagement given the others: what `learn` sums
/// up.
struct setting_fit {
  setting_weights log_likelihood{};
  float evidence_weight = 0;
};
[[nodiscard]] setting_fit fit_settings(std::span<const engagement> events, const prior_curve& prior,
                                       float half_life_days, local_minute as_of);
/// The prior of the settings for that much evidence.
[[nodiscard]] setting_weights priors_at(const setting_priors& priors, float evidence_weight);
/// How likely each setting is; sums to 1.
[[nodiscard]] setting_weights posterior(const setting_weights& prior, const setting_weights& log_likelihood);
/// Where an amount of evidence lies between the nodes: the lower node and the share of the upper one.
[[nodiscard]] std::pair<std::size_t, float> node_of(float evidence_weight);

}  // namespace heed::timing
