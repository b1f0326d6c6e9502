#include <cstdlib>
#include <iostream>
#include <string_view>

#include "tests/support/cluster_chaos.hpp"

/// heed_chaos [--seconds N] [--seed S] [--store sqlite|postgres | --cluster [--nodes N] [--no-proof] [--events N] [--other BINARY]]: breaks a real installation until the time is over. Exit code 0 = every promise held.
int main(int argc, char** argv) {
  heed::test::chaos_options o;
  heed::test::cluster_chaos_options c;
  bool cluster = false;
  o.heed_binary = HEED_BINARY;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--seconds" && i + 1 < argc)
      o.lasts = std::chrono::seconds(std::strtoll(argv[++i], nullptr, 10));
    else if (word == "--seed" && i + 1 < argc)
      o.seed = std::strtoull(argv[++i], nullptr, 10);
    else if (word == "--store" && i + 1 < argc && (argv[i + 1] == std::string_view("sqlite") || argv[i + 1] == std::string_view("postgres")))
      o.on_postgres = argv[++i] == std::string_view("postgres");
    else if (word == "--cluster")
      cluster = true;
    else if (word == "--nodes" && i + 1 < argc)
      c.nodes = std::strtoull(argv[++i], nullptr, 10);
    else if (word == "--no-proof")
      c.proof_by_process = false;
    else if (word == "--other" && i + 1 < argc)
      c.other_binary = argv[++i];
    else if (word == "--events" && i + 1 < argc)
      o.openings_per_second = std::strtod(argv[++i], nullptr);
    else
      return std::cerr << "heed_chaos [--seconds N] [--seed S] [--store sqlite|postgres | --cluster [--nodes N] [--no-proof] [--events N] [--other BINARY]]\n", 2;
  }
  if (o.lasts.count() < 1 || o.lasts.count() > 86'400) return std::cerr << "--seconds must be from 1 to 86400\n", 2;
  if (c.nodes < 2 || c.nodes > 5) return std::cerr << "--nodes must be from 2 to 5\n", 2;
  std::cout << "seed " << o.seed << ", " << o.lasts.count() << " s, on " << (cluster ? std::to_string(c.nodes) + " nodes" : o.on_postgres ? "postgres" : "sqlite") << std::endl;
  c.run = o;
  c.skewed_clock = SKEWED_CLOCK;
  const auto report = cluster ? heed::test::run_cluster_chaos(c, std::cout) : heed::test::run_chaos(o, std::cout);
  print(report, std::cout);
  return report.held() ? 0 : 1;
}
