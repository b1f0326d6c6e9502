#include "actors/lead/check.hpp"
#include "persistence/postgres/work.hpp"
#include "persistence/store_rules.hpp"

/// Which rows a batch is about, in the order in which they are locked.
namespace heed::postgres {
namespace {

/// The texts of a set, for `any`.
template <class Set>
column texts_of(const Set& all) {
  column out(type_oid::text);
  for (const auto& each : all)
    out.add(each);
  return out;
}

template <class Set>
column numbers_of(const Set& all) {
  column out(type_oid::int8);
  for (const auto& each : all)
    out.add(each);
  return out;
}

/// With which of them are to be read whole.
rows_of<effect_id, bool> effects_asked(const std::set<effect_id>& all, const std::set<effect_id>& whole) {
  rows_of<effect_id, bool> out;
  for (const auto& id : all)
    out.add(id, whole.contains(id));
  return out;
}

std::set<effect_id> claimed_in(const write_batch& batch) {
  std::set<effect_id> ids;
  for (const auto& c : batch.claims)
    ids.insert(c.id);
  return ids;
}

/// Calls `f` with each effect that a decision plans and claims at once, and its claim.
template <class F>
void each_claimed(const lead_commit& c, F&& f) {
  for (const auto& claimed : c.claims)
    for (const auto& e : c.effects)
      if (e.id == claimed.id) f(e, claimed);
}

}  // namespace

work::work(session& s, const node_identity& who, const known_rows* known)
    : session_(s), writer_(image_), who_(who), known_(known) {
  image_.undo.keep_nothing();
  image_.lasting_numbers = [this] { return next_number(); };
  writer_.become(who);
}

void work::load(const write_batch& batch) {
  glimpse_effects(batch);
  fence(batch);
  lock_switches(batch);
  lock_usage(batch);
  lock_leads(batch);
  lock_effects(batch);
  check_glimpses();
  load_commits(batch);
  load_keys(batch);
  load_seen(batch);
  load_suppressions(batch);
  load_given_notices(batch);
  name_leads_of_effects();
  expect_numbers(batch);
}

/// What is claimed or finished, whether it is there or planned by this very batch.
void work::glimpse_effects(const write_batch& batch) {
  if (batch.claims.empty() && batch.finishes.empty()) return;
  std::set<effect_id> claimed;
  // Whether the outline is true is looked at under the locks; the second try does not believe it.
  for (const auto& c : batch.claims)
    if (known_ != nullptr && c.outline)
      glimpses_.emplace(c.id, *c.outline);
    else
      claimed.insert(c.id);
  auto asked = claimed;
  for (const auto& f : batch.finishes)
    asked.insert(f.id);
  if (asked.empty()) return;
  const auto ids = effects_asked(asked, claimed);
  session_.run("glimpse", ids).each([&](const row_view& r) {
    glimpses_[r.named<effect_id>(0)] = {
        r.named<workspace_id>(1), r.named<lead_id>(2), r.named<account_id>(3),
        r.named<campaign_id>(4),  r.text(5),           r.null(6) ? std::string() : r.bytes(6)};
  });
}

void work::fence(const write_batch& batch) {
  if (who_.shared) return fence_shared(batch);
  std::set<shard_id> shards;
  for (const auto& item : batch.accepts)
    shards.insert(shard_of(item.lead ? *item.lead : item.candidate));
  for (const auto& c : batch.commits) {
    shards.insert(shard_of(c.lead));
    if (c.finish) shards.insert(dispatch_shard_of(c.workspace, c.finish->account));
    each_claimed(c, [&](const planned_effect& e, const claim_request&) {
      shards.insert(dispatch_shard_of(c.workspace, e.account));
    });
  }
  for (const auto& [id, e] : glimpses_)
    shards.insert(dispatch_shard_of(e.workspace, e.account));
  for (const auto& m : batch.sandbox)
    shards.insert(shard_of(m.lead));
  if (shards.empty()) return;
  const auto held = session_.run("fence", numbers_of(shards), who_.node_id, who_.epoch).number();
  if (held != static_cast<std::int64_t>(shards.size()))
    throw database_error(errc::fatal, "fenced: another node has taken the shards of this batch");
}

void work::lock_switches(const write_batch& batch) {
  std::set<std::tuple<stop_scope, workspace_id, std::string>> asked;
  const auto add = [&](const workspace_id& ws, const campaign_id& campaign, const account_id& account) {
    asked.insert({stop_scope::global, {}, ""});
    asked.insert({stop_scope::workspace, ws, ""});
    asked.insert({stop_scope::campaign, ws, campaign.value});
    asked.insert({stop_scope::account, ws, account.value});
  };
  const auto claimed = claimed_in(batch);
  for (const auto& id : claimed)
    if (const auto found = glimpses_.find(id); found != glimpses_.end())
      add(found->second.workspace, found->second.campaign, found->second.account);
  for (const auto& c : batch.commits) {
    for (const auto& e : c.effects)
      if (claimed.contains(e.id)) add(c.workspace, e.campaign, e.account);
    each_claimed(
        c, [&](const planned_effect& e, const claim_request&) { add(c.workspace, e.campaign, e.account); });
  }
  if (asked.empty()) return;
  rows_of<stop_scope, workspace_id, std::string_view> rows;
  for (const auto& [scope, ws, name] : asked)
    rows.add(scope, ws, name);
  session_.run("lock_switches", rows).each([&](const row_view& r) {
    const auto scope = r.as<stop_scope>(0);
    const auto ws = r.named<workspace_id>(1);
    auto name = r.text(2);
    kill_switch_row row{ws, scope, name, r.flag(3), r.text(4), r.instant(5)};
    image_.switches.insert({scope, ws, std::move(name)}, std::move(row));
  });
}

void work::lock_usage(const write_batch& batch) {
  std::set<std::pair<workspace_id, account_id>> asked;
  const auto add = [&](const effect_id& id) {
    if (const auto found = glimpses_.find(id); found != glimpses_.end())
      asked.insert({found->second.workspace, found->second.account});
  };
  for (const auto& f : batch.finishes)
    if (f.back_to_planned || store_rules::gives_unit_back(f.result)) add(f.id);
  std::set<effect_id> limited;
  for (const auto& c : batch.claims)
    if (c.limits.any() && limited.insert(c.id).second) add(c.id);
  for (const auto& c : batch.commits) {
    for (const auto& e : c.effects)
      if (limited.contains(e.id)) asked.insert({c.workspace, e.account});
    each_claimed(c, [&](const planned_effect& e, const claim_request& claimed) {
      if (claimed.limits.any()) asked.insert({c.workspace, e.account});
    });
  }
  if (asked.empty()) return;
  rows_of<workspace_id, account_id> rows;
  for (const auto& [ws, account] : asked)
    rows.add(ws, account);
  session_.run("lock_usage", rows).each([&](const row_view& r) {
    const std::pair at{r.named<workspace_id>(0), r.named<account_id>(1)};
    const send_usage_row row{r.integer(2), r.small(3), r.maybe_instant(4), r.instant(5)};
    had_usage_.emplace(at, row);
    image_.usage.insert(at, row);
  });
}

/// A claim holds its lead while it looks at it. A decision need not: its swap says what it looked at, and
/// finds nothing when that has changed.
void work::lock_leads(const write_batch& batch) {
  std::set<lead_id> claimed;
  std::set<lead_id> decided;
  for (const auto& c : batch.claims)
    if (const auto found = glimpses_.find(c.id); found != glimpses_.end()) claimed.insert(found->second.lead);
  for (const auto& c : batch.commits)
    if (!claimed.contains(c.lead) && !is_known(c)) decided.insert(c.lead);
  const auto put = [&](const row_view& r) { put_lead(r, 0); };
  if (!claimed.empty()) session_.run("lock_leads", texts_of(claimed)).each(put);
  if (!decided.empty()) session_.run("leads_named", texts_of(decided)).each(put);
}

/// At another version than the decision's it is looked up: either may be wrong.
bool work::is_known(const lead_commit& c) {
  if (known_ == nullptr) return false;
  auto found = known_->find(c.lead, c.expected_version);
  if (!found) return false;
  memory::lead_record lead;
  lead.row.lead = c.lead;
  lead.row.workspace = std::move(found->workspace);
  lead.row.version = found->version;
  lead.row.poisoned = found->poisoned;
  lead.suppressed = std::move(found->suppressed);
  lead.handed_off = found->handed_off;
  if (found->due) had_due_.emplace(found->n, *found->due);
  believed_.emplace(found->n, std::move(found->runs));
  put_lead(found->n, std::move(lead));
  return true;
}

void work::lock_effects(const write_batch& batch) {
  std::set<effect_id> asked;
  for (const auto& [id, e] : glimpses_)
    asked.insert(id);
  for (const auto& c : batch.commits) {
    asked.insert(c.cancels.begin(), c.cancels.end());
    asked.insert(c.resends.begin(), c.resends.end());
    if (c.finish) asked.insert(c.finish->id);
    for (const auto& e : c.effects)
      if (!is_most_likely_new(c.workspace, touch_name(e.kind, e.key))) asked.insert(e.id);
  }
  if (asked.empty()) return;
  auto whole = claimed_in(batch);
  for (const auto& c : batch.commits)
    each_claimed(c, [&](const planned_effect& e, const claim_request&) { whole.insert(e.id); });
  session_.run("lock_effects", effects_asked(asked, whole)).each([&](const row_view& r) { put_effect(r); });
}

/// What decided which rows to lock must still be so under the locks.
void work::check_glimpses() {
  for (const auto& [id, seen] : glimpses_) {
    const auto* e = image_.effects.find(id);
    if (e == nullptr) continue;  // done meanwhile: nothing is left to claim or finish
    const effect_outline now{e->row.workspace, e->row.lead, e->row.account,
                             e->row.campaign,  e->row.kind, e->row.request};
    if (now != seen) throw met_another("effect " + id.value + " was planned again by another writer");
  }
}

/// Of a lead that only hears of an outcome, nothing but its name is asked; comes last, for others may know
/// more of it.
void work::name_leads_of_effects() {
  for (const auto& [id, e] : had_effects_) {
    if (e.lead == 0 || !had_leads_.insert(e.lead).second) continue;
    memory::lead_record lead;
    lead.row.workspace = e.row.workspace;
    lead.row.lead = e.row.lead;
    image_.lead_numbers.insert(e.row.lead, e.lead);
    image_.leads.insert(e.lead, std::move(lead));
  }
}

void work::load_commits(const write_batch& batch) {
  load_pending(batch);
  load_touches(batch);
  load_lifted(batch);
}

/// What a known lead decides is taken to be pending: the deletion says if it is not.
void work::load_pending(const write_batch& batch) {
  std::set<std::uint64_t> asked;
  for (const auto& c : batch.commits) {
    const auto* n = image_.lead_numbers.find(c.lead);
    const bool believed = n != nullptr && believed_.contains(*n);
    for (const auto inbox : c.consumed) {
      if (!believed)
        asked.insert(inbox);
      else if (had_pending_.emplace(inbox, *n).second)
        image_.pending.insert(inbox, {*n, 0});
    }
  }
  if (asked.empty()) return;
  session_.run("pending_now", numbers_of(asked)).each([&](const row_view& r) {
    had_pending_.emplace(r.count(0), r.count(1));
    image_.pending.insert(r.count(0), {r.count(1), 0});
  });
}

/// Under which a touch that was planned a moment ago is remembered, beside the door's keys.
std::string work::touch_name(std::string_view kind, std::string_view key) {
  std::string out = "touch\n";
  return out.append(kind).append("\n").append(key);
}

/// A touch that is most likely new is not looked up, nor its effect: should it be there, it cannot be made
/// twice.
void work::load_touches(const write_batch& batch) {
  rows_of<workspace_id, std::string_view, std::string_view, effect_id> touches;
  for (const auto& c : batch.commits)
    for (const auto& e : c.effects) {
      planned_again_.insert(e.id);
      if (!is_most_likely_new(c.workspace, touch_name(e.kind, e.key)))
        touches.add(c.workspace, e.kind, e.key, e.id);
    }
  if (touches.empty()) return;
  session_.run("touches", touches).each([&](const row_view& r) {
    if (!r.null(3)) {
      const std::tuple at{r.named<workspace_id>(0), r.text(1), r.text(2)};
      had_touches_.insert(at);
      image_.effect_keys.insert(at, r.named<effect_id>(3));
    }
    if (!r.flag(5)) return;
    memory::effect_record done;
    done.row.id = r.named<effect_id>(4);
    done.row.state = effect_state::done;
    had_effects_.emplace(done.row.id, done);
    image_.effects.insert(done.row.id, done);
  });
}

/// A decision about a person is one about all of the person's addresses.
void work::load_lifted(const write_batch& batch) {
  std::set<number> suppressed;
  std::set<number> lifted;
  for (const auto& c : batch.commits) {
    const auto* n = image_.lead_numbers.find(c.lead);
    if (n != nullptr && c.person_suppressed) (c.person_suppressed->empty() ? lifted : suppressed).insert(*n);
  }
  if (!suppressed.empty())
    session_.run("keys_of_leads", numbers_of(suppressed)).each([&](const row_view& r) {
      put_key(r.named<workspace_id>(0), {r.as<key_kind>(1), r.text(2), r.text(3)}, r.count(4));
    });
  if (!lifted.empty())
    session_.run("listed_of_leads", numbers_of(lifted)).each([&](const row_view& r) { put_suppression(r); });
}

void work::put_lead(const row_view& r, int first) {
  const auto n = r.count(first);
  memory::lead_record lead;
  lead.row.lead = r.named<lead_id>(first + 1);
  lead.row.workspace = r.named<workspace_id>(first + 2);
  lead.row.version = r.count(first + 3);
  lead.suppressed = r.maybe_text(first + 4);
  lead.handed_off = r.flag(first + 5);
  lead.row.poisoned = r.flag(first + 6);
  put_lead(n, std::move(lead));
}

/// As it was found first: what the rules look at and what the swap compares must be the same.
void work::put_lead(number n, memory::lead_record lead) {
  had_leads_.insert(n);
  had_flags_.emplace(n, flags{lead.suppressed, lead.handed_off, lead.row.poisoned});
  image_.lead_numbers.insert(lead.row.lead, n);
  image_.leads.insert(n, std::move(lead));
}

void work::put_effect(const row_view& r) {
  memory::effect_record e;
  e.n = r.count(0);
  e.row.id = r.named<effect_id>(1);
  e.row.workspace = r.named<workspace_id>(2);
  e.lead = r.count(3);
  e.row.lead = r.named<lead_id>(4);
  e.row.kind = r.text(5);
  e.row.key = r.text(6);
  e.row.campaign = r.named<campaign_id>(7);
  e.row.account = r.named<account_id>(8);
  e.row.state = r.as<effect_state>(9);
  e.row.attempt = r.small(10);
  e.calls = r.small(11);
  e.reopened = r.small(12);
  e.row.not_after = r.instant(13);
  e.row.planned_at = r.instant(14);
  e.row.claimed_at = r.maybe_instant(15);
  e.row.claim_epoch = r.count(16);
  e.dry_run = r.flag(17);
  e.row.detail = r.text(18);
  e.row.provider_id = r.text(19);
  e.counted_day = r.maybe_integer(20);
  if (!r.null(21)) e.row.request = r.bytes(21);
  const auto id = e.row.id;
  had_effects_.emplace(id, e);
  image_.effects_in.insert({e.row.state, e.n, id}, {});
  image_.effects_of.insert({e.lead, id}, {});
  image_.effects.insert(id, std::move(e));
}

}  // namespace heed::postgres
