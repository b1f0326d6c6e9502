#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "actors/protocol.hpp"
#include "actors/workspace/workspace_actor.hpp"

namespace heed {

/// Where the store keeps the key of its links.
inline constexpr auto link_key_name = "link_key";
/// The same of a workspace that came from another store, whose links must stay good and whose messages come out alike.
[[nodiscard]] inline std::string link_key_name_of(const workspace_id& ws) { return "link_key:" + ws.value; }

/// What decisions need beside a policy's document: zone tables by tzdata release: the machine's own, and those the store kept from earlier ones.
class zone_library {
 public:
  explicit zone_library(std::shared_ptr<const zone_table> current);
  [[nodiscard]] const std::shared_ptr<const zone_table>& current() const { return current_; }
  [[nodiscard]] result<std::shared_ptr<const zone_table>> find(const std::string& version, store_reader& r);

  /// The key of a workspace's links: its own, or the store's as `keep_link_key` left it; read once.
  [[nodiscard]] std::string link_key(store_reader& r, const workspace_id& ws);
  [[nodiscard]] std::string link_key(store_reader& r);
  [[nodiscard]] std::string link_key() const;

  [[nodiscard]] static std::string meta_name(const std::string& version) { return "zones:" + version; }

 private:
  std::shared_ptr<const zone_table> current_;
  mutable std::mutex lock_;
  std::map<std::string, std::shared_ptr<const zone_table>> kept_;
  std::string link_key_;
  std::map<workspace_id, std::string> link_keys_;  ///< empty = the store's
};

/// One revision as decisions use it.
[[nodiscard]] result<std::shared_ptr<const policy>> read_policy(const bytes& body, const workspace_id& ws,
                                                                std::uint64_t revision, zone_library& zones,
                                                                store_reader& r);
/// The document a revision is stored as.
[[nodiscard]] bytes write_policy(const policy& p);

/// Everything that is published to all threads: policy and stops per workspace, and the API keys.
class registry final : public policy_source, public view_port {
 public:
  explicit registry(zone_library& zones) : zones_(zones) {}

  [[nodiscard]] std::shared_ptr<const workspace_view> view(const workspace_id& ws) const override;
  [[nodiscard]] std::optional<api_key_row> find_key(const std::string& hash) const;
  /// Workspaces that were published.
  [[nodiscard]] std::vector<workspace_id> known() const;

  result<workspace_view> read(store_reader& r, const workspace_id& ws) override;
  void publish(const workspace_id& ws, std::shared_ptr<const workspace_view> view) override;

 private:
  using views = std::map<workspace_id, std::shared_ptr<const workspace_view>>;
  using keys = std::map<std::string, api_key_row>;

  zone_library& zones_;
  std::mutex writers_;
  std::atomic<std::shared_ptr<const views>> views_{std::make_shared<const views>()};
  std::atomic<std::shared_ptr<const keys>> keys_{std::make_shared<const keys>()};
};

}  // namespace heed
