#include <algorithm>
#include <mutex>

#include "adapters/outbound/curl_lane.hpp"

namespace heed::outbound {

namespace {

/// Mail servers take few connections from one client.
constexpr std::size_t smtp_slots_max = 16;

/// HTTP and SMTP in a lane each: curl waits for the answer to QUIT when it closes an SMTP connection, and a
/// mail server that does not answer must not stand in the way of anything else.
class curl_transport final : public transport {
 public:
  explicit curl_transport(std::size_t max_connections)
      : max_connections_(std::max<std::size_t>(1, max_connections)), http_(max_connections_) {}

  void start(call c, std::function<bool()> may_start, done when_done) override {
    auto& lane = c.url.starts_with("smtp") ? mail() : http_;
    lane.start(std::move(c), std::move(may_start), std::move(when_done));
  }

  std::size_t running() const override {
    const std::lock_guard lock(mutex_);
    return http_.running() + (mail_ ? mail_->running() : 0);
  }

 private:
  /// Made at the first mail: most installations send none.
  curl_lane& mail() {
    const std::lock_guard lock(mutex_);
    if (!mail_) mail_ = std::make_unique<curl_lane>(std::min(max_connections_, smtp_slots_max));
    return *mail_;
  }

  const std::size_t max_connections_;
  curl_lane http_;
  mutable std::mutex mutex_;
  std::unique_ptr<curl_lane> mail_;
};

}  // namespace

std::unique_ptr<transport> make_curl_transport(std::size_t max_connections) {
  return std::make_unique<curl_transport>(max_connections);
}

}  // namespace heed::outbound
