#include "runtime/simulation/many.hpp"

#include <array>
#include <cstdio>

#include "runtime/simulation/dice.hpp"

namespace heed::simulation {
namespace {

/// The parts of the table, by the first word of a name; what fits none is said last.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> groups{
    {{"node", "process"},
     {"actor", "actors"},
     {"store", "store"},
     {"provider", "providers"},
     {"clock", "clock"},
     {"people", "people and webhooks"}}};

std::string_view group_of(std::string_view name) {
  for (const auto& [prefix, title] : groups)
    if (name.starts_with(prefix) && name.substr(prefix.size()).starts_with('_')) return title;
  return name.starts_with("operator_") ? "operators" : "what came of it";
}

std::string row(std::string_view part, std::string_view name, std::uint64_t n, std::uint64_t seeds) {
  std::array<char, 160> out{};
  std::snprintf(out.data(), out.size(), "%-20.*s %-34.*s %12llu %10llu\n", static_cast<int>(part.size()),
                part.data(), static_cast<int>(name.size()), name.data(), static_cast<unsigned long long>(n),
                static_cast<unsigned long long>(seeds));
  return out.data();
}

seed_report differs(const seed_report& one, const seed_report& other) {
  auto r = one;
  r.broken = violation{"same_seed_same_trace",
                       "two runs of one seed went different ways: " + std::to_string(one.trace_hash) +
                           " and " + std::to_string(other.trace_hash),
                       {},
                       one.steps};
  return r;
}

}  // namespace

void many_report::add(const seed_report& r) {
  ++seeds;
  steps += r.steps;
  lead_days += static_cast<double>(r.leads) * static_cast<double>(r.simulated.count()) / 86'400e6;
  for (const auto& [name, n] : r.counts) {
    counts[name] += n;
    ++seeds_with[name];
  }
  if (r.broken) broken = r;
}

void many_report::add(const many_report& r) {
  seeds += r.seeds;
  steps += r.steps;
  twice += r.twice;
  lead_days += r.lead_days;
  for (const auto& [name, n] : r.counts)
    counts[name] += n;
  for (const auto& [name, n] : r.seeds_with)
    seeds_with[name] += n;
  if (r.broken) broken = r.broken;
}

many_report run_many(const many_options& o) {
  many_report all;
  while (!all.broken && !o.enough(all)) {
    auto each = o.each;
    each.seed = o.first + all.seeds * o.stride;
    if (o.begins) o.begins(each.seed);
    const auto r = run_seed(each);
    all.add(r);
    if (r.broken || !dice(each.seed, "twice").chance(o.twice)) continue;
    ++all.twice;
    if (const auto again = run_seed(each); again.trace_hash != r.trace_hash) all.broken = differs(r, again);
  }
  return all;
}

std::string to_table(const many_report& r, std::chrono::duration<double> took) {
  std::array<char, 200> head{};
  std::snprintf(head.data(), head.size(),
                "%llu seeds (%llu of them twice), %llu steps, %.1f lead-years in %.0f s\n\n",
                static_cast<unsigned long long>(r.seeds), static_cast<unsigned long long>(r.twice),
                static_cast<unsigned long long>(r.steps), r.lead_days / 365.25, took.count());
  std::string out = head.data();
  out += "part                 what                                      times   in seeds\n";
  std::map<std::string_view, std::string> parts;
  for (const auto& [name, n] : r.counts) {
    const auto with = r.seeds_with.find(name);
    parts[group_of(name)] += row(group_of(name), name, n, with == r.seeds_with.end() ? 0 : with->second);
  }
  for (const auto& [prefix, title] : groups)
    out += parts[title];
  return out + parts["operators"] + parts["what came of it"];
}

}  // namespace heed::simulation
