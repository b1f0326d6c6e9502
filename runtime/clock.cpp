#include "runtime/clock.hpp"

#include <charconv>
#include <vector>

namespace heed {

std::string encode_anchor(const clock_anchor& a) {
  return std::to_string(to_micros(a.real0)) + " " + std::to_string(to_micros(a.domain0)) + " " +
         std::to_string(a.scale);
}

result<clock_anchor> decode_anchor(std::string_view text) {
  std::vector<std::int64_t> numbers;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  while (at != end) {
    if (*at == ' ') {
      ++at;
      continue;
    }
    std::int64_t value = 0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc{}) return fail(errc::fatal, "clock anchor: not a number");
    numbers.push_back(value);
    at = next;
  }
  if (numbers.size() != 3 || numbers[2] < 1) return fail(errc::fatal, "clock anchor: three numbers expected");
  return clock_anchor{from_micros(numbers[0]), from_micros(numbers[1]), numbers[2]};
}

anchored_clock::anchored_clock(clock_anchor anchor, time_point high_water)
    : anchor_(anchor), high_water_(to_micros(high_water)) {}

void anchored_clock::follow(time_point theirs, ticks at) {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
  ahead_of_steady_.store(to_micros(theirs) - since, std::memory_order_relaxed);
}

time_point anchored_clock::real_now() const {
  if (const auto ahead = ahead_of_steady_.load(std::memory_order_relaxed); ahead != 0)
    return from_micros(ahead + std::chrono::duration_cast<std::chrono::microseconds>(steady().time_since_epoch()).count());
  return std::chrono::time_point_cast<duration>(std::chrono::system_clock::now());
}

time_point anchored_clock::now() const {
  const auto mapped = to_micros(anchor_.domain0 + (real_now() - anchor_.real0) * anchor_.scale);
  auto seen = high_water_.load(std::memory_order_relaxed);
  while (mapped > seen && !high_water_.compare_exchange_weak(seen, mapped, std::memory_order_relaxed)) {
  }
  return from_micros(std::max(mapped, seen));
}

duration anchored_clock::real_delay_until(time_point domain) const {
  const auto left = domain - now();
  if (left <= duration{0}) return duration{0};
  return duration{(left.count() + anchor_.scale - 1) / anchor_.scale};
}

}  // namespace heed
