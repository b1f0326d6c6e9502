#include "adapters/api/lead_lookup.hpp"

#include <map>
#include <set>

#include "actors/lead/limits.hpp"
#include "adapters/api/present.hpp"

namespace heed::api {

std::optional<lead_row> find_lead(call& c, store_reader& r, const lead_id& lead) {
  auto rows = r.leads(std::span(&lead, 1));
  if (!rows) {
    c.refuse(rows.error());
    return std::nullopt;
  }
  if (rows->empty() || rows->front().workspace != c.workspace) {
    c.refuse(not_found());
    return std::nullopt;
  }
  return std::move(rows->front());
}

std::optional<run_name> parse_run_id(const std::string& text) {
  const auto at = text.find("__");
  if (at == std::string::npos || at == 0 || at + 2 == text.size()) return std::nullopt;
  return run_name{campaign_id{text.substr(0, at)}, lead_id{text.substr(at + 2)}};
}

std::optional<stored_run> find_run(call& c, store_reader& r, const run_name& name) {
  auto found = r.runs(c.workspace, {std::nullopt, name.campaign.value, name.lead.value}, {1, {}});
  if (!found) {
    c.refuse(found.error());
    return std::nullopt;
  }
  if (found->items.empty()) {
    c.refuse(not_found());
    return std::nullopt;
  }
  return std::move(found->items.front());
}

result<std::vector<run_row>> runs_of(store_reader& r, const workspace_id& ws, const lead_id& lead) {
  auto found = r.runs(ws, {std::nullopt, {}, lead.value}, {limits::runs, {}});
  if (!found) return tl::unexpected(found.error());
  std::vector<run_row> out;
  for (auto& each : found->items)
    out.push_back(std::move(each.run));
  return out;
}

result<std::map<lead_id, lead_state>> states_of(store_reader& r, const std::set<lead_id>& asked) {
  const std::vector<lead_id> ids(asked.begin(), asked.end());
  const auto rows = r.leads(ids);
  if (!rows) return tl::unexpected(rows.error());
  std::map<lead_id, lead_state> states;
  for (const auto& row : *rows) {
    auto s = state_of(row);
    if (!s) return tl::unexpected(s.error());
    states.emplace(row.lead, std::move(*s));
  }
  return states;
}

result<nlohmann::json> present_runs(const call& c, store_reader& r, std::span<const stored_run> runs) {
  std::set<lead_id> asked;
  for (const auto& each : runs)
    asked.insert(each.lead);
  const auto found = states_of(r, asked);
  if (!found) return tl::unexpected(found.error());
  const auto& states = *found;
  const auto p = c.node().current_policy(c.workspace);
  auto all = nlohmann::json::array();
  for (const auto& each : runs) {
    const auto known = states.find(each.lead);
    const auto score = p && known != states.end() ? run_score(known->second, *p, each.run.campaign, c.node().now()) : 0;
    auto one = run_json(each.workspace, each.lead, each.run, score);
    one["who"] = text_or_null(known == states.end() ? std::string{} : who_is(known->second));
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace heed::api
