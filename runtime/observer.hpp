#pragma once

#include <caf/actor_system.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <shared_mutex>
#include <string>
#include <unordered_map>

#include "actors/campaign/campaign_actor.hpp"
#include "actors/gateway/gateway_actor.hpp"
#include "actors/provider/provider_actor.hpp"
#include "adapters/api/change_feed.hpp"
#include "runtime/telemetry.hpp"

namespace heed {

/// Follows committed decisions: one log line per change of state, the figures, the campaigns' counters.
class node_observer final : public decision_observer, public door_figures, public provider_figures {
 public:
  node_observer(telemetry& figures, supervision* board, std::shared_ptr<api::change_feed> feed)
      : figures_(figures), board_(board), feed_(std::move(feed)) {}
  /// Before the first decision.
  void attach(caf::actor_system& system, caf::actor campaigns_boss, const services& all);
  /// Lets go of all actors, before the system ends.
  void detach();

  void decided(const lead_commit& commit, const lead_state& after, const decision& answer,
               std::chrono::microseconds took) override;
  void buried(const lead_id& lead, std::string_view stimulus_kind, std::string_view error) override;
  void accepted(accept_result::what outcome) override { figures_.accepted(outcome); }
  void refused_overload() override { figures_.refused_overload(); }
  void sent(std::string_view provider, std::string_view result) override { figures_.sent(provider, result); }
  void circuit(const std::string& account, bool open) override { figures_.circuit(account, open); }

  [[nodiscard]] nlohmann::json campaigns() const;

 private:
  struct counter {
    caf::actor actor;
    std::shared_ptr<campaign_totals> totals;
  };
  caf::actor counter_of(const workspace_id& ws, const campaign_id& campaign);
  void count(const lead_commit& commit);
  void tell(const lead_commit& commit) const;

  telemetry& figures_;
  supervision* board_;
  std::shared_ptr<api::change_feed> feed_;
  caf::actor_system* system_ = nullptr;
  const services* all_ = nullptr;
  caf::actor boss_;
  mutable std::shared_mutex lock_;
  std::unordered_map<std::string, counter> counters_;
};

}  // namespace heed
