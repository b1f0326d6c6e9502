#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/simulation/checker.hpp"
#include "runtime/simulation/faulty_store.hpp"
#include "runtime/simulation/simulate.hpp"
#include "runtime/simulation/simulated_node.hpp"

namespace heed::simulation {

inline const workspace_id home{"acme"};
/// A world that needs more goes round in circles.
constexpr std::uint64_t most_steps = 400'000;

/// A person outside, who may become a lead.
struct person {
  std::string name, email, phone, zone;
  std::optional<lead_id> lead;
};

/// What was drawn of a seed before its first step.
struct seed_plan {
  time_point start{};
  std::string zone;
  duration horizon{};
  std::size_t people = 0;
  std::size_t happenings = 0;  ///< of people
  std::size_t doings = 0;      ///< of operators
  store_faults store;
  provider_faults providers;
  /// In ten thousand steps of the scheduler.
  std::uint64_t crash = 0, actor_crash = 0, clock_set = 0, creep = 0, stall = 0, pause = 0;
  std::uint64_t poison = 0;       ///< in a thousand of what people do
  std::uint64_t bad_moments = 0;  ///< in a thousand plans and claims: somebody does something just then
  bool at_once = false;           ///< all people come within seconds
  node_settings node;
};
[[nodiscard]] seed_plan draw_plan(dice& rolls, const seed_options& o);
/// The workspace's rules of that seed, and its accounts with their secrets.
[[nodiscard]] policy draw_policy(dice& rolls, const seed_plan& plan,
                                 const std::shared_ptr<const zone_table>& zones);
[[nodiscard]] outbound::sending_account sending_account_of(const account& a);
/// Few zones, with their changes of 2026; and the same names with clocks that all show UTC, a planted bug.
[[nodiscard]] const std::shared_ptr<const zone_table>& simulated_zones();
[[nodiscard]] std::shared_ptr<const zone_table> zones_without_offsets();

/// One world: a node that lives and dies, providers, people, operators, two clocks, and one thread that
/// decides by dice what happens next.
class world {
 public:
  explicit world(const seed_options& o);
  ~world();
  [[nodiscard]] seed_report run();

 private:
  class accounts_of_world;

  // world.cpp: time and lives.
  void set_up();
  void start_life();
  void node_dies(const std::string& why);
  void bury_node();
  void step();
  void run_job(std::size_t which);
  bool run_some_job();
  void settle();
  bool next_event(std::optional<duration> until = std::nullopt);
  void outside_goes_on();
  void advance(duration d);
  void disturb();
  void come_to_rest();
  bool is_settled();
  void later(duration d, std::function<void()> f);
  void note(const std::string& lead, const std::string& what);
  void complain(const char* invariant, const lead_id& lead, const std::string& detail);
  void written(const write_batch& batch, const write_result& r);
  [[nodiscard]] node_world around_node();
  [[nodiscard]] bool alive() const { return node_ && !dying_; }

  // people.cpp: what happens outside.
  void draw_people();
  void happen();
  void happen_to(std::size_t who, std::uint64_t kind);
  stimulus about(const person& p, const std::string& what, stimulus_body body);
  void enrol(person& p, const campaign_id& c);
  void deliver(stimulus s, std::optional<lead_id> lead, std::size_t who);
  void call_back(const accepted_message& m);
  void answered(const std::string& key, std::size_t who, const item_outcome& o);

  // operators.cpp: what people of the workspace do.
  void draw_doings();
  void operate();
  void bad_moment(const lead_id& lead);
  void stop_something();
  void command_draft();
  void merge_people(std::size_t who);
  void say_same_person(std::size_t stays, std::size_t part, bool same);
  void command_lead(command_kind what, std::size_t who);
  void turn_switch(kill_switch_row row, bool engaged, int tries = 0);
  void answer_stop(const kill_switch_row& row);
  void change_policy();
  void import_suppression(std::size_t who);
  void unsubscribe_by_link();
  void resolve_unknown();
  void release_everything();

  seed_options options_;
  dice order_, store_rolls_, people_rolls_, operator_rolls_, chaos_;
  trace trace_;
  tally counts_;
  std::optional<violation> broken_;
  seed_plan plan_;
  store_faults store_faults_;
  machine_time machine_;
  std::multimap<duration, std::function<void()>> events_;
  std::uint64_t steps_ = 0;
  bool resting_ = false;

  std::shared_ptr<const zone_table> true_zones_;
  zone_library zones_;  ///< the node's
  telemetry figures_;
  std::unique_ptr<accounts_of_world> accounts_;
  std::unique_ptr<simulated_providers> providers_;
  std::shared_ptr<memory::image> image_;
  std::unique_ptr<store> witness_;  ///< read-only, beside every life
  std::unique_ptr<store_reader> reader_;
  std::unique_ptr<checker> checker_;
  policy rules_;
  duration lead_gap_{};  ///< as the rules should have it
  std::uint64_t revision_ = 0;

  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator* schedule_ = nullptr;

  std::unique_ptr<store> target_;
  faulty_store* faults_ = nullptr;  ///< inside `target_`
  std::unique_ptr<simulated_clock> clock_;
  std::unique_ptr<simulated_transport> transport_;
  std::unique_ptr<simulated_node> node_;
  std::uint64_t life_ = 0;
  bool dying_ = false;
  caf::resumable* stalled_ = nullptr;  ///< an actor whose thread is slow
  duration stalled_until_{};
  duration paused_until_{};   ///< the whole process stands still
  bool crash_armed_ = false;  ///< the next question to the clock throws

  std::vector<person> people_;
  std::set<std::string> undelivered_;  ///< keys of stimuli whose sender has no answer yet
  std::uint64_t names_ = 0;
};

}  // namespace heed::simulation
