#include <algorithm>

#include "actors/lead/check.hpp"
#include "persistence/sqlite/writer.hpp"
#include "persistence/store_rules.hpp"

namespace heed::sqlite {

void writer::prepare() { last_inbox_ = static_cast<std::uint64_t>(db_["inbox_last"].number().value_or(0)); }

std::optional<writer::lead_head> writer::find_lead(const lead_id& lead) {
  auto rows = db_["lead_by_id"].query(lead);
  if (!rows.next()) return std::nullopt;
  return lead_head{rows.integer(0), rows.text(1), rows.count(2)};
}

std::optional<writer::target> writer::find_target(std::int64_t n) {
  auto rows = db_["lead_by_number"].query(n);
  if (!rows.next()) return std::nullopt;
  return target{n, rows.named<lead_id>(0), !rows.null(2), rows.flag(3), rows.count(4)};
}

bool writer::decides(const inbox_item& item, const lead_key& by, std::int64_t holder) {
  std::vector<lead_key> held;
  if (store_rules::asks_for_keys(item, by))
    for (auto rows = db_["keys_of"].query(holder); rows.next();)
      held.push_back({rows.as<key_kind>(0), rows.text(1), rows.text(2)});
  return store_rules::decides(item, by, held);
}

std::vector<writer::target> writer::resolve(const inbox_item& item) {
  std::vector<target> found;
  const auto add = [&](std::optional<std::int64_t> n) {
    if (!n || std::any_of(found.begin(), found.end(), [&](const target& t) { return t.n == *n; })) return;
    if (auto t = find_target(*n)) found.push_back(std::move(*t));
  };
  if (item.lead) {
    const auto lead = find_lead(*item.lead);
    if (lead && lead->workspace == item.workspace.value) add(lead->n);
    return found;
  }
  for (const auto& key : store_rules::look_ups(item.keys)) {
    if (key.kind == key_kind::lead) {
      const auto lead = find_lead(lead_id(key.value));
      if (lead && lead->workspace == item.workspace.value) add(lead->n);
    } else {
      const auto holder = db_["key_holder"].number(item.workspace, key.kind, key.name, key.value);
      if (holder && decides(item, key, *holder)) add(holder);
    }
    if (!found.empty() && !item.every_match) break;
  }
  return found;
}

bool writer::add_key(const workspace_id& ws, const lead_key& key, std::int64_t lead) {
  db_["key_insert"].run(ws, key.kind, key.name, key.value, lead);
  if (db_.changes() != 1) return false;
  if (const auto hash = store_rules::found_also_by(key)) db_["key_insert"].run(ws, hash->kind, hash->name, hash->value, lead);
  return true;
}

writer::target writer::create_lead(const inbox_item& item) {
  CHECK(!item.candidate.empty());
  const auto n = db_["lead_insert"].number(item.candidate, item.workspace, blob{item.candidate_secret});
  CHECK(n.has_value());
  for (const auto& key : item.keys)
    if (key.kind != key_kind::lead) add_key(item.workspace, key, *n);
  return {*n, item.candidate};
}

std::string writer::next_key(const inbox_item& item) {
  for (std::uint64_t i = 2;; ++i) {
    auto key = item.key + "#" + std::to_string(i);
    if (!db_["seen_any"].number(item.workspace, key)) return key;
  }
}

std::uint64_t writer::enqueue(const workspace_id& ws, std::int64_t lead, const std::string& key,
                              const bytes& body, time_point received_at) {
  const auto inbox = ++last_inbox_;
  db_["inbox_insert"].run(inbox, ws, lead, received_at, blob{body});
  db_["inbox_key_insert"].run(ws, key, lead, std::optional(inbox), std::optional<std::uint64_t>());
  db_["pending_insert"].run(inbox, lead);
  return inbox;
}

accept_result writer::accept(const inbox_item& item) {
  accept_result seen;
  seen.outcome = accept_result::what::duplicate;
  for (auto rows = db_["seen"].query(item.workspace, item.key); rows.next();)
    seen.leads.push_back({rows.named<lead_id>(2), rows.count(1), false});
  const bool again = !seen.leads.empty();
  if (again && !item.suppresses) return seen;

  auto targets = resolve(item);
  // A suppression that was seen before is decided again for whoever is not suppressed now (RULES, Scope of a
  // stop).
  if (again) std::erase_if(targets, [](const target& t) { return t.suppressed; });
  if (again && targets.empty()) return seen;

  accept_result out;
  if (targets.empty() && (item.lead || !item.may_create || item.keys.empty())) {
    out.outcome = accept_result::what::no_lead;
    return out;
  }
  const bool created = targets.empty();
  if (created) targets.push_back(create_lead(item));
  const auto key = again ? next_key(item) : item.key;
  for (const auto& t : targets) {
    if (!item.suppresses)
      for (auto& n : warn(item.workspace, t, item.keys, item.received_at)) {
        n.to.created = created;
        out.notices.push_back(std::move(n));
      }
    out.leads.push_back({t.id, enqueue(item.workspace, t.n, key, item.body, item.received_at), created});
  }
  return out;
}

}  // namespace heed::sqlite
