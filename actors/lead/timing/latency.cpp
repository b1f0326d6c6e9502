#include "actors/lead/timing/latency.hpp"

#include <algorithm>

#include "actors/lead/timing/numeric.hpp"

namespace heed::timing {
namespace {

/// Receipts that a level remembers: later ones push earlier ones out.
constexpr float hour_memory = 200;
constexpr float whole_memory = 1'000;
/// The whole counts like this many receipts of an hour, a neighbouring hour's like a third of its own.
constexpr float whole_weight = 3;
constexpr float neighbour = 1.0f / 3;
/// How fast the fast part forgets, and how many receipts it doubts: two tell most of a spike.
constexpr duration fast_half_life = std::chrono::minutes(10);
constexpr float fast_doubt = 0.5f;
constexpr float fast_memory = 6;
/// One hand-over that waits is bad luck; from the third on it is the account.
constexpr std::size_t waiting_is_slow = 3;

float log_seconds(duration d) {
  const auto bounded = std::clamp<duration>(d, std::chrono::milliseconds(10), latency_signal::longest);
  return log_of_two(static_cast<float>(static_cast<double>(bounded.count()) / 1e6));
}
duration from_log_seconds(float log) {
  const double micros = static_cast<double>(power_of_two(log)) * 1e6;
  return std::min(duration(static_cast<std::int64_t>(micros)), latency_signal::longest);
}

float faded(float value, duration age) {
  const float lives = static_cast<float>(age.count()) / static_cast<float>(fast_half_life.count());
  return value * power_of_two(-std::max(0.0f, lives));
}

}  // namespace

/// Log2 seconds by time of the week, between the middles of the hours.
float latency_signal::slow(time_point at) const {
  const double position = week_position(utc_zone(), at) / 60 - 0.5;
  const auto before = static_cast<std::int32_t>(position < 0 ? position - 1 : position);
  const auto share = static_cast<float>(position - before);
  const float all = whole_.log_sum / whole_.weight;
  const auto hour = [&](std::int32_t h) {
    const auto here = static_cast<std::size_t>((h + hours_per_week) % hours_per_week);
    const auto left = static_cast<std::size_t>((h + hours_per_week - 1) % hours_per_week);
    const auto right = static_cast<std::size_t>((h + 1) % hours_per_week);
    const float sum = by_hour_[here].log_sum + neighbour * (by_hour_[left].log_sum + by_hour_[right].log_sum);
    const float weight = by_hour_[here].weight + neighbour * (by_hour_[left].weight + by_hour_[right].weight);
    return (sum + whole_weight * all) / (weight + whole_weight);
  };
  return (1 - share) * hour(before) + share * hour(before + 1);
}

float latency_signal::fast(time_point now) const {
  if (!(recent_.weight > 0)) return 0;
  const float weight = faded(recent_.weight, now - recent_at_);
  return recent_.log_sum / recent_.weight * weight / (weight + fast_doubt);
}

void latency_signal::add(const receipt& r) {
  const float log = log_seconds(r.delivered - r.handed_over);
  if (receipts_ > 0) {
    // A receipt tells of the moment at which it came; one that comes out of order does not turn time back.
    const time_point at = std::max(recent_at_, r.delivered);
    const float keep = std::min(faded(1, at - recent_at_), 1 - 1 / fast_memory);
    recent_.log_sum = recent_.log_sum * keep + (log - slow(r.handed_over));
    recent_.weight = recent_.weight * keep + 1;
    recent_at_ = at;
  } else {
    recent_at_ = r.delivered;
  }
  const auto hour = static_cast<std::size_t>(week_position(utc_zone(), r.handed_over) / 60);
  const auto remember = [log](level& l, float memory) {
    const float keep = 1 - 1 / memory;
    l.log_sum = l.log_sum * keep + log;
    l.weight = l.weight * keep + 1;
  };
  remember(by_hour_[hour], hour_memory);
  remember(whole_, whole_memory);
  ++receipts_;
}

latency_used latency_signal::estimate(time_point at, time_point now, const queue_view& queue) const {
  latency_used used{assumed, latency_used::origin::assumed};
  if (receipts_ > 0)
    used = {from_log_seconds(slow(at) + fast(std::max(at, now))), latency_used::origin::measured};
  // Whoever waits already waits at least that long; this tells of an outage before any receipt can.
  if (queue.unconfirmed.size() >= waiting_is_slow && queue.unconfirmed[waiting_is_slow - 1] < now) {
    const duration waited = now - queue.unconfirmed[waiting_is_slow - 1];
    const duration left = duration(
        static_cast<std::int64_t>(static_cast<double>(waited.count()) *
                                  static_cast<double>(faded(1, std::max(duration::zero(), at - now)))));
    if (left > used.value) used = {left, latency_used::origin::measured};
  }
  if (queue.depth > 0 && queue.drained_per_second > 0) {
    const double wait = static_cast<double>(queue.depth) / queue.drained_per_second;
    used.value += duration(static_cast<std::int64_t>(std::min(wait, 1e6) * 1e6));
  }
  used.value = std::min<duration>(used.value, longest);
  return used;
}

bool is_spike(duration before, duration after) { return after > duration::zero() && after >= 3 * before; }

}  // namespace heed::timing
