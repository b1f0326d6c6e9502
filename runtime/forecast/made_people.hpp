#pragma once

#include <string>

#include "actors/workspace/policy.hpp"

namespace heed::forecast {

/// As many people as asked for who exist nowhere, as a list that `read_lead_list` reads: they have an address
/// on each of the campaign's channels and a value for all that its texts ask of a person, and live in its
/// time zone. What the texts ask of the workspace stays as it is: that it is missing is worth foreseeing.
[[nodiscard]] std::string made_people(std::size_t count, const campaign& c, const settings& workspace);

}  // namespace heed::forecast
