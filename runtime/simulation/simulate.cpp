#include "runtime/simulation/simulate.hpp"

#include <spdlog/spdlog.h>

#include "runtime/simulation/world.hpp"

namespace heed::simulation {

seed_report run_seed(const seed_options& o) {
  // Decisions of a made world are no news.
  spdlog::set_level(spdlog::level::off);
  world w(o);
  return w.run();
}

seed_report shrink(const seed_options& o, const seed_report& failed) {
  auto best = o;
  best.keep_trace = true;
  best.step_limit = failed.steps;
  auto report = run_seed(best);
  if (!report.broken) {
    // It broke only because the world went on; then there is no shorter one to look for.
    best.step_limit = o.step_limit;
    return run_seed(best);
  }
  std::uint64_t holds = 0;
  std::uint64_t breaks = report.steps;
  for (int i = 0; i < 24 && breaks - holds > 1; ++i) {
    auto half = best;
    half.step_limit = holds + (breaks - holds) / 2;
    auto r = run_seed(half);
    if (r.broken && r.broken->invariant == failed.broken->invariant) {
      breaks = *half.step_limit;
      report = std::move(r);
    } else {
      holds = *half.step_limit;
    }
  }
  return report;
}

std::string to_text(const seed_report& r) {
  if (!r.broken) {
    auto out = "seed " + std::to_string(r.seed) + " keeps every promise over " + std::to_string(r.steps) +
               " steps\n";
    for (const auto& line : r.trace)
      out += "  " + line + "\n";
    return out;
  }
  auto out =
      "seed " + std::to_string(r.seed) + " breaks " + r.broken->invariant + ": " + r.broken->detail + "\n";
  if (!r.broken->lead.empty()) out += "  lead " + r.broken->lead + "\n";
  out += "  again: scripts/simulate --seed " + std::to_string(r.seed) + " --steps " +
         std::to_string(r.steps) + "\n";
  for (const auto& line : r.trace)
    out += "  " + line + "\n";
  return out;
}

}  // namespace heed::simulation
