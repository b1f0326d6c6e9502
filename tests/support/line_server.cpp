#include "tests/support/line_server.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <stdexcept>

namespace heed::test {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(port);
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return a;
}

sockaddr_un file(const std::string& path) {
  sockaddr_un a{};
  a.sun_family = AF_UNIX;
  if (path.size() >= sizeof a.sun_path) throw std::runtime_error("the socket's path is too long");
  std::memcpy(a.sun_path, path.data(), path.size());
  return a;
}

template <class Address>
int connected(int family, const Address& to) {
  const int s = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(s, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return s;
  ::close(s);
  return -1;
}

template <class Address>
int listening(int family, const Address& at) {
  const int s = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(s, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0 && ::listen(s, 256) == 0) return s;
  ::close(s);
  throw std::runtime_error("a line of the test cannot listen");
}

}  // namespace

int connect_to_port(std::uint16_t port) { return connected(AF_INET, loopback(port)); }
int connect_to_file(const std::string& path) { return connected(AF_UNIX, file(path)); }
int listen_on_port(std::uint16_t port) { return listening(AF_INET, loopback(port)); }
int listen_on_file(const std::string& path) { return listening(AF_UNIX, file(path)); }

std::uint16_t port_of(int listener) {
  sockaddr_in here{};
  socklen_t size = sizeof here;
  if (::getsockname(listener, reinterpret_cast<sockaddr*>(&here), &size) != 0) throw std::runtime_error("a socket without a name");
  return ntohs(here.sin_port);
}

bool send_all(int to, std::string_view data) {
  while (!data.empty()) {
    const auto n = ::send(to, data.data(), data.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    data.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

line_server::line_server(int listener, std::function<void(int)> carry)
    : listener_(listener), carry_(std::move(carry)), acceptor_([this] { accept_all(); }) {}

line_server::~line_server() {
  over_ = true;
  acceptor_.join();
  while (carried_ > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ::close(listener_);
}

void line_server::accept_all() {
  while (!over_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    ++carried_;
    std::thread([this, client] {
      carry_(client);
      ::close(client);
      --carried_;
    }).detach();
  }
}

}  // namespace heed::test
