#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/lead/ids.hpp"
#include "actors/lead/time.hpp"

namespace heed::simulation {

/// The only source of chance: splitmix64, equal on every machine. Each part of the world rolls dice of its
/// own, so that one more roll in one part does not change the others.
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed) {}
  dice(std::uint64_t seed, std::string_view part) : state_(seed ^ stable_hash(part)) { (void)next(); }

  std::uint64_t next() {
    auto z = state_ += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : next() % n; }
  /// `n` of a thousand.
  bool chance(std::uint64_t n) { return below(1'000) < n; }
  duration between(duration low, duration high) {
    return low +
           duration(static_cast<std::int64_t>(below(static_cast<std::uint64_t>((high - low).count()) + 1)));
  }
  template <class T>
  const T& pick(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace heed::simulation
