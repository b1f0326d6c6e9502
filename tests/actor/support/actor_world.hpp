#pragma once

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "actors/lead/crowds.hpp"
#include "actors/provider/provider_actor.hpp"
#include "runtime/region.hpp"
#include "runtime/store_actor.hpp"
#include "runtime/timers.hpp"
#include "tests/support/node_process.hpp"

/// Actors in virtual time over the real SQLite store: the scheduler runs one message at a time, time moves
/// only when a test says so, and nothing here owns a thread.
namespace heed::test {

/// Published views that a test sets; a workspace can be made to break every decision of its leads.
class settable_policies final : public policy_source {
 public:
  [[nodiscard]] std::shared_ptr<const workspace_view> view(const workspace_id& ws) const override;
  std::map<workspace_id, std::shared_ptr<const workspace_view>> views;
  std::set<workspace_id> broken;
};

class recorded_supervision final : public supervision {
 public:
  void started(std::string_view path) override { starts.emplace_back(path); }
  void crashed(std::string_view path, std::string_view why) override { crashes.emplace_back(path, why); }
  void stopped(std::string_view, std::string_view) override {}
  void escalate(std::string_view path, std::string_view why) override { escalations.emplace_back(path, why); }
  std::vector<std::string> starts;
  std::vector<std::pair<std::string, std::string>> crashes, escalations;
};

class recorded_overseer final : public overseer {
 public:
  void raise(alert_row alert) override { alerts.push_back(std::move(alert)); }
  void reload_switches(const workspace_id& id) override { reloads.push_back(id); }
  std::vector<alert_row> alerts;
  std::vector<workspace_id> reloads;
};

/// Stands before the store actor: can hold commits, claims or outcomes back until they are let through.
class store_relay final : public caf::event_based_actor {
 public:
  store_relay(caf::actor_config& cfg, caf::actor target)
      : event_based_actor(cfg), target_(std::move(target)) {}
  caf::behavior make_behavior() override;
  void on_exit() override;
  void release();

  bool hold_commits = false, hold_claims = false, hold_finishes = false;
  std::deque<commit_work> commits;
  std::deque<claim_work> claims;
  std::deque<finish_work> finishes;
  std::size_t commits_seen = 0;

 private:
  caf::actor target_;
};

/// Calls that wait for the test to answer them, unless every call is accepted at once.
class puppet_transport final : public outbound::transport {
 public:
  struct pending {
    outbound::call what;
    done when_done;
  };
  void start(outbound::call c, std::function<bool()> may_start, done when_done) override;
  [[nodiscard]] std::size_t running() const override { return calls.size(); }
  void answer(int status, const std::string& body,
              std::vector<std::pair<std::string, std::string>> headers = {});
  void lose_answer();
  std::deque<pending> calls;
  std::size_t started = 0;
  bool accepts = false;
  std::function<void()> on_start;
};

/// The world's clock, but one question to it throws: what is being handled then is a crash.
class failing_clock final : public heed::clock {
 public:
  explicit failing_clock(const manual_clock& real) : real_(real) {}
  [[nodiscard]] time_point now() const override { return asked(), real_.now(); }
  [[nodiscard]] time_point real_now() const override { return real_.real_now(); }
  [[nodiscard]] ticks steady() const override { return asked(), real_.steady(); }
  [[nodiscard]] duration real_delay_until(time_point domain) const override { return real_.real_delay_until(domain); }
  mutable int good = -1;  ///< questions that are answered before; -1 = all

 private:
  void asked() const {
    if (good >= 0 && good-- == 0) throw std::runtime_error("out of order");
  }
  const manual_clock& real_;
};

class one_account final : public account_source {
 public:
  [[nodiscard]] std::optional<outbound::sending_account> find(const workspace_id& ws,
                                                              const account_id& id) const override;
  std::string provider = "sandbox";
};

inline const workspace_id ws{"acme"};
inline const campaign_id spring{"spring"};

class actor_world {
 public:
  actor_world();
  ~actor_world();

  /// Runs messages until none is left; `advance` also moves time, timer by timer.
  void settle();
  void advance(duration d);
  bool step();  ///< one message of a random actor, drawn from `random`

  caf::actor spawn_region(std::size_t resident_limit = 1000);
  void spawn_timers(timers_options o = {});

  /// A campaign of two emails, the second after `delay`.
  [[nodiscard]] static policy make_policy(const workspace_id& id, const std::string& delay = "1h");
  void publish(const workspace_id& id, const policy& p);
  void stop(stop_scope scope, const std::string& name, bool engaged);
  /// What decisions see of the stops, beside the rows that claims look at.
  void show_stops(const active_stops& stops, const workspace_id& id = ws);

  /// Accepts a stimulus for a person directly in the store; what the gateway would then hand to the region.
  [[nodiscard]] parcel_ptr accept(stimulus s, const workspace_id& id = ws);
  [[nodiscard]] stimulus enrolment(const std::string& name) const;
  [[nodiscard]] stimulus page_view(const std::string& name, const std::string& key) const;
  void deliver(const parcel_ptr& p) { caf::anon_send(all.region_of(p->lead), p); }

  [[nodiscard]] std::uint64_t version_of(const lead_id& lead);
  [[nodiscard]] lead_state state_of(const lead_id& lead);
  [[nodiscard]] std::vector<journal_row> journal_of(const lead_id& lead);
  [[nodiscard]] store_reader& reader() { return *reader_; }
  template <class T>
  [[nodiscard]] T& look(const caf::actor& a) {
    return dynamic_cast<T&>(*caf::actor_cast<caf::abstract_actor*>(a));
  }

  scratch directory;
  std::string store_url;
  manual_clock time;
  settable_policies policies;
  recorded_supervision board;
  recorded_overseer over;
  account_rooms rooms;
  account_pulses pulses;
  latency_book latencies;  ///< for tests that measure
  minute_crowds crowds;    ///< for tests that spread
  admission door;
  telemetry figures;
  std::unique_ptr<store> target;
  services all;
  provider_environment senders;
  puppet_transport transport;
  one_account account;
  std::atomic<std::int64_t> resident{0};
  std::mt19937_64 random{1};

  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  caf::scheduler::test_coordinator* schedule = nullptr;
  caf::actor relay, providers;
  std::vector<caf::actor> keep;

 private:
  std::unique_ptr<store_reader> reader_;
  void move_time(caf::actor_clock::duration_type d);
};

}  // namespace heed::test
