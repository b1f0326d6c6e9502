#include "adapters/api/slow_lane.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace heed::api {

struct slow_lane::shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::function<void()>> waiting;
  std::size_t most = 0;
  bool stopped = false;

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      changed.wait(lock, [&] { return stopped || !waiting.empty(); });
      if (stopped) return;
      auto next = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      next();
      next = nullptr;
      lock.lock();
    }
  }
};

slow_lane::slow_lane(std::size_t most_waiting) : inside_(std::make_shared<shared>()) {
  inside_->most = most_waiting;
  auto* thread = new std::thread([inside = inside_] { inside->run(); });
  // The last copy may go on the lane's own thread, with the work that holds it; nobody can join itself.
  stop_ = std::shared_ptr<void>(thread, [inside = inside_](void* p) {
    const std::unique_ptr<std::thread> t(static_cast<std::thread*>(p));
    std::deque<std::function<void()>> dropped;
    {
      const std::lock_guard lock(inside->mutex);
      inside->stopped = true;
      dropped.swap(inside->waiting);
    }
    inside->changed.notify_all();
    t->get_id() == std::this_thread::get_id() ? t->detach() : t->join();
  });
}

bool slow_lane::operator()(std::function<void()> f) const {
  {
    const std::lock_guard lock(inside_->mutex);
    if (inside_->waiting.size() >= inside_->most) return false;
    inside_->waiting.push_back(std::move(f));
  }
  inside_->changed.notify_one();
  return true;
}

}  // namespace heed::api
