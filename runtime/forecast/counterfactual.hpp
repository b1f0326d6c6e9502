#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "persistence/codec/codec.hpp"
#include "persistence/store.hpp"
#include "runtime/forecast/policy_change.hpp"
#include "runtime/policies.hpp"

/// What the journal's leads would have done under other rules: each lead lives on from an instant with the same replies,
/// clicks, forms and words of operators, and with timers and sends of its own.
namespace heed::forecast {

/// What became of one touch, or of one run.
struct life_event {
  std::string what;      ///< sent, skipped, blocked, suppressed, handed_off
  std::string detail;
  time_point at{};
};
/// By what it is about: `campaign/step`, `campaign` for the end of a run, `handoff`.
using life = std::multimap<std::string, life_event>;

/// A lead from there on. What rooms of accounts do is taken from what happened: a touch that both have is sent when it was.
class other_life {
 public:
  /// @param rules  the policy of each decision, by revision; `changed` = under other rules
  using rules_of = std::function<std::shared_ptr<const policy>(std::uint64_t revision)>;
  other_life(lead_state state, std::span<const codec::journal_entry> happened, rules_of rules)
      : state_(std::move(state)), happened_(happened), rules_(std::move(rules)) {}

  /// Lives until `until`.
  [[nodiscard]] life run(time_point until);

 private:
  struct real_touch {
    std::string key;
    time_point planned_at{}, ended_at{};
    effect_outcome outcome;
  };
  void learn();
  void decide_on(const stimulus& s, time_point at);
  void plan(const send_effect& e, time_point at);
  void cancel(const effect_id& id, time_point at);
  [[nodiscard]] bool happens(const stimulus& s) const;
  void note(const fact& f, time_point at);

  lead_state state_;
  std::span<const codec::journal_entry> happened_;
  rules_of rules_;
  std::map<std::string, real_touch> touches_;          ///< by touch key
  std::map<std::string, std::string> key_of_effect_;   ///< real effect to touch key
  std::map<std::string, std::string> effect_of_key_;   ///< touch key to the effect of this life
  std::multimap<time_point, stimulus> coming_;
  std::set<std::string> sent_keys_;
  std::uint64_t revision_ = 0;
  active_stops stops_;
  std::optional<timing_outlook> outlook_;  ///< of the latest decision that asked for one
  life life_;
};

/// One difference between two lives.
struct life_difference {
  std::string lead;
  std::string about;
  std::string before, after;     ///< what, with its reason; `-` = did not happen
  std::optional<time_point> before_at, after_at;
};
struct life_sums {
  std::map<std::string, std::uint64_t> before, after;  ///< by what and reason
};
struct comparison {
  std::uint64_t leads = 0, decisions = 0;
  std::uint64_t sends = 0, sends_reproduced = 0;  ///< of the journal, and how many the unchanged rules give here
  life_sums sums;
  std::vector<life_difference> differences;
};

/// Both lives of every lead of the workspace that decided anything since then.
[[nodiscard]] tl::expected<comparison, problems> compare_policies(store_reader& reader, zone_library& zones,
                                                                  const workspace_id& ws, const policy_change& change,
                                                                  time_point since, time_point until);

}  // namespace heed::forecast
