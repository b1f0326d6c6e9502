#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "actors/workspace/policy.hpp"
#include "persistence/rows.hpp"

namespace heed {

/// When one account may send, as far as its actor knows. What holds is checked and counted in the claim; this only keeps
/// claims from being tried in vain, and tells those who must wait when to come back.
///
/// A day's cap is not used up in one burst: sends are paced over a working day, a fifth of the cap may go ahead of it.
/// Who does not fit gets a slot: the next free one by pace and cap, inside the workspace's opening hours.
class pacer {
 public:
  /// What the account may and when its workspace is open; asked again whenever the policy may have changed.
  void configure(const account& a, const settings& s, const zone_rules& zone);

  [[nodiscard]] bool bounded() const { return per_second_ > 0 || per_day_ > 0; }
  /// What the claim is to check and count.
  [[nodiscard]] send_limits limits(time_point now) const;
  /// The store's word after a claim.
  void learned(const send_usage_row& usage) { usage_ = usage; }
  /// A claim is on its way: until its answer comes this is counted as used.
  void took(time_point now);
  /// The day is used up: the store said so.
  void day_is_full(time_point now);

  /// The earliest instant of the next claim; `now` or before when it may be tried at once. A used-up day answers with
  /// the opening of the next one.
  [[nodiscard]] time_point next_at(time_point now) const;
  /// True when the day's cap is what holds.
  [[nodiscard]] bool is_full(time_point now) const;
  /// How many of a queue are worth keeping for the next `patience`; the others are better off with slots.
  [[nodiscard]] std::size_t worth_keeping(time_point now, duration patience) const;
  /// Hands out the next slot; at most a week ahead, where the turn of whoever comes is looked at again.
  [[nodiscard]] time_point slot(time_point now);
  /// Something changed that may have freed slots: they are handed out anew.
  void forget_slots();

 private:
  [[nodiscard]] std::int64_t day_of(time_point t) const;
  [[nodiscard]] std::uint32_t used_on(std::int64_t day) const;
  [[nodiscard]] duration interval() const;
  [[nodiscard]] time_point opening(time_point t) const;
  [[nodiscard]] time_point next_day_opening(time_point t) const;

  std::uint32_t per_second_ = 0;
  std::uint32_t per_day_ = 0;
  business_hours hours_;
  const zone_rules* zone_ = &utc_zone();
  send_usage_row usage_;
  time_point last_slot_{};
  std::map<std::int64_t, std::uint32_t> promised_;  ///< slots handed out, by local day
};

}  // namespace heed
