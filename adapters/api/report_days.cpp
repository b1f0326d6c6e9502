// Day by day: what became of steps that were due.
#include <date/date.h>

#include <map>

#include "adapters/api/handlers.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/present.hpp"
#include "adapters/api/wait_gates.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

constexpr auto default_window = std::chrono::days(30);
constexpr int most_days = 92;

struct day {
  std::uint64_t sent = 0;
  std::map<std::string, std::uint64_t> waited, paused, suppressed, skipped;
};

void add(day& d, const report_count& c) {
  if (c.what == "sent") d.sent += c.count;
  if (c.what == "waited") d.waited[std::string(gate_of_wait(c.reason))] += c.count;
  if (c.what == "held") d.paused["awaiting_approval"] += c.count;
  if (c.what == "paused") d.paused[c.reason] += c.count;
  if (c.what == "suppressed") d.suppressed[c.reason] += c.count;
  if (c.what == "skipped" || c.what == "blocked") d.skipped[c.reason] += c.count;
}

json day_json(const std::string& date, const day& d) {
  return {{"date", date},
          {"sent", d.sent},
          {"waited", d.waited},
          {"paused", d.paused},
          {"suppressed", d.suppressed},
          {"skipped", d.skipped}};
}

/// The local midnights from the day of `from` to the one after the day of `to`.
std::vector<local_point> midnights(const zone_rules& zone, time_point from, time_point to) {
  std::vector<local_point> out;
  auto at = std::chrono::floor<std::chrono::days>(to_local(zone, from));
  const auto last = std::chrono::floor<std::chrono::days>(to_local(zone, to));
  for (; at <= last + std::chrono::days(1); at += std::chrono::days(1))
    out.push_back(at);
  return out;
}

std::string date_of(local_point p) {
  const auto days = std::chrono::floor<std::chrono::days>(p.time_since_epoch());
  return date::format("%F", date::sys_days(date::days(days.count())));
}

}  // namespace

void report_days(const call_ptr& c) {
  const auto now = c->node().now();
  auto to = read_instant(*c, "to", now);
  if (!to) return;
  auto from = read_instant(*c, "from", *to - default_window);
  if (!from) return;
  if (*to < *from) std::swap(from, to);
  if (*to - *from > std::chrono::days(most_days))
    return c->refuse(unprocessable("from", "This is more than 92 days.", "Ask for a shorter time."));
  const auto rules = c->node().current_policy(c->workspace);
  if (!rules) return c->refuse(not_found());
  reading(c, [c, rules, from = *from, to = *to](store_reader& r) {
    const std::string campaign(c->request.query_value("campaign"));
    const auto& name = rules->defaults.time_zone;
    const auto& zone = rules->zones ? rules->zones->find(name) : utc_zone();
    const auto bounds = midnights(zone, from, to);
    auto days = json::array();
    for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
      const auto counts = r.report(c->workspace, campaign, std::max(from, to_utc(zone, bounds[i])),
                                   std::min(to, to_utc(zone, bounds[i + 1])));
      if (!counts) return c->refuse(counts.error());
      day d;
      for (const auto& each : *counts)
        add(d, each);
      days.push_back(day_json(date_of(bounds[i]), d));
    }
    c->answer(200, {{"campaign", text_or_null(campaign)},
                    {"time_zone", name},
                    {"from", to_iso(from)},
                    {"to", to_iso(to)},
                    {"days", std::move(days)}});
  });
}

}  // namespace heed::api
