#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>

#include "actors/lead/check.hpp"
#include "persistence/errc.hpp"
#include "persistence/rows.hpp"

namespace heed {
namespace {

using namespace std::string_view_literals;

template <std::size_t N, class E>
std::string_view name_in(const std::array<std::string_view, N>& names, E value) {
  const auto at = static_cast<std::size_t>(value);
  CHECK(at < N);
  return names[at];
}

// errc begins at 1; the first entry is never a value.
constexpr std::array codes{"ok"sv,    "refused"sv,   "retry"sv,   "unknown"sv,
                           "fatal"sv, "not_found"sv, "conflict"sv};
constexpr std::array effect_states{"planned"sv, "in_flight"sv, "unknown"sv, "done"sv,
                                   "failed"sv,  "cancelled"sv, "stale"sv};
constexpr std::array roles{"reader"sv, "setter"sv, "inbox_manager"sv, "admin"sv, "owner"sv, "operator"sv};
constexpr std::array stop_scopes{"global"sv, "workspace"sv, "campaign"sv, "account"sv};

}  // namespace

std::string_view to_string(errc e) { return name_in(codes, e); }
std::string_view to_string(effect_state s) { return name_in(effect_states, s); }
std::string_view to_string(role r) { return name_in(roles, r); }
std::string_view to_string(stop_scope s) { return name_in(stop_scopes, s); }

std::optional<role> parse_role(std::string_view text) {
  const auto found = std::find(roles.begin(), roles.end(), text);
  if (found == roles.end()) return std::nullopt;
  return static_cast<role>(std::distance(roles.begin(), found));
}

}  // namespace heed
