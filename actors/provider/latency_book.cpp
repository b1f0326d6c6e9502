#include "actors/provider/latency_book.hpp"

namespace heed {

std::shared_ptr<latency_book::entry> latency_book::entry_of(const workspace_id& ws, const account_id& account) {
  const std::lock_guard guard(lock_);
  auto& e = entries_[{ws.value, account.value}];
  if (!e) e = std::make_shared<entry>();
  return e;
}

std::shared_ptr<const latency_book::entry> latency_book::find(const workspace_id& ws, const account_id& account) const {
  const std::lock_guard guard(lock_);
  const auto found = entries_.find({ws.value, account.value});
  return found == entries_.end() ? nullptr : found->second;
}

std::optional<latency_outlook> latency_book::outlook(const workspace_id& ws, const account_id& account, std::string_view domain,
                                                     time_point now, time_point until) const {
  const auto e = find(ws, account);
  if (!e) return std::nullopt;
  const std::lock_guard guard(e->lock);
  if (!e->tracker.has_measured()) return std::nullopt;
  latency_outlook out{account, std::chrono::floor<std::chrono::hours>(now), {}};
  // A week is a period: what lies beyond it was there before.
  for (auto t = out.from; t < until && out.hours_ms.size() < 168; t += std::chrono::hours(1)) {
    const auto at = std::max(now, t + std::chrono::minutes(30));
    out.hours_ms.push_back(std::chrono::round<std::chrono::milliseconds>(e->tracker.estimate(domain, at, now).value).count());
  }
  if (out.hours_ms.empty()) return std::nullopt;
  // This hour is asked for now: what is fast fades before its middle.
  out.hours_ms.front() = std::chrono::round<std::chrono::milliseconds>(e->tracker.estimate(domain, now, now).value).count();
  return out;
}

std::optional<duration> latency_book::estimate(const workspace_id& ws, const account_id& account, std::string_view domain,
                                               time_point at, time_point now) const {
  const auto e = find(ws, account);
  if (!e) return std::nullopt;
  const std::lock_guard guard(e->lock);
  const auto is = e->tracker.estimate(domain, at, now);
  return is.from == timing::latency_used::origin::measured ? std::optional(is.value) : std::nullopt;
}

}  // namespace heed
