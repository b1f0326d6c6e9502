#include "actors/lead/identity/resolution.hpp"

#include <algorithm>
#include <array>

#include "actors/lead/identity/email_hash.hpp"

namespace heed {

namespace {

constexpr std::array signature_names{"ip", "device", "fingerprint", "signature"};

bool is_email(const lead_key& k) {
  return k.kind == key_kind::email || k.kind == key_kind::alternate_email || is_hashed_email(k);
}
bool is_phone(const lead_key& k) { return k.kind == key_kind::phone; }

/// First and further addresses of a person are equally the person's.
bool is_same(const lead_key& a, const lead_key& b) {
  if (!is_email(a) || !is_email(b)) return a == b;
  return is_hashed_email(a) == is_hashed_email(b) ? a.value == b.value : hashed_email(a) == hashed_email(b);
}

template <class Of>
bool differ_in(const std::vector<lead_key>& one, const std::vector<lead_key>& other, Of of) {
  if (std::ranges::none_of(one, of) || std::ranges::none_of(other, of)) return false;
  return std::ranges::none_of(one, [&](const lead_key& k) { return of(k) && knows_key(other, k); });
}

bool is_known_person(const std::vector<lead_key>& keys) {
  return std::ranges::any_of(keys, [](const lead_key& k) { return strength_of(k) == key_strength::deterministic; });
}

}  // namespace

std::string_view to_string(key_strength s) {
  constexpr std::array<std::string_view, 5> names{"named", "deterministic", "provider", "probabilistic", "signature"};
  return names.at(static_cast<std::size_t>(s));
}

key_strength strength_of(const lead_key& key) {
  if (is_hashed_email(key)) return key_strength::deterministic;
  switch (key.kind) {
    case key_kind::lead: return key_strength::named;
    case key_kind::email:
    case key_kind::alternate_email:
    case key_kind::phone: return key_strength::deterministic;
    case key_kind::ghl:
    case key_kind::emailbison:
    case key_kind::linkedin: return key_strength::provider;
    case key_kind::other: break;
  }
  const bool is_signature = std::ranges::any_of(signature_names, [&](std::string_view n) {
    return key.name == n || key.name.ends_with("_" + std::string(n));
  });
  return is_signature ? key_strength::signature : key_strength::probabilistic;
}

std::uint32_t confidence_of(key_strength s) {
  switch (s) {
    case key_strength::named:
    case key_strength::deterministic: return 100;
    case key_strength::provider: return 95;
    case key_strength::probabilistic: return 70;
    case key_strength::signature: return 30;
  }
  return 0;
}

bool knows_key(const std::vector<lead_key>& keys, const lead_key& key) {
  return std::ranges::any_of(keys, [&](const lead_key& k) { return is_same(k, key); });
}

bool is_news(const std::vector<lead_key>& keys, const lead_key& key) {
  if (is_hashed_email(key)) return !knows_key(keys, key);
  return std::ranges::none_of(keys, [&](const lead_key& k) { return !is_hashed_email(k) && is_same(k, key); });
}

bool conflict(const std::vector<lead_key>& one, const std::vector<lead_key>& other) {
  return differ_in(one, other, is_email) || differ_in(one, other, is_phone);
}

bool may_decide(const lead_key& by, const std::vector<lead_key>& told, const std::vector<lead_key>& held) {
  switch (strength_of(by)) {
    case key_strength::named:
    case key_strength::deterministic:
    case key_strength::provider: return true;
    case key_strength::probabilistic: return !conflict(told, held);
    // Two known persons may share a device, a network, an office.
    case key_strength::signature: return !is_known_person(told) || !is_known_person(held);
  }
  return false;
}

std::optional<std::string> merge_objection(const std::vector<lead_key>& evidence, const std::vector<lead_key>& one,
                                           const std::vector<lead_key>& other) {
  if (evidence.empty()) return std::nullopt;
  auto best = key_strength::signature;
  for (const auto& key : evidence) {
    if (!knows_key(one, key) && !knows_key(other, key)) return "evidence_of_neither: " + std::string(to_string(key.kind));
    best = std::min(best, strength_of(key));
  }
  if (best <= key_strength::provider) return std::nullopt;
  if (conflict(one, other)) return "conflicting_deterministic_keys";
  if (best == key_strength::signature && is_known_person(one) && is_known_person(other)) return "signature_alone";
  return std::nullopt;
}

std::optional<resolution> resolution_of(const std::vector<lead_key>& told, const std::vector<lead_key>& held) {
  auto ordered = told;
  std::ranges::stable_sort(ordered, {}, &lead_key::kind);
  for (const auto& key : ordered)
    if (key.kind == key_kind::lead || knows_key(held, key))
      return resolution{key, strength_of(key), confidence_of(strength_of(key)), false};
  if (ordered.empty() || !held.empty()) return std::nullopt;
  return resolution{ordered.front(), strength_of(ordered.front()), 100, true};
}

}  // namespace heed
