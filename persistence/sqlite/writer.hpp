#pragma once

#include <optional>
#include <string>
#include <vector>

#include "persistence/sqlite/database.hpp"
#include "persistence/store.hpp"

namespace heed::sqlite {

/// What a batch writes, inside a transaction that its caller opens and commits. One file per part of the
/// batch.
class writer {
 public:
  explicit writer(database& db) : db_(db) {}

  void become(node_identity who) { who_ = std::move(who); }
  [[nodiscard]] bool attached() const { return who_.epoch > 0; }

  /// Reads the numbers that go on from the last transaction; before every transaction, for a rolled back one
  /// may have used some.
  void prepare();

  accept_result accept(const inbox_item& item);
  commit_result commit(const lead_commit& c);
  finish_result finish(const finish_request& f);
  claim_result claim(const claim_request& c);
  void deliver(const sandbox_message& m);
  /// Calls of dead nodes become unknown, each with its outcome stimulus.
  void orphan_calls(time_point now);
  /// Lists an effect among the dead letters; one that is still to be called fails and its lead learns of it.
  void bury_effect(const effect_id& id, const std::string& error, time_point now);
  /// `lead` 0 = of no lead. One that was asked for before stays as it is.
  void notify(const notification_row& n, const workspace_id& ws, std::int64_t lead);

 private:
  struct lead_head {
    std::int64_t n = 0;
    std::string workspace;
    std::uint64_t version = 0;
  };
  struct open_effect {
    std::int64_t n = 0;
    effect_id id;
    workspace_id workspace;
    std::int64_t lead = 0;
    std::string kind, campaign, account;
    effect_state state = effect_state::planned;
    std::uint32_t attempt = 0;
    std::uint32_t calls = 0;
    std::uint32_t reopened = 0;
    time_point not_after{};
    time_point planned_at{};
    bytes request;
    std::optional<std::int64_t> counted_day;  ///< holds a unit of its account's day
  };
  struct target {
    std::int64_t n = 0;
    lead_id id;
    bool suppressed = false;
    bool poisoned = false;
    std::uint64_t version = 0;
  };

  // accept.cpp
  std::optional<lead_head> find_lead(const lead_id& lead);
  std::optional<target> find_target(std::int64_t n);
  target lead_of(const open_effect& e);
  bool add_key(const workspace_id& ws, const lead_key& key, std::int64_t lead);
  bool decides(const inbox_item& item, const lead_key& by, std::int64_t holder);
  std::vector<target> resolve(const inbox_item& item);
  target create_lead(const inbox_item& item);
  std::string next_key(const inbox_item& item);
  std::uint64_t enqueue(const workspace_id& ws, std::int64_t lead, const std::string& key, const bytes& body,
                        time_point received_at);

  // notices.cpp
  /// What the suppression list says of these keys and the lead has not been told, each enqueued.
  std::vector<accept_result::notice> warn(const workspace_id& ws, const target& lead,
                                          const std::vector<lead_key>& keys, time_point at);
  std::optional<std::string> person_notice_key(const workspace_id& ws, const target& lead);
  accept_result::notice give_notice(const workspace_id& ws, const target& lead, stimulus s, time_point at);

  // commit.cpp
  bool still_pending(const lead_commit& c, std::int64_t lead);
  bool effects_can_be_planned(const lead_commit& c, std::int64_t lead);
  void consume(const lead_commit& c, std::int64_t lead);
  void append(const lead_commit& c, std::int64_t lead);
  void add_keys(const lead_commit& c, std::int64_t lead, commit_result& out);
  void restrain(const lead_commit& c, std::int64_t lead);

  // project.cpp
  void project(const lead_commit& c, std::int64_t lead);
  void project_people(const lead_commit& c, std::int64_t lead);
  void project_result(const lead_commit& c, const campaign_result_row& r, std::int64_t lead);

  // plan.cpp
  void change_effects(const lead_commit& c, std::int64_t lead, commit_result& out);
  void plan(const lead_commit& c, const planned_effect& e, std::int64_t lead, commit_result& out);

  // effects.cpp
  std::optional<open_effect> find_effect(const effect_id& id);
  void settle(const open_effect& e, effect_state to, const std::string& detail,
              const std::string& provider_id);
  std::optional<std::string> stopped_by(const open_effect& e);
  bool is_suppressed(const open_effect& e, const target& lead);
  void note_attempt(const open_effect& e, std::string_view outcome, std::string_view evidence, time_point at);
  /// Ends an effect without a call: new state and the stimulus by which its lead learns of it.
  accepted_for end_uncalled(const open_effect& e, effect_state to, send_result r, const std::string& detail,
                            const std::string& evidence, time_point now,
                            std::optional<time_point> retry_at = std::nullopt);
  /// False when something forbids the call whatever the account's limits: `out` says what.
  [[nodiscard]] static bool may_finish(const open_effect& e, const finish_request& f);
  [[nodiscard]] bool may_finish_with(const lead_commit& c, std::int64_t lead);
  void record(const open_effect& e, const finish_request& f);
  bool may_be_called(const open_effect& e, const claim_request& c, claim_result& out);
  void defer(const open_effect& e, const claim_request& c, claim_result& out);

  // limits.cpp
  bool take_unit(const open_effect& e, const claim_request& c, claim_result& out);
  void return_unit(const open_effect& e);

  database& db_;
  node_identity who_;
  std::uint64_t last_inbox_ = 0;
};

}  // namespace heed::sqlite
