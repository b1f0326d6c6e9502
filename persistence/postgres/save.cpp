#include "actors/lead/check.hpp"
#include "persistence/postgres/work.hpp"

/// What the rules changed, written as sets. Order of the keys is the order in which rows are inserted, so
/// that two writers who make the same ones wait for each other and do not block each other.
namespace heed::postgres {
namespace {

/// As the server reads an array; the numbers of one decision's inbox rows.
std::optional<std::string> array_text(const std::vector<number>& all) {
  if (all.empty()) return std::nullopt;
  std::string out = "{";
  for (const auto n : all)
    out += (out.size() > 1 ? "," : "") + std::to_string(n);
  return out + "}";
}

bool same(const suppression_row& a, const suppression_row& b) {
  return a.reason == b.reason && a.source == b.source && a.at == b.at;
}

bool same(const send_usage_row& a, const send_usage_row& b) {
  return a.day == b.day && a.used == b.used && a.last_at == b.last_at && a.paced_at == b.paced_at;
}

}  // namespace

write_result work::apply(const write_batch& batch) {
  load(batch);
  write_result out;
  for (const auto& item : batch.accepts)
    out.accepts.push_back(writer_.accept(item));
  for (const auto& c : batch.commits) {
    if (is_fenced(c)) {
      out.commits.emplace_back().outcome = commit_result::what::fenced;
      continue;
    }
    out.commits.push_back(writer_.commit(c));
    if (out.commits.back().outcome != commit_result::what::committed) continue;
    for (const auto& r : c.results)
      results_.emplace_back(c.lead, r);
  }
  for (const auto& f : batch.finishes)
    out.finishes.push_back(writer_.finish(f));
  for (const auto& c : batch.claims) {
    if (is_fenced(c))
      out.claims.emplace_back().outcome = claim_result::what::fenced;
    else
      out.claims.push_back(writer_.claim(c));
  }
  for (const auto& m : batch.sandbox)
    writer_.deliver(m);
  save();
  return out;
}

void work::save() {
  save_leads();
  save_door();
  save_pending();
  save_journal();
  save_timers();
  save_suppressions();
  save_usage();
  save_effects();
  save_projections();
}

void work::save_leads() {
  rows_of<number, lead_id, workspace_id, std::uint64_t, std::uint64_t, std::optional<std::string>, bool, bool,
          blob, blob, blob>
      created;
  rows_of<number, std::uint64_t, std::optional<std::string>, bool, bool, std::uint64_t, std::uint64_t,
          std::optional<std::string>, bool, bool, blob, blob>
      swapped;
  for (const auto& [n, lead] : image_.leads) {
    const auto& row = lead.row;
    // The first row of the journal that this batch adds says which version it replaces.
    const auto first = image_.journal.from({n, 0});
    const bool decided = first != image_.journal.end() && first->first.first == n;
    const auto epoch = decided ? image_.journal.at({n, row.version}).epoch : 0;
    if (!had_leads_.contains(n))
      created.add(n, row.lead, row.workspace, row.version, epoch, lead.suppressed, lead.handed_off,
                  row.poisoned, blob{row.secret}, blob{row.chain}, blob{row.snapshot});
    else if (decided) {
      const auto& had = had_flags_.at(n);
      swapped.add(n, first->first.second - 1, had.suppressed, had.handed_off, had.poisoned, row.version,
                  epoch, lead.suppressed, lead.handed_off, row.poisoned, blob{row.chain}, blob{row.snapshot});
    }
  }
  if (!created.empty()) session_.run("lead_insert", created);
  if (!swapped.empty() && session_.run("lead_swap", swapped).changed() != swapped.size())
    throw met_another("a lead was changed by another writer");

  rows_of<workspace_id, key_kind, std::string_view, std::string_view, number> keys;
  for (const auto& [at, lead] : image_.lead_keys)
    if (!had_keys_.contains({at.first, at.second}))
      keys.add(at.first, at.second.kind, at.second.name, at.second.value, lead);
  if (!keys.empty()) session_.run("key_insert", keys);
}

void work::save_journal() {
  if (image_.journal.empty()) return;
  std::map<std::pair<number, std::uint64_t>, std::vector<number>> consumed;
  for (const auto& [inbox, by] : image_.decided)
    consumed[{by.lead, by.seq}].push_back(inbox);
  rows_of<number, std::uint64_t, time_point, std::uint64_t, std::uint64_t, std::uint32_t, workspace_id,
          std::string_view, std::string_view, std::optional<std::string>, blob, blob>
      rows;
  for (const auto& [at, j] : image_.journal) {
    const auto found = consumed.find(at);
    rows.add(at.first, j.seq, j.decided_at, j.revision, j.epoch, j.rules_version,
             image_.leads.at(at.first).row.workspace, j.kind, j.stimulus_key,
             found == consumed.end() ? std::nullopt : array_text(found->second), blob{j.body}, blob{j.chain});
  }
  session_.run("journal_insert", rows);
}

/// Every decision says when its lead's timer is due. Which decision that was is the lead's version.
void work::save_timers() {
  rows_of<number, time_point, workspace_id> armed;
  column gone(type_oid::int8);
  bool any_gone = false;
  std::optional<number> last;
  for (const auto& [at, j] : image_.journal) {
    const auto lead = at.first;
    if (std::exchange(last, lead) == lead) continue;
    const auto* t = image_.timers.find(lead);
    const auto had = had_due_.find(lead);
    if (had != had_due_.end() && had->second == (t ? std::optional(t->due) : std::nullopt)) continue;
    if (t != nullptr) {
      armed.add(lead, t->due, image_.leads.at(lead).row.workspace);
    } else if (had_leads_.contains(lead)) {
      gone.add(lead);
      any_gone = true;
    }
  }
  if (!armed.empty()) session_.run("timer_set", armed);
  if (any_gone) session_.run("timer_delete", gone);
}

lessons work::learned() const {
  lessons out;
  std::map<number, std::size_t> places;
  for (const auto& [n, lead] : image_.leads) {
    const auto first = image_.journal.from({n, 0});
    const bool decided = first != image_.journal.end() && first->first.first == n;
    if (!decided && had_leads_.contains(n)) continue;
    known_lead row{
        n, lead.row.workspace, lead.row.version, lead.suppressed, lead.handed_off, lead.row.poisoned, {}, {}};
    if (const auto found = believed_.find(n); found != believed_.end()) row.runs = found->second;
    const auto* t = image_.timers.find(n);
    row.due = t ? std::optional(t->due) : std::nullopt;
    places.emplace(n, out.leads.size());
    out.leads.emplace_back(lead.row.lead, std::move(row));
  }
  for (const auto& [order, key] : image_.run_order) {
    const auto found = places.find(key.first);
    if (found == places.end()) continue;
    auto& runs = out.leads[found->second].second.runs;
    const auto now = known_lead::digest(image_.runs.at(key).row);
    std::erase_if(runs, [&](const auto& each) { return each.first == now.first; });
    runs.push_back(now);
  }
  for (const auto& [at, row] : image_.inbox_keys)
    out.keys.push_back(known_rows::key_of(std::get<0>(at), std::get<1>(at)));
  for (const auto& [at, id] : image_.effect_keys)
    out.keys.push_back(known_rows::key_of(std::get<0>(at), touch_name(std::get<1>(at), std::get<2>(at))));
  return out;
}

void work::save_suppressions() {
  rows_of<workspace_id, std::string_view, std::string_view, number> lifted;
  for (const auto& [at, row] : had_suppressions_)
    if (!image_.suppressions.has(at))
      lifted.add(std::get<0>(at), std::get<1>(at), std::get<2>(at), std::get<3>(at));
  rows_of<workspace_id, std::string_view, std::string_view, number, std::string_view, std::string_view,
          time_point>
      put;
  for (const auto& [at, row] : image_.suppressions) {
    const auto before = had_suppressions_.find(at);
    if (before != had_suppressions_.end() && same(before->second, row)) continue;
    put.add(std::get<0>(at), std::get<1>(at), std::get<2>(at), std::get<3>(at), row.reason, row.source,
            row.at);
  }
  if (!lifted.empty()) session_.run("suppression_delete", lifted);
  if (!put.empty()) session_.run("suppression_put", put);
}

void work::save_usage() {
  rows_of<workspace_id, account_id, std::int64_t, std::uint32_t, std::optional<time_point>, time_point> made;
  decltype(made) changed;
  for (const auto& [at, u] : image_.usage) {
    const auto before = had_usage_.find(at);
    if (before == had_usage_.end())
      made.add(at.first, at.second, u.day, u.used, u.last_at, u.paced_at);
    else if (!same(before->second, u))
      changed.add(at.first, at.second, u.day, u.used, u.last_at, u.paced_at);
  }
  if (!made.empty()) session_.run("usage_insert", made);
  if (!changed.empty()) session_.run("usage_update", changed);
}

}  // namespace heed::postgres
