#include <algorithm>

#include "persistence/codec/codec.hpp"
#include "persistence/postgres/work.hpp"
#include "persistence/store_rules.hpp"

/// What the door looks at: whose the keys are, what was seen, what the suppression list says. None of it is
/// locked.
namespace heed::postgres {
namespace {

using hash_at = std::pair<workspace_id, std::string>;

/// The addresses by which something new may be on the suppression list, as far as they are any.
template <class F>
void each_hash(const workspace_id& ws, const std::vector<lead_key>& keys, F&& f) {
  for (const auto& key : keys)
    if (store_rules::channel_of(key)) f(codec::address_hash(ws, key));
}

/// The range of keys that begin with a text; its last character is never the last of all characters.
std::string beyond(std::string prefix) {
  ++prefix.back();
  return prefix;
}

}  // namespace

void work::put_key(const workspace_id& ws, const lead_key& key, number lead) {
  had_keys_.insert({ws, key});
  if (image_.lead_keys.insert({ws, key}, lead)) image_.keys_of.insert({lead, key}, {});
}

void work::put_seen(const row_view& r) {
  put_lead(r, 0);
  const std::tuple at{r.named<workspace_id>(7), r.text(8), r.count(0)};
  memory::inbox_key_record row;
  if (!r.null(9)) row.inbox = r.count(9);
  if (!r.null(10)) row.seq = r.count(10);
  had_seen_.insert(at);
  image_.inbox_keys.insert(at, row);
}

void work::put_suppression(const row_view& r) {
  const std::tuple at{r.named<workspace_id>(0), r.text(1), r.text(2), r.count(3)};
  suppression_row row{r.named<workspace_id>(0), r.text(1), r.text(2), {}, r.text(4), r.text(5), r.instant(6)};
  if (!had_suppressions_.emplace(at, row).second) return;
  image_.suppressions.insert(at, std::move(row));
}

void work::load_keys(const write_batch& batch) {
  std::set<lead_id> named;
  rows_of<workspace_id, key_kind, std::string_view, std::string_view> keys;
  const auto look_up = [&](const workspace_id& ws, const lead_key& key) {
    if (key.kind == key_kind::lead)
      named.insert(lead_id(key.value));
    else
      keys.add(ws, key.kind, key.name, key.value);
  };
  for (const auto& item : batch.accepts) {
    if (item.lead)
      named.insert(*item.lead);
    else
      for (const auto& key : store_rules::look_ups(item.keys))
        look_up(item.workspace, key);
  }
  for (const auto& c : batch.commits) {
    for (const auto& key : c.keys_added) {
      look_up(c.workspace, key);
      if (const auto hash = store_rules::found_also_by(key)) look_up(c.workspace, *hash);
    }
    for (const auto& letter : c.letters)
      named.insert(*letter.lead);
  }
  if (!named.empty()) {
    column ids(type_oid::text);
    for (const auto& id : named)
      ids.add(id);
    session_.run("leads_named", ids).each([&](const row_view& r) { put_lead(r, 0); });
  }
  if (!keys.empty())
    session_.run("key_holders", keys).each([&](const row_view& r) {
      put_lead(r, 0);
      put_key(r.named<workspace_id>(7), {r.as<key_kind>(8), r.text(9), r.text(10)}, r.count(0));
    });
  load_keys_of_holders(batch);
}

/// Whether a key that merely points to somebody decides depends on whom else it points away from.
void work::load_keys_of_holders(const write_batch& batch) {
  std::set<number> asked;
  for (const auto& item : batch.accepts)
    for (const auto& key : item.keys)
      if (!item.lead && store_rules::asks_for_keys(item, key))
        if (const auto* holder = image_.lead_keys.find({item.workspace, key})) asked.insert(*holder);
  if (asked.empty()) return;
  column ids(type_oid::int8);
  for (const auto n : asked)
    ids.add(n);
  session_.run("keys_of_leads", ids).each([&](const row_view& r) {
    put_key(r.named<workspace_id>(0), {r.as<key_kind>(1), r.text(2), r.text(3)}, r.count(4));
  });
}

bool work::is_most_likely_new(const workspace_id& ws, const std::string& key) const {
  return known_ != nullptr && !known_->may_be_there(known_rows::key_of(ws, key));
}

/// A key that is most likely new is not looked up: should it be there, its row cannot be made twice.
void work::load_seen(const write_batch& batch) {
  rows_of<workspace_id, std::string_view> keys;
  rows_of<workspace_id, std::string, std::string> repeats;
  for (const auto& item : batch.accepts) {
    if (item.suppresses || !is_most_likely_new(item.workspace, item.key)) keys.add(item.workspace, item.key);
    if (item.suppresses) repeats.add(item.workspace, item.key + "#", beyond(item.key + "#"));
  }
  for (const auto& c : batch.commits) {
    for (const auto& key : c.direct_keys)
      if (!is_most_likely_new(c.workspace, key)) keys.add(c.workspace, key);
    for (const auto& letter : c.letters)
      if (!is_most_likely_new(c.workspace, letter.key)) keys.add(c.workspace, letter.key);
  }
  if (!keys.empty()) session_.run("seen_keys", keys).each([&](const row_view& r) { put_seen(r); });
  if (!repeats.empty()) session_.run("seen_ranges", repeats).each([&](const row_view& r) { put_seen(r); });
}

void work::load_suppressions(const write_batch& batch) {
  std::set<hash_at> asked;
  const auto ask = [&](const workspace_id& ws, const std::vector<lead_key>& keys) {
    each_hash(ws, keys, [&](std::string hash) { asked.insert({ws, std::move(hash)}); });
  };
  for (const auto& item : batch.accepts)
    if (!item.suppresses) ask(item.workspace, item.keys);
  std::set<effect_id> claimed;
  for (const auto& c : batch.claims)
    claimed.insert(c.id);
  for (const auto& c : batch.commits)
    for (const auto& at_once : c.claims)
      claimed.insert(at_once.id);
  const auto ask_of = [&](const workspace_id& ws, const bytes& request) {
    for (const auto& to : store_rules::addresses_of(request))
      asked.insert({ws, codec::address_hash(ws, to)});
  };
  for (const auto& c : batch.commits) {
    ask(c.workspace, c.keys_added);
    for (const auto& [key, reason] : c.addresses_suppressed)
      asked.insert({c.workspace, codec::address_hash(c.workspace, key)});
    for (const auto& e : c.effects)
      if (e.kind == "send" && claimed.contains(e.id)) ask_of(c.workspace, e.request);
  }
  for (const auto& id : claimed)
    if (const auto found = glimpses_.find(id); found != glimpses_.end() && found->second.kind == "send")
      ask_of(found->second.workspace, found->second.request);
  if (asked.empty()) return;
  rows_of<workspace_id, std::string> rows;
  for (const auto& [ws, hash] : asked)
    rows.add(ws, hash);
  session_.run("listed", rows).each([&](const row_view& r) { put_suppression(r); });
}

/// What leads were told of the list before; asked only of leads to whom a listed address may be news.
void work::load_given_notices(const write_batch& batch) {
  if (image_.suppressions.empty()) return;
  std::set<hash_at> listed;
  for (const auto& [at, row] : image_.suppressions)
    listed.insert({std::get<0>(at), std::get<1>(at)});
  std::set<std::pair<workspace_id, lead_id>> told;
  const auto brings_listed = [&](const workspace_id& ws, const std::vector<lead_key>& keys) {
    bool any = false;
    each_hash(ws, keys, [&](std::string hash) { any |= listed.contains({ws, std::move(hash)}); });
    return any;
  };
  for (const auto& item : batch.accepts) {
    if (item.suppresses || !brings_listed(item.workspace, item.keys)) continue;
    if (item.lead) told.insert({item.workspace, *item.lead});
    for (const auto& key : store_rules::look_ups(item.keys)) {
      if (key.kind == key_kind::lead) told.insert({item.workspace, lead_id(key.value)});
      if (const auto* holder = image_.lead_keys.find({item.workspace, key}))
        told.insert({item.workspace, image_.leads.at(*holder).row.lead});
    }
  }
  for (const auto& c : batch.commits)
    if (brings_listed(c.workspace, c.keys_added)) told.insert({c.workspace, c.lead});
  if (told.empty()) return;
  rows_of<workspace_id, std::string, std::string> ranges;
  for (const auto& [ws, lead] : told) {
    const auto first = store_rules::notice_key(lead, "");
    ranges.add(ws, first, beyond(first));
  }
  session_.run("seen_ranges", ranges).each([&](const row_view& r) {
    put_seen(r);
    if (!r.flag(11)) return;
    had_pending_.emplace(r.count(9), r.count(0));
    image_.pending.insert(r.count(9), {r.count(0), 0});
  });
}

void work::expect_numbers(const write_batch& batch) {
  expected_numbers_ = batch.accepts.size() + batch.finishes.size();
  for (const auto& c : batch.commits)
    expected_numbers_ += c.cancels.size() + c.letters.size();
}

number work::next_number() {
  if (numbers_.empty()) {
    constexpr std::size_t few = 4;
    session_.run("numbers", std::max(expected_numbers_, few)).each([&](const row_view& r) {
      numbers_.push_back(r.count(0));
    });
    std::ranges::sort(numbers_, std::greater());
  }
  const auto n = numbers_.back();
  numbers_.pop_back();
  return n;
}

}  // namespace heed::postgres
