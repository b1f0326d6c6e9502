#include <algorithm>

#include "actors/lead/check.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/sqlite/writer.hpp"
#include "persistence/store_rules.hpp"

namespace heed::sqlite {

/// Everything that can refuse a lead is looked at before its first write, so that a conflict leaves nothing
/// to undo and the others of the batch go on.
commit_result writer::commit(const lead_commit& c) {
  commit_result out;
  if (c.journal.seq != c.expected_version + 1)
    throw database_error(errc::refused, "commit of " + c.lead.value + ": seq does not follow the version");
  for (const auto& key : c.direct_keys) {
    if (!db_["seen_any"].number(c.workspace, key)) continue;
    out.outcome = commit_result::what::duplicate;
    return out;
  }
  const auto lead = find_lead(c.lead);
  if (!lead || lead->workspace != c.workspace.value || lead->version != c.expected_version ||
      !still_pending(c, lead->n) || !effects_can_be_planned(c, lead->n) || !may_finish_with(c, lead->n)) {
    out.outcome = commit_result::what::conflict;
    return out;
  }
  consume(c, lead->n);
  if (c.finish) record(*find_effect(c.finish->id), *c.finish);
  append(c, lead->n);
  add_keys(c, lead->n, out);
  restrain(c, lead->n);
  // After `restrain`, so that whom this very decision suppresses is not told again.
  if (!c.keys_added.empty())
    for (auto& n : warn(c.workspace, *find_target(lead->n), c.keys_added, c.journal.decided_at))
      out.outcomes.push_back(std::move(n.to));
  change_effects(c, lead->n, out);
  project(c, lead->n);
  for (const auto& claimed : c.claims)
    out.claims.push_back(claim(claimed));
  for (const auto& letter : c.letters)
    out.letters.push_back(accept(letter));
  return out;
}

bool writer::may_finish_with(const lead_commit& c, std::int64_t lead) {
  if (!c.finish) return true;
  if (!store_rules::may_go_with_decision(*c.finish))
    throw database_error(errc::refused,
                         "commit of " + c.lead.value + ": only an accepted call ends with a decision");
  const auto e = find_effect(c.finish->id);
  return e && e->lead == lead && may_finish(*e, *c.finish);
}

bool writer::still_pending(const lead_commit& c, std::int64_t lead) {
  for (auto it = c.consumed.begin(); it != c.consumed.end(); ++it) {
    if (std::find(c.consumed.begin(), it, *it) != it) return false;
    if (db_["pending_lead"].number(*it) != lead) return false;
  }
  return true;
}

void writer::consume(const lead_commit& c, std::int64_t lead) {
  for (const auto inbox : c.consumed) {
    db_["pending_delete"].run(inbox);
    CHECK(db_.changes() == 1);
    db_["inbox_delete"].run(inbox);
    db_["decided_insert"].run(inbox, lead, c.journal.seq);
  }
  for (const auto& key : c.direct_keys)
    db_["inbox_key_insert"].run(c.workspace, key, lead, std::optional<std::uint64_t>(),
                                std::optional(c.journal.seq));
}

void writer::append(const lead_commit& c, std::int64_t lead) {
  const auto& j = c.journal;
  db_["journal_insert"].run(lead, j.seq, j.decided_at, j.revision, j.rules_version, j.epoch, j.kind,
                            j.stimulus_key, blob{j.body}, blob{j.chain});
  db_["lead_swap"].run(lead, j.seq, j.epoch, blob{c.snapshot}, blob{j.chain});
  CHECK(db_.changes() == 1);
  if (c.due)
    db_["timer_set"].run(lead, *c.due, j.seq);
  else
    db_["timer_delete"].run(lead);
}

void writer::add_keys(const lead_commit& c, std::int64_t lead, commit_result& out) {
  for (const auto& key : c.keys_added) {
    if (add_key(c.workspace, key, lead)) continue;
    const auto holder = db_["key_holder"].number(c.workspace, key.kind, key.name, key.value);
    if (holder && *holder != lead) out.key_conflicts.emplace_back(key, find_target(*holder)->id);
  }
}

void writer::restrain(const lead_commit& c, std::int64_t lead) {
  const auto at = c.journal.decided_at;
  if (c.handed_off) db_["lead_hand_off"].run(lead, *c.handed_off);
  if (c.poison_cleared) db_["lead_poison"].run(lead, false);
  for (const auto& [key, reason] : c.addresses_suppressed) {
    const auto hash = codec::address_hash(c.workspace, key);
    if (reason.empty())
      db_["suppression_lift_address"].run(c.workspace, hash);
    else
      db_["suppression_insert"].run(c.workspace, hash, "address", lead, reason, at);
  }
  if (!c.person_suppressed) return;
  if (c.person_suppressed->empty()) {
    db_["lead_suppress"].run(lead, std::optional<std::string_view>());
    db_["suppression_lift_person"].run(lead);
    return;
  }
  db_["lead_suppress"].run(lead, *c.person_suppressed);
  // Every address of the person, so that another lead with one of them is not written to either.
  std::vector<lead_key> addresses;
  for (auto rows = db_["keys_of"].query(lead); rows.next();)
    addresses.push_back({rows.as<key_kind>(0), rows.text(1), rows.text(2)});
  for (const auto& key : addresses)
    if (store_rules::is_listed_with_person(key.kind))
      db_["suppression_insert"].run(c.workspace, codec::address_hash(c.workspace, key), "person", lead,
                                    *c.person_suppressed, at);
}

}  // namespace heed::sqlite
