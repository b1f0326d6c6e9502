#include "tests/support/postgres_proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace heed::test {
namespace {

using namespace std::string_view_literals;

/// A simple query: its letter, its length, its text and a zero byte.
constexpr auto commit_message =
    "Q\0\0\0\x0b"
    "commit\0"sv;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un a{};
  a.sun_family = AF_UNIX;
  if (path.size() >= sizeof a.sun_path) throw std::runtime_error("the socket's path is too long");
  std::memcpy(a.sun_path, path.data(), path.size());
  return a;
}

std::string option(const std::string& url, const std::string& name) {
  const auto at = url.find(name + "=") + name.size() + 1;
  return url.substr(at, url.find('&', at) - at);
}

bool send_all(int to, std::string_view data) {
  while (!data.empty()) {
    const auto n = ::send(to, data.data(), data.size(), MSG_NOSIGNAL);
    if (n <= 0) return false;
    data.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

postgres_proxy::postgres_proxy(const std::string& server) {
  auto pattern = (std::filesystem::temp_directory_path() / "heed-proxy-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = pattern;
  const auto file = "/.s.PGSQL." + option(server, "port");
  server_socket_ = option(server, "host") + file;
  url_ = server.substr(0, server.find('?')) + "?host=" + pattern + "&port=" + option(server, "port");
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto here = address_of(pattern + file);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0 ||
      ::listen(listener_, 16) != 0)
    throw std::runtime_error("the proxy cannot listen");
  acceptor_ = std::thread([this] { accept_all(); });
}

postgres_proxy::~postgres_proxy() {
  over_ = true;
  acceptor_.join();
  while (carried_ > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  ::close(listener_);
  std::filesystem::remove_all(folder_);
}

void postgres_proxy::accept_all() {
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

void postgres_proxy::carry(int client) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto there = address_of(server_socket_);
  std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
  std::array<char, 65'536> part{};
  bool open = ::connect(server, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0;
  bool lost = false;
  const auto cuts = cuts_.load();
  while (open && !over_) {
    if (::poll(both.data(), both.size(), 20) <= 0) {
      open = cuts_ == cuts;
      continue;
    }
    for (std::size_t i = 0; open && i < both.size(); ++i) {
      if (both[i].revents == 0) continue;
      const auto n = ::recv(both[i].fd, part.data(), part.size(), 0);
      // The server's answer to the lost commit proves that it was carried out.
      open = n > 0 && !(lost && i == 1);
      if (!open) break;
      const std::string_view data(part.data(), static_cast<std::size_t>(n));
      if (cuts_ != cuts) {
        (void)send_all(both[1 - i].fd, data.substr(0, data.size() / 2));
        open = false;
        break;
      }
      if (i == 0 && data.find(commit_message) != std::string_view::npos) lost = armed_.exchange(false);
      open = send_all(both[1 - i].fd, data);
    }
  }
  ::close(server);
}

}  // namespace heed::test
