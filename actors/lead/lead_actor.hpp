#pragma once

#include <caf/event_based_actor.hpp>
#include <list>
#include <memory>
#include <string>

#include "actors/protocol.hpp"

namespace heed {

/// What all leads of one region share; outlives them.
struct lead_environment {
  const services* all = nullptr;
  caf::actor_addr region;
  std::string path;               ///< of the region, for supervision
  unsigned failures_allowed = 3;  ///< of one stimulus; then it goes to the dead letters
};

/// One person in one workspace. Takes one stimulus at a time, the next only after its commit; between stimuli
/// it keeps nothing but its encoded row. Holds no rule: `decide` does, and the commit builder makes the rows.
///
/// It has the lean form (one behavior shared by all leads, handlers find their lead by a thread-local),
/// because there are a million of them. An exception costs nothing but the attempt: the lead starts again in
/// place from its last committed snapshot with the same stimulus.
class lead_actor final : public caf::event_based_actor {
 public:
  lead_actor(caf::actor_config& cfg, const lead_environment* env, lead_row row);
  ~lead_actor() override;

  [[nodiscard]] const char* name() const override { return "lead"; }
  caf::behavior make_behavior() override;
  caf::resumable::resume_result resume(caf::execution_unit* ctx, std::size_t most) override;

  // What tests look at.
  [[nodiscard]] const lead_row& row() const { return row_; }
  [[nodiscard]] bool idle() const { return !work_ && waiting_.empty(); }

 protected:
  caf::invoke_message_result consume(caf::mailbox_element& x) override;

 private:
  struct work;

  static const caf::behavior& handlers();

  void take(parcel_ptr p);
  static void join_waiter(parcel& copy, parcel& in_hand);
  void advance();
  void attempt();
  void decide_and_commit();
  void claim_at_once(lead_commit& c, const policy& rules, time_point now);
  void on_commit(commit_done& d);
  void committed(lead_commit& c, const commit_result& r);
  void known_already();
  void hand_over_effects(lead_commit& c, const commit_result& r);
  void hand_over_letters(lead_commit& c, const commit_result& r);
  void report_conflicts(const commit_result& r, std::uint64_t seq);
  void reload();
  void ask_row();
  void on_reloaded(lead_reloaded& r);
  void crashed(const char* what);
  void bury(const std::string& error);
  void finish_work();
  void leave();
  void hand_back();
  void hand_back_waiting();
  void fenced();
  void put_off(std::chrono::milliseconds time);
  void wait_for_upgrade();
  void wait(std::chrono::milliseconds time);
  void decide_now_again();
  [[nodiscard]] bool is_stale_timer(const parcel& p) const;

  const lead_environment* env_;
  lead_row row_;
  std::list<parcel_ptr> waiting_;
  std::unique_ptr<work> work_;
  bool leaving_ = false;  ///< its shard goes to another node
  bool waits_for_upgrade_ = false;
  bool armed_;  ///< the timers actor may hold an entry for this lead

  static thread_local lead_actor* current_;
};

}  // namespace heed
