#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// A real installation under faults: processes that are killed and stopped, components that crash and hang, poisoned
/// leads, a provider that misbehaves, and people who come in, answer and leave all the while. Loopback only, bounded.
namespace heed::test {

struct chaos_options {
  std::string heed_binary;
  std::chrono::seconds lasts{60};
  std::uint64_t seed = 1;
  std::size_t most_leads = 20'000;
  double leads_per_second = 25;
  double openings_per_second = 0;  ///< events besides what people do; each must be decided exactly once
  bool on_postgres = false;  ///< of its own, which is broken too
};

struct chaos_report {
  std::map<std::string, std::uint64_t> faults;      ///< injected, by kind
  std::map<std::string, std::uint64_t> work;        ///< done meanwhile
  struct promise {
    std::string name;
    std::uint64_t checked = 0, broken = 0;
    std::string example;
  };
  std::vector<promise> promises;
  [[nodiscard]] bool held() const;
};

/// Runs until the time is over, lets the world come to rest, and checks.
[[nodiscard]] chaos_report run_chaos(const chaos_options& o, std::ostream& progress);
void print(const chaos_report& r, std::ostream& out);

}  // namespace heed::test
