#pragma once

#include "adapters/inbound/problem.hpp"

namespace heed::inbound {

/// `lead`: {"email","phone","keys":{name: id or [ids]}} as sorted, distinct identity keys. Names that are a
/// key kind (ghl, emailbison, linkedin, email, alternate_email, phone, lead) become that kind, any other name
/// is kept as it is. An address that is none and a lead without any key are faults.
[[nodiscard]] std::vector<lead_key> read_lead_keys(const object_reader& lead, fault& faults);

/// The same keys as a `lead` object; an empty one when there are none.
[[nodiscard]] nlohmann::json lead_to_json(const std::vector<lead_key>& keys);

/// The first address of that kind, or nothing.
[[nodiscard]] std::string address_of(const std::vector<lead_key>& keys, key_kind kind);

}  // namespace heed::inbound
