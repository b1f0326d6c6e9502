#include "actors/lead/timing/estimate.hpp"

#include <algorithm>

#include "actors/lead/timing/numeric.hpp"

namespace heed::timing {
namespace {

constexpr auto day_cells = static_cast<std::size_t>(curve::cells_per_day);
constexpr auto week_cells = static_cast<std::size_t>(curve::cells);
/// Wider than any kernel reaches, so that smoothing wraps around once at the end instead of at every step.
constexpr std::size_t margin = 80;

/// Weights of the levels, in engagements: the week against its pool, the prior against the week, the prior's days of the
/// week against the person's own. Found in the lab (tests/timing_lab); the curves hardly depend on them.
constexpr float week_weight = 2;
constexpr float prior_weight = 3;
constexpr float day_weight = 25;
/// The likelihoods of engagements given each other are not independent; taken at face value they would choose too boldly.
constexpr float temper = 0.4f;
/// A setting that counts less than this for a bandwidth is left out of the curve.
constexpr float negligible = 1e-3f;

struct weighted {
  std::size_t day = 0;
  std::size_t cell_of_day = 0;
  std::int32_t minute_of_cell = 0;
  float weight = 0;
  [[nodiscard]] std::size_t cell() const { return day * day_cells + cell_of_day; }
  [[nodiscard]] bool weekend() const { return day >= 5; }
};

/// The engagements smoothed with every bandwidth, by day of the week and by pool.
struct smoothed {
  std::array<std::array<float, week_cells>, bandwidths> days;
  /// Monday to Friday, and the weekend.
  std::array<std::array<std::array<float, day_cells>, 2>, bandwidths> pools;
  std::array<float, 7> day_total{};
  std::array<float, 2> pool_total{};
  float total = 0;
};

template <std::size_t N>
using padded = std::array<float, N + 2 * margin>;

template <std::size_t N>
void add_kernel(padded<N>& into, const kernel& k, std::size_t cell, std::int32_t minute, float weight) {
  const auto row = k.row(minute);
  float* out = into.data() + margin + cell - static_cast<std::size_t>(k.reach());
  for (std::size_t i = 0; i < row.size(); ++i)
    out[i] += weight * row[i];
}

template <std::size_t N>
void wrap_into(const padded<N>& from, std::array<float, N>& to) {
  std::copy_n(from.begin() + margin, N, to.begin());
  for (std::size_t i = 0; i < margin; ++i) {
    to[N - margin + i] += from[i];
    to[i] += from[margin + N + i];
  }
}

struct weighed {
  std::vector<weighted> events;
  float evidence_weight = 0;  ///< as it has faded until now
};

/// Ages count against each other in the curve: a person who has been silent for a year still has habits, only less of our
/// confidence. So the weights are scaled to as many engagements as they are worth together (Kish's effective number).
weighed weigh(std::span<const engagement> events, float half_life_days, local_minute as_of) {
  std::vector<weighted> all;
  all.reserve(events.size());
  const float rate = -1.0f / (half_life_days * minutes_per_day);
  for (const auto& e : events) {
    const std::int32_t slot = slot_of(e.at);
    // Minutes of two zones may differ by a day: nothing is younger than now.
    const auto age = static_cast<float>(std::max<std::int64_t>(0, std::int64_t{as_of} - e.at));
    all.push_back({static_cast<std::size_t>(slot / minutes_per_day),
                   static_cast<std::size_t>(slot % minutes_per_day / curve::cell_minutes), slot % curve::cell_minutes,
                   kind_weight[static_cast<std::size_t>(e.kind)] * power_of_two(age * rate)});
  }
  float sum = 0;
  float squares = 0;
  for (const auto& e : all) {
    sum += e.weight;
    squares += e.weight * e.weight;
  }
  // Nobody engaged, or all of it faded away.
  if (!(squares > 0)) return {{}, 0};
  const float scale = sum / squares;
  for (auto& e : all)
    e.weight *= scale;
  return {std::move(all), sum};
}

void smooth(std::span<const weighted> events, smoothed& s) {
  const kernel_set& k = kernels();
  for (const auto& e : events) {
    s.day_total[e.day] += e.weight;
    s.pool_total[e.weekend()] += e.weight;
    s.total += e.weight;
  }
  for (std::size_t h = 0; h < bandwidths; ++h) {
    padded<week_cells> week{};
    std::array<padded<day_cells>, 2> pool{};
    for (const auto& e : events) {
      add_kernel<week_cells>(week, k.day[h], e.cell(), e.minute_of_cell, e.weight);
      add_kernel<day_cells>(pool[e.weekend()], k.pool[h], e.cell_of_day, e.minute_of_cell, e.weight);
    }
    wrap_into<week_cells>(week, s.days[h]);
    wrap_into<day_cells>(pool[0], s.pools[h][0]);
    wrap_into<day_cells>(pool[1], s.pools[h][1]);
  }
}

/// How one engagement would have been foretold by the others, setting by setting, added as log2 to the fit.
void add_likelihood(const weighted& e, const smoothed& s, const prior_curve& prior, setting_weights& log_likelihood) {
  const kernel_set& k = kernels();
  const float w = e.weight;
  const float week = 1 / (s.total - w + prior_weight);
  const float pool = 1 / (s.pool_total[e.weekend()] - w + week_weight);
  const float expected = prior_weight * prior.shape.values()[e.cell()] / prior.day[e.day];
  std::array<float, pool_weights.size()> day;
  for (std::size_t a = 0; a < day.size(); ++a)
    day[a] = 1 / (s.day_total[e.day] - w + pool_weights[a]);

  setting_weights density;
  for (std::size_t h = 0; h < bandwidths; ++h) {
    const float own = w * k.pool[h].own(e.minute_of_cell);
    const float in_pool = std::max(0.0f, s.pools[h][e.weekend()][e.cell_of_day] - own);
    const float in_week = in_pool + s.pools[h][!e.weekend()][e.cell_of_day];
    const float in_day = std::max(0.0f, s.days[h][e.cell()] - w * k.day[h].own(e.minute_of_cell));
    const float of_pool = (in_pool + week_weight * ((in_week + expected) * week)) * pool;
    for (std::size_t a = 0; a < day.size(); ++a)
      density[h * sharings + a] = (in_day + pool_weights[a] * of_pool) * day[a];
    density[h * sharings + day.size()] = of_pool;
  }
  for (std::size_t i = 0; i < settings; ++i)
    log_likelihood[i] += w * log_of_two(std::max(density[i], 1e-12f));
}

setting_weights likelihood(std::span<const weighted> events, const smoothed& s, const prior_curve& prior) {
  setting_weights sums{};
  for (const auto& e : events)
    add_likelihood(e, s, prior, sums);
  for (float& sum : sums)
    sum *= temper;
  return sums;
}

/// The curve of the averaged settings, not yet scaled: a weighted sum of smoothed days, pools and the prior.
curve::coefficients combine(const smoothed& s, const setting_weights& weights, const prior_curve& prior) {
  curve::coefficients out{};
  std::array<std::array<float, day_cells>, 2> of_pool;
  // What each day gets from its pools, and from the prior through them.
  std::array<float, 7> from_prior{};
  std::array<float, 7> mass;
  for (std::size_t d = 0; d < 7; ++d)
    mass[d] = (s.day_total[d] + day_weight * prior.day[d]) / (s.total + day_weight);

  for (std::size_t h = 0; h < bandwidths; ++h) {
    float weight = 0;
    for (std::size_t a = 0; a < sharings; ++a)
      weight += weights[h * sharings + a];
    if (weight < negligible) continue;
    const float week = week_weight / (s.total + prior_weight);
    for (std::size_t c = 0; c < 2; ++c)
      for (std::size_t m = 0; m < day_cells; ++m)
        of_pool[c][m] =
            (s.pools[h][c][m] + week * (s.pools[h][0][m] + s.pools[h][1][m])) / (s.pool_total[c] + week_weight);
    for (std::size_t d = 0; d < 7; ++d) {
      const std::size_t c = d >= 5;
      float own = 0;
      float pooled = weights[h * sharings + sharings - 1];
      for (std::size_t a = 0; a < pool_weights.size(); ++a) {
        const float share = weights[h * sharings + a] / (s.day_total[d] + pool_weights[a]);
        own += share;
        pooled += share * pool_weights[a];
      }
      own *= mass[d];
      pooled *= mass[d];
      from_prior[d] += pooled * prior_weight * week / (s.pool_total[c] + week_weight);
      float* to = out.data() + d * day_cells;
      const float* day = s.days[h].data() + d * day_cells;
      const float* pool = of_pool[c].data();
      for (std::size_t m = 0; m < day_cells; ++m)
        to[m] += own * day[m] + pooled * pool[m];
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

float confidence_without_evidence(const prior_curve& prior) { return 0.1f * prior.people / (prior.people + 50); }
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
  const float best = *std::ranges::max_element(log_likelihood);
  setting_weights weights;
  float sum = 0;
  for (std::size_t i = 0; i < settings; ++i)
    sum += weights[i] = prior[i] * power_of_two(log_likelihood[i] - best);
  if (!(sum > 0)) return prior;
  for (float& w : weights)
    w /= sum;
  return weights;
}

setting_fit fit_settings(std::span<const engagement> events, const prior_curve& prior, float half_life_days,
                         local_minute as_of) {
  const auto all = weigh(events, half_life_days, as_of);
  smoothed s;
  smooth(all.events, s);
  return {likelihood(all.events, s, prior), s.total};
}

estimate estimate_curve(std::span<const engagement> events, const population& known, std::string_view segment,
                        local_minute as_of) {
  const auto [prior, source] = known.prior_of(segment);
  const auto all = weigh(events, known.half_life_days, as_of);
  if (all.events.empty()) return {prior->shape, source, confidence_without_evidence(*prior), 0, 0, 0};
  smoothed s;
  smooth(all.events, s);
  const auto weights = posterior(priors_at(known.priors, s.total), likelihood(all.events, s, *prior));

  estimate e{curve::normalized(combine(s, weights, *prior)), curve_source::lead, confidence_with(all.evidence_weight),
             all.evidence_weight, 0, 0};
  for (std::size_t i = 0; i < settings; ++i) {
    e.bandwidth_minutes += weights[i] * static_cast<float>(pool_deviation_minutes[i / sharings]);
    const std::size_t sharing = i % sharings;
    if (sharing < pool_weights.size()) {
      const float day = s.total / 7;
      e.day_share += weights[i] * day / (day + pool_weights[sharing]);
    }
  }
  return e;
}

}  // namespace heed::timing
