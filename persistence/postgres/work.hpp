#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "persistence/memory/image.hpp"
#include "persistence/memory/writer.hpp"
#include "persistence/postgres/known.hpp"
#include "persistence/leases.hpp"
#include "persistence/postgres/session.hpp"
#include "persistence/store.hpp"

namespace heed::postgres {

using memory::number;

/// One transaction's work: the rows it is about are locked and loaded as sets, the rules of `memory/writer`
/// decide over them, and what they changed is written as sets. So a batch takes a handful of statements
/// however long it is, and the stores cannot decide differently.
///
/// What a rule may look at must be loaded before; `load.cpp` says what that is for each part of a batch. Rows
/// that exist already are locked, in one order everywhere: shards, kill switches, accounts' usage, claimed
/// leads, effects, each by key. Of a lead that decides, the swap itself says what was looked at; when it
/// finds another row by then, the transaction begins again: locking it first would write every such row
/// twice. Rows that do not exist yet are guarded by their keys: two who make the same row collide, and the
/// later begins again. For the same reason what this process wrote a moment ago (`known`) need not be loaded:
/// when it is no longer so, the transaction begins again without it.
class work {
 public:
  /// @param known is believed; null to look everything up
  work(session& s, const node_identity& who, const known_rows* known = nullptr);

  [[nodiscard]] write_result apply(const write_batch& batch);
  /// Calls of earlier nodes become unknown, each with its outcome stimulus.
  void orphan_calls(time_point now);
  /// Calls of dead nodes for accounts of these shards become unknown, each with its outcome stimulus.
  [[nodiscard]] std::vector<told_lead> lose_calls(const std::vector<bool>& shards, time_point now);
  void bury_effect(const effect_id& id, const std::string& error, time_point now);
  /// What a batch left behind, true once it is committed.
  [[nodiscard]] lessons learned() const;

 private:
  // fence.cpp
  void fence_shared(const write_batch& batch);
  [[nodiscard]] bool is_fenced(const lead_commit& c) const;
  [[nodiscard]] bool is_fenced(const claim_request& c) const;

  // load.cpp
  void load(const write_batch& batch);
  void glimpse_effects(const write_batch& batch);
  void fence(const write_batch& batch);
  void lock_switches(const write_batch& batch);
  void lock_usage(const write_batch& batch);
  void lock_leads(const write_batch& batch);
  void lock_effects(const write_batch& batch);
  void load_commits(const write_batch& batch);
  void load_pending(const write_batch& batch);
  [[nodiscard]] bool is_known(const lead_commit& c);
  [[nodiscard]] static std::string touch_name(std::string_view kind, std::string_view key);
  [[nodiscard]] bool is_most_likely_new(const workspace_id& ws, const std::string& key) const;
  void load_lifted(const write_batch& batch);
  void load_touches(const write_batch& batch);
  void check_glimpses();
  void name_leads_of_effects();

  // load_door.cpp
  void load_keys(const write_batch& batch);
  void load_keys_of_holders(const write_batch& batch);
  void load_seen(const write_batch& batch);
  void load_suppressions(const write_batch& batch);
  void load_given_notices(const write_batch& batch);
  void expect_numbers(const write_batch& batch);
  [[nodiscard]] number next_number();

  // rows into the image
  void put_lead(const row_view& r, int first);
  void put_lead(number n, memory::lead_record lead);
  void put_key(const workspace_id& ws, const lead_key& key, number lead);
  void put_seen(const row_view& r);
  void put_effect(const row_view& r);
  void put_suppression(const row_view& r);

  // save.cpp
  void save();
  void save_leads();
  void save_journal();
  void save_timers();
  void save_suppressions();
  void save_usage();

  // save_door.cpp
  void save_door();
  void save_pending();

  // save_effects.cpp
  void save_effects();
  void save_new_effects();
  void save_done(const std::vector<const memory::effect_record*>& made);
  void save_changed_effects();
  void save_attempts();

  // save_projections.cpp
  void save_projections();
  void save_people();
  [[nodiscard]] bool is_written(number lead, const run_row& r) const;
  void save_results();

  session& session_;
  memory::image image_;
  memory::writer writer_;
  const node_identity& who_;
  const known_rows* known_;

  /// Effects as they are seen before they are locked: they say what to lock before.
  std::map<effect_id, effect_outline> glimpses_;
  std::map<shard_id, std::uint64_t> granted_;  ///< to a node of several: the epochs that hold in this transaction
  std::set<effect_id> planned_again_;  ///< their requests are written, whatever they were
  std::vector<std::pair<lead_id, campaign_result_row>>
      results_;  ///< what came of sends, by decisions that hold

  /// As they were loaded: what differs at the end is written.
  std::set<number> had_leads_;
  struct flags {
    std::optional<std::string> suppressed;
    bool handed_off = false, poisoned = false;
  };
  std::map<number, flags> had_flags_;
  std::map<number, decltype(known_lead::runs)> believed_;  ///< leads that were not looked up, with their runs
  std::map<number, std::optional<time_point>> had_due_;    ///< timers, as far as they are known
  std::set<std::tuple<workspace_id, lead_key>> had_keys_;
  std::set<std::tuple<workspace_id, std::string, number>> had_seen_;
  std::map<number, number> had_pending_;  ///< inbox rows with their leads
  std::map<effect_id, memory::effect_record> had_effects_;
  std::set<std::tuple<workspace_id, std::string, std::string>> had_touches_;
  std::map<std::tuple<workspace_id, std::string, std::string, number>, suppression_row> had_suppressions_;
  std::map<std::pair<workspace_id, account_id>, send_usage_row> had_usage_;

  std::vector<number> numbers_;  ///< the next one is the last
  std::size_t expected_numbers_ = 0;
};

}  // namespace heed::postgres
