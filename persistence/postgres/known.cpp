#include "persistence/postgres/known.hpp"

namespace heed::postgres {
namespace {

/// Of each generation: about 20 MB of leads and 10 MB of keys.
constexpr std::size_t leads_kept = 1u << 16;
constexpr std::size_t keys_kept = 1u << 17;
constexpr unsigned doubtful_batches = 64;

template <class Generation>
void make_room(Generation& young, Generation& old, std::size_t most) {
  if (young.size() < most) return;
  old = std::move(young);
  young = {};
}

}  // namespace

std::uint64_t known_rows::key_of(const workspace_id& ws, std::string_view key) {
  const auto h = std::hash<std::string_view>{}(key);
  return h ^ (std::hash<std::string_view>{}(ws.value) + 0x9e3779b97f4a7c15u + (h << 6) + (h >> 2));
}

std::optional<known_lead> known_rows::find(const lead_id& id, std::uint64_t version) const {
  std::lock_guard guard(lock_);
  for (const auto* each : {&young_leads_, &old_leads_})
    if (const auto found = each->find(id.value); found != each->end()) {
      if (found->second.version != version) return std::nullopt;
      return found->second;
    }
  return std::nullopt;
}

bool known_rows::may_be_there(std::uint64_t key) const {
  std::lock_guard guard(lock_);
  return doubting_ > 0 || young_keys_.contains(key) || old_keys_.contains(key);
}

void known_rows::learn(lessons all) {
  std::lock_guard guard(lock_);
  for (auto& [id, row] : all.leads) {
    make_room(young_leads_, old_leads_, leads_kept);
    young_leads_.insert_or_assign(id.value, std::move(row));
  }
  for (const auto key : all.keys) {
    make_room(young_keys_, old_keys_, keys_kept);
    young_keys_.insert(key);
  }
}

void known_rows::forget(const lead_id& id) {
  std::lock_guard guard(lock_);
  young_leads_.erase(id.value);
  old_leads_.erase(id.value);
}

void known_rows::doubt_keys() {
  std::lock_guard guard(lock_);
  doubting_ = doubtful_batches;
}

void known_rows::count_batch() {
  std::lock_guard guard(lock_);
  if (doubting_ > 0) --doubting_;
}

void known_rows::clear() {
  std::lock_guard guard(lock_);
  young_leads_.clear();
  old_leads_.clear();
  young_keys_.clear();
  old_keys_.clear();
  // Another process may have written meanwhile.
  doubting_ = doubtful_batches;
}

}  // namespace heed::postgres
