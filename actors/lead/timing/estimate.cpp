#include "actors/lead/timing/estimate.hpp"

#include <algorithm>
#include <limits>

#include "actors/lead/check.hpp"
#include "actors/lead/timing/numeric.hpp"

namespace heed::timing {
namespace {

constexpr auto day_cells = static_cast<std::size_t>(curve::cells_per_day);
constexpr auto week_cells = static_cast<std::size_t>(curve::cells);
/// Wider than any kernel reaches, so that smoothing wraps around once at the end instead of at every step.
constexpr std::size_t margin = 80;

/// Weights of the levels, in engagements: the week against its pool, the prior against the week, the prior's
/// days of the week against the person's own. Found in the lab (tests/timing_lab); the curves hardly depend
/// on them.
constexpr float week_weight = 2;
constexpr float prior_weight = 3;
constexpr float day_weight = 25;
/// The likelihoods of engagements given each other are not independent; taken at face value they would choose
/// too boldly.
constexpr float temper = 0.4f;
/// A bandwidth that counts less than this for a person is left out of the curve.
constexpr float negligible = 1e-3f;
/// A bandwidth that the population uses less than this is not tried on a person.
constexpr float rare = 5e-3f;

using bandwidth_set = std::array<bool, bandwidths>;

struct weighted {
  std::size_t day = 0;
  std::size_t cell_of_day = 0;
  std::int32_t minute_of_cell = 0;
  float weight = 0;
  [[nodiscard]] std::size_t cell() const { return day * day_cells + cell_of_day; }
  [[nodiscard]] bool weekend() const { return day >= 5; }
};

struct weighed {
  std::vector<weighted> events;
  float evidence_weight = 0;  ///< as it has faded until now
};

/// Ages count against each other in the curve: a person who has been silent for a year still has habits, only
/// less of our confidence. So the weights are scaled to as many engagements as they are worth together
/// (Kish's effective number).
weighed weigh(std::span<const engagement> events, float half_life_days, local_minute as_of) {
  CHECK(events.size() <= evidence::events_max);
  weighed all;
  all.events.reserve(events.size());
  const float rate = -1.0f / (half_life_days * minutes_per_day);
  float squares = 0;
  for (const auto& e : events) {
    const std::int32_t slot = slot_of(e.at);
    // Minutes of two zones may differ by a day: nothing is younger than now.
    const auto age = static_cast<float>(std::max<std::int64_t>(0, std::int64_t{as_of} - e.at));
    const float weight = kind_weight[static_cast<std::size_t>(e.kind)] * power_of_two(age * rate);
    all.events.push_back({static_cast<std::size_t>(slot / minutes_per_day),
                          static_cast<std::size_t>(slot % minutes_per_day / curve::cell_minutes),
                          slot % curve::cell_minutes, weight});
    all.evidence_weight += weight;
    squares += weight * weight;
  }
  // Nobody engaged, or all of it faded away.
  if (!(squares > 0)) return {};
  for (auto& e : all.events)
    e.weight *= all.evidence_weight / squares;
  return all;
}

/// A circle of cells with room on either side, so that a kernel is added without a look at the circle's end.
template <std::size_t N>
class circle {
 public:
  void add(const kernel& k, std::size_t cell, std::int32_t minute, float weight) {
    const auto row = k.row(minute);
    float* out = cells_.data() + margin + cell - static_cast<std::size_t>(k.reach());
    for (std::size_t i = 0; i < row.size(); ++i)
      out[i] += weight * row[i];
  }
  void close() {
    for (std::size_t i = 0; i < margin; ++i) {
      cells_[N + i] += cells_[i];
      cells_[margin + i] += cells_[margin + N + i];
    }
  }
  [[nodiscard]] const float* data() const { return cells_.data() + margin; }
  [[nodiscard]] float operator[](std::size_t cell) const { return cells_[margin + cell]; }

 private:
  std::array<float, N + 2 * margin> cells_{};
};

/// The engagements smoothed with every bandwidth in use, by day of the week and by pool.
struct smoothed {
  smoothed(std::span<const weighted> events, const bandwidth_set& tried) : used(tried) {
    const kernel_set& k = kernels();
    CHECK(static_cast<std::size_t>(k.reach_max) <= margin);
    for (const auto& e : events) {
      day_total[e.day] += e.weight;
      pool_total[e.weekend()] += e.weight;
      total += e.weight;
    }
    for (std::size_t h = 0; h < bandwidths; ++h) {
      if (!used[h]) continue;
      for (const auto& e : events) {
        days[h].add(k.day[h], e.cell(), e.minute_of_cell, e.weight);
        pools[h][e.weekend()].add(k.pool[h], e.cell_of_day, e.minute_of_cell, e.weight);
      }
      days[h].close();
      pools[h][0].close();
      pools[h][1].close();
    }
  }

  bandwidth_set used;
  std::array<circle<week_cells>, bandwidths> days;
  /// Monday to Friday, and the weekend.
  std::array<std::array<circle<day_cells>, 2>, bandwidths> pools;
  std::array<float, 7> day_total{};
  std::array<float, 2> pool_total{};
  float total = 0;
};

/// How each engagement would have been foretold by the others, setting by setting. The loops run over the
/// engagements side by side, in lanes whose order is fixed: quick, and the same sum on every machine.
class foretelling {
 public:
  foretelling(std::span<const weighted> events, const smoothed& s, const prior_curve& prior)
      : events_(events), s_(s), rounded_((events.size() + lanes - 1) / lanes * lanes) {
    for (std::size_t i = 0; i < events.size(); ++i) {
      const auto& e = events[i];
      weight_[i] = e.weight;
      week_[i] = 1 / (s.total - e.weight + prior_weight);
      pool_[i] = 1 / (s.pool_total[e.weekend()] - e.weight + week_weight);
      day_[i] = s.day_total[e.day] - e.weight;
      expected_[i] = prior_weight * prior.shape.values()[e.cell()] / prior.day[e.day];
    }
  }

  void add(std::size_t h, setting_weights& log_likelihood) {
    look_up(h);
    log_likelihood[h * sharings + pool_weights.size()] = sum_of_logs(of_pool_);
    for (std::size_t a = 0; a < pool_weights.size(); ++a) {
      for (std::size_t i = 0; i < rounded_; ++i)
        density_[i] = (in_day_[i] + pool_weights[a] * of_pool_[i]) / (day_[i] + pool_weights[a]);
      log_likelihood[h * sharings + a] = sum_of_logs(density_);
    }
  }

 private:
  static constexpr std::size_t lanes = 8;
  static constexpr std::size_t places = (evidence::events_max + lanes - 1) / lanes * lanes;
  using row = std::array<float, places>;

  void look_up(std::size_t h) {
    const kernel_set& k = kernels();
    for (std::size_t i = 0; i < events_.size(); ++i) {
      const auto& e = events_[i];
      in_pool_[i] = s_.pools[h][e.weekend()][e.cell_of_day] - e.weight * k.pool[h].own(e.minute_of_cell);
      other_pool_[i] = s_.pools[h][!e.weekend()][e.cell_of_day];
      in_day_[i] = s_.days[h][e.cell()] - e.weight * k.day[h].own(e.minute_of_cell);
    }
    for (std::size_t i = 0; i < rounded_; ++i) {
      // Rounding may leave a little less than nothing of an engagement that stands alone.
      const float in_pool = in_pool_[i] > 0 ? in_pool_[i] : 0.0f;
      const float in_week = in_pool + other_pool_[i];
      in_day_[i] = in_day_[i] > 0 ? in_day_[i] : 0.0f;
      of_pool_[i] = (in_pool + week_weight * ((in_week + expected_[i]) * week_[i])) * pool_[i];
    }
  }

  [[nodiscard]] float sum_of_logs(const row& density) {
    for (std::size_t i = 0; i < rounded_; ++i)
      log_[i] = weight_[i] * log_of_two(density[i] + 1e-12f);
    std::array<float, lanes> sums{};
    for (std::size_t i = 0; i < rounded_; i += lanes)
      for (std::size_t k = 0; k < lanes; ++k)
        sums[k] += log_[i + k];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
  }

  std::span<const weighted> events_;
  const smoothed& s_;
  std::size_t rounded_;
  // Places after the last engagement weigh 0.
  row weight_{}, week_{}, pool_{}, day_{}, expected_{};
  row in_pool_{}, other_pool_{}, in_day_{}, of_pool_{}, density_{}, log_{};
};

setting_weights likelihood(std::span<const weighted> events, const smoothed& s, const prior_curve& prior) {
  setting_weights sums{};
  foretelling f(events, s, prior);
  for (std::size_t h = 0; h < bandwidths; ++h)
    if (s.used[h]) f.add(h, sums);
  for (float& sum : sums)
    sum *= temper;
  return sums;
}

float of_bandwidth(const setting_weights& weights, std::size_t h) {
  float sum = 0;
  for (std::size_t a = 0; a < sharings; ++a)
    sum += weights[h * sharings + a];
  return sum;
}

/// Takes out what hardly anybody with so much evidence needs.
bandwidth_set worth_trying(setting_weights& prior) {
  bandwidth_set tried{};
  for (std::size_t h = 0; h < bandwidths; ++h) {
    tried[h] = of_bandwidth(prior, h) >= rare;
    if (!tried[h]) std::fill_n(prior.begin() + static_cast<std::ptrdiff_t>(h * sharings), sharings, 0.0f);
  }
  return tried;
}

/// What a day of the week takes from its own smoothed engagements and from those of its pool.
struct day_shares {
  float own = 0;
  float pooled = 0;
};
day_shares shares_of(const setting_weights& weights, std::size_t h, float day_total) {
  day_shares s{0, weights[h * sharings + sharings - 1]};
  for (std::size_t a = 0; a < pool_weights.size(); ++a) {
    const float share = weights[h * sharings + a] / (day_total + pool_weights[a]);
    s.own += share;
    s.pooled += share * pool_weights[a];
  }
  return s;
}

/// The curve of the averaged settings, not yet scaled: a weighted sum of smoothed days, pools and the prior.
curve::coefficients combine(const smoothed& s, const setting_weights& weights, const prior_curve& prior) {
  curve::coefficients out{};
  std::array<std::array<float, day_cells>, 2> of_pool;
  std::array<float, 7> from_prior{};
  const float week = week_weight / (s.total + prior_weight);
  for (std::size_t h = 0; h < bandwidths; ++h) {
    if (of_bandwidth(weights, h) < negligible) continue;
    for (std::size_t c = 0; c < 2; ++c) {
      const float scale = 1 / (s.pool_total[c] + week_weight);
      const float* here = s.pools[h][c].data();
      const float* there = s.pools[h][1 - c].data();
      for (std::size_t m = 0; m < day_cells; ++m)
        of_pool[c][m] = (here[m] + week * (here[m] + there[m])) * scale;
    }
    for (std::size_t d = 0; d < 7; ++d) {
      const std::size_t c = d >= 5;
      const float mass = (s.day_total[d] + day_weight * prior.day[d]) / (s.total + day_weight);
      day_shares share = shares_of(weights, h, s.day_total[d]);
      share.own *= mass;
      share.pooled *= mass;
      from_prior[d] += share.pooled * prior_weight * week / (s.pool_total[c] + week_weight);
      float* to = out.data() + d * day_cells;
      const float* day = s.days[h].data() + d * day_cells;
      const float* pool = of_pool[c].data();
      for (std::size_t m = 0; m < day_cells; ++m)
        to[m] += share.own * day[m] + share.pooled * pool[m];
    }
  }
  const auto expected = prior.shape.values();
  for (std::size_t d = 0; d < 7; ++d) {
    const float share = from_prior[d] / prior.day[d];
    for (std::size_t m = d * day_cells; m < (d + 1) * day_cells; ++m)
      out[m] += share * expected[m];
  }
  return out;
}

float confidence_without_evidence(const prior_curve& prior) {
  return 0.1f * prior.people / (prior.people + 50);
}
float confidence_with(float evidence_weight) { return evidence_weight / (evidence_weight + 10); }

}  // namespace

std::pair<std::size_t, float> node_of(float evidence_weight) {
  if (evidence_weight <= evidence_nodes.front()) return {0, 0.0f};
  for (std::size_t i = 0; i + 1 < evidence_nodes.size(); ++i)
    if (evidence_weight < evidence_nodes[i + 1]) {
      const float low = log_of_two(evidence_nodes[i]);
      return {i, (log_of_two(evidence_weight) - low) / (log_of_two(evidence_nodes[i + 1]) - low)};
    }
  return {evidence_nodes.size() - 2, 1.0f};
}

setting_weights priors_at(const setting_priors& priors, float evidence_weight) {
  const auto [node, upper] = node_of(evidence_weight);
  setting_weights at;
  for (std::size_t i = 0; i < settings; ++i)
    at[i] = (1 - upper) * priors[node][i] + upper * priors[node + 1][i];
  return at;
}

setting_weights posterior(const setting_weights& prior, const setting_weights& log_likelihood) {
  float best = -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < settings; ++i)
    if (prior[i] > 0) best = std::max(best, log_likelihood[i]);
  setting_weights weights;
  float sum = 0;
  for (std::size_t i = 0; i < settings; ++i)
    sum += weights[i] = prior[i] > 0 ? prior[i] * power_of_two(log_likelihood[i] - best) : 0;
  CHECK(sum > 0);
  for (float& w : weights)
    w /= sum;
  return weights;
}

setting_fit fit_settings(std::span<const engagement> events, const prior_curve& prior, float half_life_days,
                         local_minute as_of) {
  const auto all = weigh(events, half_life_days, as_of);
  bandwidth_set every;
  every.fill(true);
  const smoothed s(all.events, every);
  return {likelihood(all.events, s, prior), s.total};
}

estimate estimate_curve(std::span<const engagement> events, const population& known, std::string_view segment,
                        local_minute as_of) {
  const auto [prior, source] = known.prior_of(segment);
  const auto all = weigh(events, known.half_life_days, as_of);
  if (all.events.empty()) return {prior->shape, source, confidence_without_evidence(*prior), 0, 0, 0};

  float total = 0;
  for (const auto& e : all.events)
    total += e.weight;
  auto weights = priors_at(known.priors, total);
  const smoothed s(all.events, worth_trying(weights));
  weights = posterior(weights, likelihood(all.events, s, *prior));

  estimate e{curve::normalized(combine(s, weights, *prior)),
             curve_source::lead,
             confidence_with(all.evidence_weight),
             all.evidence_weight,
             0,
             0};
  for (std::size_t h = 0; h < bandwidths; ++h) {
    e.bandwidth_minutes += of_bandwidth(weights, h) * static_cast<float>(pool_deviation_minutes[h]);
    e.day_share += shares_of(weights, h, s.total / 7).own * s.total / 7;
  }
  return e;
}

}  // namespace heed::timing
