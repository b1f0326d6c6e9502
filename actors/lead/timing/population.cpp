#include "actors/lead/timing/population.hpp"

#include <algorithm>
#include <vector>

#include "actors/lead/timing/estimate.hpp"
#include "actors/lead/timing/numeric.hpp"

namespace heed::timing {
namespace {

/// What is assumed before anybody is known: waking hours, a little more in the morning and the evening. Local
/// hours, Monday to Friday, then the weekend.
constexpr std::array<float, 24> usual_workday{1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 9,
                                              9, 9, 8, 8, 8, 8, 8, 8, 8, 7,  4,  2};
constexpr std::array<float, 24> usual_weekend{1, 1, 1, 1, 1, 1, 2, 3, 5, 7, 8, 8,
                                              7, 7, 6, 6, 6, 6, 7, 7, 7, 6, 4, 2};

/// One person counts as at most this many engagements, so that the busiest do not speak for all.
constexpr float voice_max = 20;
/// A group this large says as much about its members as what is known of the larger group.
constexpr float parent_people = 10;
constexpr float known_people = 10;
/// Part of every prior that excludes no minute.
constexpr float open_mind = 0.05f;
/// The deviation of priors: that of the pools' third bandwidth.
constexpr std::size_t prior_bandwidth = 2;

/// People asked for the shape of the priors, and for the settings; more of them change nothing that matters.
constexpr std::size_t shape_people_max = 20'000;
constexpr std::size_t settings_people_max = 1'500;
constexpr std::size_t ageing_people_max = 400;
constexpr int settings_rounds = 25;
/// The built-in priors of the settings count like this many people at each node.
constexpr float built_in_people = 3;

prior_curve with_days(const curve& shape, float people) {
  prior_curve made{shape, {}, people};
  const auto values = made.shape.values();
  for (std::size_t i = 0; i < values.size(); ++i)
    made.day[i / static_cast<std::size_t>(curve::cells_per_day)] += values[i] * curve::cell_minutes;
  return made;
}
prior_curve finished(const curve::coefficients& cells, float people) {
  return with_days(curve::normalized(cells), people);
}

prior_curve usual_curve() {
  curve::coefficients cells;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t day = i / static_cast<std::size_t>(curve::cells_per_day);
    const std::size_t hour = i % static_cast<std::size_t>(curve::cells_per_day) * curve::cell_minutes / 60;
    cells[i] = day < 5 ? usual_workday[hour] : usual_weekend[hour];
  }
  return finished(cells, 0);
}

setting_priors built_in_priors() {
  setting_priors priors;
  for (auto& row : priors)
    row.fill(1.0f / settings);
  return priors;
}

/// Sums up the habits of a group.
class group {
 public:
  void add(std::span<const engagement> events) {
    float weight = 0;
    for (const auto& e : events)
      weight += weight_of(e);
    if (!(weight > 0)) return;
    const float scale = std::min(weight, voice_max) / voice_max;
    for (const auto& e : events)
      add(slot_of(e.at), weight_of(e) / weight * scale);
    people_ += scale;
  }

  [[nodiscard]] prior_curve over(const prior_curve& parent) const {
    const kernel& k = kernels().pool[prior_bandwidth];
    curve::coefficients cells{};
    const auto n = static_cast<std::int32_t>(cells.size());
    for (std::int32_t slot = 0; slot < slots_per_week; ++slot) {
      const float weight = by_minute_[static_cast<std::size_t>(slot)];
      if (weight == 0) continue;
      const auto row = k.row(slot % curve::cell_minutes);
      std::int32_t cell = (slot / curve::cell_minutes - k.reach() + n) % n;
      for (const float value : row) {
        cells[static_cast<std::size_t>(cell)] += weight * value;
        cell = cell + 1 == n ? 0 : cell + 1;
      }
    }
    const float all = people_ + parent_people;
    const auto before = parent.shape.values();
    for (std::size_t i = 0; i < cells.size(); ++i)
      cells[i] = (1 - open_mind) * (cells[i] + parent_people * before[i]) / all + open_mind / slots_per_week;
    return finished(cells, people_);
  }

 private:
  static float weight_of(const engagement& e) { return kind_weight[static_cast<std::size_t>(e.kind)]; }

  /// Half of it on its own day, half spread over the days like it.
  void add(std::int32_t slot, float weight) {
    const std::int32_t day = slot / minutes_per_day;
    const std::int32_t first = day < 5 ? 0 : 5;
    const std::int32_t count = day < 5 ? 5 : 2;
    by_minute_[static_cast<std::size_t>(slot)] += weight / 2;
    for (std::int32_t d = first; d < first + count; ++d)
      by_minute_[static_cast<std::size_t>(d * minutes_per_day + slot % minutes_per_day)] +=
          weight / 2 / static_cast<float>(count);
  }

  std::array<float, slots_per_week> by_minute_{};
  float people_ = 0;
};

/// Every n-th person, so that at most `most` remain.
std::vector<observed_person> some_of(std::span<const observed_person> people, std::size_t most) {
  std::vector<observed_person> some;
  const std::size_t step = people.size() / most + 1;
  for (std::size_t i = 0; i < people.size(); i += step)
    if (!people[i].events.empty()) some.push_back(people[i]);
  return some;
}

void learn_shapes(population& known, std::span<const observed_person> people) {
  group all;
  std::map<std::string, group, std::less<>> segments;
  for (const auto& person : people) {
    all.add(person.events);
    if (person.segment.empty()) continue;
    auto found = segments.find(person.segment);
    if (found == segments.end()) found = segments.emplace(std::string(person.segment), group{}).first;
    found->second.add(person.events);
  }
  known.workspace = all.over(population::unknown().workspace);
  for (const auto& [name, members] : segments)
    known.segments.emplace(name, members.over(known.workspace));
}

/// Empirical Bayes: the settings' priors are what the people's posteriors average to. People between two
/// nodes count for both.
void learn_settings(population& known, std::span<const observed_person> people, local_minute as_of) {
  std::vector<setting_fit> fits;
  for (const auto& person : people)
    if (person.events.size() > 1)
      fits.push_back(
          fit_settings(person.events, *known.prior_of(person.segment).first, known.half_life_days, as_of));
  const setting_priors start = known.priors;
  for (int round = 0; round < settings_rounds; ++round) {
    setting_priors sums = start;
    for (auto& row : sums)
      for (float& x : row)
        x *= built_in_people;
    for (const auto& fit : fits) {
      const auto weights = posterior(priors_at(known.priors, fit.evidence_weight), fit.log_likelihood);
      const auto [node, upper] = node_of(fit.evidence_weight);
      for (std::size_t i = 0; i < settings; ++i) {
        sums[node][i] += (1 - upper) * weights[i];
        sums[node + 1][i] += upper * weights[i];
      }
    }
    for (auto& row : sums) {
      float sum = 0;
      for (const float x : row)
        sum += x;
      for (float& x : row)
        x /= sum;
    }
    known.priors = sums;
  }
}

/// How well the last fifth of each person's engagements is foretold by the ones before, in bits. A part of
/// the prior is mixed in, lest a short half-life wins by the caution that comes with little evidence.
float foresight(const population& known, std::span<const observed_person> people) {
  float bits = 0;
  for (const auto& person : people) {
    const std::size_t last = std::min<std::size_t>(person.events.size() / 5, 10);
    if (last < 2) continue;
    const auto before = person.events.first(person.events.size() - last);
    const auto after = person.events.last(last);
    const estimate e = estimate_curve(before, known, person.segment, after.front().at);
    const curve& prior = known.prior_of(person.segment).first->shape;
    for (const auto& x : after) {
      const double foretold = e.shape.slot(slot_of(x.at));
      bits += log_of_two(static_cast<float>(0.8 * foretold + 0.2 * prior.slot(slot_of(x.at))));
    }
  }
  return bits;
}

/// Habits age differently from business to business. Another half-life than the built-in one must be clearly
/// better.
void learn_ageing(population& known, std::span<const observed_person> people) {
  constexpr std::array<float, 4> candidates{30, 60, 120, 720};
  constexpr float clearly = 4;
  float best = foresight(known, people) + clearly;
  float half_life = known.half_life_days;
  for (const float candidate : candidates) {
    known.half_life_days = candidate;
    const float bits = foresight(known, people);
    if (bits > best) {
      best = bits;
      half_life = candidate;
    }
  }
  known.half_life_days = half_life;
}

}  // namespace

prior_curve prior_of_values(const curve::coefficients& values, float people) {
  return with_days(curve::of_values(values), people);
}

std::string_view name_of(curve_source source) {
  constexpr std::array<std::string_view, 4> names{"lead", "segment", "workspace", "global"};
  return names[static_cast<std::size_t>(source)];
}

const population& population::unknown() {
  static const population made{180, built_in_priors(), usual_curve(), {}};
  return made;
}

std::pair<const prior_curve*, curve_source> population::prior_of(std::string_view segment) const {
  const auto found = segments.find(segment);
  if (found != segments.end() && found->second.people >= known_people)
    return {&found->second, curve_source::segment};
  return {&workspace, workspace.people >= known_people ? curve_source::workspace : curve_source::global};
}

population learn(std::span<const observed_person> people, local_minute as_of) {
  population known = population::unknown();
  const auto shaping = some_of(people, shape_people_max);
  learn_shapes(known, shaping);
  const auto asked = some_of(shaping, settings_people_max);
  learn_settings(known, asked, as_of);
  learn_ageing(known, some_of(shaping, ageing_people_max));
  // What a setting is worth depends on how fast engagements fade.
  if (known.half_life_days != population::unknown().half_life_days) {
    known.priors = population::unknown().priors;
    learn_settings(known, asked, as_of);
  }
  return known;
}

}  // namespace heed::timing
