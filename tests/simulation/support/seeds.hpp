#pragma once

#include <cstdint>

#include "runtime/simulation/many.hpp"

namespace heed::simulation {

/// The first seed of a suite: fixed, unless the environment's HEED_SEED says another one.
[[nodiscard]] std::uint64_t base_seed();
/// Runs `count` seeds of a stride; the first broken promise is a test error with all that people need of it.
void hold(std::uint64_t first, std::uint64_t stride, std::uint64_t count);

}  // namespace heed::simulation
