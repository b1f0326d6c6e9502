#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

/// Sockets of this machine, and who takes connections on one of them: what the proxies of the tests stand on.
namespace heed::test {

/// Connections to a port of this machine, or to a socket in the file system; -1 = it cannot.
[[nodiscard]] int connect_to_port(std::uint16_t port);
[[nodiscard]] int connect_to_file(const std::string& path);
/// Listening sockets; they throw when they cannot be. Port 0 = any free one.
[[nodiscard]] int listen_on_port(std::uint16_t port);
[[nodiscard]] int listen_on_file(const std::string& path);
[[nodiscard]] std::uint16_t port_of(int listener);
/// False when the other end has gone.
bool send_all(int to, std::string_view data);

/// Gives every connection a thread of its own, and waits for all of them when it ends.
class line_server {
 public:
  /// @param carry serves one connection until it ends or `over()`; the connection is closed after it
  line_server(int listener, std::function<void(int client)> carry);
  ~line_server();
  line_server(const line_server&) = delete;
  line_server& operator=(const line_server&) = delete;

  [[nodiscard]] bool over() const { return over_; }

 private:
  void accept_all();

  int listener_;
  std::function<void(int)> carry_;
  std::atomic<bool> over_{false};
  std::atomic<int> carried_{0};
  std::thread acceptor_;
};

}  // namespace heed::test
