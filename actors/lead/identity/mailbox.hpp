#pragma once

#include <string>
#include <string_view>

namespace heed {

/// An address with the name it was written with.
struct mailbox {
  std::string address;  ///< lower case; empty = there is none
  std::string name;
};

/// `Sam Lee <sam@example.com>` or the bare address.
[[nodiscard]] mailbox read_mailbox(std::string_view text);

/// True for one bare address, which nothing can be hidden in: no name, no second one, no white space.
[[nodiscard]] bool is_plain_address(std::string_view text);

/// As addresses are compared.
[[nodiscard]] std::string lower_address(std::string_view text);

}  // namespace heed
