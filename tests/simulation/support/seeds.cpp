#include "tests/simulation/support/seeds.hpp"

#include <unistd.h>

#include <caf/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>

namespace heed::simulation {
namespace {

volatile std::sig_atomic_t running = 0;

/// A world that ends the process is told by its seed, too.
void say_seed(int signal) {
  char text[] = "the process ends in seed           \n";
  auto* digit = text + sizeof text - 3;
  for (auto left = static_cast<std::uint64_t>(running); left > 0; left /= 10)
    *digit-- = static_cast<char>('0' + left % 10);
  if (::write(STDERR_FILENO, text, sizeof text - 1) < 0) return;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

}  // namespace

std::uint64_t base_seed() {
  const auto* given = std::getenv("HEED_SEED");
  return given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
}

void hold(std::uint64_t first, std::uint64_t stride, std::uint64_t count) {
  many_options o;
  o.first = first;
  o.stride = stride;
  o.enough = [count](const many_report& r) { return r.seeds >= count; };
  o.begins = [](std::uint64_t seed) { running = static_cast<std::sig_atomic_t>(seed); };
  for (const int each : {SIGABRT, SIGSEGV, SIGBUS})
    std::signal(each, say_seed);
  const auto began = std::chrono::steady_clock::now();
  const auto r = run_many(o);
  std::cout << "seeds from " << first << " by " << stride << ": "
            << to_table(r, std::chrono::steady_clock::now() - began);
  CAF_CHECK(r.twice > 0);
  if (!r.broken) return;
  auto failed = o.each;
  failed.seed = r.broken->seed;
  const bool elsewhere = r.broken->broken->invariant == "same_seed_same_trace";
  CAF_ERROR(to_text(elsewhere ? *r.broken : shrink(failed, *r.broken)));
}

}  // namespace heed::simulation
