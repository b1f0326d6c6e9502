#pragma once

#include <spdlog/logger.h>

namespace heed {

/// While one lives, what happens on its thread is not logged: a made-up world's decisions beside real ones
/// would mislead whoever reads the log.
class quiet_thread {
 public:
  quiet_thread() { ++depth(); }
  ~quiet_thread() { --depth(); }
  quiet_thread(const quiet_thread&) = delete;
  quiet_thread& operator=(const quiet_thread&) = delete;
  [[nodiscard]] static bool is_here() { return depth() > 0; }

 private:
  static int& depth() {
    thread_local int n = 0;
    return n;
  }
};

/// A logger that heeds it.
class considerate_logger final : public spdlog::logger {
 public:
  using spdlog::logger::logger;

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (!quiet_thread::is_here()) spdlog::logger::sink_it_(message);
  }
};

}  // namespace heed
