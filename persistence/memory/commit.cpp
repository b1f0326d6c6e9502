#include <algorithm>

#include "persistence/codec/codec.hpp"
#include "persistence/memory/writer.hpp"
#include "persistence/store_rules.hpp"

namespace heed::memory {

/// As in every store: what can refuse a lead is looked at before its first write, the others of the batch go
/// on.
commit_result writer::commit(const lead_commit& c) {
  commit_result out;
  if (c.journal.seq != c.expected_version + 1)
    throw broken_rule(errc::refused, "commit of " + c.lead.value + ": seq does not follow the version");
  for (const auto& key : c.direct_keys) {
    if (!seen(c.workspace, key)) continue;
    out.outcome = commit_result::what::duplicate;
    return out;
  }
  const auto lead = find_lead(c.workspace, c.lead);
  if (!lead || m_.leads.at(*lead).row.version != c.expected_version || !still_pending(c, *lead) ||
      !effects_can_be_planned(c, *lead) || !may_finish_with(c, *lead)) {
    out.outcome = commit_result::what::conflict;
    return out;
  }
  consume(c, *lead);
  if (c.finish) record(*c.finish);
  append(c, *lead);
  add_keys(c, *lead, out);
  restrain(c, *lead);
  // After `restrain`, so that whom this very decision suppresses is not told again.
  if (!c.keys_added.empty())
    for (auto& n : warn(c.workspace, *lead, c.keys_added, c.journal.decided_at))
      out.outcomes.push_back(std::move(n.to));
  change_effects(c, *lead, out);
  project(c, *lead);
  for (const auto& claimed : c.claims)
    out.claims.push_back(claim(claimed));
  for (const auto& letter : c.letters)
    out.letters.push_back(accept(letter));
  return out;
}

bool writer::may_finish_with(const lead_commit& c, number lead) const {
  if (!c.finish) return true;
  if (!store_rules::may_go_with_decision(*c.finish))
    throw broken_rule(errc::refused,
                      "commit of " + c.lead.value + ": only an accepted call ends with a decision");
  const auto* e = find_effect(c.finish->id);
  return e != nullptr && e->lead == lead && may_finish(*c.finish);
}

bool writer::still_pending(const lead_commit& c, number lead) const {
  for (auto it = c.consumed.begin(); it != c.consumed.end(); ++it) {
    if (std::find(c.consumed.begin(), it, *it) != it) return false;
    const auto* waiting = m_.pending.find(*it);
    if (waiting == nullptr || waiting->lead != lead) return false;
  }
  return true;
}

bool writer::effects_can_be_planned(const lead_commit& c, number lead) const {
  const auto may_open = [&](const effect_id& id) {
    const auto* e = find_effect(id);
    return e != nullptr && e->lead == lead && store_rules::may_open_again(e->row.state);
  };
  for (auto it = c.effects.begin(); it != c.effects.end(); ++it) {
    const auto same = [&](const planned_effect& e) {
      return e.id == it->id || store_rules::touch_of(e) == store_rules::touch_of(*it);
    };
    if (std::any_of(c.effects.begin(), it, same)) return false;
    const auto* holder = m_.effect_keys.find({c.workspace, it->kind, it->key});
    if (holder == nullptr) {
      if (m_.effects.has(it->id)) return false;
      continue;
    }
    if (*holder != it->id || !may_open(it->id)) return false;
  }
  return std::ranges::all_of(c.resends, may_open);
}

void writer::consume(const lead_commit& c, number lead) {
  for (const auto inbox : c.consumed) {
    CHECK(m_.pending.erase(inbox));
    m_.pending_of.erase({lead, inbox});
    // The journal row holds the whole stimulus from here on.
    m_.inbox.erase(inbox);
    m_.decided.insert(inbox, {lead, c.journal.seq});
  }
  for (const auto& key : c.direct_keys)
    m_.inbox_keys.insert({c.workspace, key, lead}, {std::nullopt, c.journal.seq});
}

void writer::append(const lead_commit& c, number lead) {
  const auto& j = c.journal;
  CHECK(m_.journal.insert({lead, j.seq}, j));
  auto& row = m_.leads.edit(lead).row;
  row.version = j.seq;
  row.snapshot = c.snapshot;
  row.chain = j.chain;
  set_timer(lead, c.due, j.seq);
}

void writer::set_timer(number lead, std::optional<time_point> due, std::uint64_t generation) {
  if (const auto* old = m_.timers.find(lead)) {
    m_.timers_due.erase({old->due, lead});
    m_.timers.erase(lead);
  }
  if (!due) return;
  m_.timers.insert(lead, {*due, generation});
  m_.timers_due.insert({*due, lead}, {});
}

void writer::add_keys(const lead_commit& c, number lead, commit_result& out) {
  for (const auto& key : c.keys_added) {
    if (add_key(c.workspace, key, lead)) continue;
    const auto holder = m_.lead_keys.at({c.workspace, key});
    if (holder != lead) out.key_conflicts.emplace_back(key, m_.leads.at(holder).row.lead);
  }
}

void writer::restrain(const lead_commit& c, number lead) {
  if (c.handed_off) m_.leads.edit(lead).handed_off = *c.handed_off;
  if (c.poison_cleared) m_.leads.edit(lead).row.poisoned = false;
  for (const auto& [key, reason] : c.addresses_suppressed) {
    const auto hash = codec::address_hash(c.workspace, key);
    if (!reason.empty()) {
      m_.suppressions.put({c.workspace, hash, "address", lead},
                          {c.workspace, hash, "address", c.lead, reason, "", c.journal.decided_at});
      continue;
    }
    std::vector<number> holders;
    for (auto it = m_.suppressions.from({c.workspace, hash, "address", 0}); it != m_.suppressions.end();
         ++it) {
      const auto& [in, of, scope, holder] = it->first;
      if (in != c.workspace || of != hash || scope != "address") break;
      holders.push_back(holder);
    }
    for (const auto holder : holders)
      m_.suppressions.erase({c.workspace, hash, "address", holder});
  }
  if (c.person_suppressed) restrain_person(c, lead);
}

void writer::restrain_person(const lead_commit& c, number lead) {
  if (c.person_suppressed->empty()) {
    m_.leads.edit(lead).suppressed.reset();
    std::vector<std::tuple<workspace_id, std::string, std::string, number>> own;
    for (const auto& [key, row] : m_.suppressions)
      if (std::get<2>(key) == "person" && std::get<3>(key) == lead) own.push_back(key);
    for (const auto& key : own)
      m_.suppressions.erase(key);
    return;
  }
  m_.leads.edit(lead).suppressed = *c.person_suppressed;
  // Every address of the person, so that another lead with one of them is not written to either.
  each_of(m_.keys_of, lead, [&](const auto& at, const nothing&) {
    const auto& key = std::get<1>(at);
    if (!store_rules::is_listed_with_person(key.kind)) return;
    const auto hash = codec::address_hash(c.workspace, key);
    m_.suppressions.put(
        {c.workspace, hash, "person", lead},
        {c.workspace, hash, "person", c.lead, *c.person_suppressed, "", c.journal.decided_at});
  });
}

void writer::change_effects(const lead_commit& c, number lead, commit_result& out) {
  const auto at = c.journal.decided_at;
  for (const auto& id : c.cancels) {
    const auto* e = find_effect(id);
    const bool ours = e != nullptr && e->lead == lead;
    if (ours && e->row.state == effect_state::planned) {
      out.outcomes.push_back(
          end_uncalled(id, effect_state::cancelled, send_result::cancelled, "cancelled", "decision", at));
      continue;
    }
    // Its claim may come back as too late; then it is not called any more but returned to its lead.
    if (ours && e->row.state == effect_state::in_flight)
      edit_effect(id).row.not_after = store_rules::long_past;
    out.not_cancelled.push_back(id);
  }
  for (const auto& id : c.resends) {
    auto& e = edit_effect(id);
    // The same bytes and the same length of life, from now on.
    if (e.row.not_after != time_point{}) e.row.not_after = at + (e.row.not_after - e.row.planned_at);
    open_again(id, at);
  }
  for (const auto& e : c.effects)
    plan(c, e, lead, out);
}

void writer::plan(const lead_commit& c, const planned_effect& p, number lead, commit_result& out) {
  const auto at = c.journal.decided_at;
  if (m_.effect_keys.has({c.workspace, p.kind, p.key})) {
    auto& e = edit_effect(p.id);
    e.row.campaign = p.campaign;
    e.row.account = p.account;
    e.row.not_after = p.not_after;
    e.row.request = p.request;
    if (!e.row.provider_id.empty()) m_.effects_at_provider.erase({c.workspace, e.row.provider_id, p.id});
    e.row.provider_id.clear();
    open_again(p.id, at);
  } else {
    effect_record e;
    e.row = {p.id,
             c.workspace,
             c.lead,
             p.key,
             p.campaign,
             p.account,
             p.kind,
             p.request,
             effect_state::planned,
             0,
             p.not_after,
             at,
             std::nullopt,
             0,
             "",
             ""};
    e.n = m_.next();
    e.lead = lead;
    e.dry_run = p.dry_run;
    m_.effect_keys.insert({c.workspace, p.kind, p.key}, p.id);
    m_.effects_in.insert({effect_state::planned, e.n, p.id}, {});
    m_.effects_of.insert({lead, p.id}, {});
    m_.effects.insert(p.id, std::move(e));
  }
  if (p.dry_run)
    out.outcomes.push_back(end_uncalled(p.id, effect_state::done, send_result::skipped_dry_run,
                                        "skipped_dry_run", "decision", at));
}

}  // namespace heed::memory
