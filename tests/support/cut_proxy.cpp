#include "tests/support/cut_proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

namespace heed::test {

cut_proxy::cut_proxy(std::function<int()> to, std::uint16_t port)
    : to_(std::move(to)), listener_(listen_on_port(port)), port_(port_of(listener_)),
      lines_(listener_, [this](int client) { carry(client); }) {}

void cut_proxy::carry(int client) {
  const int server = to_();
  const auto breaks = breaks_.load();
  std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
  std::array<char, 65'536> part{};
  bool open = server >= 0;
  while (open && !lines_.over() && breaks_ == breaks) {
    if (::poll(both.data(), both.size(), 10) <= 0) continue;
    for (std::size_t i = 0; open && i < both.size(); ++i) {
      if (both[i].revents == 0) continue;
      const auto n = ::recv(both[i].fd, part.data(), part.size(), 0);
      open = n > 0;
      const bool swallowed = i == 0 ? swallow_requests_ : swallow_answers_;
      if (open && !swallowed) open = send_all(both[1 - i].fd, {part.data(), static_cast<std::size_t>(n)});
    }
  }
  if (server >= 0) ::close(server);
}

}  // namespace heed::test
