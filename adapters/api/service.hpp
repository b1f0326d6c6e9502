#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "adapters/api/call.hpp"

namespace heed::api {

/// What all requests share: the engine, the options, the quota's buckets and the POSTs under way.
class service {
 public:
  service(engine& e, options o) : node(e), opts(std::move(o)) {}

  engine& node;
  const options opts;

  /// Takes one token of the key's bucket; seconds to wait when it is empty.
  [[nodiscard]] std::optional<unsigned> meter(const api_key_row& key);

  /// False when a request of that name is being answered already.
  [[nodiscard]] bool begin(const std::string& name);
  void end(const std::string& name);

 private:
  struct bucket {
    double tokens = 0;
    std::chrono::steady_clock::time_point at;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, bucket> buckets_;  ///< bounded by the number of valid keys
  std::unordered_set<std::string> under_way_;
};

[[nodiscard]] std::string_view bearer_token(const http::request& r);

}  // namespace heed::api
