#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace heed::test {

/// A line on the loopback that a test can cut: in both directions or in one, so that what is sent is swallowed without a word,
/// as by a network that drops packets; or broken, so that both ends hear of it.
class cut_proxy {
 public:
  /// @param to connects to where the line leads; -1 = it cannot. Asked for every connection.
  /// @param port to listen on; 0 = any free one
  explicit cut_proxy(std::function<int()> to, std::uint16_t port = 0);
  ~cut_proxy();
  cut_proxy(const cut_proxy&) = delete;
  cut_proxy& operator=(const cut_proxy&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void swallow(bool requests, bool answers) { swallow_requests_ = requests, swallow_answers_ = answers; }
  void break_all() { ++breaks_; }

 private:
  void accept_all();
  void carry(int client);

  std::function<int()> to_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<bool> swallow_requests_{false}, swallow_answers_{false}, over_{false};
  std::atomic<unsigned> breaks_{0};
  std::atomic<int> carried_{0};
  std::thread acceptor_;
};

/// Connections to a port of this machine, or to a socket in the file system.
[[nodiscard]] int connect_to_port(std::uint16_t port);
[[nodiscard]] int connect_to_file(const std::string& path);

}  // namespace heed::test
