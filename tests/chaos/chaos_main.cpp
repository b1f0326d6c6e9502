#include <cstdlib>
#include <iostream>
#include <string_view>

#include "tests/support/chaos_run.hpp"

/// heed_chaos [--seconds N] [--seed S] [--store sqlite|postgres]: breaks a real installation until the time is over. Exit code 0 = every promise held.
int main(int argc, char** argv) {
  heed::test::chaos_options o;
  o.heed_binary = HEED_BINARY;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--seconds" && i + 1 < argc)
      o.lasts = std::chrono::seconds(std::strtoll(argv[++i], nullptr, 10));
    else if (word == "--seed" && i + 1 < argc)
      o.seed = std::strtoull(argv[++i], nullptr, 10);
    else if (word == "--store" && i + 1 < argc && (argv[i + 1] == std::string_view("sqlite") || argv[i + 1] == std::string_view("postgres")))
      o.on_postgres = argv[++i] == std::string_view("postgres");
    else
      return std::cerr << "heed_chaos [--seconds N] [--seed S] [--store sqlite|postgres]\n", 2;
  }
  if (o.lasts.count() < 1 || o.lasts.count() > 86'400) return std::cerr << "--seconds must be from 1 to 86400\n", 2;
  std::cout << "seed " << o.seed << ", " << o.lasts.count() << " s, on " << (o.on_postgres ? "postgres" : "sqlite") << std::endl;
  const auto report = heed::test::run_chaos(o, std::cout);
  print(report, std::cout);
  return report.held() ? 0 : 1;
}
