#include "actors/provider/circuit.hpp"

#include <algorithm>

#include "actors/lead/ids.hpp"

namespace heed {

bool circuit::may_call(time_point now, std::size_t in_flight) const {
  if (!open_until_) return true;
  return now >= *open_until_ && in_flight == 0;
}

void circuit::succeeded() {
  failures_ = 0;
  open_until_.reset();
  counted_at_.reset();
}

void circuit::failed(time_point now, time_point started, std::optional<duration> retry_after) {
  if (open_until_ && counted_at_ && started < *counted_at_) {
    if (retry_after) open_until_ = std::max(*open_until_, now + std::clamp(*retry_after, shortest_pause, longest_pause));
    return;
  }
  counted_at_ = now;
  const auto doublings = std::min<std::uint32_t>(failures_++, 10);
  const auto base = std::min(longest_pause, shortest_pause * (std::int64_t{1} << doublings));
  const auto hash = stable_hash(account_ + "/" + std::to_string(failures_));
  const duration jitter{static_cast<std::int64_t>(hash % static_cast<std::uint64_t>(base.count() / 4))};
  const auto pause = retry_after ? std::clamp(*retry_after, shortest_pause, longest_pause)
                                 : std::min(longest_pause, base + jitter);
  open_until_ = std::max(open_until_.value_or(now), now + pause);
}

void circuit::stopped(time_point now) {
  ++failures_;
  open_until_ = now + longest_pause;
}

}  // namespace heed
