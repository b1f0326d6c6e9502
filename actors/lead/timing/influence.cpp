#include "actors/lead/timing/influence.hpp"

#include <algorithm>

namespace heed::timing {

float weight_at(const influence& i, time_point t) {
  if (t < i.at || i.life <= duration::zero() || t >= i.at + i.life) return 0;
  const double left = static_cast<double>((i.at + i.life - t).count()) / static_cast<double>(i.life.count());
  return static_cast<float>(static_cast<double>(i.weight) * left * left);
}

std::vector<influence> with(std::vector<influence> present, influence more, std::size_t names_max) {
  const auto same = std::ranges::find(present, more.name, &influence::name);
  if (same == present.end())
    present.push_back(std::move(more));
  else if (same->at <= more.at)
    *same = std::move(more);
  // By name where instants are equal, so that the order of arrival leaves no trace.
  std::ranges::sort(present, [](const influence& a, const influence& b) {
    return a.at != b.at ? a.at > b.at : a.name < b.name;
  });
  if (present.size() > names_max) present.resize(names_max);
  return present;
}

bool breaker::is_open(time_point t) const { return ticket_open || (closed_at && t < *closed_at + cooldown); }

std::optional<time_point> breaker::closes_at(time_point now) const {
  if (ticket_open || !is_open(now)) return std::nullopt;
  return *closed_at + cooldown;
}

double factor_at(std::span<const influence> influences, time_point t) {
  double factor = 1;
  for (const auto& i : influences)
    factor *= std::max(0.0, 1 + static_cast<double>(weight_at(i, t)));
  return factor;
}

double factor_bound(std::span<const influence> influences, time_point from, time_point until) {
  double factor = 1;
  for (const auto& i : influences) {
    // A weight is largest when it begins; before and after, and when it is negative, 0 may be larger.
    const time_point peak = std::clamp(i.at, from, until);
    const float most = std::max({0.0f, weight_at(i, from), weight_at(i, peak), weight_at(i, until)});
    factor *= 1 + static_cast<double>(most);
  }
  return factor;
}

double propensity(double base, std::span<const influence> influences, const breaker& b, time_point t) {
  if (b.is_open(t)) return 0;
  return std::max(0.0, base * factor_at(influences, t));
}

}  // namespace heed::timing
