#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace heed::commands {

struct check_options {
  std::string config_file;  ///< empty = only the campaign files
  std::vector<std::string> campaign_files;
};
/// Validates a configuration and campaign documents and prints all problems at once; 0 = none, 1 = some. What is
/// allowed and yet forgets somebody is a warning on `out` and no problem.
int run_check(const check_options& o, std::ostream& out, std::ostream& err);

}  // namespace heed::commands
