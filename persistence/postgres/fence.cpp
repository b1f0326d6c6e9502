#include <algorithm>

#include "persistence/postgres/work.hpp"

/// One node of several writes for the shards it was granted; the database says which those are, inside each transaction.
namespace heed::postgres {
namespace {

/// Of the accounts whose effects it claims with its plan.
std::vector<shard_id> dispatch_shards_of(const lead_commit& c) {
  std::vector<shard_id> out;
  for (const auto& claimed : c.claims)
    for (const auto& e : c.effects)
      if (e.id == claimed.id) out.push_back(dispatch_shard_of(c.workspace, e.account));
  return out;
}

}  // namespace

/// Decisions need the very grant they were taken under, claims that this node dispatches for the account. What is merely
/// received or recorded may be so by any node: its keys say whether it is new.
void work::fence_shared(const write_batch& batch) {
  column shards(type_oid::int8);
  std::set<shard_id> asked;
  for (const auto& c : batch.commits) {
    asked.insert(shard_of(c.lead));
    for (const auto s : dispatch_shards_of(c))
      asked.insert(s);
  }
  for (const auto& c : batch.claims)
    if (const auto found = glimpses_.find(c.id); found != glimpses_.end())
      asked.insert(dispatch_shard_of(found->second.workspace, found->second.account));
  if (asked.empty()) return;
  for (const auto s : asked)
    shards.add(s);
  session_.run("fence_shared", shards, who_.node_id).each([&](const row_view& r) {
    granted_.emplace(static_cast<shard_id>(r.integer(0)), r.count(1));
  });
}

bool work::is_fenced(const lead_commit& c) const {
  if (!who_.shared) return false;
  const auto found = granted_.find(shard_of(c.lead));
  if (found == granted_.end() || found->second != c.journal.epoch) return true;
  return std::ranges::any_of(dispatch_shards_of(c), [&](shard_id s) { return !granted_.contains(s); });
}

bool work::is_fenced(const claim_request& c) const {
  if (!who_.shared) return false;
  const auto found = glimpses_.find(c.id);
  // One that is not there is nobody's.
  return found != glimpses_.end() &&
         !granted_.contains(dispatch_shard_of(found->second.workspace, found->second.account));
}

std::vector<told_lead> work::lose_calls(const std::vector<bool>& shards, time_point now) {
  std::map<effect_id, std::uint64_t> lost;
  session_.run("lost_calls").each([&](const row_view& r) {
    const auto s = dispatch_shard_of(r.named<workspace_id>(1), r.named<account_id>(2));
    if (s < shards.size() && shards[s]) lost.emplace(r.named<effect_id>(0), r.count(3));
  });
  std::vector<told_lead> out;
  if (lost.empty()) return out;
  rows_of<effect_id, bool> ids;
  for (const auto& [id, epoch] : lost)
    ids.add(id, false);
  session_.run("lock_effects", ids).each([&](const row_view& r) { put_effect(r); });
  std::vector<effect_id> still;
  for (const auto& [id, epoch] : lost) {
    const auto* e = image_.effects.find(id);
    if (e == nullptr || e->row.state != effect_state::in_flight || e->row.claim_epoch != epoch) continue;
    still.push_back(id);
    out.push_back({e->row.workspace, e->row.lead});
  }
  if (still.empty()) return {};
  name_leads_of_effects();
  expected_numbers_ = still.size();
  writer_.lose_calls(still, now);
  save();
  return out;
}

}  // namespace heed::postgres
