#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/node_process.hpp"
#include "tests/support/stand_in.hpp"

/// A whole installation for one test: a provider's stand-in, a configuration, a store and a real `heed serve`.
namespace heed::test {

struct world_options {
  std::string provider = "resend";   ///< resend, twilio or sandbox
  behaviour provider_behaves;
  unsigned connections = 16;
  unsigned call_timeout_ms = 2'000;
  unsigned visibility_seconds = 1;
  unsigned max_per_second = 0;       ///< of the accounts; 0 = no bound, as most tests want it
  unsigned max_per_day = 0;
  bool released = true;              ///< let go of the stop that a workspace with its first real account begins under
  std::int64_t time_scale = 1;
  std::string workspace_yaml;        ///< further lines of the workspace, indented by four spaces
  std::string yaml;                  ///< further top-level lines
  std::string store_url;             ///< empty = a new one of the kind that HEED_TEST_STORE names: sqlite (default) or postgres
};

class world {
 public:
  world(std::string heed_binary, world_options o);

  /// How fast time runs from the next start on.
  void configure(std::int64_t time_scale);
  /// Starts the node and waits until it is ready; throws with its log when it does not come up.
  void start();
  /// Starts it and waits for nothing.
  void launch();
  /// After an upgrade: commands are run by that one.
  void binary(std::string file) { binary_ = std::move(file); }
  void kill_now() { node_->kill_now(); }
  std::optional<int> stop() { return node_->stop(); }
  [[nodiscard]] node_process& node() { return *node_; }

  /// A new connection with an admin key of workspace `acme`.
  [[nodiscard]] client api() const { return client(base_url_, key_); }
  /// A new connection with an operator key.
  [[nodiscard]] client admin() const { return client(base_url_, operator_key_); }
  [[nodiscard]] ledger& provider() { return provider_->book(); }
  [[nodiscard]] const stand_in& provider_server() const { return *provider_; }
  void provider_does(const behaviour& b) { provider_->control(b); }
  [[nodiscard]] const std::string& base_url() const { return base_url_; }
  [[nodiscard]] const std::string& key() const { return key_; }
  [[nodiscard]] const std::string& config_file() const { return config_file_; }
  [[nodiscard]] const scratch& directory() const { return directory_; }
  /// `heed COMMAND... --config FILE`, to its end.
  [[nodiscard]] finished heed(std::vector<std::string> command, const std::string& input = {}) const;

 private:
  std::string create_key(const std::string& role) const;
  void release_once();

  std::string binary_;
  world_options options_;
  bool release_ = true;
  std::string port_;
  scratch directory_;
  std::unique_ptr<stand_in> provider_;
  std::string store_url_, base_url_, config_file_, key_, operator_key_;
  std::unique_ptr<node_process> node_;
};

/// The environment of every node of a test: what its accounts and hooks need.
[[nodiscard]] const std::map<std::string, std::string>& test_secrets();

/// The URL of a new store of the kind that HEED_TEST_STORE names: sqlite, in that folder, or postgres.
[[nodiscard]] std::string new_store_url(const scratch& in);

/// Runs `work(i)` for i in [0, n) on a few threads, each with its own connection.
void in_parallel(const world& w, std::size_t n, unsigned threads, const std::function<void(client&, std::size_t)>& work);

/// A zone in which it is about noon now: text messages are quiet from 20:00 to 09:00 wherever a lead is.
[[nodiscard]] std::string zone_at_noon();

/// Asks until `holds` answers true; false after `most`. For states that the node reaches at its own pace.
[[nodiscard]] bool eventually(const std::function<bool()>& holds, std::chrono::seconds most);

}  // namespace heed::test
