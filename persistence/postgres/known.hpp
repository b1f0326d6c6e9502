#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "persistence/memory/image.hpp"

namespace heed::postgres {

/// A lead's row without its bodies, as this process last wrote it.
struct known_lead {
  memory::number n = 0;
  workspace_id workspace;
  std::uint64_t version = 0;
  std::optional<std::string> suppressed;
  bool handed_off = false;
  bool poisoned = false;
  /// Rows of its runs as they were written last: campaign and content, as hashes.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> runs;
  /// Its timer; the outer one is empty when nobody looked.
  std::optional<std::optional<time_point>> due;

  [[nodiscard]] static std::pair<std::uint64_t, std::uint64_t> digest(const run_row& r);
};

/// What a transaction found and made, good once it is committed.
struct lessons {
  std::vector<std::pair<lead_id, known_lead>> leads;
  std::vector<std::uint64_t> keys;
};

/// What need not be asked again, because a writer that is wrong about it is told so by the write itself: a swap
/// that finds another row, a key that is there. Bounded; of two generations the older is dropped when the younger
/// is full. Safe from any thread.
class known_rows {
 public:
  [[nodiscard]] static std::uint64_t key_of(const workspace_id& ws, std::string_view key);

  /// Nothing unless it is known at that very version.
  [[nodiscard]] std::optional<known_lead> find(const lead_id& id, std::uint64_t version) const;
  /// False: no recent transaction wrote it, so it is most likely new.
  [[nodiscard]] bool may_be_there(std::uint64_t key) const;

  void learn(lessons all);
  void forget(const lead_id& id);
  /// Keys turned out to be there though nobody here wrote them: for some batches every key is asked.
  void doubt_keys();
  /// A batch passed.
  void count_batch();
  void clear();

 private:
  using leads = std::unordered_map<std::string, known_lead>;
  using keys = std::unordered_set<std::uint64_t>;

  mutable std::mutex lock_;
  leads young_leads_, old_leads_;
  keys young_keys_, old_keys_;
  unsigned doubting_ = 0;
};

}  // namespace heed::postgres
