#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "runtime/simulation/simulate.hpp"

/// Runs seeds until one breaks a promise. Exit codes: 0 all held, 1 one was broken, 2 the arguments make no sense.
namespace {

using namespace heed::simulation;

constexpr auto usage =
    "heed_simulate --seed N [--steps S] | --from-seed A --seeds K | --minutes M [--from-seed A]\n"
    "              [--bug NAME] [--no-faults] [--trace]\n";

struct arguments {
  std::uint64_t first = 1, seeds = 1;
  std::optional<std::uint64_t> steps, minutes;
  bool one = false, trace = false, good = true;
  seed_options each;
};

std::optional<planted_bug> bug_named(std::string_view name) {
  const auto& all = planted_bugs();
  const auto found = std::ranges::find(all, name, [](planted_bug b) { return to_string(b); });
  return found == all.end() ? std::nullopt : std::optional(*found);
}

arguments read(int argc, char** argv) {
  arguments a;
  const auto number = [&](int& i) { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : (a.good = false, 0ull); };
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--seed") a.one = true, a.first = number(i);
    else if (word == "--from-seed") a.first = number(i);
    else if (word == "--seeds") a.seeds = number(i);
    else if (word == "--steps") a.steps = number(i);
    else if (word == "--minutes") a.minutes = number(i);
    else if (word == "--no-faults") a.each.faults = false;
    else if (word == "--trace") a.trace = true;
    else if (word == "--bug" && i + 1 < argc) {
      const auto bug = bug_named(argv[++i]);
      if (!bug) a.good = false;
      else a.each.bug = *bug;
    } else a.good = false;
  }
  a.each.step_limit = a.steps;
  return a;
}

struct sums {
  std::uint64_t seeds = 0, steps = 0;
  double lead_days = 0;
  tally counts;
  void add(const seed_report& r) {
    ++seeds;
    steps += r.steps;
    lead_days += static_cast<double>(r.leads) * static_cast<double>(r.simulated.count()) / 86'400e6;
    for (const auto& [name, n] : r.counts) counts[name] += n;
  }
};

void print(const sums& s, std::chrono::duration<double> took) {
  std::cout << s.seeds << " seeds, " << s.steps << " steps, " << s.lead_days / 365.25 << " lead-years in "
            << took.count() << " s\n";
  for (const auto& [name, n] : s.counts) std::cout << "  " << n << "  " << name << "\n";
}

int run(const arguments& a) {
  const auto began = std::chrono::steady_clock::now();
  const auto over = [&](const sums& s) {
    if (a.minutes) return std::chrono::steady_clock::now() - began >= std::chrono::minutes(*a.minutes);
    return s.seeds >= (a.one ? 1 : a.seeds);
  };
  sums s;
  while (!over(s)) {
    auto o = a.each;
    o.seed = a.first + s.seeds;
    o.keep_trace = a.trace;
    const auto r = run_seed(o);
    s.add(r);
    if (!r.broken) continue;
    std::cout << to_text(a.steps ? r : shrink(o, r));
    return 1;
  }
  print(s, std::chrono::steady_clock::now() - began);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto a = read(argc, argv);
  if (!a.good) return std::cerr << usage, 2;
  return run(a);
}
