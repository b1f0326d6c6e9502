#include "config/urls.hpp"

#include <algorithm>

namespace heed::config {

std::string_view host_of(std::string_view url) {
  const auto mark = url.find("://");
  if (mark == url.npos || mark == 0) return {};
  auto authority = url.substr(mark + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  if (authority.find('@') != authority.npos) return {};
  return authority.substr(0, authority.rfind(':'));
}

bool is_on_this_machine(std::string_view url) {
  const auto host = host_of(url);
  return host == "127.0.0.1" || host == "localhost";
}

std::string fault_of_public_url(std::string_view url) {
  const bool plain = std::ranges::all_of(url, [](char c) { return c > 0x20 && c < 0x7f; });
  if (!plain || url.find_first_of("<>\"'?#\\") != url.npos)
    return "must be an address and a path alone, like https://heed.example.com";
  if (host_of(url).empty()) return "must be an address like https://heed.example.com";
  if (url.starts_with("https://") || (url.starts_with("http://") && is_on_this_machine(url))) return {};
  return "must begin with https://: people and providers come over the open net (http:// is for 127.0.0.1 "
         "alone)";
}

}  // namespace heed::config
