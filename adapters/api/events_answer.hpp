#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "adapters/api/engine.hpp"

namespace heed::api {

/// What became of a batch of stimuli, counted.
struct tally {
  std::uint64_t accepted = 0;
  std::uint64_t duplicates = 0;
  std::vector<std::string> without_lead;  ///< kinds of those that no lead could be found or made for
};
[[nodiscard]] tally tally_of(const std::vector<engine::outcome>& outcomes,
                             const std::vector<std::string>& kinds);

/// {"lead_id","seq","facts"} of every outcome that was decided while the caller waited.
[[nodiscard]] nlohmann::json decisions_json(const std::vector<engine::outcome>& outcomes);
[[nodiscard]] nlohmann::json calls_in_flight_json(const std::vector<engine::outcome>& outcomes);

}  // namespace heed::api
