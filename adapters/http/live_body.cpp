#include "adapters/http/live_body.hpp"

#include <utility>

namespace heed::http {

bool live_body::push(std::string_view bytes) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    if (gone_ || closed_ || pending_.size() + bytes.size() > most_) return false;
    // Whoever is awake already takes this too.
    if (pending_.empty()) wake = wake_;
    pending_.append(bytes);
  }
  if (wake) wake();
  return true;
}

void live_body::close() {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    wake = wake_;
  }
  if (wake) wake();
}

bool live_body::is_gone() const {
  const std::lock_guard lock(mutex_);
  return gone_;
}

void live_body::attach(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

std::string live_body::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(pending_, {});
}

bool live_body::is_closed() const {
  const std::lock_guard lock(mutex_);
  return closed_ && pending_.empty();
}

void live_body::leave() {
  const std::lock_guard lock(mutex_);
  gone_ = true;
  wake_ = nullptr;
  pending_.clear();
}

}  // namespace heed::http
