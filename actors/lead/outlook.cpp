#include "actors/lead/outlook.hpp"

#include <algorithm>

namespace heed {

duration latency_outlook::at(time_point t) const {
  const auto hour = (t - from) / std::chrono::hours(1);
  const auto last = static_cast<std::int64_t>(hours_ms.size()) - 1;
  return std::chrono::milliseconds(hours_ms[static_cast<std::size_t>(std::clamp<std::int64_t>(hour, 0, last))]);
}

bool crowd_outlook::is_full(time_point minute) const {
  const auto m = std::chrono::floor<std::chrono::minutes>(minute.time_since_epoch()).count();
  return std::ranges::any_of(full, [&](const full_minutes& f) { return m >= f.first && m < f.first + f.count; });
}

const latency_outlook* timing_outlook::latency_of(const account_id& account) const {
  const auto found = std::ranges::find(latencies, account, &latency_outlook::account);
  return found == latencies.end() ? nullptr : &*found;
}

const crowd_outlook* timing_outlook::crowd_of(const campaign_id& campaign) const {
  const auto found = std::ranges::find(crowds, campaign, &crowd_outlook::campaign);
  return found == crowds.end() ? nullptr : &*found;
}

}  // namespace heed
