#include "adapters/outbound/curl_lane.hpp"

#include <stdexcept>

namespace heed::outbound {

namespace {

constexpr int poll_ms = 1'000;

void init_curl_once() {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) throw std::runtime_error("libcurl could not be initialised");
}

}  // namespace

curl_lane::curl_lane(std::size_t slots) : slots_(slots) {
  init_curl_once();
  multi_ = curl_multi_init();
  if (multi_ == nullptr) throw std::runtime_error("libcurl gave no multi handle");
  curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, static_cast<long>(slots));
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(slots));
  thread_ = std::thread([this] { run(); });
}

curl_lane::~curl_lane() {
  stopping_.store(true, std::memory_order_release);
  curl_multi_wakeup(multi_);
  thread_.join();
  for (CURL* easy : spares_)
    curl_easy_cleanup(easy);
  curl_multi_cleanup(multi_);
}

void curl_lane::start(call c, std::function<bool()> may_start, transport::done when_done) {
  running_.fetch_add(1, std::memory_order_acq_rel);
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = incoming_.empty();
    incoming_.push_back({std::move(c), std::move(may_start), std::move(when_done)});
  }
  // The lane's own thread looks again before it sleeps.
  if (first && std::this_thread::get_id() != thread_.get_id()) curl_multi_wakeup(multi_);
}

void curl_lane::run() {
  using clock = std::chrono::steady_clock;
  std::optional<clock::time_point> deadline;
  while (true) {
    take_incoming();
    if (stopping_.load(std::memory_order_acquire)) {
      refuse_waiting();
      if (!deadline) deadline = clock::now() + shutdown_grace;
      if (clock::now() >= *deadline) cut_off();
      if (active_.empty() && !has_incoming()) return;
    }
    while (!waiting_.empty() && active_.size() < slots_) {
      request r = std::move(waiting_.front());
      waiting_.pop_front();
      begin(std::move(r));
    }
    int handles = 0;
    curl_multi_perform(multi_, &handles);
    finish_ended();
    if (has_incoming() || (!waiting_.empty() && active_.size() < slots_)) continue;
    if (stopping_.load(std::memory_order_acquire) && active_.empty()) continue;
    curl_multi_poll(multi_, nullptr, 0, stopping_.load(std::memory_order_acquire) ? 50 : poll_ms, nullptr);
  }
}

void curl_lane::take_incoming() {
  std::vector<request> fresh;
  {
    const std::lock_guard lock(mutex_);
    fresh.swap(incoming_);
  }
  for (auto& r : fresh)
    waiting_.push_back(std::move(r));
}

bool curl_lane::has_incoming() {
  const std::lock_guard lock(mutex_);
  return !incoming_.empty();
}

CURL* curl_lane::spare_easy() {
  if (spares_.empty()) return curl_easy_init();
  CURL* easy = spares_.back();
  spares_.pop_back();
  return easy;
}

void curl_lane::begin(request r) {
  CURL* easy = spare_easy();
  if (easy == nullptr) return refuse(r.when_done, "no_handle");
  auto running = std::make_unique<curl_call>(std::move(r.what), r.when_done, easy);
  const char* refusal = running->prepare();
  if (refusal == nullptr && !r.may_start()) refusal = "start_by";
  if (refusal != nullptr) {
    curl_easy_reset(easy);
    spares_.push_back(easy);
    return refuse(r.when_done, refusal);
  }
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) {
    curl_easy_cleanup(easy);
    return refuse(r.when_done, "no_handle");
  }
  active_.emplace(easy, std::move(running));
}

void curl_lane::refuse(const transport::done& when_done, const char* why) {
  answer a;
  a.error = why;
  running_.fetch_sub(1, std::memory_order_acq_rel);
  when_done(std::move(a));
}

void curl_lane::finish_ended() {
  int left = 0;
  while (const CURLMsg* m = curl_multi_info_read(multi_, &left))
    if (m->msg == CURLMSG_DONE) finish(m->easy_handle, m->data.result);
}

void curl_lane::finish(CURL* easy, CURLcode code) {
  const auto found = active_.find(easy);
  const auto ended = std::move(found->second);
  active_.erase(found);
  answer a = ended->conclude(code);
  curl_multi_remove_handle(multi_, easy);
  curl_easy_reset(easy);
  spares_.push_back(easy);
  running_.fetch_sub(1, std::memory_order_acq_rel);
  ended->report(std::move(a));
}

void curl_lane::refuse_waiting() {
  while (!waiting_.empty()) {
    const request r = std::move(waiting_.front());
    waiting_.pop_front();
    refuse(r.when_done, "shutdown");
  }
}

void curl_lane::cut_off() {
  while (!active_.empty())
    finish(active_.begin()->first, CURLE_ABORTED_BY_CALLBACK);
}

}  // namespace heed::outbound
