#include <algorithm>
#include <array>
#include <map>

#include "adapters/api/handlers.hpp"
#include "adapters/api/lead_lookup.hpp"
#include "adapters/api/paging.hpp"
#include "adapters/api/present.hpp"
#include "adapters/api/retry.hpp"

namespace heed::api {

using nlohmann::json;

namespace {

struct view {
  std::string_view name;
  run_status status;
};
/// The queue's views (SS-29, T-1); every run is in exactly one.
constexpr std::array views{view{"Pending", run_status::pending}, view{"Running", run_status::running},
                           view{"Paused", run_status::paused},   view{"Suppressed", run_status::suppressed},
                           view{"Failed", run_status::failed},   view{"Done", run_status::done}};

json counts_json(const std::map<run_status, std::uint64_t>& counts) {
  auto all = json::object();
  for (const auto& v : views) {
    const auto it = counts.find(v.status);
    all[std::string(to_string(v.status))] = it == counts.end() ? 0 : it->second;
  }
  return all;
}

std::optional<run_filter> read_filter(call& c) {
  run_filter f;
  const auto status = c.request.query_value("status");
  f.campaign = c.request.query_value("campaign");
  f.lead = c.request.query_value("lead");
  if (status.empty()) return f;
  f.status = parse_run_status(status);
  if (f.status) return f;
  c.refuse(unprocessable("status", "This is no status of a run.",
                         "Use pending, running, paused, suppressed, failed or done."));
  return std::nullopt;
}

/// The steps whose latest outcome is a refusal by their provider, and whether they may be tried again.
json failed_json(const lead_state& s, const run& r, const std::vector<history_row>& history, const policy& p) {
  std::map<step_id, step_outcome> latest;
  for (const auto& h : history)
    latest[h.step_name] = h.outcome;
  auto all = json::array();
  for (const auto& [step, outcome] : latest)
    if (const auto refusal = outcome == step_outcome::blocked ? retry_refusal(s, r, step, p) : std::nullopt)
      all.push_back({{"step_id", step.value}, {"retry", retry_json(refusal)}});
  return all;
}

bool belongs(const effect_row& e, const run_name& name) {
  return e.campaign == name.campaign && e.kind == "send";
}

}  // namespace

void list_runs(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  const auto f = read_filter(*c);
  if (!f) return;
  reading(c, [c, p = *p, f = *f](store_reader& r) {
    const auto found = r.runs(c->workspace, f, p);
    if (!found) return c->refuse(found.error());
    const auto counts = r.run_counts(c->workspace, f.campaign);
    if (!counts) return c->refuse(counts.error());
    auto items = present_runs(*c, r, found->items);
    if (!items) return c->refuse(items.error());
    auto body = page_json(std::move(*items), found->next);
    body["counts"] = counts_json(*counts);
    c->answer(200, body);
  });
}

void show_run(const call_ptr& c) {
  const auto name = parse_run_id(c->param("run"));
  if (!name) return c->refuse(not_found());
  reading(c, [c, name = *name](store_reader& r) {
    const auto lead = find_lead(*c, r, name.lead);
    if (!lead) return;
    const auto found = find_run(*c, r, name);
    if (!found) return;
    const auto s = state_of(*lead);
    if (!s) return c->refuse(s.error());
    const auto history = r.history(name.lead, name.campaign);
    if (!history) return c->refuse(history.error());
    const auto effects = r.effects_of(name.lead);
    if (!effects) return c->refuse(effects.error());
    const auto p = c->node().current_policy(c->workspace);
    if (!p) return c->refuse(not_found());
    auto body = run_json(found->workspace, found->lead, found->run, run_score(*s, *p, name.campaign, c->node().now()));
    const auto* known = s->find_run(name.campaign);
    body["attribution"] = known ? json(known->attribution) : json::object();
    body["pauses"] = json::array();
    for (unsigned i = 0; known && i <= static_cast<unsigned>(pause_flag::by_operator); ++i)
      if (known->pauses.has(static_cast<pause_flag>(i)))
        body["pauses"].push_back(std::string(to_string(static_cast<pause_flag>(i))));
    body["failed"] = known ? failed_json(*s, *known, *history, *p) : json::array();
    body["history"] = history_json(*history);
    body["touches"] = json::array();
    for (const auto& e : *effects)
      if (belongs(e, name)) body["touches"].push_back(touch_json(e));
    c->answer(200, body);
  });
}

void show_queue(const call_ptr& c) {
  const auto p = read_page(*c);
  if (!p) return;
  const auto f = read_filter(*c);
  if (!f) return;
  // An operator's key may look into any workspace, every other key only into its own.
  const std::string named(c->request.query_value("workspace"));
  const bool may_choose = c->key->as == role::operator_;
  if (!named.empty() && !may_choose && named != c->workspace.value) return c->refuse(not_found());
  if (!named.empty()) c->workspace = workspace_id{named};
  if (!c->node().current_policy(c->workspace)) return c->refuse(not_found());
  reading(c, [c, p = *p, f = *f](store_reader& r) {
    const auto counts = r.run_counts(c->workspace, f.campaign);
    if (!counts) return c->refuse(counts.error());
    auto all = json::array();
    for (const auto& v : views) {
      if (f.status && *f.status != v.status) continue;
      const auto found = r.runs(c->workspace, {v.status, f.campaign, f.lead}, p);
      if (!found) return c->refuse(found.error());
      auto items = present_runs(*c, r, found->items);
      if (!items) return c->refuse(items.error());
      auto one = page_json(std::move(*items), found->next);
      one["name"] = std::string(v.name);
      one["status"] = std::string(to_string(v.status));
      const auto it = counts->find(v.status);
      one["count"] = it == counts->end() ? 0 : it->second;
      all.push_back(std::move(one));
    }
    c->answer(200, {{"workspace", c->workspace.value}, {"views", std::move(all)}});
  });
}

}  // namespace heed::api
