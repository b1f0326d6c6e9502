#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heed::tests {

/// A client that sends exactly the bytes it is told, for what no well-behaved client does. Reads give up
/// after ten seconds, so that a test fails instead of hanging.
class raw_client {
 public:
  explicit raw_client(std::uint16_t port);
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;
  ~raw_client();

  void send(std::string_view bytes);
  /// Reads one whole answer by its Content-Length; `head` has no body. Empty at the end of the connection.
  std::string read_answer(bool head = false);
  /// True when the server has closed; false when something arrives instead.
  bool is_closed();
  void half_close();

 private:
  bool fill();
  int socket_ = -1;
  std::string buffer_;
};

[[nodiscard]] int status_of(const std::string& answer);
[[nodiscard]] std::string body_of(const std::string& answer);
/// A complete HTTP/1.1 request for this path.
[[nodiscard]] std::string get_request(const std::string& path, const std::string& headers = {});
[[nodiscard]] std::string post_request(const std::string& path, const std::string& body,
                                       const std::string& headers = {});

}  // namespace heed::tests
