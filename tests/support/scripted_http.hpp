#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/line_server.hpp"

namespace heed::test {

struct scripted_request {
  std::string method, path, query;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

struct scripted_answer {
  int status = 200;
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {{"content-type", "application/json"}};
  enum class then : std::uint8_t { answer, hang, close } after = then::answer;
};

/// Somebody's HTTP server on the loopback, as far as one function plays it. The function may be called from
/// several threads.
class scripted_http {
 public:
  explicit scripted_http(std::function<scripted_answer(const scripted_request&)> play, std::uint16_t port = 0);
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  void serve(int client) const;
  [[nodiscard]] bool read_more(int client, std::string& buffer) const;
  [[nodiscard]] bool read_request(int client, std::string& buffer, scripted_request& r) const;

  std::function<scripted_answer(const scripted_request&)> play_;
  int listener_;
  std::uint16_t port_;
  line_server server_;
};

}  // namespace heed::test
