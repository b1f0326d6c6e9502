#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "persistence/postgres/session.hpp"

namespace heed::postgres {

/// The connections that commit. A lost one is made again when it is next needed; while the server is away
/// callers hear of it at once, and the tries grow apart.
class pool {
 public:
  pool(location where, std::function<void()> reconnected);

  /// One connection for one caller; waits while all are in use.
  class lease {
   public:
    explicit lease(pool& from);
    ~lease();
    lease(const lease&) = delete;
    lease& operator=(const lease&) = delete;

    [[nodiscard]] session& operator*() { return *held_; }
    [[nodiscard]] session* operator->() { return held_.get(); }
    /// False once the connection was lost.
    [[nodiscard]] bool usable() const { return held_ && held_->usable(); }
    /// Gives the connection up, so that the next caller finds the server that takes writes now.
    void drop() { held_.reset(); }
    /// A connection in place of one that was lost before anything was asked of it.
    void renew();

   private:
    pool& pool_;
    std::unique_ptr<session> held_;
  };

 private:
  using clock = std::chrono::steady_clock;

  [[nodiscard]] std::unique_ptr<session> connect();

  location where_;
  std::function<void()> reconnected_;
  std::mutex lock_;
  std::condition_variable returned_;
  std::size_t out_ = 0;
  std::vector<std::unique_ptr<session>> idle_;
  clock::duration pause_{};
  clock::time_point next_try_{};
};

}  // namespace heed::postgres
