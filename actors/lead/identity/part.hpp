#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/ids.hpp"
#include "actors/lead/time.hpp"

namespace heed {

struct lead_state;

/// By what a person is suppressed whom only a part's opt-out concerns.
inline constexpr std::string_view via_merge = "merge";

/// Steps of a campaign that reached the person under another id, or may have.
struct reached_steps {
  campaign_id campaign;
  std::vector<step_id> steps;
  bool operator==(const reached_steps&) const = default;
};

/// Another lead that is the same person, and what was taken over from it: so much can be given back.
struct merged_part {
  std::string merge;             ///< names the act
  lead_id lead;
  std::uint64_t seq = 0;         ///< of the decision that united them
  time_point at{};
  std::string by;
  std::string reason;
  std::shared_ptr<const lead_state> gained;  ///< what the lead that stays had not
  std::shared_ptr<const lead_state> had;     ///< the single values of its own that gave way
  std::vector<reached_steps> reached;
  std::vector<campaign_id> ended;            ///< its own runs that this decision ended
  bool operator==(const merged_part& other) const;
};

/// A lead that is another one's part: what is said to it is passed on.
struct absorbed_state {
  std::string merge;
  lead_id into;
  std::uint64_t seq = 0;
  time_point at{};
  std::string by;
  std::string reason;
  std::vector<campaign_id> ended;
  bool operator==(const absorbed_state&) const = default;
};

/// A merge, or its undoing, that waits for the other lead's answer. Until then this lead is absorbed by nobody, so that no two
/// leads become parts of each other.
struct merge_under_way {
  std::string merge;
  lead_id part;
  bool undoing = false;
  std::string by;
  std::string reason;
  bool operator==(const merge_under_way&) const = default;
};

/// Somebody else answers for the lead (ZRG-57).
struct current_replier {
  std::string email;
  std::string name;
  time_point since{};
  bool operator==(const current_replier&) const = default;
};

}  // namespace heed
