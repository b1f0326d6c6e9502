#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "adapters/api/call.hpp"

/// Stops by people: kill switches, engaged and released over one path whatever their scope.
namespace heed::api {

/// Who stops a workspace that gets its first account through which people can be reached.
inline constexpr const char* first_account_stop = "first real account";

struct stop_target {
  stop_scope scope = stop_scope::workspace;
  workspace_id workspace;  ///< empty for the global one
  std::string name;        ///< of the campaign or account
};
[[nodiscard]] bool covers(const stop_target& t, const effect_row& e);

[[nodiscard]] const kill_switch_row* find_switch(const std::vector<kill_switch_row>& rows,
                                                 const stop_target& t);
/// A missing row stops: rows are created with their object (PROTOCOL, Words).
[[nodiscard]] bool is_stopped(const std::vector<kill_switch_row>& rows, const stop_target& t);
/// What stops hold for this workspace, as a decision would see them.
[[nodiscard]] active_stops stops_of(const policy& p, const std::vector<kill_switch_row>& rows);
/// Creates the row of a new object, released; leaves one that is there as it is.
[[nodiscard]] result<void> create_switch(store& s, const stop_target& t, const std::string& by, time_point now);

/// Writes the switch, audits it, lets every workspace concerned take it up, then calls `taken_up`. Saying
/// again what one has said changes nothing.
void turn_switch(const call_ptr& c, const stop_target& t, bool engaged, const std::string& reason,
                 std::function<void()> taken_up);

/// Calls `f` no earlier than the stop's grace after now, with the ids of the calls of that scope that are
/// still on the wire then: after it none starts (PROTOCOL, Effects).
void after_grace(const call_ptr& c, const stop_target& t,
                 std::function<void(store_reader&, nlohmann::json)> f);

}  // namespace heed::api
