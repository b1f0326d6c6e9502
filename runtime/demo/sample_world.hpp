#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "runtime/clock.hpp"

/// The demo's made world: a workspace with three campaigns on sandbox accounts, and people with made names,
/// example.com addresses and +1555 numbers.
namespace heed::demo {

inline constexpr auto workspace_name = "demo";
inline constexpr auto zone_name = "America/New_York";

[[nodiscard]] config::workspace_config sample_workspace(const zone_table* zones);

/// Monday 09:00 in the workspace's zone, of the week that `real_now` lies in.
[[nodiscard]] time_point monday_morning(const zone_table& zones, time_point real_now);

struct person {
  std::size_t number = 0;
  std::string first_name, last_name, company, email, phone;
  campaign_id campaign;
  std::string landing_page;
};
[[nodiscard]] std::vector<person> sample_persons(std::size_t count, std::uint64_t seed);

/// How a person comes in: by a form on the landing page, or from a list with stated consent.
[[nodiscard]] stimulus enrolment_of(const person& p, time_point now);

}  // namespace heed::demo
