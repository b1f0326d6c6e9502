#include "runtime/watchdog.hpp"

#include <algorithm>

namespace heed {

std::vector<stuck_finding> progress_watch::look(std::chrono::microseconds now, std::span<const progress_sample> all) {
  const auto late = last_.count() == 0 ? std::chrono::microseconds{0}
                                       : std::max(now - last_ - 2 * period_, std::chrono::microseconds{0});
  last_ = now;
  std::vector<stuck_finding> out;
  for (const auto& s : all) {
    auto [at, fresh] = seen_.try_emplace(s.path, seen{s.handled, now, false, false});
    auto& before = at->second;
    before.since += late;
    const bool nothing_to_do = s.waiting <= 0 && s.busy_since == 0;
    if (fresh || nothing_to_do || s.handled != before.handled) {
      if (before.told) out.push_back({stuck_finding::what::moving, s.path, now - before.since, false});
      before = {s.handled, now, false, false};
      continue;
    }
    const auto lasts = now - before.since;
    const auto is = s.busy_since != 0 ? stuck_finding::what::blocked : stuck_finding::what::idle;
    if (lasts >= after_ && !std::exchange(before.told, true)) out.push_back({is, s.path, lasts, false});
    if (lasts >= 2 * after_ && !std::exchange(before.told_for_good, true)) out.push_back({is, s.path, lasts, true});
  }
  return out;
}

}  // namespace heed
