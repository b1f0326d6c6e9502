#pragma once

#include <string>
#include <tl/expected.hpp>

/// One blocking HTTP call of a command to a running node.
namespace heed::commands {

struct http_answer {
  int status = 0;
  std::string body;
};

/// Why there is no answer; `sent` = the request may have been read all the same.
struct http_failure {
  bool sent = false;
  std::string detail;
};

/// JSON there and back; follows nothing, and goes through no proxy to this machine itself.
[[nodiscard]] tl::expected<http_answer, http_failure> call_node(const std::string& method,
                                                                const std::string& url,
                                                                const std::string& api_key,
                                                                const std::string& body);

}  // namespace heed::commands
