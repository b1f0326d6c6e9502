#include <map>

#include "adapters/api/handlers.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/present.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

constexpr auto default_window = std::chrono::days(30);

struct sums {
  std::uint64_t total = 0;
  std::map<std::string, std::uint64_t> by_reason;
  void add(const report_count& c) {
    total += c.count;
    by_reason[c.reason.empty() ? "unspecified" : c.reason] += c.count;
  }
};

/// The decisions first: what was welcomed, held back and handed over, each with reasons that add up (SS-59,
/// SS-62). Deliveries are only context beside them (SS-61).
json report_json(const std::vector<report_count>& counts) {
  std::map<std::string, sums> by;
  for (const auto& c : counts)
    by[c.what].add(c);
  const auto& suppressed = by["suppressed"];
  const auto& takeovers = by["takeover"];
  return {{"welcomed", by["welcomed"].total + by["welcomed_candidate"].total},
          {"suppressed", suppressed.total},
          {"takeovers", takeovers.total},
          {"reasons", {{"suppressed", suppressed.by_reason}, {"takeovers", takeovers.by_reason}}},
          {"context",
           {{"enrolled", by["enrolled"].total},
            {"sent", by["sent"].total},
            {"skipped", by["skipped"].by_reason},
            {"blocked", by["blocked"].by_reason},
            {"unknown", by["unknown"].total},
            {"held_for_approval", by["held"].total},
            {"waited", by["waited"].by_reason},
            {"paused", by["paused"].by_reason}}}};
}

}  // namespace

void report_decisions(const call_ptr& c) {
  const auto now = c->node().now();
  auto from = read_instant(*c, "from", now - default_window);
  if (!from) return;
  auto to = read_instant(*c, "to", now);
  if (!to) return;
  if (*to < *from) std::swap(from, to);
  const std::string campaign(c->request.query_value("campaign"));
  reading(c, [c, campaign, from = *from, to = *to](store_reader& r) {
    const auto counts = r.report(c->workspace, campaign, from, to);
    if (!counts) return c->refuse(counts.error());
    auto body = report_json(*counts);
    body["campaign"] = text_or_null(campaign);
    body["from"] = to_iso(from);
    body["to"] = to_iso(to);
    c->answer(200, body);
  });
}

void list_actions(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  reading(c, [c, p = *p](store_reader& r) {
    const auto found = r.audience_actions(c->workspace, std::string(c->request.query_value("lead")),
                                          std::string(c->request.query_value("campaign")), p);
    if (!found) return c->refuse(found.error());
    c->answer(200, page_json(*found, action_json));
  });
}

void list_sandbox(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  reading(c, [c, p = *p](store_reader& r) {
    const auto found = r.sandbox(c->workspace, std::string(c->request.query_value("lead")), p);
    if (!found) return c->refuse(found.error());
    c->answer(200, page_json(*found, sandbox_json));
  });
}

}  // namespace heed::api
