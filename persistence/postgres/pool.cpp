#include "persistence/postgres/pool.hpp"

#include <algorithm>

namespace heed::postgres {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::steady_clock::duration shortest_pause = 50ms;
constexpr std::chrono::steady_clock::duration longest_pause = 2s;

}  // namespace

pool::pool(location where, std::function<void()> reconnected)
    : where_(std::move(where)), reconnected_(std::move(reconnected)) {
  idle_.push_back(connect());
}

std::unique_ptr<session> pool::connect() {
  {
    std::lock_guard guard(lock_);
    if (clock::now() < next_try_)
      throw database_error(errc::retry, "the database cannot be reached; it will be tried again shortly");
  }
  try {
    auto made = std::make_unique<session>(where_, purpose::write);
    std::lock_guard guard(lock_);
    pause_ = {};
    return made;
  } catch (...) {
    std::lock_guard guard(lock_);
    pause_ = std::clamp(pause_ * 2, shortest_pause, longest_pause);
    next_try_ = clock::now() + pause_;
    throw;
  }
}

pool::lease::lease(pool& from) : pool_(from) {
  {
    std::unique_lock guard(pool_.lock_);
    pool_.returned_.wait(guard, [&] { return pool_.out_ < pool_.where_.writers; });
    ++pool_.out_;
    if (!pool_.idle_.empty()) {
      held_ = std::move(pool_.idle_.back());
      pool_.idle_.pop_back();
    }
  }
  try {
    if (!held_) held_ = pool_.connect();
  } catch (...) {
    std::lock_guard guard(pool_.lock_);
    --pool_.out_;
    pool_.returned_.notify_one();
    throw;
  }
}

pool::lease::~lease() {
  std::lock_guard guard(pool_.lock_);
  --pool_.out_;
  if (usable()) pool_.idle_.push_back(std::move(held_));
  pool_.returned_.notify_one();
}

void pool::lease::renew() {
  held_.reset();
  held_ = pool_.connect();
  if (pool_.reconnected_) pool_.reconnected_();
}

}  // namespace heed::postgres
