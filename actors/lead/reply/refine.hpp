#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "actors/lead/reply_class.hpp"
#include "actors/workspace/zone.hpp"

namespace heed::reply {

/// What a model made of a reply. Its evidence stands in the reply; whoever read its answer has seen to that.
struct refinement {
  reply_class kind = reply_class::neutral;
  std::uint32_t confidence_pct = 0;
  bool urgent = false;
  std::string evidence;
  std::optional<std::chrono::year_month_day> resume_on;
  std::string referred_email;
  bool operator==(const refinement&) const = default;
};

/// A model is asked only about what the rules were not sure of.
[[nodiscard]] bool worth_refining(const reply_reading& r);

/// A model must be that sure before automation may go on by its word alone; for what only stops or asks
/// people `act_from` will do.
inline constexpr std::uint32_t go_on_from_pct = 80;

/// The reading with what the model adds. It never changes a sure reading, never makes a suspected opt-out,
/// complaint, bounce, no or machine into anything weaker, and never calms an urgent one. Otherwise the
/// reading stays as it was: unsure, for a human.
[[nodiscard]] reply_reading refined(reply_reading r, const refinement& by, const zone_rules& zone);

}  // namespace heed::reply
