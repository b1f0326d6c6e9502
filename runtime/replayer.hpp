#pragma once

#include <iosfwd>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "persistence/codec/codec.hpp"
#include "persistence/store.hpp"
#include "runtime/learned_priors.hpp"
#include "runtime/policies.hpp"

namespace heed {

/// What a replay found.
struct replay_sums {
  std::uint64_t leads = 0, decisions = 0, other_rules = 0, violations = 0, unreadable = 0;
};

/// Recomputes every decision of a lead from its journal and compares byte for byte; folds the facts and compares with
/// the snapshot; follows the hash chain. Findings are lines of text.
class replayer {
 public:
  replayer(store_reader& reader, zone_library& zones, std::ostream& out)
      : reader_(reader), zones_(zones), out_(out) {}

  void replay(const lead_row& row);

  replay_sums sums;

 private:
  void violation(const lead_id& lead, std::uint64_t seq, const std::string& what);
  void unreadable(const lead_id& lead, std::uint64_t seq, const std::string& what);
  std::shared_ptr<const policy> policy_of(const workspace_id& ws, std::uint64_t revision);
  /// False when this lead cannot be followed further.
  bool replay_one(const lead_row& row, const journal_row& j, lead_state& state, bytes& chain);
  void recompute(const lead_id& lead, const codec::journal_entry& stored, const bytes& clear,
                 const lead_state& state, const policy& rules);
  void compare_end(const lead_row& row, const lead_state& state, const bytes& chain);

  store_reader& reader_;
  zone_library& zones_;
  std::ostream& out_;
  std::map<std::pair<workspace_id, std::uint64_t>, std::shared_ptr<const policy>> policies_;
  priors_library priors_;
};

/// One lead, for the API: the sums, and the findings as lines of text.
[[nodiscard]] nlohmann::json replay_to_json(store_reader& reader, zone_library& zones, const lead_row& row);

}  // namespace heed
