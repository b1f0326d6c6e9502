#include "tests/support/cut_proxy.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
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

template <class Address>
int connected(int family, const Address& to) {
  const int s = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(s, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return s;
  ::close(s);
  return -1;
}

bool send_all(int to, const char* data, std::size_t size) {
  while (size > 0) {
    const auto n = ::send(to, data, size, MSG_NOSIGNAL);
    if (n <= 0) return false;
    data += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

int connect_to_port(std::uint16_t port) { return connected(AF_INET, loopback(port)); }

int connect_to_file(const std::string& path) {
  sockaddr_un a{};
  a.sun_family = AF_UNIX;
  if (path.size() >= sizeof a.sun_path) return -1;
  std::memcpy(a.sun_path, path.data(), path.size());
  return connected(AF_UNIX, a);
}

cut_proxy::cut_proxy(std::function<int()> to, std::uint16_t port) : to_(std::move(to)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  auto here = loopback(port);
  socklen_t size = sizeof here;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0 || ::listen(listener_, 256) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&here), &size) != 0)
    throw std::runtime_error("the line cannot listen");
  port_ = ntohs(here.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

cut_proxy::~cut_proxy() {
  over_ = true;
  acceptor_.join();
  while (carried_ > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ::close(listener_);
}

void cut_proxy::accept_all() {
  while (!over_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    ++carried_;
    std::thread([this, client] {
      carry(client);
      ::close(client);
      --carried_;
    }).detach();
  }
}

void cut_proxy::carry(int client) {
  const int server = to_();
  const auto breaks = breaks_.load();
  std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
  std::array<char, 65'536> part{};
  bool open = server >= 0;
  while (open && !over_ && breaks_ == breaks) {
    if (::poll(both.data(), both.size(), 10) <= 0) continue;
    for (std::size_t i = 0; open && i < both.size(); ++i) {
      if (both[i].revents == 0) continue;
      const auto n = ::recv(both[i].fd, part.data(), part.size(), 0);
      open = n > 0;
      const bool swallowed = i == 0 ? swallow_requests_ : swallow_answers_;
      if (open && !swallowed) open = send_all(both[1 - i].fd, part.data(), static_cast<std::size_t>(n));
    }
  }
  if (server >= 0) ::close(server);
}

}  // namespace heed::test
