#include "tests/unit/support/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <stdexcept>

namespace heed::tests {

raw_client::raw_client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval limit{10, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    ::close(socket_);
    throw std::runtime_error("connection refused");
  }
}

raw_client::~raw_client() { ::close(socket_); }

void raw_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;  // the server has had enough; what it says is read next
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

bool raw_client::fill() {
  char data[16 * 1024];
  const auto n = ::recv(socket_, data, sizeof data, 0);
  if (n <= 0) return false;
  buffer_.append(data, static_cast<std::size_t>(n));
  return true;
}

std::string raw_client::read_answer(bool head) {
  std::size_t end;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
    if (!fill()) return {};
  end += 4;
  std::size_t length = 0;
  const auto at = buffer_.find("Content-Length: ");
  if (!head && at < end) length = std::stoul(buffer_.substr(at + 16));
  while (buffer_.size() < end + length)
    if (!fill()) return {};
  auto answer = buffer_.substr(0, end + length);
  buffer_.erase(0, end + length);
  return answer;
}

bool raw_client::is_closed() { return buffer_.empty() && !fill(); }

void raw_client::half_close() { ::shutdown(socket_, SHUT_WR); }

int status_of(const std::string& answer) { return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3)); }

std::string body_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string{} : answer.substr(end + 4);
}

std::string get_request(const std::string& path, const std::string& headers) {
  return "GET " + path + " HTTP/1.1\r\nHost: heed\r\n" + headers + "\r\n";
}

std::string post_request(const std::string& path, const std::string& body, const std::string& headers) {
  return "POST " + path + " HTTP/1.1\r\nHost: heed\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace heed::tests
