#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/lead/identity/key.hpp"

/// Whose something is: which key may say so, and how sure that is. Pure; the stores ask it at the door, merges ask it before
/// they unite anything, and the audit prints it.
namespace heed {

/// `deterministic`: the person's own address or number. `provider`: an id of the system of record (ZRG-49's first three).
/// `probabilistic`: an id by which another system recognises somebody. `signature`: a device, a browser, a network.
enum class key_strength : std::uint8_t { named = 0, deterministic = 1, provider = 2, probabilistic = 3, signature = 4 };
[[nodiscard]] std::string_view to_string(key_strength s);
[[nodiscard]] key_strength strength_of(const lead_key& key);
/// Certain for what is the person's own; what merely points to somebody says how surely, in percent.
[[nodiscard]] std::uint32_t confidence_of(key_strength s);

/// Whether one of the keys says the same: further addresses are equally the person's, in clear or hashed.
[[nodiscard]] bool knows_key(const std::vector<lead_key>& keys, const lead_key& key);
/// Whether the key says anything new: an address in clear does of somebody known by its hash alone, its hash says nothing.
[[nodiscard]] bool is_news(const std::vector<lead_key>& keys, const lead_key& key);
/// Both know an address, or a number, and none of the one is the other's (SF-48).
[[nodiscard]] bool conflict(const std::vector<lead_key>& one, const std::vector<lead_key>& other);

/// Whether `by`, a key of somebody who has `held`, may say that what brings `told` is about them.
[[nodiscard]] bool may_decide(const lead_key& by, const std::vector<lead_key>& told, const std::vector<lead_key>& held);

/// What forbids to merge two leads on this evidence; none when nothing does. No evidence is a human's word.
[[nodiscard]] std::optional<std::string> merge_objection(const std::vector<lead_key>& evidence, const std::vector<lead_key>& one,
                                                         const std::vector<lead_key>& other);

/// By which key something was found to be about a lead.
struct resolution {
  lead_key by;
  key_strength rule = key_strength::named;
  std::uint32_t confidence_pct = 100;
  bool is_new = false;  ///< none was known: the lead was made by it
};
/// What brings `told` came to a lead that had `held` then; none when it brings no key of the lead's.
[[nodiscard]] std::optional<resolution> resolution_of(const std::vector<lead_key>& told, const std::vector<lead_key>& held);

}  // namespace heed
