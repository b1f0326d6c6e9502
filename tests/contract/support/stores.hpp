#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "persistence/store.hpp"

namespace heed::contract {

/// An empty place for one store, gone with the object.
class store_home {
 public:
  virtual ~store_home() = default;
  [[nodiscard]] virtual result<std::unique_ptr<store>> open(open_mode mode) = 0;
  /// False for stores that live in one process's memory: crash tests leave them out.
  [[nodiscard]] virtual bool outlives_process() const { return true; }
};

struct store_kind {
  std::string name;
  std::function<std::unique_ptr<store_home>()> make_home;
};

/// Every implementation of the port; a new one joins by an entry here and by nothing else.
[[nodiscard]] const std::vector<store_kind>& store_kinds();

}  // namespace heed::contract
