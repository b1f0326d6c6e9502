#pragma once

#include <atomic>
#include <filesystem>
#include <string>

#include "tests/support/line_server.hpp"

namespace heed::test {

/// Stands between a store and its server. It can lose an answer: the next `commit` reaches the server, is carried
/// out there, and its sender's line breaks before it hears of it. And it can cut every line in the middle of
/// what is on its way.
class postgres_proxy {
 public:
  /// @param server URL of a database behind a socket in a folder
  explicit postgres_proxy(const std::string& server);
  ~postgres_proxy();
  postgres_proxy(const postgres_proxy&) = delete;
  postgres_proxy& operator=(const postgres_proxy&) = delete;

  [[nodiscard]] std::string url() const { return url_; }
  void lose_next_commit() { armed_ = true; }
  /// Every line there is now breaks within what it carries next, or at once when nothing comes.
  void cut() { ++cuts_; }

 private:
  void carry(int client);

  std::filesystem::path folder_;
  std::string url_, server_socket_;
  std::atomic<bool> armed_{false};
  std::atomic<unsigned> cuts_{0};
  line_server lines_;  ///< last: it uses all of the above
};

}  // namespace heed::test
