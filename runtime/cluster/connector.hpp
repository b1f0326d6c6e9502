#pragma once

#include <caf/event_based_actor.hpp>
#include <cstdint>
#include <string>

namespace heed::cluster {

/// One attempt to reach a node, on a thread of its own: CAF's `remote_actor` blocks. It asks for a TCP connection first, with
/// a bound, for the middleman makes its connections one after the other and one to a host that swallows packets would
/// keep all others waiting. Answers `connect_ended`.
class connector final : public caf::event_based_actor {
 public:
  connector(caf::actor_config& cfg, caf::actor answer_to, std::uint64_t epoch, std::string host, std::uint16_t port);
  [[nodiscard]] const char* name() const override { return "connector"; }
  caf::behavior make_behavior() override;
  void on_exit() override { answer_to_ = nullptr; }

 private:
  caf::actor answer_to_;
  std::uint64_t epoch_;
  std::string host_;
  std::uint16_t port_;
};

/// True when something takes connections there within that many milliseconds.
[[nodiscard]] bool takes_connections(const std::string& host, std::uint16_t port, int milliseconds);

}  // namespace heed::cluster
