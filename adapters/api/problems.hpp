#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/campaign/campaign.hpp"
#include "adapters/http/problem.hpp"
#include "adapters/inbound/normalizer.hpp"
#include "persistence/errc.hpp"
#include "persistence/rows.hpp"

/// The refusals of the API, each said in one place.
namespace heed::api {

/// Also for what exists in another workspace: the two answers are the same bytes.
[[nodiscard]] http::problem not_found();
/// Of a workspace that nobody has, and of one that the caller has no role in (ZRG-2, ZRG-8).
[[nodiscard]] http::problem workspace_not_found();
[[nodiscard]] http::problem unauthorized();
[[nodiscard]] http::problem forbidden(role needed);
[[nodiscard]] http::problem unprocessable(std::string field, std::string detail, std::string fix);
/// The first problem is `field` and `detail`, all of them are `problems`.
[[nodiscard]] http::problem unprocessable(const std::vector<problem>& all);
[[nodiscard]] http::problem conflict(std::string slug, std::string detail, std::string fix);
[[nodiscard]] http::problem internal();
/// The store cannot be reached just now; nothing was done.
[[nodiscard]] http::problem store_away();
[[nodiscard]] http::problem from_hook(const inbound::hook_problem& p);

struct store_refusal {
  http::problem what;
  unsigned retry_after = 0;
};
[[nodiscard]] store_refusal from_store(const store_error& e);

}  // namespace heed::api
