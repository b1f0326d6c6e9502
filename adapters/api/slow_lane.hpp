#pragma once

#include <functional>
#include <memory>

namespace heed::api {

/// One thread of its own for work that takes tens of milliseconds, so that no request of anybody else waits
/// for it. What was taken when the last copy goes is dropped.
class slow_lane {
 public:
  explicit slow_lane(std::size_t most_waiting);
  /// False when too much waits already.
  [[nodiscard]] bool operator()(std::function<void()> f) const;

 private:
  struct shared;
  std::shared_ptr<shared> inside_;
  std::shared_ptr<void> stop_;
};

}  // namespace heed::api
