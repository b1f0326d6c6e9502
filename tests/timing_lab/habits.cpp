#include "tests/timing_lab/habits.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace heed::lab {
namespace {

constexpr int day_minutes = 1'440;
constexpr int week_minutes = 7 * day_minutes;

double uniform(generator& g, double from, double to) { return std::uniform_real_distribution(from, to)(g); }
double log_uniform(generator& g, double from, double to) {
  return std::exp(uniform(g, std::log(from), std::log(to)));
}
double normal(generator& g, double mean, double deviation) {
  return std::normal_distribution(mean, deviation)(g);
}
int whole(generator& g, int from, int to) { return std::uniform_int_distribution(from, to)(g); }

std::vector<double> shares(generator& g, std::size_t count, double evenness) {
  std::vector<double> v(count);
  for (double& x : v)
    x = std::gamma_distribution(evenness, 1.0)(g) + 1e-9;
  const double sum = std::accumulate(v.begin(), v.end(), 0.0);
  for (double& x : v)
    x /= sum;
  return v;
}

/// How a peak looks around its middle.
enum class shape { bell, box, tail, spike };

struct peak {
  double minute = 0;
  double width = 0;
  double share = 0;
  shape form = shape::bell;
};
using day_plan = std::vector<peak>;
using place = std::function<double(generator&)>;

double height(const peak& p, double distance) {
  switch (p.form) {
    case shape::bell:
      return std::exp(-0.5 * distance * distance / (p.width * p.width)) / (p.width * 2.5066282746);
    case shape::box:
      return std::abs(distance) <= 1.7 * p.width ? 1 / (3.4 * p.width) : 0;
    case shape::tail:
      return distance >= 0 ? std::exp(-distance / p.width) / p.width : 0;
    case shape::spike:
      return std::exp(-std::abs(distance) / p.width) / (2 * p.width);
  }
  return 0;
}

/// Breakfast, lunch or evening.
double daily_life(generator& g) {
  const double u = uniform(g, 0, 1);
  if (u < 0.4) return normal(g, 540, 60);
  return u < 0.65 ? normal(g, 760, 40) : normal(g, 1'230, 70);
}
double any_time(generator& g) { return uniform(g, 0, day_minutes); }
double waking(generator& g) { return uniform(g, 360, 1'380); }
double small_hours(generator& g) { return normal(g, 1'500, 120); }

day_plan plan(generator& g, int least, int most, double narrow, double wide, const place& where,
              shape form = shape::bell) {
  const int count = whole(g, least, most);
  const auto weights = shares(g, static_cast<std::size_t>(count), 2);
  day_plan made;
  for (int i = 0; i < count; ++i)
    made.push_back({where(g), log_uniform(g, narrow, wide), weights[static_cast<std::size_t>(i)], form});
  return made;
}

/// Weights of the days; those of the weekend multiplied.
std::array<double, 7> days(generator& g, double weekend) {
  auto drawn = shares(g, 7, 20);
  drawn[5] *= weekend;
  drawn[6] *= weekend;
  std::array<double, 7> made{};
  const double sum = std::accumulate(drawn.begin(), drawn.end(), 0.0);
  for (std::size_t d = 0; d < 7; ++d)
    made[d] = drawn[d] / sum;
  return made;
}

class week_builder {
 public:
  void add(int day, const day_plan& plan, double weight) {
    for (const auto& p : plan) {
      const int reach = static_cast<int>(8 * p.width) + 1;
      for (int m = static_cast<int>(p.minute) - reach; m <= static_cast<int>(p.minute) + reach; ++m)
        at(day * day_minutes + m) += weight * p.share * height(p, m + 0.5 - p.minute);
    }
  }
  /// The rest of the time counts this much, mostly by day.
  [[nodiscard]] truth finished(double background) {
    scale(minutes_);
    truth rest(week_minutes);
    for (int m = 0; m < week_minutes; ++m)
      rest[static_cast<std::size_t>(m)] = m % day_minutes >= 420 && m % day_minutes < 1'380 ? 1 : 0.1;
    scale(rest);
    for (std::size_t m = 0; m < minutes_.size(); ++m)
      minutes_[m] = (1 - background) * minutes_[m] + background * rest[m];
    return minutes_;
  }
  double& at(int minute) {
    return minutes_[static_cast<std::size_t>((minute % week_minutes + week_minutes) % week_minutes)];
  }

 private:
  static void scale(truth& t) {
    const double sum = std::accumulate(t.begin(), t.end(), 0.0);
    for (double& x : t)
      x /= sum;
  }
  truth minutes_ = truth(week_minutes);
};

truth workweek(generator& g, const day_plan& work, const day_plan& weekend, double weekend_weight,
               double background) {
  const auto weight = days(g, weekend_weight);
  week_builder w;
  for (int d = 0; d < 7; ++d)
    w.add(d, d < 5 ? work : weekend, weight[static_cast<std::size_t>(d)]);
  return w.finished(background);
}

person bumpy(generator& g) {
  const auto work = plan(g, 2, 4, 8, 40, daily_life);
  const auto free = plan(g, 1, 3, 15, 60, daily_life);
  return {workweek(g, work, free, uniform(g, 0.2, 1), 0.08), {}};
}
person narrow(generator& g) {
  const auto work = plan(g, 1, 3, 3, 10, daily_life);
  const auto free = plan(g, 1, 2, 3, 10, daily_life);
  return {workweek(g, work, free, uniform(g, 0.2, 1), 0.1), {}};
}
person broad(generator& g) {
  const auto work = plan(g, 1, 3, 60, 150, daily_life);
  const auto free = plan(g, 1, 2, 60, 150, daily_life);
  return {workweek(g, work, free, uniform(g, 0.2, 1), 0.05), {}};
}
person night_shift(generator& g) {
  const auto work = plan(g, 1, 3, 10, 50, small_hours);
  const auto free = plan(g, 1, 2, 15, 60, daily_life);
  return {workweek(g, work, free, uniform(g, 0.3, 1), 0.1), {}};
}
person weekend(generator& g) {
  const auto work = plan(g, 1, 2, 20, 60, daily_life);
  const auto free = plan(g, 2, 4, 10, 50, waking);
  return {workweek(g, work, free, uniform(g, 4, 12), 0.08), {}};
}
person two_phase(generator& g) {
  const std::array<day_plan, 2> work{plan(g, 1, 3, 10, 40, daily_life), plan(g, 1, 3, 10, 40, daily_life)};
  const auto free = plan(g, 1, 2, 20, 60, daily_life);
  const auto weight = days(g, uniform(g, 0.3, 1));
  week_builder w;
  for (int d = 0; d < 7; ++d)
    w.add(d, d < 5 ? work[static_cast<std::size_t>(d % 2)] : free, weight[static_cast<std::size_t>(d)]);
  return {w.finished(0.08), {}};
}
person every_day_alike(generator& g) {
  const auto all = plan(g, 2, 4, 8, 50, daily_life);
  return {workweek(g, all, all, 1, 0.08), {}};
}
person every_day_different(generator& g) {
  const auto weight = days(g, uniform(g, 0.4, 1));
  week_builder w;
  for (int d = 0; d < 7; ++d)
    w.add(d, plan(g, 1, 2, 10, 40, waking), weight[static_cast<std::size_t>(d)]);
  return {w.finished(0.08), {}};
}
person mixture(generator& g) {
  const auto work = plan(g, 1, 3, 8, 40, daily_life);
  const auto free = plan(g, 1, 2, 15, 60, daily_life);
  const auto weight = days(g, uniform(g, 0.2, 1));
  const double shared = uniform(g, 0.2, 0.8);
  week_builder w;
  for (int d = 0; d < 7; ++d) {
    w.add(d, d < 5 ? work : free, weight[static_cast<std::size_t>(d)] * shared);
    w.add(d, plan(g, 1, 1, 10, 40, daily_life), weight[static_cast<std::size_t>(d)] * (1 - shared));
  }
  return {w.finished(0.08), {}};
}
person drifting(generator& g) {
  auto p = bumpy(g);
  const int shift = whole(g, 40, 150) * (whole(g, 0, 1) == 0 ? 1 : -1);
  p.before = p.now;
  std::ranges::rotate(p.before, p.before.begin() + (week_minutes + shift) % week_minutes);
  p.changed_slowly = true;
  return p;
}
person new_life(generator& g) {
  auto p = bumpy(g);
  p.before = bumpy(g).now;
  return p;
}
person any_hour(generator& g) {
  const auto work = plan(g, 2, 5, 5, 90, any_time);
  const auto free = plan(g, 2, 5, 5, 90, any_time);
  return {workweek(g, work, free, uniform(g, 0.2, 1.5), 0.05), {}};
}
person commuter(generator& g) {
  const day_plan work{{normal(g, 480, 25), log_uniform(g, 6, 15), 0.4},
                      {normal(g, 1'080, 30), log_uniform(g, 6, 15), 0.35},
                      {normal(g, 750, 20), 30, 0.25}};
  const day_plan free{{normal(g, 630, 50), log_uniform(g, 30, 80), 0.7}, {normal(g, 1'260, 40), 40, 0.3}};
  return {workweek(g, work, free, uniform(g, 0.3, 1), 0.1), {}};
}
person waves(generator& g) {
  std::array<double, 4> phase{};
  std::array<double, 4> strength{};
  for (std::size_t k = 0; k < 4; ++k) {
    phase[k] = uniform(g, 0, 6.2832);
    strength[k] = uniform(g, 0.3, 1.2) / (1 + 0.3 * static_cast<double>(k));
  }
  const auto weight = days(g, uniform(g, 0.3, 1));
  week_builder w;
  for (int d = 0; d < 7; ++d) {
    const double turned = normal(g, 0, 0.25);
    for (int m = 0; m < day_minutes; ++m) {
      double sum = m > 390 && m < 1'410 ? 0 : -2.5;
      for (std::size_t k = 0; k < 4; ++k)
        sum += 1.5 * strength[k] *
               std::cos(static_cast<double>(k + 1) * 6.2831853 * m / day_minutes - phase[k] + turned);
      w.at(d * day_minutes + m) += weight[static_cast<std::size_t>(d)] * std::exp(sum);
    }
  }
  return {w.finished(0.02), {}};
}
person sharp(generator& g) {
  const auto work = plan(g, 2, 4, 12, 18, waking);
  const auto free = plan(g, 1, 2, 12, 24, waking);
  return {workweek(g, work, free, uniform(g, 0.3, 1), 0.1), {}};
}

// Held out: looked at when everything was fixed.
person boxes(generator& g) {
  const auto work = plan(g, 1, 3, 8, 60, daily_life, shape::box);
  const auto free = plan(g, 1, 2, 15, 80, waking, shape::box);
  return {workweek(g, work, free, uniform(g, 0.2, 1), 0.06), {}};
}
person prompt(generator& g) {
  const auto work = plan(g, 1, 3, 10, 60, daily_life, shape::tail);
  const auto free = plan(g, 1, 2, 15, 90, daily_life, shape::tail);
  return {workweek(g, work, free, uniform(g, 0.2, 1), 0.08), {}};
}
person spiky(generator& g) {
  const auto work = plan(g, 2, 4, 8, 40, waking, shape::spike);
  const auto free = plan(g, 1, 3, 10, 60, waking, shape::spike);
  return {workweek(g, work, free, uniform(g, 0.2, 1.2), 0.1), {}};
}
person three_days(generator& g) {
  const auto works = plan(g, 2, 3, 8, 30, waking);
  const auto rests = plan(g, 1, 2, 15, 60, waking);
  const auto weight = days(g, 1);
  const int first = whole(g, 0, 6);
  week_builder w;
  for (int d = 0; d < 7; ++d)
    w.add(d, (d + first) % 7 < 3 ? works : rests, weight[static_cast<std::size_t>(d)]);
  return {w.finished(0.07), {}};
}
person blurred(generator& g) {
  const auto base = plan(g, 2, 4, 10, 45, daily_life);
  const auto weight = days(g, uniform(g, 0.3, 1.2));
  week_builder w;
  for (int d = 0; d < 7; ++d) {
    auto today = base;
    for (auto& p : today)
      p.minute += normal(g, 0, 20) + (d >= 5 ? 70 : 0);
    w.add(d, today, weight[static_cast<std::size_t>(d)]);
  }
  return {w.finished(0.1), {}};
}

}  // namespace

const std::vector<family>& families() {
  static const std::vector<family> all{
      {"bumpy", true, bumpy},
      {"sharp", true, sharp},
      {"narrow", true, narrow},
      {"broad", true, broad},
      {"night_shift", true, night_shift},
      {"weekend", true, weekend},
      {"two_phase", true, two_phase},
      {"every_day_alike", true, every_day_alike},
      {"every_day_different", true, every_day_different},
      {"mixture", true, mixture},
      {"drifting", true, drifting},
      {"new_life", true, new_life},
      {"any_hour", true, any_hour},
      {"commuter", true, commuter},
      {"waves", true, waves},
      {"boxes", false, boxes},
      {"prompt", false, prompt},
      {"spiky", false, spiky},
      {"three_days", false, three_days},
      {"blurred", false, blurred},
  };
  return all;
}

sampler::sampler(const truth& t) : cumulated_(t.size()) {
  std::partial_sum(t.begin(), t.end(), cumulated_.begin());
}

std::int32_t sampler::draw(generator& g) const {
  const double u = uniform(g, 0, cumulated_.back());
  const auto found = std::ranges::lower_bound(cumulated_, u) - cumulated_.begin();
  return static_cast<std::int32_t>(std::min<std::ptrdiff_t>(found, week_minutes - 1));
}

}  // namespace heed::lab
