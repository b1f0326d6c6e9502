#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace heed::http {

/// The rest of an answer that has no end (server-sent events). Thread-safe; bounded, so that a client that
/// does not read costs no memory: what does not fit is refused, and whoever pushes decides what the client is
/// told instead.
class live_body {
 public:
  explicit live_body(std::size_t most_bytes) : most_(most_bytes) {}

  /// False when it does not fit (nothing of it was taken), or when the client has gone.
  bool push(std::string_view bytes);
  /// The answer ends once what was pushed has been sent.
  void close();
  [[nodiscard]] bool is_gone() const;

  // The connection's side.
  /// Called after every push, from any thread; replaced by nothing once the client has gone.
  void attach(std::function<void()> wake);
  [[nodiscard]] std::string take();
  [[nodiscard]] bool is_closed() const;
  void leave();

 private:
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::string pending_;
  std::function<void()> wake_;
  bool closed_ = false;
  bool gone_ = false;
};

}  // namespace heed::http
