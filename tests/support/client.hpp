#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

/// A caller of Heed's HTTP API, as a developer's program would be: one kept-alive connection, blocking.
namespace heed::test {

struct http_answer {
  int status = 0;  ///< 0 = no answer
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names lower case

  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body, nullptr, false); }
  [[nodiscard]] std::string header(const std::string& name) const;
};

class client {
 public:
  explicit client(std::string base_url, std::string bearer = {});
  ~client();
  client(client&&) noexcept;
  client& operator=(client&&) noexcept;

  using extra_headers = std::vector<std::string>;  ///< "Name: value"
  http_answer get(const std::string& path, const extra_headers& extra = {});
  http_answer post(const std::string& path, const std::string& body, const extra_headers& extra = {});
  http_answer post(const std::string& path, const nlohmann::json& body, const extra_headers& extra = {}) {
    return post(path, body.dump(), extra);
  }
  http_answer put(const std::string& path, const nlohmann::json& body, const extra_headers& extra = {});
  http_answer call(const std::string& method, const std::string& path, const std::string& body, const extra_headers& extra);

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace heed::test
