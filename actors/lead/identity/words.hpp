#pragma once

#include <memory>
#include <string>
#include <vector>

#include "actors/lead/identity/key.hpp"
#include "actors/lead/ids.hpp"

/// What is said about who is who: by operators to a lead, and between the two leads of a merge. All of it is a stimulus,
/// durable before it is decided.
namespace heed {

struct lead_state;

/// To the lead that stays: `part` is the same person. Without `evidence` it is somebody's own word.
struct merge_asked {
  lead_id part;
  std::string by;
  std::string reason;
  std::vector<lead_key> evidence;  ///< the keys that two systems share; they are held to SF-48 and SF-49
};
/// The lead that stays to the other one: give up what you know, and tell me what comes from now on.
struct absorption_asked {
  lead_id into;
  std::string merge;
  std::string by;
  std::string reason;
  std::vector<lead_key> evidence;
  std::vector<lead_key> keys;  ///< of the lead that stays
};
/// The answer: what it knew, or why not.
struct absorption_answered {
  lead_id part;
  std::string merge;
  std::string refused;
  std::shared_ptr<const lead_state> state;
};
/// To the lead that stayed: `part` is another person after all.
struct unmerge_asked { lead_id part; std::string by; std::string reason; };
struct restoring_asked { lead_id from; std::string merge; std::string by; std::string reason; };
struct restoring_answered { lead_id part; std::string merge; };
/// The person said no, or yes again, to the lead that stayed: it holds for the part as well.
struct suppression_shared { lead_id from; bool lifted = false; std::string reason; };
/// One of the person's other addresses is to be written to first.
struct promotion_asked { std::string email; std::string by; };

}  // namespace heed
