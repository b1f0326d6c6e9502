#pragma once

#include <compare>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "persistence/rows.hpp"

/// What every store decides alike, whatever holds its rows: pure functions, so that two stores cannot drift
/// apart.
namespace heed::store_rules {

/// The look-ups a list of keys asks for: an email is also looked for among the alternate ones, at their place
/// in the order, and an alternate one among the first.
[[nodiscard]] std::vector<lead_key> look_ups(const std::vector<lead_key>& keys);

/// Under what else a key is found: an address by its hash, too.
[[nodiscard]] std::optional<lead_key> found_also_by(const lead_key& key);
/// Whether a key that somebody has says whose the item is. What people say once and for all holds for whoever another system
/// takes for them, too; a signature never speaks for a known person (SF-48, SF-49).
[[nodiscard]] bool decides(const inbox_item& item, const lead_key& by, const std::vector<lead_key>& held);
/// Whether the keys of a key's holder matter for that.
[[nodiscard]] bool asks_for_keys(const inbox_item& item, const lead_key& by);

/// Until when what was taken back may be called, were its claim to come back uncalled.
constexpr time_point long_past{duration{1}};

/// Where an effect goes once it is known what became of its call.
[[nodiscard]] effect_state state_after(send_result r);
/// Definite, and nobody was written to: the account's day is not poorer for it.
[[nodiscard]] bool gives_unit_back(send_result r);
/// An outcome that may be recorded with the decision about it: one after which the effect is over for good.
[[nodiscard]] bool may_go_with_decision(const finish_request& f);
/// Only what is known not to have been delivered may be opened again.
[[nodiscard]] bool may_open_again(effect_state s);
/// One effect per kind and key; two of a commit must differ in it.
[[nodiscard]] std::string touch_of(const planned_effect& e);
/// The addresses a send goes to, whoever is in copy last; none for look-ups and fetches.
[[nodiscard]] std::vector<lead_key> addresses_of(const bytes& request);
/// Under which an outcome's stimulus is accepted: once per effect, attempt and result.
[[nodiscard]] std::string outcome_key(const effect_id& effect, std::uint32_t attempt, send_result r);
/// What a new node says of a call that its predecessor had on the wire.
[[nodiscard]] finish_request node_lost(const effect_id& effect, std::uint32_t attempt,
                                       std::optional<time_point> claimed_at, time_point now);

/// Takes a unit of the account's room for a claim at `now` and counts it in the result's usage; false = there
/// is none, and the result says whether its day is full or when its pace allows another claim.
[[nodiscard]] bool take_room(const send_limits& l, time_point now, claim_result& out);

/// The keys by which what the suppression list says of a lead is given to it.
[[nodiscard]] std::string notice_key(const lead_id& lead, const std::string& what);
/// The channel an address of that kind is reached by; none for what is no address.
[[nodiscard]] std::optional<channel> channel_of(const lead_key& key);
/// The stimuli by which a lead hears of the suppression list.
[[nodiscard]] stimulus address_notice(const lead_id& lead, const lead_key& key, const std::string& hash);
[[nodiscard]] stimulus person_notice(std::string key);
/// True for addresses that are listed with their person.
[[nodiscard]] bool is_listed_with_person(key_kind k);

/// Global and workspace switches have no names of their own: one row each, however the caller put it.
[[nodiscard]] kill_switch_row canonical(kill_switch_row row);

/// A place in the listing of restraints, which has two sources: `at.source.number`, descending. The first page begins
/// behind every row.
struct restraint_place {
  std::int64_t at = std::numeric_limits<std::int64_t>::max();
  std::int64_t source = 0;
  std::int64_t number = 0;
  auto operator<=>(const restraint_place&) const = default;
};
[[nodiscard]] std::optional<restraint_place> parse_restraint_place(const std::string& after);
[[nodiscard]] std::string to_string(const restraint_place& p);

}  // namespace heed::store_rules
