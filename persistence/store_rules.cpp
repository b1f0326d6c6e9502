#include "persistence/store_rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "actors/lead/check.hpp"
#include "actors/lead/identity/email_hash.hpp"
#include "actors/lead/identity/resolution.hpp"
#include "persistence/codec/codec.hpp"

namespace heed::store_rules {
namespace {

constexpr std::string_view via = "suppression_list";

}  // namespace

std::vector<lead_key> look_ups(const std::vector<lead_key>& keys) {
  std::vector<lead_key> all;
  std::vector<lead_key> alternates;
  std::vector<lead_key> hashes;
  // Whoever else sorts keys puts a hash among the ids of other systems; it is an address.
  for (const auto& key : keys)
    if (is_hashed_email(key)) hashes.push_back(key);
  const auto addresses_end = [&] {
    all.insert(all.end(), alternates.begin(), alternates.end());
    all.insert(all.end(), hashes.begin(), hashes.end());
    alternates.clear();
    hashes.clear();
  };
  for (const auto& key : keys) {
    if (key.kind > key_kind::alternate_email) addresses_end();
    if (is_hashed_email(key)) continue;
    all.push_back(key);
    if (key.kind == key_kind::email) alternates.push_back({key_kind::alternate_email, key.name, key.value});
    if (key.kind == key_kind::alternate_email) all.push_back({key_kind::email, key.name, key.value});
    if (auto hash = found_also_by(key)) hashes.push_back(std::move(*hash));
  }
  addresses_end();
  return all;
}

std::optional<lead_key> found_also_by(const lead_key& key) {
  if (key.kind != key_kind::email && key.kind != key_kind::alternate_email) return std::nullopt;
  return hashed_email(key);
}

bool asks_for_keys(const inbox_item& item, const lead_key& by) {
  const auto strength = strength_of(by);
  return strength == key_strength::signature || (strength == key_strength::probabilistic && !item.every_match);
}

bool decides(const inbox_item& item, const lead_key& by, const std::vector<lead_key>& held) {
  return !asks_for_keys(item, by) || may_decide(by, item.keys, held);
}

effect_state state_after(send_result r) {
  switch (r) {
    case send_result::accepted:
    case send_result::skipped_dry_run:
      return effect_state::done;
    case send_result::refused_account:
    case send_result::refused_message:
    case send_result::stale:
    case send_result::capacity_wait:
      return effect_state::stale;  // returned to its lead, which gates and renders anew
    case send_result::refused_final:
    case send_result::bad_address:
    case send_result::opted_out:
    case send_result::absent:
      return effect_state::failed;
    case send_result::unknown:
      return effect_state::unknown;
    case send_result::cancelled:
      return effect_state::cancelled;
  }
  check_failed("a result leads to a state", __FILE__, __LINE__);
}

bool gives_unit_back(send_result r) {
  return r == send_result::refused_account || r == send_result::refused_message;
}

bool may_go_with_decision(const finish_request& f) {
  return f.result == send_result::accepted && !f.back_to_planned && !f.from_unknown;
}

bool may_open_again(effect_state s) {
  return s == effect_state::failed || s == effect_state::stale || s == effect_state::cancelled;
}

std::string touch_of(const planned_effect& e) { return e.kind + "/" + e.key; }

std::vector<lead_key> addresses_of(const bytes& request) {
  const auto e = codec::decode_effect(request);
  const auto* send = e ? std::get_if<send_effect>(&*e) : nullptr;
  if (send == nullptr || send->message.to.empty()) return {};
  const auto on = send->message.on;
  if (on == channel::linkedin) return {{key_kind::linkedin, "", send->message.to}};
  std::vector<lead_key> all{{on == channel::email ? key_kind::email : key_kind::phone, "", send->message.to}};
  for (const auto& copy : send->message.cc)
    all.push_back({key_kind::email, "", copy});
  return all;
}

std::string outcome_key(const effect_id& effect, std::uint32_t attempt, send_result r) {
  return "effect:" + effect.value + ":" + std::to_string(attempt) + ":" + std::string(to_string(r));
}

finish_request node_lost(const effect_id& effect, std::uint32_t attempt, std::optional<time_point> claimed_at,
                         time_point now) {
  finish_request f;
  f.id = effect;
  f.attempt = attempt;
  f.result = send_result::unknown;
  f.detail = f.evidence = "node_lost";
  f.now = now;
  effect_outcome o;
  o.effect = effect;
  o.attempt = attempt;
  o.detail = f.detail;
  o.evidence = f.evidence;
  o.started_at = claimed_at;
  f.body = codec::encode(codec::outcome_stimulus(o, now));
  return f;
}

bool take_room(const send_limits& l, time_point now, claim_result& out) {
  auto& u = out.usage;
  if (l.max_per_day > 0 && u.used >= l.max_per_day) {
    out.outcome = claim_result::what::full;
    return false;
  }
  time_point earliest{};
  if (u.last_at && l.gap.count() > 0) earliest = std::max(earliest, *u.last_at + l.gap);
  if (l.pace.count() > 0) earliest = std::max(earliest, u.paced_at - l.burst);
  if (now < earliest) {
    out.outcome = claim_result::what::paced;
    out.retry_at = earliest;
    return false;
  }
  ++u.used;
  u.last_at = now;
  if (l.pace.count() > 0) u.paced_at = std::max(now, u.paced_at) + l.pace;
  return true;
}

std::string notice_key(const lead_id& lead, const std::string& what) {
  return "suppressed:" + lead.value + ":" + what;
}

std::optional<channel> channel_of(const lead_key& key) {
  switch (key.kind) {
    case key_kind::email:
    case key_kind::alternate_email:
      return channel::email;
    case key_kind::phone:
      return channel::sms;
    case key_kind::linkedin:
      return channel::linkedin;
    case key_kind::ghl:
    case key_kind::emailbison:
    case key_kind::other:
    case key_kind::lead:
      return std::nullopt;
  }
  return std::nullopt;
}

stimulus address_notice(const lead_id& lead, const lead_key& key, const std::string& hash) {
  stimulus s;
  s.key = notice_key(lead, hash);
  s.on = channel_of(key);
  s.body = message_bounced{{}, key.value, bounce_class::hard, std::string(via)};
  return s;
}

stimulus person_notice(std::string key) {
  stimulus s;
  s.key = std::move(key);
  s.body = unsubscribed{{}, std::string(via)};
  return s;
}

bool is_listed_with_person(key_kind k) {
  return k == key_kind::email || k == key_kind::alternate_email || k == key_kind::phone;
}

kill_switch_row canonical(kill_switch_row row) {
  if (row.scope == stop_scope::global) row.workspace = {};
  if (row.scope == stop_scope::global || row.scope == stop_scope::workspace) row.name.clear();
  return row;
}

std::optional<restraint_place> parse_restraint_place(const std::string& after) {
  if (after.empty()) return restraint_place{};
  std::array<std::int64_t, 3> parts{};
  const char* at = after.data();
  const char* const end = at + after.size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto [stopped, ec] = std::from_chars(at, end, parts[i]);
    const bool last = i + 1 == parts.size();
    if (ec != std::errc{} || (last ? stopped != end : stopped == end || *stopped != '.')) return std::nullopt;
    at = stopped + 1;
  }
  return restraint_place{parts[0], parts[1], parts[2]};
}

std::string to_string(const restraint_place& p) {
  return std::to_string(p.at) + "." + std::to_string(p.source) + "." + std::to_string(p.number);
}

}  // namespace heed::store_rules
