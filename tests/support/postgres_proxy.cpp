#include "tests/support/postgres_proxy.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>

namespace heed::test {
namespace {

using namespace std::string_view_literals;

/// A simple query: its letter, its length, its text and a zero byte.
constexpr auto commit_message =
    "Q\0\0\0\x0b"
    "commit\0"sv;

std::string option(const std::string& url, const std::string& name) {
  const auto at = url.find(name + "=") + name.size() + 1;
  return url.substr(at, url.find('&', at) - at);
}

std::string file_of(const std::string& server) { return "/.s.PGSQL." + option(server, "port"); }

std::filesystem::path new_folder() {
  auto pattern = (std::filesystem::temp_directory_path() / "heed-proxy-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return pattern;
}

}  // namespace

postgres_proxy::postgres_proxy(const std::string& server)
    : folder_(new_folder()), url_(server.substr(0, server.find('?')) + "?host=" + folder_.string() + "&port=" + option(server, "port")),
      server_socket_(option(server, "host") + file_of(server)),
      lines_(listen_on_file(folder_.string() + file_of(server)), [this](int client) { carry(client); }) {}

postgres_proxy::~postgres_proxy() { std::filesystem::remove_all(folder_); }

void postgres_proxy::carry(int client) {
  const int server = connect_to_file(server_socket_);
  std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
  std::array<char, 65'536> part{};
  bool open = server >= 0;
  bool lost = false;
  const auto cuts = cuts_.load();
  while (open && !lines_.over()) {
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
  if (server >= 0) ::close(server);
}

}  // namespace heed::test
