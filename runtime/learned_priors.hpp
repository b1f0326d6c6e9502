#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "actors/lead/decision.hpp"
#include "actors/lead/timing/population.hpp"
#include "persistence/store.hpp"

namespace heed {

/// What a workspace's people taught of when people are there (SF-16, SF-17). Kept in the store as numbered versions that never
/// change: a decision says which one it rests on, and is taken again with that one.
struct learned_priors {
  std::uint64_t version = 0;      ///< 0 = nothing was learned
  std::uint64_t engagements = 0;  ///< that it was learned from
  time_point learned_at{};
  std::shared_ptr<const timing::population> known;
};

/// The latest one; version 0 when there is none.
[[nodiscard]] result<learned_priors> latest_priors(store_reader& r, const workspace_id& ws);
[[nodiscard]] result<std::shared_ptr<const timing::population>> priors_of(store_reader& r, const workspace_id& ws, std::uint64_t version);
/// Keeps it as the next version, and says which. It is in force when the workspace is loaded again.
[[nodiscard]] result<std::uint64_t> keep_priors(store& s, const workspace_id& ws, const timing::population& p, std::uint64_t engagements,
                                                time_point now);

/// Versions that were read once. Any thread.
class priors_library {
 public:
  [[nodiscard]] result<std::shared_ptr<const timing::population>> find(store_reader& r, const workspace_id& ws, std::uint64_t version);
  /// Gives a decision from the journal what it rested on.
  [[nodiscard]] result<void> complete(store_reader& r, const workspace_id& ws, circumstances& when);

 private:
  std::mutex lock_;
  std::map<std::pair<workspace_id, std::uint64_t>, std::shared_ptr<const timing::population>> kept_;
};

/// People as they are read from the store, to be learned from; bounded, and in the order of their ids, so that equal stores
/// teach equally.
class people_read {
 public:
  static constexpr std::size_t leads_most = 200'000;
  static constexpr std::size_t people_most = 20'000;  ///< who engaged at all

  /// The next page; false when there is none.
  [[nodiscard]] result<bool> read_page(store_reader& r, const workspace_id& ws);
  [[nodiscard]] std::uint64_t engagements() const { return engagements_; }
  [[nodiscard]] std::size_t people() const { return people_.size(); }
  [[nodiscard]] timing::population learn(time_point now) const;

 private:
  struct person {
    std::string segment;
    std::vector<timing::engagement> events;
  };
  std::vector<person> people_;
  std::uint64_t engagements_ = 0;
  std::size_t leads_ = 0;
  std::string after_;
};

/// Whether what is known by now is worth learning from: enough people, a day since the last time, and a tenth more than then.
[[nodiscard]] bool worth_learning(const learned_priors& last, const people_read& people, time_point now);
/// Reads and learns; none when there is nothing new to learn.
struct taught {
  timing::population known;
  std::uint64_t engagements = 0;
};
[[nodiscard]] result<std::optional<taught>> learn_anew(store_reader& r, const workspace_id& ws, time_point now);

}  // namespace heed
