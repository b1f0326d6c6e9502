#pragma once

#include <string>
#include <string_view>

namespace heed::config {

/// Host of `scheme://host:port/...`; empty when the text is no such URL or names a user.
[[nodiscard]] std::string_view host_of(std::string_view url);
/// True when the URL leads to this machine itself: whatever answers there reaches nobody.
[[nodiscard]] bool is_on_this_machine(std::string_view url);

/// What is wrong with it as the address under which people and providers reach this installation; empty =
/// nothing.
[[nodiscard]] std::string fault_of_public_url(std::string_view url);

}  // namespace heed::config
