#include "actors/lead/migration.hpp"

#include <algorithm>
#include <optional>

namespace heed {
namespace {

std::optional<std::uint32_t> index_of(const std::vector<step>& steps, const step_id& id) {
  const auto it = std::ranges::find(steps, id, &step::id);
  if (it == steps.end()) return std::nullopt;
  return static_cast<std::uint32_t>(it - steps.begin());
}

/// Behind the latest handled step that still exists; the cursor where none does.
std::uint32_t behind_handled(const std::vector<step>& old, const std::vector<step>& steps, std::uint32_t cursor) {
  for (auto i = std::min<std::size_t>(cursor, old.size()); i > 0; --i)
    if (const auto at = index_of(steps, old[i - 1].id)) return *at + 1;
  return cursor;
}

}  // namespace

tl::expected<std::uint32_t, std::string> place_in(const campaign& c, const run& r) {
  const auto* old = c.find_sequence(r.sequence_version);
  if (!old) return tl::unexpected(std::string("definition_gone"));
  const auto& steps = c.current().steps;
  const bool at_end = r.cursor >= old->steps.size();
  std::optional<std::uint32_t> at;
  if (!at_end) at = index_of(steps, old->steps[r.cursor].id);
  const auto place = at ? *at : behind_handled(old->steps, steps, r.cursor);
  if (place < r.cursor) return tl::unexpected(std::string("cursor_would_move_back"));
  for (std::size_t i = 0; i < std::min<std::size_t>(r.cursor, old->steps.size()); ++i)
    if (const auto again = index_of(steps, old->steps[i].id); again && *again >= place)
      return tl::unexpected("step_would_repeat: " + old->steps[i].id.value);
  return place;
}

}  // namespace heed
