#include "runtime/cluster/connector.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <caf/openssl/remote_actor.hpp>
#include <caf/send.hpp>
#include <memory>

#include "runtime/cluster/messages.hpp"

namespace heed::cluster {
namespace {

constexpr int most_of_a_connection_ms = 500;

}  // namespace

bool takes_connections(const std::string& host, std::uint16_t port, int milliseconds) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
  for (const auto* a = found; a != nullptr; a = a->ai_next) {
    const int s = ::socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
    if (s < 0) continue;
    bool there = ::connect(s, a->ai_addr, a->ai_addrlen) == 0;
    if (pollfd one{s, POLLOUT, 0}; !there && poll(&one, 1, milliseconds) == 1) {
      int error = 1;
      socklen_t size = sizeof error;
      there = getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
    }
    ::close(s);
    if (there) return true;
  }
  return false;
}

connector::connector(caf::actor_config& cfg, caf::actor answer_to, std::uint64_t epoch, std::string host,
                     std::uint16_t port)
    : event_based_actor(cfg), answer_to_(std::move(answer_to)), epoch_(epoch), host_(std::move(host)), port_(port) {}

caf::behavior connector::make_behavior() {
  connect_ended out{epoch_, {}, "nothing listens there"};
  if (takes_connections(host_, port_, most_of_a_connection_ms)) {
    auto r = caf::openssl::remote_actor(system(), host_, port_);
    if (r)
      out.remote = std::move(*r);
    else
      out.why = system().render(r.error());
  }
  send(answer_to_, std::move(out));
  quit();
  return {};
}

}  // namespace heed::cluster
