#pragma once

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "adapters/outbound/curl_call.hpp"

namespace heed::outbound {

/// One thread with one curl multi stack and a fixed number of slots. A call without a slot waits here, never
/// inside curl, so that `may_start` is asked when its request can really go out. Everything but `start` and
/// `running` happens on the lane's thread, `done` included; a `done` must be short and may call `start`.
class curl_lane {
 public:
  explicit curl_lane(std::size_t slots);
  /// Calls that never started are reported `not_connected`, "shutdown"; running ones get `shutdown_grace` to
  /// end, then they are cut off and reported by what had been written. Must not be called from a `done`.
  ~curl_lane();
  curl_lane(const curl_lane&) = delete;
  curl_lane& operator=(const curl_lane&) = delete;

  void start(call c, std::function<bool()> may_start, transport::done when_done);
  [[nodiscard]] std::size_t running() const { return running_.load(std::memory_order_acquire); }

  static constexpr auto shutdown_grace = std::chrono::seconds(5);

 private:
  struct request {
    call what;
    std::function<bool()> may_start;
    transport::done when_done;
  };

  void run();
  void take_incoming();
  void begin(request r);
  void refuse(const transport::done& when_done, const char* why);
  void finish_ended();
  void finish(CURL* easy, CURLcode code);
  void refuse_waiting();
  void cut_off();
  [[nodiscard]] bool has_incoming();
  [[nodiscard]] CURL* spare_easy();

  const std::size_t slots_;
  CURLM* multi_ = nullptr;
  std::mutex mutex_;
  std::vector<request> incoming_;  ///< guarded by mutex_
  std::deque<request> waiting_;
  std::unordered_map<CURL*, std::unique_ptr<curl_call>> active_;
  std::vector<CURL*> spares_;
  std::atomic<std::size_t> running_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace heed::outbound
