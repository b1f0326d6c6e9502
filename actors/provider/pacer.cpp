#include "actors/provider/pacer.hpp"

#include <algorithm>
#include <limits>

#include "actors/lead/calendar.hpp"

namespace heed {
namespace {

using namespace std::chrono_literals;

/// Where a workspace has no opening hours, slots lie in an ordinary working day; a send at once may happen any time.
constexpr std::int32_t usual_from = 9 * 60;
constexpr std::int32_t usual_to = 17 * 60;
constexpr std::uint8_t every_day = 0b111'1111;
/// The part of a day's cap that may go out ahead of the pace.
constexpr std::uint32_t burst_part = 5;
constexpr auto horizon = std::chrono::days(7);

}  // namespace

void pacer::configure(const account& a, const settings& s, const zone_rules& zone) {
  per_second_ = a.max_per_second;
  per_day_ = a.max_per_day;
  zone_ = &zone;
  hours_ = s.hours.value_or(business_hours{every_day, usual_from, usual_to, {}});
}

send_limits pacer::limits(time_point now) const {
  send_limits l;
  l.max_per_day = per_day_;
  l.day = day_of(now);
  if (per_second_ > 0) l.gap = duration(1s) / per_second_;
  if (per_day_ > 0) {
    l.pace = duration(std::chrono::minutes(hours_.to_minute - hours_.from_minute)) / per_day_;
    l.burst = l.pace * (std::max(1u, per_day_ / burst_part) - 1);
  }
  return l;
}

void pacer::took(time_point now) {
  if (!bounded()) return;
  const auto l = limits(now);
  if (usage_.day != l.day) usage_.used = 0;
  usage_.day = std::max(usage_.day, l.day);
  ++usage_.used;
  usage_.last_at = now;
  if (l.pace.count() > 0) usage_.paced_at = std::max(now, usage_.paced_at) + l.pace;
}

void pacer::day_is_full(time_point now) {
  usage_.day = day_of(now);
  usage_.used = std::max(usage_.used, per_day_);
}

std::int64_t pacer::day_of(time_point t) const {
  return std::chrono::floor<std::chrono::days>(to_local(*zone_, t)).time_since_epoch().count();
}

std::uint32_t pacer::used_on(std::int64_t day) const {
  const auto promised = promised_.find(day);
  return (usage_.day == day ? usage_.used : 0) + (promised == promised_.end() ? 0 : promised->second);
}

duration pacer::interval() const {
  const auto l = limits(time_point{});
  return std::max({l.gap, l.pace, duration(1ms)});
}

time_point pacer::opening(time_point t) const { return next_opening(&hours_, *zone_, t).value_or(t + 24h); }

time_point pacer::next_day_opening(time_point t) const {
  const auto midnight = local_point{std::chrono::floor<std::chrono::days>(to_local(*zone_, t)) + std::chrono::days(1)};
  return opening(to_utc(*zone_, midnight));
}

bool pacer::is_full(time_point now) const {
  return per_day_ > 0 && usage_.day == day_of(now) && usage_.used >= per_day_;
}

time_point pacer::next_at(time_point now) const {
  if (!bounded()) return now;
  if (is_full(now)) return next_day_opening(now);
  const auto l = limits(now);
  auto at = now;
  if (usage_.last_at && l.gap.count() > 0) at = std::max(at, *usage_.last_at + l.gap);
  if (l.pace.count() > 0) at = std::max(at, usage_.paced_at - l.burst);
  return at;
}

std::size_t pacer::worth_keeping(time_point now, duration patience) const {
  if (!bounded()) return std::numeric_limits<std::size_t>::max();
  const auto first = next_at(now);
  if (first > now + patience) return 0;
  return 1 + static_cast<std::size_t>((now + patience - first) / interval());
}

time_point pacer::slot(time_point now) {
  promised_.erase(promised_.begin(), promised_.lower_bound(day_of(now)));
  // Also where there is room at once: of many that are put off together only the first comes straight back.
  auto at = std::max({next_at(now), now, last_slot_ + interval()});
  if (per_day_ == 0) return last_slot_ = at;
  at = opening(at);
  while (at < now + horizon && used_on(day_of(at)) >= per_day_)
    at = next_day_opening(at);
  if (at >= now + horizon) return opening(now + horizon);
  ++promised_[day_of(at)];
  return last_slot_ = at;
}

void pacer::forget_slots() {
  promised_.clear();
  last_slot_ = {};
}

}  // namespace heed
