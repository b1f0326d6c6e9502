#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "actors/workspace/policy.hpp"
#include "persistence/store.hpp"
#include "runtime/policies.hpp"
#include "runtime/simulation/simulated_providers.hpp"

namespace heed::simulation {

/// Holds the promises over what can be seen from outside: what was written, in the order of commits, what
/// providers were sent and took, and what callers were answered. It never asks an actor.
class checker {
 public:
  /// Told of every broken promise.
  using complaint =
      std::function<void(const char* invariant, const lead_id& lead, const std::string& detail)>;

  /// Journals are replayed by the node's zones; what people are promised holds by the true ones.
  checker(store_reader& reader, zone_library& zones, std::shared_ptr<const zone_table> true_zones,
          complaint complain)
      : reader_(reader), zones_(zones), true_zones_(std::move(true_zones)), complain_(std::move(complain)) {}

  /// A node took the store.
  void node_began(std::uint64_t epoch);
  /// One transaction, as it was written; `elapsed` is steady time.
  void written(const write_batch& batch, const write_result& r, duration elapsed);
  /// A call leaves its node.
  void call_started(const effect_id& effect, const outbound::call& c, duration elapsed);
  /// A provider took a message.
  void accepted(const accepted_message& m);
  /// A caller was answered that his stimulus is kept.
  void acknowledged(const std::string& stimulus_key, const item_outcome& o);

  /// A stop was answered, with the calls on the wire it listed; or it was let go.
  void stop_answered(const kill_switch_row& row, std::set<std::string> listed);
  void stop_released(const kill_switch_row& row);

  /// Rules of the seed that bound what may be sent.
  void know_cap(const account_id& account, std::uint32_t per_day);
  void know_rules(duration lead_gap, const zone_rules& home) { lead_gap_ = lead_gap, home_ = &home; }

  /// Between lives, and at the end: what the store itself can tell.
  void audit();
  /// Nothing has disturbed the node for long: no timer may be overdue.
  void undisturbed(time_point now);
  /// Nothing is under way any more and nobody was refused for good: everything must be settled.
  void at_rest();

 private:
  struct seen_lead {
    lead_state state;
    std::optional<time_point> due;
    std::map<campaign_id, std::uint32_t> cursors;
    std::map<std::string, int> decided;   ///< by the key in the stimulus
    std::map<std::string, int> accepted;  ///< by the key in the stimulus
    std::uint64_t epoch = 0;
  };
  struct seen_effect {
    lead_id lead;
    campaign_id campaign;
    account_id account;
    step_id step;
    channel on = channel::email;
    time_point planned_at{}, claimed_at{};
    std::optional<time_point> told_at;  ///< when its lead decided that it was taken
    duration claimed_elapsed{};
    std::int64_t day = 0;
    std::string zone;
    bool answer = false;             ///< of a draft, no touch of a run
    bool doubtful = false;           ///< nobody knows what became of its latest call
    bool repeat_claimed = false;     ///< a repeat's claim is kept and its call has not begun
    std::set<std::string> messages;  ///< providers' ids
    std::string body;                ///< of the accepted call
    std::string last_body;
  };
  struct answered_stop {
    kill_switch_row row;
    std::set<std::string> listed;
  };

  void accepted_in_store(const inbox_item& item, const accept_result& r);
  void committed(const lead_commit& c);
  void lost(const lead_commit& c);
  void check_minutes(const lead_id& lead, const lead_state& before, const lead_state& after);
  void check_order(const lead_commit& c, seen_lead& l);
  void check_runs(const lead_commit& c, seen_lead& l);
  void note_plans(const lead_commit& c, const lead_state& after);
  void claimed(const claim_request& c);
  void finished(const finish_request& f);
  void check_suppressions(const effect_row& e, const lead_key& to);
  void check_one_at_a_time(const lead_commit& c);
  void check_plan(const seen_lead& l, const send_effect& send, bool repeat, const lead_id& lead);
  void check_answer(const lead_state& s, const send_effect& send, bool repeat);
  void check_parts(const lead_id& whole, const send_effect& send, const lead_id& lead);
  void check_merges_at_rest();
  void check_gap(const effect_id& id, const seen_effect& e);
  void check_switches(const effect_row& e);
  void check_lead_at_rest(const lead_row& row);
  void check_touches_at_rest(const lead_row& row, std::size_t buried);
  void check_effects_at_rest();
  void check_timers_at_rest();
  void replay(const lead_row& row);
  [[nodiscard]] std::int64_t day_of(time_point t) const;
  void broken(const char* invariant, const lead_id& lead, const std::string& detail) {
    complain_(invariant, lead, detail);
  }

  store_reader& reader_;
  zone_library& zones_;
  std::shared_ptr<const zone_table> true_zones_;
  complaint complain_;
  std::uint64_t epoch_ = 0;
  duration lead_gap_{};
  const zone_rules* home_ = &utc_zone();
  std::map<lead_id, seen_lead> leads_;
  std::map<effect_id, seen_effect> effects_;
  std::map<std::string, std::set<std::string>> kept_keys_;  ///< stimulus keys in the store, with their leads
  std::vector<answered_stop> stops_;
  std::map<account_id, std::uint32_t> caps_;
  std::map<account_id, std::int64_t> latest_day_;
  std::map<std::pair<account_id, std::int64_t>, std::set<std::string>> sent_on_;
  std::map<std::uint64_t, std::shared_ptr<const policy>> policies_;
};

}  // namespace heed::simulation
