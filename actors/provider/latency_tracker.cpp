#include "actors/provider/latency_tracker.hpp"

#include <algorithm>
#include <tuple>

namespace heed {

std::string domain_of(std::string_view address) {
  const auto host = address.rfind('@');
  return host == std::string_view::npos ? std::string{} : std::string(address.substr(host + 1));
}

const timing::latency_signal& latency_tracker::signal_of(std::string_view domain) const {
  const auto own = domains_.find(domain);
  return own != domains_.end() && own->second.receipts() >= domain_known ? own->second : whole_;
}

/// None for one domain too many: the account speaks for it.
timing::latency_signal* latency_tracker::own_signal(const std::string& domain) {
  if (domain.empty()) return nullptr;
  const auto found = domains_.find(domain);
  if (found != domains_.end()) return &found->second;
  if (domains_.size() >= domains_most) return nullptr;
  return &domains_[domain];
}

timing::latency_used latency_tracker::estimate(std::string_view domain, time_point at, time_point now) const {
  const auto open = whole_.receipts() >= account_known ? unconfirmed(now) : std::vector<time_point>{};
  return signal_of(domain).estimate(at, now, {depth_, drained_, open});
}

std::vector<time_point> latency_tracker::unconfirmed(time_point now, std::size_t most) const {
  std::vector<time_point> out;
  const auto since = std::max(now - lost_after, newest_confirmed_.value_or(time_point::min())) + duration(1);
  for (auto at = waiting_.lower_bound({since, {}}); at != waiting_.end() && at->first.first <= now && out.size() < most; ++at)
    out.push_back(at->first.first);
  return out;
}

void latency_tracker::forget_oldest() {
  waiting_since_.erase(waiting_.begin()->first.second);
  waiting_.erase(waiting_.begin());
}

void latency_tracker::handed_over(const effect_id& id, const std::string& domain, time_point at) {
  if (seen_.contains(id.value) || waiting_since_.contains(id.value)) return;
  // What will not come is forgotten, so that an account whose provider tells of no arrivals keeps little.
  while (!waiting_.empty() && waiting_.begin()->first.first <= at - lost_after) forget_oldest();
  if (waiting_.size() >= waiting_most) forget_oldest();
  waiting_since_.emplace(id.value, at);
  waiting_.emplace(place{at, id.value}, waiting{domain, at, at + estimate(domain, at, at).value});
}

void latency_tracker::arrived(const arrival_row& r) {
  if (!r.delivered || seen_.contains(r.effect.value)) return;
  const auto since = waiting_since_.extract(r.effect.value);
  if (since) return add(r.effect, waiting_.extract(place{since.mapped(), r.effect.value}).mapped(), *r.delivered);
  // A hand-over that this process did not see, or had given up, is foretold by what is known now.
  const auto foretold = r.handed_over + estimate(r.domain, r.handed_over, r.handed_over).value;
  add(r.effect, {r.domain, r.handed_over, foretold}, *r.delivered);
}

void latency_tracker::add(const effect_id& id, const waiting& w, time_point delivered) {
  const timing::receipt r{w.at, std::max(w.at, delivered)};
  whole_.add(r);
  if (auto* own = own_signal(w.domain)) own->add(r);
  newest_confirmed_ = std::max(newest_confirmed_.value_or(w.at), w.at);
  points_.push_back({id, w.domain, w.at, w.foretold, r.delivered});
  seen_.insert(id.value);
  if (points_.size() <= points_kept) return;
  seen_.erase(points_.front().effect.value);
  points_.pop_front();
}

void latency_tracker::take_up(std::vector<arrival_row> rows) {
  struct happened {
    time_point at;
    bool arrival = false;
    const arrival_row* what;
  };
  std::vector<happened> all;
  for (const auto& r : rows) {
    all.push_back({r.handed_over, false, &r});
    if (r.delivered) all.push_back({std::max(*r.delivered, r.handed_over), true, &r});
  }
  std::ranges::sort(all, {}, [](const happened& h) { return std::tuple(h.at, h.arrival, h.what->effect.value); });
  for (const auto& h : all)
    h.arrival ? arrived(*h.what) : handed_over(h.what->effect, h.what->domain, h.at);
}

std::vector<latency_tracker::spike> latency_tracker::spikes(time_point now) {
  std::vector<spike> out;
  const auto look = [&](const std::string& domain) {
    const auto is = estimate(domain, now, now);
    if (is.from != timing::latency_used::origin::measured) return;
    const auto [told, fresh] = told_.try_emplace(domain, is.value);
    if (!fresh && is.value >= noticeable && timing::is_spike(told->second, is.value)) {
      out.push_back({domain, told->second, is.value});
      told->second = is.value;
    } else {
      told->second = std::min(told->second, is.value);
    }
  };
  look({});
  for (const auto& [domain, signal] : domains_)
    if (signal.receipts() >= domain_known) look(domain);
  return out;
}

std::vector<std::pair<std::string, std::uint64_t>> latency_tracker::domains() const {
  std::vector<std::pair<std::string, std::uint64_t>> out;
  for (const auto& [domain, signal] : domains_)
    if (signal.receipts() >= domain_known) out.emplace_back(domain, signal.receipts());
  return out;
}

}  // namespace heed
