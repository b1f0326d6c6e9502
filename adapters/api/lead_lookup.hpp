#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <map>
#include <optional>
#include <set>
#include <span>

#include "adapters/api/call.hpp"
#include "persistence/store.hpp"

namespace heed::api {

/// The lead of the path, if it is one of this workspace. None when not; then it has been answered (404 also
/// for another workspace's lead).
[[nodiscard]] std::optional<lead_row> find_lead(call& c, store_reader& r, const lead_id& lead);

struct run_name {
  campaign_id campaign;
  lead_id lead;
};
/// `campaignId__leadId`: campaign ids hold no `__`.
[[nodiscard]] std::optional<run_name> parse_run_id(const std::string& text);
[[nodiscard]] std::optional<stored_run> find_run(call& c, store_reader& r, const run_name& name);

/// All runs of one lead.
[[nodiscard]] result<std::vector<run_row>> runs_of(store_reader& r, const workspace_id& ws,
                                                   const lead_id& lead);

/// The states of these leads, read at once; a lead that is not there is left out.
[[nodiscard]] result<std::map<lead_id, lead_state>> states_of(store_reader& r, const std::set<lead_id>& asked);
/// Runs as documents, each with its score of this moment.
[[nodiscard]] result<nlohmann::json> present_runs(const call& c, store_reader& r, std::span<const stored_run> runs);

}  // namespace heed::api
