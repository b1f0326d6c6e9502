#include "tests/support/scripted_http.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace heed::test {
namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

void read_head(const std::string& head, scripted_request& r) {
  const auto line_end = head.find("\r\n");
  const auto line = head.substr(0, line_end);
  const auto first = line.find(' ');
  const auto target = line.substr(first + 1, line.rfind(' ') - first - 1);
  r.method = line.substr(0, first);
  r.path = target.substr(0, target.find('?'));
  r.query = target.size() > r.path.size() ? target.substr(r.path.size() + 1) : "";
  for (auto at = line_end; at != std::string::npos && at + 2 < head.size();) {
    const auto end = head.find("\r\n", at + 2);
    const auto header = head.substr(at + 2, end == std::string::npos ? end : end - at - 2);
    if (const auto colon = header.find(": "); colon != std::string::npos)
      r.headers[lower(header.substr(0, colon))] = header.substr(colon + 2);
    at = end;
  }
}

std::string bytes_of(const scripted_answer& a) {
  std::string out = "HTTP/1.1 " + std::to_string(a.status) +
                    " -\r\ncontent-length: " + std::to_string(a.body.size()) + "\r\n";
  for (const auto& [name, value] : a.headers)
    out += name + ": " + value + "\r\n";
  return out + "\r\n" + a.body;
}

}  // namespace

scripted_http::scripted_http(std::function<scripted_answer(const scripted_request&)> play, std::uint16_t port)
    : play_(std::move(play)),
      listener_(listen_on_port(port)),
      port_(port_of(listener_)),
      server_(listener_, [this](int c) { serve(c); }) {}

/// False when the other end has gone, or the test is over.
bool scripted_http::read_more(int client, std::string& buffer) const {
  while (!server_.over()) {
    pollfd waiting{client, POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    std::array<char, 4096> chunk{};
    const auto n = ::recv(client, chunk.data(), chunk.size(), 0);
    if (n <= 0) return false;
    buffer.append(chunk.data(), static_cast<std::size_t>(n));
    return true;
  }
  return false;
}

bool scripted_http::read_request(int client, std::string& buffer, scripted_request& r) const {
  auto end = buffer.find("\r\n\r\n");
  for (; end == std::string::npos; end = buffer.find("\r\n\r\n"))
    if (!read_more(client, buffer)) return false;
  read_head(buffer.substr(0, end), r);
  const auto length = r.headers.contains("content-length") ? std::stoul(r.headers["content-length"]) : 0ul;
  while (buffer.size() < end + 4 + length)
    if (!read_more(client, buffer)) return false;
  r.body = buffer.substr(end + 4, length);
  buffer.erase(0, end + 4 + length);
  return true;
}

void scripted_http::serve(int client) const {
  std::string buffer;
  for (scripted_request r; read_request(client, buffer, r); r = {}) {
    const auto a = play_(r);
    if (a.after == scripted_answer::then::close) return;
    if (a.after == scripted_answer::then::hang) {
      while (read_more(client, buffer)) {
      }
      return;
    }
    if (!send_all(client, bytes_of(a))) return;
  }
}

}  // namespace heed::test
