#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <thread>

#include "runtime/simulation/workers.hpp"

/// Runs seeds until one breaks a promise. Exit codes: 0 all held, 1 one was broken, 2 the arguments make no
/// sense.
namespace {

using namespace heed::simulation;

constexpr auto usage =
    "scripts/simulate --seed N [--steps S]        one seed, in full with --trace\n"
    "scripts/simulate --from-seed A --seeds K     K seeds\n"
    "scripts/simulate --minutes M [--from-seed A] as many as fit\n"
    "  --workers W    processes at a time (as many as cores)\n"
    "  --bug NAME     with a known bug planted, to see it found; one of:\n";

struct arguments {
  std::optional<std::uint64_t> one, steps, minutes;
  std::uint64_t first = 1, seeds = 1, workers = std::max(1u, std::thread::hardware_concurrency());
  bool good = true;
  seed_options each;
};

arguments read(int argc, char** argv) {
  arguments a;
  const auto number = [&](int& i) -> std::uint64_t {
    char* end = nullptr;
    const auto n = i + 1 < argc ? std::strtoull(argv[++i], &end, 10) : 0ull;
    if (end == nullptr || *end != '\0') a.good = false;
    return n;
  };
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--seed")
      a.one = number(i);
    else if (word == "--from-seed")
      a.first = number(i);
    else if (word == "--seeds")
      a.seeds = number(i);
    else if (word == "--steps")
      a.steps = number(i);
    else if (word == "--minutes")
      a.minutes = number(i);
    else if (word == "--workers")
      a.workers = std::max<std::uint64_t>(1, number(i));
    else if (word == "--no-faults")
      a.each.faults = false;
    else if (word == "--trace")
      a.each.keep_trace = true;
    else if (word == "--bug" && i + 1 < argc) {
      const auto bug = planted_bug_named(argv[++i]);
      a.each.bug = bug.value_or(planted_bug::none);
      a.good = a.good && bug;
    } else
      a.good = false;
  }
  a.each.step_limit = a.steps;
  return a;
}

int run_one(const arguments& a) {
  auto o = a.each;
  o.seed = *a.one;
  const auto r = run_seed(o);
  std::cout << to_text(r.broken && !a.steps ? shrink(o, r) : r);
  return r.broken ? 1 : 0;
}

int run_several(const arguments& a) {
  const auto began = std::chrono::steady_clock::now();
  many_options o;
  o.each = a.each;
  o.each.keep_trace = false;
  o.first = a.first;
  const auto until = began + std::chrono::minutes(a.minutes.value_or(0));
  const auto r = run_in_processes(o, a.workers, a.minutes ? std::nullopt : std::optional(a.seeds), until);
  std::cout << to_table(r, std::chrono::steady_clock::now() - began);
  return r.broken ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto a = read(argc, argv);
  if (a.good) return a.one ? run_one(a) : run_several(a);
  std::cerr << usage;
  for (const auto bug : planted_bugs())
    std::cerr << "                 " << to_string(bug) << "\n";
  return 2;
}
