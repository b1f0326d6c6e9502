#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "persistence/memory/image.hpp"
#include "persistence/store.hpp"

namespace heed::memory {

[[nodiscard]] send_usage_row usage_on_day(const image& m, const workspace_id& ws, const account_id& account,
                                          std::int64_t day);
/// The number of a lead named outside; 0 when none is named.
[[nodiscard]] number number_of(const image& m, const workspace_id& ws, const lead_id& lead);

/// What a batch writes, inside a transaction of its caller; the parts are those of the SQLite store's writer.
class writer {
 public:
  explicit writer(image& m) : m_(m) {}

  void become(node_identity who) { who_ = std::move(who); }
  [[nodiscard]] bool attached() const { return who_.epoch > 0; }

  accept_result accept(const inbox_item& item);
  commit_result commit(const lead_commit& c);
  finish_result finish(const finish_request& f);
  claim_result claim(const claim_request& c);
  void deliver(const sandbox_message& m);
  void orphan_calls(time_point now);
  /// These, of nodes that are dead.
  void lose_calls(std::span<const effect_id> calls, time_point now);
  void bury_effect(const effect_id& id, const std::string& error, time_point now);
  void bury(number inbox, const std::string& error, time_point now);
  void requeue(number inbox);
  /// `lead` 0 = of no lead. One that was asked for before stays as it is.
  void notify(const notification_row& n, const workspace_id& ws, number lead);

 private:
  // door.cpp
  std::optional<number> find_lead(const workspace_id& ws, const lead_id& lead) const;
  bool decides(const inbox_item& item, const lead_key& by, number holder) const;
  std::vector<number> resolve(const inbox_item& item) const;
  number create_lead(const inbox_item& item);
  bool add_key(const workspace_id& ws, const lead_key& key, number lead);
  bool seen(const workspace_id& ws, const std::string& key) const;
  std::string next_key(const inbox_item& item) const;
  number enqueue(const workspace_id& ws, number lead, const std::string& key, const bytes& body,
                 time_point at);
  std::vector<accept_result::notice> warn(const workspace_id& ws, number lead,
                                          const std::vector<lead_key>& keys, time_point at);
  std::optional<std::string> person_notice_key(const workspace_id& ws, number lead) const;
  accept_result::notice give_notice(const workspace_id& ws, number lead, stimulus s, time_point at);

  // commit.cpp
  bool still_pending(const lead_commit& c, number lead) const;
  bool effects_can_be_planned(const lead_commit& c, number lead) const;
  void consume(const lead_commit& c, number lead);
  void append(const lead_commit& c, number lead);
  void set_timer(number lead, std::optional<time_point> due, std::uint64_t generation);
  void add_keys(const lead_commit& c, number lead, commit_result& out);
  void restrain(const lead_commit& c, number lead);
  void restrain_person(const lead_commit& c, number lead);
  void change_effects(const lead_commit& c, number lead, commit_result& out);
  void plan(const lead_commit& c, const planned_effect& e, number lead, commit_result& out);
  void project(const lead_commit& c, number lead);
  void project_run(const lead_commit& c, const run_row& r, number lead);
  void project_draft(const lead_commit& c, const draft_row& d, number lead);
  void project_handoff(const lead_commit& c, const handoff_row& h, number lead);
  void project_result(const lead_commit& c, const campaign_result_row& r);

  // effects.cpp
  /// None when it is not open: unknown, or done for ever.
  const effect_record* find_effect(const effect_id& id) const;
  effect_record& edit_effect(const effect_id& id);
  void move(const effect_id& id, effect_state to);
  void open_again(const effect_id& id, time_point at);
  void settle(const effect_id& id, effect_state to, const std::string& detail,
              const std::string& provider_id);
  void note_attempt(const effect_record& e, std::string_view outcome, std::string_view evidence,
                    time_point at);
  accepted_for end_uncalled(const effect_id& id, effect_state to, send_result r, const std::string& detail,
                            const std::string& evidence, time_point now,
                            std::optional<time_point> retry_at = std::nullopt);
  std::optional<std::string> stopped_by(const effect_record& e) const;
  bool is_suppressed(const effect_record& e) const;
  [[nodiscard]] bool may_finish(const finish_request& f) const;
  [[nodiscard]] bool may_finish_with(const lead_commit& c, number lead) const;
  void record(const finish_request& f);
  bool may_be_called(const effect_record& e, const claim_request& c, claim_result& out);
  void defer(const effect_record& e, const claim_request& c, claim_result& out);
  bool take_unit(const effect_record& e, const claim_request& c, claim_result& out);
  void return_unit(const effect_id& id);
  void forget_dead_effect(const effect_id& id);

  image& m_;
  node_identity who_;
};

}  // namespace heed::memory
