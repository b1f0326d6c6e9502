#include "adapters/inbound/lead_keys.hpp"

#include <algorithm>

#include "actors/lead/identity/email_hash.hpp"
#include "actors/lead/limits.hpp"
#include "adapters/inbound/text.hpp"

namespace heed::inbound {

namespace {

constexpr std::string_view email_fix =
    "is not an email address; send one bare address such as ana@example.com";
constexpr std::string_view phone_fix =
    "is not an international phone number; send E.164 such as +15550100123";
constexpr std::string_view email_hash_fix =
    "is no SHA-256 of an address; send 64 hex digits, computed over the address in lower case";
constexpr std::size_t sha256_digits = 64;
constexpr std::size_t key_name_max = 64;

bool key_name_ok(std::string_view name) {
  return !name.empty() && name.size() <= key_name_max && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

bool is_email(key_kind kind) { return kind == key_kind::email || kind == key_kind::alternate_email; }

lead_key named_key(const std::string& name, std::string value) {
  const auto kind = parse_key_kind(name).value_or(key_kind::other);
  return {kind, kind == key_kind::other ? name : std::string{}, std::move(value)};
}

/// Adds one key in canonical form, or says what is wrong with it.
void add_key(std::vector<lead_key>& out, lead_key key, const std::string& field, fault& faults) {
  if (is_email(key.kind)) {
    key.value = normal_email(key.value);
    if (key.value.empty()) return faults.add(field, email_fix);
  } else if (key.kind == key_kind::phone) {
    key.value = normal_phone(key.value);
    if (key.value.empty()) return faults.add(field, phone_fix);
  } else if (is_hashed_email(key)) {
    key.value = lower_ascii(trimmed(key.value));
    const bool is_hex = std::ranges::all_of(key.value, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
    if (key.value.size() != sha256_digits || !is_hex) return faults.add(field, email_hash_fix);
  } else {
    key.value = std::string{trimmed(key.value)};
    if (key.value.empty() || key.value.size() > id_length || has_control(key.value))
      return faults.add(field, "is empty, too long or holds control characters; send the plain id");
  }
  out.push_back(std::move(key));
}

void read_named_keys(const object_reader& lead, std::vector<lead_key>& out, fault& faults) {
  const auto keys = lead.object("keys");
  const auto& members = lead.at("keys");
  if (!members.is_object()) return;
  for (const auto& [name, value] : members.items()) {
    const auto field = keys.path(name);
    if (!key_name_ok(name)) {
      faults.add(field, "is not a key's name; use up to 64 letters, digits, `_`, `-` and `.`");
      continue;
    }
    const auto values = value.is_array() ? value : nlohmann::json::array({value});
    for (const auto& one : values) {
      if (one.is_string())
        add_key(out, named_key(name, one.get<std::string>()), field, faults);
      else if (one.is_number_integer())
        add_key(out, named_key(name, one.dump()), field, faults);
      else
        faults.add(field, "must be an id (string or whole number) or an array of ids");
    }
  }
}

void append_value(nlohmann::json& slot, const std::string& value) {
  if (slot.is_null()) {
    slot = value;
    return;
  }
  if (slot.is_string()) slot = nlohmann::json::array({slot});
  slot.push_back(value);
}

}  // namespace

std::vector<lead_key> read_lead_keys(const object_reader& lead, fault& faults) {
  std::vector<lead_key> out;
  lead.only({"email", "phone", "keys"});
  if (lead.has("email")) add_key(out, {key_kind::email, {}, lead.raw("email")}, lead.path("email"), faults);
  if (lead.has("phone")) add_key(out, {key_kind::phone, {}, lead.raw("phone")}, lead.path("phone"), faults);
  read_named_keys(lead, out, faults);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  if (out.empty()) faults.add(lead.where(), "names nobody; give an email, a phone or one of `keys`");
  if (out.size() > limits::keys)
    faults.add(lead.path("keys"), "has more than " + std::to_string(limits::keys) + " keys; send fewer");
  return out;
}

nlohmann::json lead_to_json(const std::vector<lead_key>& keys) {
  auto lead = nlohmann::json::object();
  auto named = nlohmann::json::object();
  for (const auto& key : keys) {
    if (key.kind == key_kind::email && !lead.contains("email"))
      lead["email"] = key.value;
    else if (key.kind == key_kind::phone && !lead.contains("phone"))
      lead["phone"] = key.value;
    else
      append_value(named[key.kind == key_kind::other ? key.name : std::string{to_string(key.kind)}],
                   key.value);
  }
  if (!named.empty()) lead["keys"] = std::move(named);
  return lead;
}

std::string address_of(const std::vector<lead_key>& keys, key_kind kind) {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const lead_key& k) { return k.kind == kind; });
  return found == keys.end() ? std::string{} : found->value;
}

}  // namespace heed::inbound
