#include "actors/gateway/known_leads.hpp"

#include <utility>

namespace heed {
namespace {

std::string name_of(const workspace_id& ws, const lead_key& key) {
  std::string out;
  out.reserve(ws.value.size() + key.name.size() + key.value.size() + 3);
  out += static_cast<char>(key.kind);
  out += ws.value;
  out += '\0';
  out += key.name;
  out += '\0';
  out += key.value;
  return out;
}

}  // namespace

const lead_id* known_leads::find(const workspace_id& ws, const lead_key& key) {
  const auto name = name_of(ws, key);
  if (const auto found = young_.find(name); found != young_.end()) return &found->second;
  auto used = old_.extract(name);
  if (!used) return nullptr;
  return &young_.insert(std::move(used)).position->second;
}

void known_leads::learn(const workspace_id& ws, const lead_key& key, const lead_id& lead) {
  if (young_.size() >= most_ / 2) old_ = std::exchange(young_, {});
  young_.insert_or_assign(name_of(ws, key), lead);
}

void known_leads::forget(const workspace_id& ws, const lead_key& key) {
  const auto name = name_of(ws, key);
  young_.erase(name);
  old_.erase(name);
}

}  // namespace heed
