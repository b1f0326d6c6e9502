#pragma once

#include <string_view>
#include <vector>

namespace heed {

/// IANA zones in which a number of this form may be, by its longest known prefix; empty when nothing is known.
/// Data of libphonenumber, a value of the rules version like everything decisions use.
/// @pre `number` is E.164 with its plus sign
[[nodiscard]] std::vector<std::string_view> phone_zones(std::string_view number);

}  // namespace heed
