#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <tl/expected.hpp>
#include <variant>

#include "actors/campaign/document.hpp"
#include "actors/lead/time.hpp"
#include "actors/workspace/policy.hpp"

namespace heed::api {

/// What somebody wants to know before a campaign goes live.
struct forecast_wish {
  workspace_id workspace;
  std::string by;
  policy rules;  ///< with the campaign in it as it would be
  campaign_id campaign;
  std::uint32_t leads = 100;  ///< people that are made up, when there is no list
  std::string list;           ///< real ones, as `heed simulate --leads` reads them
  std::uint32_t days = 14;
  std::string people = "warm";  ///< the model of how they answer
  std::uint64_t seed = 1;
  duration enrol_over{};
  std::uint32_t handoffs_per_day = 0;
  time_point start{};

  static constexpr std::uint32_t most_leads = 2'000;
  static constexpr std::uint32_t most_days = 60;
};

/// Where forecasts are computed: aside, one at a time in a workspace. The latest of a workspace is kept, in
/// memory.
class forecasts {
 public:
  virtual ~forecasts() = default;

  /// Another one of the workspace is under way, of that campaign.
  struct under_way {
    campaign_id campaign;
  };
  /// Too many workspaces wait.
  struct crowded {};
  using refusal = std::variant<problems, under_way, crowded>;
  /// Begun; its document.
  [[nodiscard]] virtual tl::expected<nlohmann::json, refusal> begin(forecast_wish w) = 0;
  /// Null: none is known.
  [[nodiscard]] virtual nlohmann::json latest(const workspace_id& ws, const campaign_id& c) const = 0;
  /// Gives up one that is not over; its document, null when there is none.
  virtual nlohmann::json give_up(const workspace_id& ws, const campaign_id& c) = 0;
};

}  // namespace heed::api
