#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/time.hpp"

namespace heed::simulation {

/// What happened, in order, in words that hold no chance bytes: two runs of one seed give one hash.
class trace {
 public:
  explicit trace(bool keep) : keep_(keep) {}

  void add(std::uint64_t step, duration elapsed, std::string_view lead, const std::string& what);
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  /// The latest `most` lines about a lead, or about the node where `lead` is empty; lines about the node as a
  /// whole are in both.
  [[nodiscard]] std::vector<std::string> about(std::string_view lead, std::size_t most) const;
  [[nodiscard]] std::vector<std::string> all() const { return about({}, lines_.size()); }

 private:
  struct line {
    std::uint64_t step = 0;
    duration elapsed{};
    std::string lead, what;
  };
  bool keep_;
  std::uint64_t hash_ = 14695981039346656037ull;
  std::vector<line> lines_;
};

/// Why a seed fails: an invariant by name, and about whom.
struct violation {
  std::string invariant;
  std::string detail;
  std::string lead;
  std::uint64_t step = 0;
};

/// Faults and doings by name, for the report.
using tally = std::map<std::string, std::uint64_t>;

}  // namespace heed::simulation
