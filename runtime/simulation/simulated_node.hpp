#pragma once

#include <caf/actor_system.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/lead/crowds.hpp"
#include "actors/provider/latency_book.hpp"
#include "adapters/llm/prompt_book.hpp"
#include "runtime/chores.hpp"
#include "runtime/notifier.hpp"
#include "runtime/observer.hpp"
#include "runtime/policies.hpp"
#include "runtime/recovery.hpp"
#include "runtime/region.hpp"
#include "runtime/simulation/machine.hpp"
#include "runtime/store_actor.hpp"
#include "runtime/supervisor.hpp"
#include "runtime/timers.hpp"

namespace heed::simulation {

/// Sizes and periods of a node; drawn per seed, so that rare paths become common ones.
struct node_settings {
  std::uint64_t names_seed = 0;
  std::size_t regions = 2;
  region_options residency;
  timers_options timers;
  provider_options providers;
  store_actor_options writer;
  recovery_options recovery;
  notifier_options notifier;
  std::chrono::milliseconds chores_every = std::chrono::minutes(30);
  std::int64_t most_undecided = 5'000;  ///< beyond them the door is closed
  std::uint64_t epoch_lag = 0;          ///< planted: how far behind its own epoch it writes
  bool places_not_counted = false;      ///< planted: it takes every minute for free when it starts
};

/// The world that a node runs in; outlives it.
struct node_world {
  caf::actor_system* system = nullptr;
  store* target = nullptr;
  const clock* time = nullptr;
  outbound::transport* calls = nullptr;
  const account_source* accounts = nullptr;
  zone_library* zones = nullptr;
  telemetry* figures = nullptr;
  /// What its supervision says: a path and why.
  std::function<void(std::string_view, std::string_view)> crashed;
  /// It cannot go on; the process would end.
  std::function<void(std::string_view, std::string_view)> escalated;
};

/// One life of a node: the runtime's own actors wired as `runtime/node.cpp` wires them, without threads and
/// without HTTP. All its messages run when the world says so.
class simulated_node final : public overseer {
 public:
  simulated_node(node_world world, node_settings settings);
  ~simulated_node() override;

  /// Takes the store, publishes what is stored, begins recovery.
  [[nodiscard]] result<void> start(const workspace_id& ws);
  /// The process ends here and now: every actor is told to go before it handles anything else.
  void kill();

  void submit(std::vector<submitted_item> items, std::chrono::milliseconds wait,
              std::function<void(result<std::vector<item_outcome>>)> done);
  void write(std::function<void(store&)> f);
  void read(std::function<void(store_reader&)> f);
  void after(std::chrono::milliseconds delay, std::function<void()> f);
  void reload(const workspace_id& ws, std::function<void()> taken_up);
  void deliver_pending_of(const workspace_id& ws, const lead_id& lead);
  [[nodiscard]] std::shared_ptr<const workspace_view> view(const workspace_id& ws) const {
    return registry_.view(ws);
  }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] time_point now() const { return world_.time->now(); }

  void raise(alert_row alert) override;
  void reload_switches(const workspace_id& ws) override { reload(ws, {}); }

 private:
  class watched_board;

  caf::actor supervise(const std::string& path, const caf::actor& boss);
  caf::actor keep(const caf::actor& boss, const std::string& path, const caf::actor& child,
                  on_crash then = on_crash::restart);
  void spawn_actors();
  void spawn_senders();

  node_world world_;
  node_settings settings_;
  std::unique_ptr<watched_board> board_;
  registry registry_;
  node_observer observer_;
  account_rooms rooms_;
  call_lanes lanes_;
  latency_book latencies_;
  minute_crowds crowds_;
  admission door_;
  std::atomic<std::int64_t> resident_{0};
  services services_;
  llm::prompt_book prompts_;
  provider_environment senders_;
  call_slots slots_{64};
  std::uint64_t epoch_ = 0;
  caf::actor root_, regions_boss_, providers_boss_, workspace_, chores_;
  std::vector<caf::actor> all_;
};

}  // namespace heed::simulation
