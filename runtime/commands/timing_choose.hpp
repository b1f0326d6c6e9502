#pragma once

#include <iosfwd>
#include <string>

#include "actors/workspace/zone.hpp"

namespace heed::commands {

struct timing_options {
  std::string events_file;
  std::string requests_file;
  unsigned threads = 0;  ///< 0 = one per processor; the answers are the same with any number
};

/// `heed timing choose`: for each request the best minute of its window, by the code the leads run. The
/// file's people are the workspace. Nothing that happened after a request's `from` is used for it, neither of
/// its lead nor of the others. Exit codes: 0; 2 = a file cannot be read or understood.
int run_timing_choose(const timing_options& o, const zone_table& zones, std::ostream& out, std::ostream& err);

/// The same over streams.
int choose_times(std::istream& events, std::istream& requests, unsigned threads, const zone_table& zones,
                 std::ostream& out, std::ostream& err);

}  // namespace heed::commands
