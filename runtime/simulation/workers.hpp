#pragma once

#include <chrono>
#include <optional>

#include "runtime/simulation/many.hpp"

namespace heed::simulation {

/// Deals seeds out to processes of its own: `seeds` of them, or as many as begin before `until`. The first
/// broken promise ends them all; it is printed by the process that found it. A process that dies is reported
/// with its seed.
[[nodiscard]] many_report run_in_processes(const many_options& o, std::uint64_t workers,
                                           std::optional<std::uint64_t> seeds,
                                           std::chrono::steady_clock::time_point until);

}  // namespace heed::simulation
