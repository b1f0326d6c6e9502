#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include "actors/lead/ids.hpp"
#include "actors/lead/stimulus.hpp"

namespace heed {

/// Whose a key is, as the store last said: what lets a stimulus go to its lead without asking the store first. Bounded:
/// of two generations the older is dropped when the younger is full.
class known_leads {
 public:
  explicit known_leads(std::size_t most) : most_(most) {}

  [[nodiscard]] const lead_id* find(const workspace_id& ws, const lead_key& key);
  void learn(const workspace_id& ws, const lead_key& key, const lead_id& lead);
  void forget(const workspace_id& ws, const lead_key& key);
  [[nodiscard]] std::size_t size() const { return young_.size() + old_.size(); }

 private:
  using generation = std::unordered_map<std::string, lead_id>;

  std::size_t most_;
  generation young_, old_;
};

}  // namespace heed
