#include "runtime/policies.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "actors/workspace/policy_json.hpp"
#include "adapters/api/stops.hpp"
#include "runtime/learned_priors.hpp"
#include "runtime/zones.hpp"

namespace heed {

zone_library::zone_library(std::shared_ptr<const zone_table> current) : current_(std::move(current)) {}

result<std::shared_ptr<const zone_table>> zone_library::find(const std::string& version, store_reader& r) {
  if (version.empty() || version == current_->version) return current_;
  std::lock_guard guard(lock_);
  if (const auto known = kept_.find(version); known != kept_.end()) return known->second;
  auto stored = r.meta(meta_name(version));
  if (!stored) return tl::unexpected<store_error>(stored.error());
  if (!*stored) return fail(errc::not_found, "zones of tzdata " + version + " were not kept");
  auto decoded = decode_zones(**stored);
  if (decoded) kept_[version] = *decoded;
  return decoded;
}

std::string zone_library::link_key(store_reader& r) {
  std::lock_guard guard(lock_);
  if (link_key_.empty())
    if (const auto kept = r.meta(link_key_name); kept && *kept) link_key_ = **kept;
  return link_key_;
}

std::string zone_library::link_key(store_reader& r, const workspace_id& ws) {
  {
    std::lock_guard guard(lock_);
    const auto [at, fresh] = link_keys_.try_emplace(ws);
    if (fresh)
      if (const auto kept = r.meta(link_key_name_of(ws)); kept && *kept) at->second = **kept;
    if (!at->second.empty()) return at->second;
  }
  return link_key(r);
}

std::string zone_library::link_key() const {
  std::lock_guard guard(lock_);
  return link_key_;
}

result<std::shared_ptr<const policy>> read_policy(const bytes& body, const workspace_id& ws,
                                                  std::uint64_t revision, zone_library& zones,
                                                  store_reader& r) {
  const auto name = ws.value + " revision " + std::to_string(revision);
  const auto document = nlohmann::json::parse(body, nullptr, false);
  if (document.is_discarded()) return fail(errc::fatal, "policy of " + name + " is no JSON");
  auto parsed = policy_from_json(document);
  if (!parsed) {
    const auto& first = parsed.error().front();
    return fail(errc::fatal, "policy of " + name + ": " + first.field + " " + first.detail);
  }
  auto table = zones.find(parsed->tzdb_version, r);
  if (!table) return tl::unexpected<store_error>(table.error());
  auto p = std::make_shared<policy>(std::move(parsed->value));
  p->workspace = ws;
  p->revision = revision;
  p->zones = std::move(*table);
  p->link_key = zones.link_key(r, ws);
  return p;
}

bytes write_policy(const policy& p) { return to_json(p).dump(); }

std::shared_ptr<const workspace_view> registry::view(const workspace_id& ws) const {
  const auto all = views_.load(std::memory_order_acquire);
  const auto found = all->find(ws);
  return found == all->end() ? nullptr : found->second;
}

std::optional<api_key_row> registry::find_key(const std::string& hash) const {
  const auto all = keys_.load(std::memory_order_acquire);
  const auto found = all->find(hash);
  if (found == all->end() || found->second.revoked) return std::nullopt;
  return found->second;
}

std::vector<workspace_id> registry::known() const {
  std::vector<workspace_id> out;
  for (const auto& [id, view] : *views_.load(std::memory_order_acquire))
    out.push_back(id);
  return out;
}

result<workspace_view> registry::read(store_reader& r, const workspace_id& ws) {
  auto stored = r.latest_policy(ws);
  if (!stored) return tl::unexpected<store_error>(stored.error());
  auto current = read_policy(stored->second, ws, stored->first, zones_, r);
  if (!current) return tl::unexpected<store_error>(current.error());
  auto switches = r.kill_switches();
  if (!switches) return tl::unexpected<store_error>(switches.error());
  auto stored_keys = r.api_keys();
  if (!stored_keys) return tl::unexpected<store_error>(stored_keys.error());
  auto table = std::make_shared<keys>();
  for (auto& key : *stored_keys)
    table->emplace(key.hash, key);
  keys_.store(std::move(table), std::memory_order_release);
  auto taught = latest_priors(r, ws);
  // Without them people are met as people nobody knows are.
  if (!taught) spdlog::warn("timing.priors_unreadable workspace={} why=\"{}\"", ws.value, taught.error().detail);
  workspace_view out{*current, api::stops_of(**current, *switches)};
  if (taught) {
    out.priors_version = taught->version;
    out.priors = std::move(taught->known);
  }
  return out;
}

void registry::publish(const workspace_id& ws, std::shared_ptr<const workspace_view> view) {
  std::lock_guard guard(writers_);
  auto next = std::make_shared<views>(*views_.load(std::memory_order_acquire));
  (*next)[ws] = std::move(view);
  views_.store(std::move(next), std::memory_order_release);
}

}  // namespace heed
