#include <algorithm>

#include "persistence/codec/codec.hpp"
#include "persistence/memory/writer.hpp"
#include "persistence/store_rules.hpp"

namespace heed::memory {

std::optional<number> writer::find_lead(const workspace_id& ws, const lead_id& lead) const {
  const auto* n = m_.lead_numbers.find(lead);
  if (n == nullptr || m_.leads.at(*n).row.workspace != ws) return std::nullopt;
  return *n;
}

number number_of(const image& m, const workspace_id& ws, const lead_id& lead) {
  if (lead.empty()) return 0;
  const auto* n = m.lead_numbers.find(lead);
  if (n == nullptr || m.leads.at(*n).row.workspace != ws)
    throw broken_rule(errc::not_found, "`lead` names no lead of the workspace");
  return *n;
}

bool writer::decides(const inbox_item& item, const lead_key& by, number holder) const {
  std::vector<lead_key> held;
  if (store_rules::asks_for_keys(item, by))
    each_of(m_.keys_of, holder, [&](const auto& at, const nothing&) { held.push_back(std::get<1>(at)); });
  return store_rules::decides(item, by, held);
}

std::vector<number> writer::resolve(const inbox_item& item) const {
  std::vector<number> found;
  const auto add = [&](std::optional<number> n) {
    if (n && std::ranges::find(found, *n) == found.end()) found.push_back(*n);
  };
  if (item.lead) {
    add(find_lead(item.workspace, *item.lead));
    return found;
  }
  for (const auto& key : store_rules::look_ups(item.keys)) {
    if (key.kind == key_kind::lead)
      add(find_lead(item.workspace, lead_id(key.value)));
    else if (const auto* holder = m_.lead_keys.find({item.workspace, key}); holder && decides(item, key, *holder))
      add(*holder);
    if (!found.empty() && !item.every_match) break;
  }
  return found;
}

bool writer::add_key(const workspace_id& ws, const lead_key& key, number lead) {
  if (!m_.lead_keys.insert({ws, key}, lead)) return false;
  m_.keys_of.insert({lead, key}, {});
  if (const auto hash = store_rules::found_also_by(key); hash && m_.lead_keys.insert({ws, *hash}, lead))
    m_.keys_of.insert({lead, *hash}, {});
  return true;
}

number writer::create_lead(const inbox_item& item) {
  CHECK(!item.candidate.empty());
  const auto n = m_.next_lasting();
  lead_record made;
  made.row.workspace = item.workspace;
  made.row.lead = item.candidate;
  made.row.secret = item.candidate_secret;
  CHECK(m_.lead_numbers.insert(item.candidate, n));
  m_.leads.insert(n, std::move(made));
  for (const auto& key : item.keys)
    if (key.kind != key_kind::lead) add_key(item.workspace, key, n);
  return n;
}

bool writer::seen(const workspace_id& ws, const std::string& key) const {
  const auto it = m_.inbox_keys.from({ws, key, 0});
  return it != m_.inbox_keys.end() && std::get<0>(it->first) == ws && std::get<1>(it->first) == key;
}

std::string writer::next_key(const inbox_item& item) const {
  for (std::uint64_t i = 2;; ++i) {
    auto key = item.key + "#" + std::to_string(i);
    if (!seen(item.workspace, key)) return key;
  }
}

number writer::enqueue(const workspace_id& ws, number lead, const std::string& key, const bytes& body,
                       time_point at) {
  const auto inbox = m_.next_lasting();
  m_.inbox.insert(inbox, {ws, at, body});
  CHECK(m_.inbox_keys.insert({ws, key, lead}, {inbox, std::nullopt}));
  m_.pending.insert(inbox, {lead, 0});
  m_.pending_of.insert({lead, inbox}, {});
  return inbox;
}

accept_result writer::accept(const inbox_item& item) {
  accept_result before;
  before.outcome = accept_result::what::duplicate;
  for (auto it = m_.inbox_keys.from({item.workspace, item.key, 0}); it != m_.inbox_keys.end(); ++it) {
    const auto& [ws, key, lead] = it->first;
    if (ws != item.workspace || key != item.key) break;
    before.leads.push_back({m_.leads.at(lead).row.lead, it->second.inbox.value_or(0), false});
  }
  const bool again = !before.leads.empty();
  if (again && !item.suppresses) return before;

  auto targets = resolve(item);
  // A suppression that was seen before is decided again for whoever is not suppressed now.
  if (again) std::erase_if(targets, [&](number n) { return m_.leads.at(n).suppressed.has_value(); });
  if (again && targets.empty()) return before;

  accept_result out;
  if (targets.empty() && (item.lead || !item.may_create || item.keys.empty())) {
    out.outcome = accept_result::what::no_lead;
    return out;
  }
  const bool created = targets.empty();
  if (created) targets.push_back(create_lead(item));
  const auto key = again ? next_key(item) : item.key;
  for (const auto n : targets) {
    if (!item.suppresses)
      for (auto& told : warn(item.workspace, n, item.keys, item.received_at)) {
        told.to.created = created;
        out.notices.push_back(std::move(told));
      }
    const auto inbox = enqueue(item.workspace, n, key, item.body, item.received_at);
    out.leads.push_back({m_.leads.at(n).row.lead, inbox, created});
  }
  return out;
}

std::vector<accept_result::notice> writer::warn(const workspace_id& ws, number lead,
                                                const std::vector<lead_key>& keys, time_point at) {
  const auto id = m_.leads.at(lead).row.lead;
  bool person = false;
  std::vector<stimulus> found;
  for (const auto& key : keys) {
    if (!store_rules::channel_of(key)) continue;
    const auto hash = codec::address_hash(ws, key);
    bool listed = false;
    bool own = false;
    for (auto it = m_.suppressions.from({ws, hash, "", 0}); it != m_.suppressions.end(); ++it) {
      const auto& [in, of, scope, holder] = it->first;
      if (in != ws || of != hash) break;
      person |= scope == "person";
      listed |= scope != "person" && holder == 0;
      own |= scope != "person" && holder == lead;
    }
    if (!listed || own) continue;
    auto s = store_rules::address_notice(id, key, hash);
    // An address is told of once: its lead holds it from then on.
    if (!seen(ws, s.key) && std::ranges::find(found, s.key, &stimulus::key) == found.end())
      found.push_back(std::move(s));
  }
  std::vector<accept_result::notice> out;
  if (person && !m_.leads.at(lead).suppressed)
    if (auto key = person_notice_key(ws, lead))
      out.push_back(give_notice(ws, lead, store_rules::person_notice(std::move(*key)), at));
  for (auto& s : found)
    out.push_back(give_notice(ws, lead, std::move(s), at));
  return out;
}

std::optional<std::string> writer::person_notice_key(const workspace_id& ws, number lead) const {
  for (std::uint64_t i = 1;; ++i) {
    auto key = store_rules::notice_key(m_.leads.at(lead).row.lead, std::to_string(i));
    const auto* given = m_.inbox_keys.find({ws, key, lead});
    if (given == nullptr) return key;
    if (given->inbox && m_.pending.has(*given->inbox)) return std::nullopt;
  }
}

accept_result::notice writer::give_notice(const workspace_id& ws, number lead, stimulus s, time_point at) {
  s.occurred_at = s.received_at = at;
  s.source = "store";
  auto body = codec::encode(s);
  const auto inbox = enqueue(ws, lead, s.key, body, at);
  return {{m_.leads.at(lead).row.lead, inbox, false}, std::move(body)};
}

void writer::bury(number inbox, const std::string& error, time_point now) {
  const auto* waiting = m_.pending.find(inbox);
  if (waiting == nullptr) throw broken_rule(errc::not_found, "no such pending stimulus");
  const auto lead = waiting->lead;
  const auto& in = m_.inbox.at(inbox);
  dead_record d;
  d.lead = lead;
  d.letter.inbox = inbox;
  d.letter.workspace = in.workspace;
  d.letter.lead = m_.leads.at(lead).row.lead;
  d.letter.error = error;
  d.letter.attempts = waiting->attempts;
  d.letter.died_at = now;
  d.letter.received_at = in.received_at;
  m_.dead.insert(m_.next(), std::move(d));
  m_.pending.erase(inbox);
  m_.pending_of.erase({lead, inbox});
  m_.leads.edit(lead).row.poisoned = true;
}

void writer::requeue(number inbox) {
  for (const auto& [n, d] : m_.dead) {
    if (d.letter.inbox != inbox || inbox == 0) continue;
    const auto lead = d.lead;
    m_.dead.erase(n);
    m_.pending.insert(inbox, {lead, 0});
    m_.pending_of.insert({lead, inbox}, {});
    return;
  }
  throw broken_rule(errc::not_found, "no such dead letter");
}

}  // namespace heed::memory
