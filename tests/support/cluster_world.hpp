#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/cut_proxy.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/safe_world.hpp"

/// Several real nodes on one Postgres, with a line to the database and a line for its peers for each that a test can cut, and
/// a balancer in front that asks for readiness and passes connections on, as HAProxy would.
namespace heed::test {

struct cluster_options {
  std::string heed_binary;
  std::size_t nodes = 3;
  world_options world;          ///< of the installation; its store is the cluster's own Postgres
  bool proof_by_process = true; ///< false = as on several machines: only time tells who is dead
  std::string node_yaml;        ///< further lines of the section `cluster`, each with a comma and a space before
};

class cluster_world {
 public:
  explicit cluster_world(cluster_options o);
  ~cluster_world();

  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  void launch(std::size_t node);
  /// Launches all and waits until all are ready and every shard has its owner.
  void start();
  void kill(std::size_t node) { nodes_[node]->process->kill_now(); }
  std::optional<int> stop(std::size_t node) { return nodes_[node]->process->stop(); }
  void signal(std::size_t node, int number) { nodes_[node]->process->signal(number); }
  [[nodiscard]] bool running(std::size_t node) { return nodes_[node]->process && nodes_[node]->process->running(); }
  [[nodiscard]] bool ready(std::size_t node) const;
  [[nodiscard]] node_process& process(std::size_t node) { return *nodes_[node]->process; }
  /// A preloaded library and its variables, from the node's next start on.
  void environment(std::size_t node, std::map<std::string, std::string> more) { nodes_[node]->environment = std::move(more); }
  /// What it is started with from its next start on: a build of another release.
  void binary(std::size_t node, std::string path) { nodes_[node]->binary = std::move(path); }
  /// Its certificate is another CA's, from its next start on.
  void use_strange_certificate(std::size_t node);

  [[nodiscard]] cut_proxy& to_database(std::size_t node) { return *nodes_[node]->database; }
  [[nodiscard]] cut_proxy& from_peers(std::size_t node) { return *nodes_[node]->peers; }
  [[nodiscard]] postgres_server& database() { return server_; }
  /// As the owner of the schema.
  void execute(const std::string& sql);
  /// Of its place there; the URL names the socket's directory too.
  [[nodiscard]] std::string database_name() const {
    const auto from = url_.find("@/") + 2;
    return url_.substr(from, url_.find('?') - from);
  }
  [[nodiscard]] std::string base_url(std::size_t node) const;
  [[nodiscard]] client admin(std::size_t node) const { return client(base_url(node), operator_key_); }
  [[nodiscard]] client api(std::size_t node) const { return client(base_url(node), w_->key()); }
  /// Through the balancer.
  [[nodiscard]] world& through_balancer() { return *w_; }
  /// What that node says of the cluster; null = nothing.
  [[nodiscard]] nlohmann::json view(std::size_t node) const;
  /// True when each of these nodes sees so many and every shard has an owner among them.
  [[nodiscard]] bool is_whole(const std::vector<std::size_t>& among) const;
  /// Of a counter or gauge of that node; 0 when it does not answer.
  [[nodiscard]] double figure(std::size_t node, const std::string& name) const;
  [[nodiscard]] std::string log(std::size_t node) const { return nodes_[node]->process->log(); }

 private:
  struct seat {
    std::string name, config_file, binary;
    std::uint16_t http_port = 0, cluster_port = 0;
    std::unique_ptr<cut_proxy> database, peers;
    std::unique_ptr<node_process> process;
    std::map<std::string, std::string> environment;
    unsigned lives = 0;
  };
  void configure(std::size_t at, const std::string& certificates);

  cluster_options o_;
  postgres_server server_;
  std::string url_;
  std::unique_ptr<world> w_;
  std::string operator_key_;
  std::vector<std::unique_ptr<seat>> nodes_;
  std::unique_ptr<cut_proxy> balancer_;
  std::atomic<std::size_t> next_{0};
  std::unique_ptr<std::atomic<bool>[]> ready_;
  std::jthread health_;  ///< last: it uses all of the above
};

}  // namespace heed::test
