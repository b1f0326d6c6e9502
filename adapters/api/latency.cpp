#include <algorithm>

#include "actors/provider/latency_tracker.hpp"
#include "actors/provider/stored_arrivals.hpp"
#include "adapters/api/handlers.hpp"

/// How long messages through an account take: what was foretold beside what came, from the stored sends and receipts (SF-23, SF-26).
namespace heed::api {

using nlohmann::json;

namespace {

constexpr auto shown_of = std::chrono::days(28);
constexpr std::size_t read_most = 20'000;
constexpr std::size_t waiting_most = 1'000;

double seconds(duration d) { return static_cast<double>(d.count()) / 1e6; }

/// The hours of the week that begins with the Monday before.
std::vector<double> by_hour(const latency_tracker& t, std::string_view domain, time_point now) {
  const auto today = std::chrono::floor<std::chrono::days>(now);
  const auto monday = today - (std::chrono::weekday(today) - std::chrono::Monday);
  std::vector<double> out;
  for (int h = 0; h < 168; ++h) {
    auto at = monday + std::chrono::hours(h) + std::chrono::minutes(30);
    // An hour that has passed is told as it will be next time.
    if (at < now) at += std::chrono::days(7);
    out.push_back(seconds(t.estimate(domain, at, now).value));
  }
  return out;
}

json points_of(const latency_tracker& t, std::string_view domain, duration& error, std::size_t& count) {
  auto out = json::array();
  for (const auto& p : t.points()) {
    if (!domain.empty() && p.domain != domain) continue;
    const auto late = p.delivered - p.foretold;
    error += std::chrono::abs(late);
    ++count;
    out.push_back({{"domain", p.domain},
                   {"handed_over", to_iso(p.handed_over)},
                   {"foretold", to_iso(p.foretold)},
                   {"delivered", to_iso(p.delivered)},
                   {"late_by_s", seconds(late)}});
  }
  return out;
}

json domains_of(const latency_tracker& t, time_point now) {
  auto all = t.domains();
  std::ranges::stable_sort(all, std::greater{}, &std::pair<std::string, std::uint64_t>::second);
  auto out = json::array();
  for (const auto& [name, receipts] : all)
    out.push_back({{"domain", name}, {"receipts", receipts}, {"estimate_s", seconds(t.estimate(name, now, now).value)}});
  return out;
}

json latency_json(const latency_tracker& t, const account_id& account, const std::string& domain, std::optional<std::uint32_t> queue,
                  time_point now) {
  const auto current = t.estimate(domain, now, now);
  duration error{};
  std::size_t count = 0;
  auto points = points_of(t, domain, error, count);
  return {{"account", account.value},
          {"domain", domain.empty() ? json() : json(domain)},
          {"as_of", to_iso(now)},
          {"receipts", t.receipts()},
          {"waiting", t.unconfirmed(now, waiting_most).size()},
          {"queue", queue ? json(*queue) : json()},
          {"measured", current.from == timing::latency_used::origin::measured},
          {"estimate_s", seconds(current.value)},
          {"mean_error_s", count > 0 ? json(seconds(error) / static_cast<double>(count)) : json()},
          {"domains", domains_of(t, now)},
          {"hours", by_hour(t, domain, now)},
          {"points", std::move(points)}};
}

}  // namespace

void show_latency(const call_ptr& c) {
  const account_id id{c->param("account")};
  const auto p = c->node().current_policy(c->workspace);
  if (!p || !p->find_account(id)) return c->refuse(not_found());
  reading(c, [c, id](store_reader& r) {
    const auto now = c->node().now();
    auto rows = stored_arrivals(r, c->workspace, id, now - shown_of, read_most);
    if (!rows) return c->refuse(rows.error());
    latency_tracker t;
    t.take_up(std::move(*rows));
    const auto domain = c->request.query_value("domain");
    c->answer(200, latency_json(t, id, std::string(domain), c->node().queue_of(c->workspace, id), now));
  });
}

}  // namespace heed::api
