#include <algorithm>

#include "persistence/codec/codec.hpp"
#include "persistence/sqlite/writer.hpp"
#include "persistence/store_rules.hpp"

/// A lead whose address is on the suppression list hears of it as of any other stimulus, and before the one
/// that brought the address: what is imported holds like what was said here (RULES, Scope of a stop).
namespace heed::sqlite {
namespace {

/// What the list says of one address.
struct entry {
  bool person = false;
  bool address = false;  ///< imported, and not held by the lead itself
};

entry read_entry(statement::cursor rows, std::int64_t lead) {
  entry e;
  bool held = false;
  while (rows.next()) {
    const bool of_person = rows.text(0) == "person";
    e.person |= of_person;
    e.address |= !of_person && rows.integer(1) == 0;
    held |= !of_person && rows.integer(1) == lead;
  }
  e.address &= !held;
  return e;
}

}  // namespace

std::vector<accept_result::notice> writer::warn(const workspace_id& ws, const target& lead,
                                                const std::vector<lead_key>& keys, time_point at) {
  bool person = false;
  std::vector<stimulus> found;
  for (const auto& key : keys) {
    if (!store_rules::channel_of(key)) continue;
    const auto hash = codec::address_hash(ws, key);
    const auto listed = read_entry(db_["suppression_listed"].query(ws, hash), lead.n);
    person |= listed.person;
    if (!listed.address) continue;
    auto s = store_rules::address_notice(lead.id, key, hash);
    const auto same = [&](const stimulus& other) { return other.key == s.key; };
    // An address is told of once: its lead holds it from then on.
    if (!db_["seen_any"].number(ws, s.key) && std::none_of(found.begin(), found.end(), same))
      found.push_back(std::move(s));
  }
  std::vector<accept_result::notice> out;
  if (person && !lead.suppressed)
    if (auto key = person_notice_key(ws, lead))
      out.push_back(give_notice(ws, lead, store_rules::person_notice(std::move(*key)), at));
  for (auto& s : found)
    out.push_back(give_notice(ws, lead, std::move(s), at));
  return out;
}

/// A person may be lifted and listed again, so the keys are counted. None while the last notice is still
/// undecided: it comes before whatever arrives now.
std::optional<std::string> writer::person_notice_key(const workspace_id& ws, const target& lead) {
  for (std::uint64_t i = 1;; ++i) {
    auto key = store_rules::notice_key(lead.id, std::to_string(i));
    const auto undecided = db_["notice_state"].number(ws, key);
    if (!undecided) return key;
    if (*undecided != 0) return std::nullopt;
  }
}

accept_result::notice writer::give_notice(const workspace_id& ws, const target& lead, stimulus s,
                                          time_point at) {
  s.occurred_at = s.received_at = at;
  s.source = "store";
  auto body = codec::encode(s);
  const auto inbox = enqueue(ws, lead.n, s.key, body, at);
  return {{lead.id, inbox, false}, std::move(body)};
}

}  // namespace heed::sqlite
