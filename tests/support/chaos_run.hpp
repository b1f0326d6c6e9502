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

/// What is broken: one process today, a cluster's nodes behind the same face.
class chaos_target {
 public:
  virtual ~chaos_target() = default;
  [[nodiscard]] virtual std::size_t nodes() const = 0;
  virtual void kill(std::size_t node) = 0;           ///< SIGKILL, and up again
  virtual void stop_and_start(std::size_t node) = 0; ///< in good order
  virtual void freeze(std::size_t node, std::chrono::milliseconds time) = 0;  ///< SIGSTOP, SIGCONT
  /// What the store's own audit says at the end; empty = nothing.
  [[nodiscard]] virtual std::string audit() = 0;
};

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
