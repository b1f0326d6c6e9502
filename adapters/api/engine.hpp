#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "actors/campaign/document.hpp"
#include "actors/lead/stimulus.hpp"
#include "actors/lead/timing/population.hpp"
#include "actors/provider/pulse.hpp"
#include "actors/workspace/policy.hpp"
#include "adapters/outbound/sender.hpp"
#include "persistence/store.hpp"

namespace heed::api {

/// What the API needs from the running node. `runtime` implements it over the actors; handlers see no CAF.
class engine {
 public:
  virtual ~engine() = default;

  /// One stimulus's fate. `seq` is set when the caller waited and it was decided.
  struct outcome {
    accept_result::what accepted = accept_result::what::accepted;
    std::vector<lead_id> leads;
    std::optional<std::uint64_t> seq;
    std::vector<fact> facts;                 ///< of that decision, when waited for
    std::vector<std::string> calls_in_flight;///< effects whose call is already on the wire
  };
  struct submission {
    workspace_id workspace;
    stimulus what;
    std::optional<lead_id> lead;             ///< commands; events are found by their keys
  };
  using submitted = std::function<void(result<std::vector<outcome>>)>;
  /// So much is on its way already that a submission would be refused now.
  [[nodiscard]] virtual bool overloaded() const { return false; }
  /// How long a submission waits for its decisions, and whether their facts are read then.
  struct patience {
    std::chrono::milliseconds most{0};
    bool facts = true;
  };
  /// Durable when it answers. With patience: answers after the decisions' commits, or when it ends with what is known.
  /// Refused with errc::retry before anything is accepted when overloaded (503 + Retry-After).
  virtual void submit(std::vector<submission> items, patience wait, submitted done) = 0;

  /// Runs `f` on a reader thread with its own snapshot reader.
  virtual void read(std::function<void(store_reader&)> f) = 0;
  /// Runs `f` on the store's writer thread (configuration writes).
  virtual void write(std::function<void(store&)> f) = 0;

  [[nodiscard]] virtual time_point now() const = 0;        ///< domain time
  [[nodiscard]] virtual std::shared_ptr<const policy> current_policy(const workspace_id& ws) const = 0; ///< null = unknown workspace
  [[nodiscard]] virtual std::optional<api_key_row> find_key(const std::string& hash) const = 0;
  /// After a policy, key or switch was written: take it up now.
  virtual void reload(const workspace_id& ws, std::function<void()> taken_up) = 0;

  [[nodiscard]] virtual nlohmann::json actors() const = 0; ///< GET /admin/actors
  enum class restart_answer : std::uint8_t { asked, unknown, restarting };
  /// A component, or a lead under its region, starts again in place.
  virtual restart_answer restart_actor(const std::string& path, const std::string& by) = 0;
  [[nodiscard]] virtual bool chaos_enabled() const = 0;
  /// A fault into this process, where chaos is enabled.
  virtual tl::expected<void, problems> inject(const nlohmann::json& fault) = 0;
  [[nodiscard]] virtual std::string metrics() const = 0;   ///< Prometheus text
  [[nodiscard]] virtual bool ready() const = 0;
  /// A forced due-scan: numbers of what was found due (SS-26, ZRG-70).
  virtual void force_due_scan(std::function<void(nlohmann::json)> done) = 0;
  /// A stimulus back from the dead letters, to its lead again; `not_found` when it is no dead letter.
  virtual void requeue(std::uint64_t inbox, std::function<void(result<void>)> done) = 0;

  /// All workspaces that have a policy: a global stop is taken up by each of them.
  [[nodiscard]] virtual std::vector<workspace_id> workspaces() const = 0;
  /// Checks the tokens of our own links.
  [[nodiscard]] virtual std::string link_key() const = 0;

  /// An account as it was set up, secrets included, whether by the configuration file or over the API.
  struct account_setup {
    outbound::sending_account account;
    bool from_file = false;
  };
  [[nodiscard]] virtual std::optional<account_setup> account_of(const workspace_id& ws, const account_id& id) const = 0;
  /// Everything but the public part, sealed with the installation's key; `refused` names the fix when it has none.
  [[nodiscard]] virtual result<bytes> seal_account(const outbound::sending_account& a) const = 0;
  /// How an account fares; none when this node has not called for it.
  [[nodiscard]] virtual std::optional<account_pulse> pulse_of(const workspace_id&, const account_id&) const { return std::nullopt; }
  /// Messages that wait at an account of this node.
  [[nodiscard]] virtual std::optional<std::uint32_t> queue_of(const workspace_id&, const account_id&) const { return std::nullopt; }
  /// What the workspace's people taught of when people are there, as decisions use it.
  struct taught_priors { std::uint64_t version = 0; std::shared_ptr<const timing::population> known; };
  [[nodiscard]] virtual taught_priors priors_of(const workspace_id&) const { return {}; }
  /// After it was stored: calls from now on use it.
  virtual void use_account(const outbound::sending_account& a) = 0;

  /// Sends one message at once through an account, outside of leads, gates and outbox (a test to oneself).
  virtual void send_test(const workspace_id& ws, const account_id& through, rendered_message m,
                         std::function<void(outbound::send_report)> done) = 0;
  /// An operator's evidence about a call of unknown outcome: finished or taken back, and its lead told.
  /// `not_found` when it is none of the workspace's, `conflict` when its outcome is not unknown (any more).
  virtual void resolve_effect(const workspace_id& ws, const effect_id& id, bool delivered, const std::string& by,
                              std::function<void(result<void>)> done) = 0;
  /// GET /admin/cluster; null where there is one node alone.
  [[nodiscard]] virtual nlohmann::json cluster() const { return nullptr; }
  /// Gives everything this node owns to others, and is not ready from now on; false where there is one node alone.
  virtual bool drain(const std::string& /*by*/) { return false; }
  /// Runs `f` after that much real time, on any thread: a stop is answered no earlier than its grace.
  virtual void after(std::chrono::milliseconds delay, std::function<void()> f) = 0;
};

}  // namespace heed::api
