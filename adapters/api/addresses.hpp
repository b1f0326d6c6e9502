#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/campaign/document.hpp"
#include "adapters/api/call.hpp"

/// People named by an address of theirs.
namespace heed::api {

/// The key that exactly one of `email` and `phone` gives, normalised; reports what is wrong otherwise.
[[nodiscard]] std::optional<lead_key> read_address(object_reader& in);
/// The same of the query's `?email=` or `?phone=`. `answered` when they are bad; no key when there is none.
struct asked_address {
  std::optional<lead_key> key;
  bool answered = false;
};
[[nodiscard]] asked_address asked_address_of(call& c);

/// Every lead that holds this address; an email also as an alternate one.
[[nodiscard]] result<std::vector<lead_row>> holders_of(store_reader& r, const workspace_id& ws,
                                                       const lead_key& key);

}  // namespace heed::api
