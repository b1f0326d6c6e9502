#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The HTTP listener: bytes to `request`, `response` to bytes, within limits. It knows no route and no actor.
namespace heed::http {

struct request {
  std::string method;
  std::string target;                     ///< path and query as sent
  std::string path;                       ///< decoded path
  std::vector<std::pair<std::string, std::string>> query;   ///< decoded
  std::vector<std::pair<std::string, std::string>> headers; ///< names lower case
  std::string body;
  std::string peer;                       ///< remote address, for limits; not logged
  [[nodiscard]] std::string_view header(std::string_view name) const;
  [[nodiscard]] std::string_view query_value(std::string_view name) const;
};

class live_body;

struct response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  /// An answer without an end: after `body` comes whatever is pushed there, until either side closes.
  std::shared_ptr<live_body> live = nullptr;
};

/// One-shot; may be called from any thread; later calls are ignored. Destroying it unanswered answers 503.
class reply {
 public:
  using fn = std::function<void(response)>;
  explicit reply(fn f);
  void operator()(response r) const;
 private:
  struct slot;
  std::shared_ptr<slot> slot_;
};

struct server_options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;                 ///< 0 = any free one
  std::size_t max_body = 8 * 1024 * 1024;
  std::size_t max_header = 16 * 1024;
  std::size_t max_connections = 4'096;
  std::chrono::milliseconds read_timeout{30'000};   ///< one whole request, and one whole answer being taken
  std::chrono::milliseconds answer_timeout{60'000};
  unsigned threads = 1;
  /// Called on every answer the server makes itself, before any handler: to add what all answers carry.
  std::function<void(response&)> on_own_answer;
};

class server {
 public:
  virtual ~server() = default;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Stops accepting, lets running requests be answered until the deadline; then those that were not are answered 503
  /// and everything is closed.
  virtual void drain(std::chrono::milliseconds deadline) = 0;
};
using handler = std::function<void(request, reply)>;
/// Throws std::runtime_error naming address and port when it cannot listen.
[[nodiscard]] std::unique_ptr<server> listen(const server_options& o, handler h);

}  // namespace heed::http
