#pragma once

#include <nlohmann/json.hpp>

#include "actors/campaign/document.hpp"
#include "actors/lead/state.hpp"
#include "actors/lead/stimulus.hpp"
#include "actors/workspace/policy.hpp"
#include "persistence/store.hpp"

/// Whom an answer may go to, shown and chosen.
namespace heed::api {

/// The choices of an email to this lead in order, why there is none, and whether somebody may be in copy.
[[nodiscard]] nlohmann::json recipients_json(const lead_state& s, const policy& p);

/// `to` and `cc`; reports what is no plain address.
void read_recipients(object_reader& in, command& cmd);

/// Those of the command's addresses that the suppression list holds, each with its field.
[[nodiscard]] result<problems> listed_recipients(store_reader& r, const workspace_id& ws, const command& cmd);

}  // namespace heed::api
