#pragma once

#include <cstdint>
#include <string>

namespace heed::commands {

struct demo_options {
  std::string directory = "heed-demo";
  std::uint16_t port = 8080;
  std::int64_t time_scale = 60;
  std::string store_url;       ///< empty = SQLite in the directory
  std::uint64_t seed = 1;
  std::size_t leads = 200;
  std::int64_t exit_after = 0; ///< real seconds; 0 = until SIGTERM
};

/// `heed demo`: a made workspace whose sample leads live by themselves. Exit codes as `heed serve`.
int run_demo(const demo_options& o);

}  // namespace heed::commands
