#include "adapters/api/lead_lookup.hpp"

#include "actors/lead/limits.hpp"

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

}  // namespace heed::api
