#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/api/engine.hpp"
#include "adapters/http/server.hpp"
#include "adapters/inbound/normalizer.hpp"

/// The routes of Heed over HTTP. Everything they need of the node comes through `engine` and these options.
namespace heed::api {

class change_feed;
class forecasts;

/// A token bucket per API key.
struct quota_options {
  double per_second = 0;  ///< 0 = no quota
  double burst = 0;       ///< 0 = one second's worth
};

struct options {
  /// The secrets and options a workspace has for one provider; none = that hook does not exist there.
  std::function<std::optional<inbound::hook_settings>(const workspace_id&, std::string_view provider)>
      hook_settings;
  /// Scheme and host under which providers call us; signatures may cover it.
  std::string public_url;
  /// Real time, for signature windows; domain time is the engine's.
  std::function<time_point()> real_now;
  std::function<std::chrono::steady_clock::time_point()> steady_now = [] {
    return std::chrono::steady_clock::now();
  };
  quota_options quota;
  /// Takes work off the threads that serve requests (password hashes); false = too much waits already. Empty = in place.
  std::function<bool(std::function<void()>)> run_slowly;
  /// Recomputes every decision of a lead from its journal and says what differs; empty = not to be had here.
  std::function<nlohmann::json(store_reader&, const lead_row&)> replay;
  /// Where it is computed what a campaign would do; null = nowhere here.
  std::shared_ptr<api::forecasts> forecasts;
  /// How a lead came to be who it is: which key, which rule, which merges, and what rested on them; empty = not to be had here.
  std::function<result<nlohmann::json>(store_reader&, const lead_row&)> identity;
  /// What happens in the workspaces, for pages that look on; null = there is no such stream.
  std::shared_ptr<change_feed> feed;
  /// A bearer secret besides operator keys for the forced due-scan; empty = none.
  std::string cron_secret;
  /// How long a command or an upsert waits for its decision when the caller does not say.
  std::chrono::milliseconds decision_wait{10'000};
  /// What must have passed between a stop's commit and its answer (PROTOCOL, Effects).
  std::chrono::milliseconds stop_grace{300};
  /// Counts what became of a hook's request: accepted, unauthorized, unprocessable, too_large, overloaded,
  /// unknown.
  std::function<void(std::string_view provider, std::string_view outcome)> count_hook;
};

/// The engine must outlive every request that was handed to this handler.
[[nodiscard]] http::handler make_handler(engine& e, options o);

/// While nobody can sign in to the console, makes a token that lets one person become the first owner. The store keeps its
/// hash only; `tell` gets the token, once, and not at all when there are users already.
void offer_first_run(engine& e, std::function<void(const std::string& token)> tell);

struct route_name {
  std::string_view method;
  std::string_view pattern;
};
/// All routes there are, as openapi.json names them.
[[nodiscard]] std::vector<route_name> route_names();

/// The OpenAPI 3.1 document, embedded at build time.
[[nodiscard]] std::string_view openapi_document();

}  // namespace heed::api
