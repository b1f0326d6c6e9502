#pragma once

#include <atomic>
#include <memory>

#include "tests/support/line_server.hpp"

namespace heed::test {

/// A line on the loopback that a test can cut: in both directions or in one, so that what is sent is swallowed without a word,
/// as by a network that drops packets; or broken, so that both ends hear of it.
class cut_proxy {
 public:
  /// @param to connects to where the line leads; -1 = it cannot. Asked for every connection.
  /// @param port to listen on; 0 = any free one
  explicit cut_proxy(std::function<int()> to, std::uint16_t port = 0);

  [[nodiscard]] std::uint16_t port() const { return port_; }
  void swallow(bool requests, bool answers) { swallow_requests_ = requests, swallow_answers_ = answers; }
  void break_all() { ++breaks_; }

 private:
  void carry(int client);

  std::function<int()> to_;
  std::atomic<bool> swallow_requests_{false}, swallow_answers_{false};
  std::atomic<unsigned> breaks_{0};
  int listener_;
  std::uint16_t port_;
  line_server lines_;  ///< last: it uses all of the above
};

}  // namespace heed::test
