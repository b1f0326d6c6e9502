#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "actors/campaign/document.hpp"
#include "actors/lead/stimulus.hpp"
#include "actors/workspace/policy.hpp"

namespace heed::forecast {

/// A list of people as they would be enrolled, read by the API's own rules.
struct lead_list {
  std::vector<stimulus> enrolments;
  bool consent_assumed = false;  ///< the list names none: taken as granted on the campaign's channels
};

/// CSV with a header (RFC 4180), or one JSON document of `POST /leads` a line; told apart by the first character. CSV
/// columns: `email`, `phone`, `time_zone`, `landing_page`, `consent_CHANNEL` (its source); every other one is a field by its
/// name. What a list leaves out of consent, landing page and campaign is filled in, so that the people of another tool's
/// export can be looked at. Problems name line and column; all of them are told.
[[nodiscard]] tl::expected<lead_list, problems> read_lead_list(std::string_view text, const policy& p,
                                                               const campaign& c, time_point now);

}  // namespace heed::forecast
