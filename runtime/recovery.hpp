#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "actors/component_actor.hpp"

namespace heed {

struct recovery_options {
  std::size_t page = 256;
  std::size_t at_once = 512;           ///< recovered stimuli under way
  std::uint32_t attempts_allowed = 3;  ///< starts that a stimulus may have been part of when the process died
  std::chrono::milliseconds look_every{5};
  /// What is recovered; none = everything.
  std::shared_ptr<const std::set<shard_id>> shards = nullptr;
  bool after_a_death = true;           ///< what the owner had in hand may be what killed it: attempts count
  std::string path = "recovery";
};

/// What was left undone by earlier lives of this node: pending stimuli, planned effects, unknown outcomes.
/// Leads wake as their stimuli are handed to them, at a bounded rate, so that a start with a large backlog
/// answers at once.
///
/// What waits for a newer release is left where it is.
///
/// Attempts are counted durably before a stimulus is handed over. One that was under way when a process died
/// is decided alone from then on, so that only the one that kills keeps being counted, and is given up in
/// time.
class recovery_actor final : public component_actor {
 public:
  /// `begun` is called once the first stimuli are on their way; from then on the node may take new ones.
  recovery_actor(caf::actor_config& cfg, caf::actor boss, const services* all, recovery_options options,
                 std::function<void(std::size_t pending)> begun);
  [[nodiscard]] const char* name() const override { return "recovery"; }

 protected:
  caf::behavior running() override;
  void restarted() override { ask(); }

 public:
  /// INTERNAL: one page of the inbox; `counting` while only the end is looked for.
  struct page_read {
    std::vector<pending_row> rows;
    bool failed = false;
    std::set<lead_id> of_newer;  ///< leads that wait for a newer release
  };
  struct counted {
    std::vector<pending_row> rows;
  };

 private:
  void ask();
  void take_page(page_read& p);
  void count(std::vector<pending_row> rows);
  void hand_over(std::vector<pending_row> rows);
  void give_up(const pending_row& row);
  void recover_effects();
  [[nodiscard]] bool is_asked(shard_id s) const { return !options_.shards || options_.shards->contains(s); }

  const services* all_;
  recovery_options options_;
  std::function<void(std::size_t)> begun_;
  std::shared_ptr<admission> under_way_ = std::make_shared<admission>();  ///< what it handed over may outlive it
  std::uint64_t last_ = 0;  ///< the newest row of earlier lives
  std::uint64_t after_ = 0;
  std::size_t found_ = 0;
  bool looking_for_end_ = true;
  std::vector<pending_row> suspects_;  ///< under way when a process died: decided alone
  bool started_ = false;
};

}  // namespace heed

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::recovery_actor::page_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(heed::recovery_actor::counted)
