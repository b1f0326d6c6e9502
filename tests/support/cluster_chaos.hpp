#pragma once

#include <iosfwd>

#include "tests/support/chaos_run.hpp"

namespace heed::test {

struct cluster_chaos_options {
  chaos_options run;
  std::size_t nodes = 3;
  bool proof_by_process = true;  ///< false = as on several machines: who is dead only time tells
  std::string other_binary;      ///< of the release before: all begin as it, who comes back is of this one; empty = all are of this one
  std::string skewed_clock;      ///< library that sets a process's wall clock; empty = clocks stay right
};

/// Nodes are killed, frozen, cut off from their database and their peers, started again in order, their clocks set wrong and
/// the database restarted, under the same people, provider and promises as a single node. What was taken over when is
/// measured by people whose leads moved.
[[nodiscard]] chaos_report run_cluster_chaos(const cluster_chaos_options& o, std::ostream& progress);

}  // namespace heed::test
