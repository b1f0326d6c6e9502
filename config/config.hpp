#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "actors/campaign/campaign_json.hpp"
#include "actors/workspace/policy.hpp"
#include "config/mailboxes.hpp"

/// What an installation is told at start: one file, the environment over it, flags over both (DESIGN 11).
namespace heed::config {

/// A sending account with what its adapter needs. `secrets` is never printed.
struct account_config {
  account public_part;
  std::string base_url;                        ///< empty = the provider's own
  std::map<std::string, std::string> secrets;  ///< api_key, account_sid, auth_token, username, password
  nlohmann::json options = nlohmann::json::object();
};

/// One provider's hook; several secrets are current at once while one is being rotated.
struct hook_config {
  std::vector<std::string> secrets;
  nlohmann::json options = nlohmann::json::object();
};

struct workspace_config {
  workspace_id id;
  settings defaults;
  std::string handoff_secret;  ///< signs the calls of handoff.webhook: whsec_ and base64; empty = no webhook
  std::vector<account_config> accounts;
  std::map<std::string, hook_config> hooks;  ///< by provider
  std::vector<mailbox_config> mailboxes;     ///< that replies arrive in, beside the hooks
  std::vector<campaign> campaigns;
};

struct http_config {
  std::string address = "127.0.0.1";
  std::uint32_t port = 8080;
  std::uint32_t max_body = 8 * 1024 * 1024;
  std::uint32_t max_connections = 4'096;
  std::uint32_t threads = 1;
};

struct residency_config {
  std::uint32_t max_leads = 100'000;  ///< resident at once; beyond it the longest idle leaves
  duration idle_after = std::chrono::minutes(10);
};

struct dispatch_config {
  std::uint32_t max_connections = 64;
  std::uint32_t start_by_ms = 300;  ///< PROTOCOL, Effects
};

/// How long a part of the node may fail before the process ends and is started again.
struct supervision_config {
  std::uint32_t max_restarts = 5;             ///< within `window`; one more ends the process
  duration window = std::chrono::seconds(30);
  duration stuck_after = std::chrono::seconds(30);  ///< no progress for so long; twice that ends the process; 0 = nobody looks
};

/// Several nodes on one Postgres store; see runtime/cluster/README.md.
struct cluster_config {
  bool enabled = false;
  std::string name;                   ///< of this node, the same in every life; empty = the machine's
  std::string listen = "127.0.0.1";
  std::string address;                ///< where other nodes reach it; empty = listen
  std::uint32_t port = 7400;
  std::uint32_t advertised_port = 0;  ///< the same, when something stands between; 0 = port
  std::string ca_file, certificate_file, key_file;
  std::uint32_t lease_ms = 2'000;
  std::uint32_t renew_ms = 500;
  bool proof_by_process = true;
  std::uint32_t drain_notice_ms = 2'000;
};

struct limits_config {
  duration read_timeout = std::chrono::seconds(30);
  duration answer_timeout = std::chrono::seconds(60);
  duration drain_timeout = std::chrono::seconds(30);
};

struct log_config {
  std::string level = "info";
  std::string format = "text";
};

struct config {
  std::string store_url = "sqlite:heed.db";
  http_config http;
  std::uint32_t time_scale = 1;
  std::vector<workspace_config> workspaces;
  /// Lower case; the only addresses, numbers and domains a real sender may reach. None = everybody.
  std::optional<std::vector<std::string>> allow_recipients;
  std::string public_url;                     ///< where people and providers reach this installation, no slash at the end
  std::optional<std::string> secret_key;      ///< seals what is set up over the API (HEED_SECRET_KEY)
  bool dry_run = false;                       ///< over every workspace's own
  bool auto_send_disabled = false;            ///< no drafted answer leaves by itself, in any workspace (ZRG-88)
  bool auto_send_revision_disabled = false;   ///< no draft is revised by a model, in any workspace (AS-34)
  std::string prompts;                        ///< directory with prompts of one's own; empty = the shipped ones
  residency_config residency;
  dispatch_config dispatch;
  supervision_config supervision;
  bool chaos = false;                         ///< POST /admin/chaos exists; only on an address of this machine
  cluster_config cluster;
  limits_config limits;
  log_config log;
  bool metrics = true;
  std::optional<std::string> cron_secret;  ///< bearer of the forced due-scan; none = it answers 503
};

/// Where a configuration comes from. The environment is a value, so that tests and `heed check` can give
/// their own.
struct source {
  std::filesystem::path file;  ///< empty = defaults, environment and flags only
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> flags;  ///< by setting: {"http.port", "8081"}
  const zone_table* zones = nullptr;         ///< unknown zones are refused when it is given
};

/// The configuration, or all of its problems. A problem's field is a JSON pointer into the file, the name of
/// a variable or a flag, or `campaign-file#pointer`. No value of a secret is ever part of a problem.
[[nodiscard]] tl::expected<config, problems> load(const source& from);

/// The variables of this process.
[[nodiscard]] std::map<std::string, std::string> process_environment();

/// One campaign in YAML or JSON; its id is the document's `id`, else the file's name without extension.
[[nodiscard]] tl::expected<campaign, problems> load_campaign_file(const std::filesystem::path& file,
                                                                  const campaign_context& context = {});

}  // namespace heed::config
