#include "actors/lead/identity/enrichment.hpp"

#include <algorithm>

namespace heed {

std::string_view enrichment_of(const std::vector<lead_key>& keys) {
  const auto has = [&](key_kind k) { return std::ranges::find(keys, k, &lead_key::kind) != keys.end(); };
  const bool email = has(key_kind::email) || has(key_kind::alternate_email);
  if (!email) return has(key_kind::phone) ? "not_needed" : "";
  return has(key_kind::linkedin) || has(key_kind::phone) ? "" : "pending";
}

}  // namespace heed
