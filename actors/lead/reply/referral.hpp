#pragma once

#include <string>
#include <string_view>

#include "actors/lead/reply/findings.hpp"

namespace heed::reply {

struct referred {
  std::string email;  ///< lower case
  std::string name;   ///< as written
};

/// Whom a referral names: the first address of the body, and the name nearest to it or to the rule's words.
[[nodiscard]] referred referred_in(const findings& f, std::string_view source);

}  // namespace heed::reply
