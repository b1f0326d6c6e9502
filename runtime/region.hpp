#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/component_actor.hpp"
#include "actors/lead/lead_actor.hpp"

namespace heed {

struct region_options {
  std::size_t resident_limit = 100'000;  ///< leads kept in memory; beyond it the least used ones go
  std::chrono::milliseconds idle_after = std::chrono::minutes(10);
  std::chrono::milliseconds sweep_every = std::chrono::seconds(1);
  std::size_t sweep_most = 5'000;  ///< hints per sweep
  std::size_t load_batch = 256;
  std::size_t loads_at_once = 2;
};

/// The leads of some shards: routes each stimulus to its lead, wakes the lead when it is passive, lets idle
/// ones go.
///
/// Passivation is the region's: the lead asks, the region marks it stopping and holds what comes for it,
/// waits for its end, then forgets it or wakes it again with what was held. A lead with work refuses, so none
/// goes with a commit outstanding, and nothing sent to a lead is lost in between.
class region_actor final : public component_actor {
 public:
  region_actor(caf::actor_config& cfg, std::string path, caf::actor boss, const services* all,
               region_options options, std::atomic<std::int64_t>& resident);
  [[nodiscard]] const char* name() const override { return "region"; }

  [[nodiscard]] std::size_t resident() const { return by_actor_.size(); }
  [[nodiscard]] bool knows(const lead_id& lead) const { return leads_.contains(lead.value); }

 protected:
  caf::behavior running() override;
  void restarted() override;
  void on_earlier_restart(const earlier_restarted& e) override;
  void restart_wanted(const restart_asked& a) override;
  void ended() override;

 private:
  enum class phase : std::uint8_t { loading, active, stopping };
  struct entry {
    const std::string* id = nullptr;
    phase at = phase::loading;
    caf::actor lead;
    std::vector<parcel_ptr> held;  ///< what came while loading or stopping
    clock::ticks used{};
    entry* newer = nullptr;  ///< a list by time of use: `oldest_` to `newest_`
    entry* older = nullptr;
  };

  void route(parcel_ptr p);
  void hold(entry& e, parcel_ptr p);
  entry& add(const lead_id& lead);
  void wake(entry& e, lead_row row);
  void ask_load(entry& e);
  void load_next();
  void on_loaded(leads_loaded& l);
  void on_ask(const passivate_ask& a);
  void on_still_busy(const still_busy& b);
  void on_down(const caf::down_msg& d);
  void on_pending(pending_loaded& p);
  void fetch_pending(const lead_id& lead);
  void sweep();
  void hint(entry& e);
  void release(entry& e);
  void touch(entry& e);
  void unlink(entry& e);
  void forget(entry& e);
  void pass_on(parcel_ptr p);
  void pass_on_held(entry& e);
  void leave(const shards_changed& c);
  void tell_if_quiet();

  const services* all_;
  region_options options_;
  std::atomic<std::int64_t>& resident_;
  lead_environment environment_;
  std::unordered_map<std::string, entry> leads_;
  std::unordered_map<caf::actor_id, entry*> by_actor_;
  entry* newest_ = nullptr;
  entry* oldest_ = nullptr;
  std::deque<lead_id> wanted_;
  std::size_t loads_ = 0;
  std::set<std::string> fetching_;  ///< leads whose inbox a reader was asked for
  std::string in_hand_;  ///< whose parcel is being routed; set after a crash: it is lost with the message
  caf::actor quiet_;  ///< told when nothing of the shards that were left runs any more
  std::uint64_t quiet_round_ = 0;
  std::set<std::string> leaving_;  ///< leads of them that run still
  bool sweeping_ = false;
};

}  // namespace heed
