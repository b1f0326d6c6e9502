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

  /// The console's users as they were read last; null when that was too long ago.
  [[nodiscard]] std::shared_ptr<const user_directory> known_users() const;
  void keep_users(std::shared_ptr<const user_directory> d);
  [[nodiscard]] time_point real_now() const { return opts.real_now ? opts.real_now() : node.now(); }
  /// Runs what takes tens of milliseconds of a processor. False when too many wait already.
  [[nodiscard]] bool run_slowly(std::function<void()> f) const;

  /// False when a request of that name is being answered already.
  [[nodiscard]] bool begin(const std::string& name);
  void end(const std::string& name);

 private:
  struct bucket {
    double tokens = 0;
    std::chrono::steady_clock::time_point at;
  };
  mutable std::mutex mutex_;
  std::shared_ptr<const user_directory> users_;
  std::chrono::steady_clock::time_point users_read_;
  std::unordered_map<std::string, bucket> buckets_;  ///< bounded by the number of valid keys
  std::unordered_set<std::string> under_way_;
};

[[nodiscard]] std::string_view bearer_token(const http::request& r);

}  // namespace heed::api
