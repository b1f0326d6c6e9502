#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "actors/lead/ids.hpp"
#include "actors/lead/time.hpp"
#include "actors/lead/timing/population.hpp"

/// What a decision is told of the world outside its lead for the choice of a minute. It is journaled with the decision, in
/// the few numbers that were used, so that the decision can be taken again to the byte.
namespace heed {

/// How long messages through an account take to this lead's address, hour by hour; only what was measured (SF-24).
struct latency_outlook {
  account_id account;
  time_point from{};                   ///< the beginning of an hour
  std::vector<std::int64_t> hours_ms;  ///< never empty; beyond the last hour its value holds

  [[nodiscard]] duration at(time_point t) const;
};

/// Minutes in a row that carry all they may.
struct full_minutes {
  std::int64_t first = 0;  ///< since 1970
  std::uint32_t count = 0;
};
/// How a campaign's touches are spread over the minutes to come (SF-28).
struct crowd_outlook {
  campaign_id campaign;
  std::uint64_t recipients = 0;  ///< live runs
  std::vector<full_minutes> full;

  [[nodiscard]] bool is_full(time_point minute) const;
};

struct timing_outlook {
  std::uint64_t priors = 0;  ///< version of the priors that the workspace's people taught; 0 = those of people nobody knows
  std::vector<latency_outlook> latencies;
  std::vector<crowd_outlook> crowds;
  std::shared_ptr<const timing::population> known = {};  ///< of that version; a value of the store's, journaled by its number

  [[nodiscard]] const timing::population& population() const { return known ? *known : timing::population::unknown(); }
  [[nodiscard]] const latency_outlook* latency_of(const account_id& account) const;
  [[nodiscard]] const crowd_outlook* crowd_of(const campaign_id& campaign) const;
};

}  // namespace heed
