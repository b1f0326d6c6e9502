#pragma once

#include <string_view>
#include <vector>

#include "adapters/api/call.hpp"

namespace heed::api {

/// Who may use a route.
enum class access : std::uint8_t {
  open,       ///< anybody
  hook,       ///< a provider, known by its signature
  workspace,  ///< a key of that workspace, of at least the route's role
  own,        ///< any key; the workspace is the key's own
  cron,       ///< an operator's key or the scan secret
  operators,  ///< an operator's key
  visitor,    ///< anybody; the handler looks at the session itself
};

struct route {
  std::string_view method;
  std::string_view pattern;  ///< `{name}` stands for one segment
  access who = access::workspace;
  role at_least = role::reader;
  void (*handle)(const call_ptr&) = nullptr;
};

/// The table; a route exists when it has a line there and in openapi.json.
[[nodiscard]] const std::vector<route>& routes();

struct match {
  const route* found = nullptr;
  std::vector<std::pair<std::string_view, std::string>> params;
  std::string allow;  ///< methods of this path, when it exists
};
/// `raw_path` is split before it is decoded, so that an escaped slash stays inside its segment.
[[nodiscard]] match find_route(std::string_view method, std::string_view raw_path);

/// Matches, authenticates, authorises, meters, guards repeats, then calls the handler.
void dispatch(const call_ptr& c);

}  // namespace heed::api
