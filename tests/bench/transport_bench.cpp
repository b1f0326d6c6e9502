// Small POSTs per second through the transport to a loopback server with 128 in flight. Both ends run in this
// process and share its processors.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>

#include "adapters/outbound/sender.hpp"
#include "tests/support/sending.hpp"
#include "tests/support/stand_in.hpp"

namespace {

constexpr std::size_t in_flight = 128;

/// Keeps `in_flight` calls going until `total` have ended.
class driver {
 public:
  driver(heed::outbound::transport& t, std::string url, std::size_t total)
      : transport_(t), url_(std::move(url)), total_(total) {}

  void run() {
    for (std::size_t i = 0; i < in_flight && i < total_; ++i)
      next();
    std::unique_lock lock(mutex_);
    ended_changed_.wait(lock, [&] { return ended_ == total_; });
  }
  [[nodiscard]] std::size_t failed() const { return failed_; }

 private:
  void next() {
    const std::size_t number = started_++;
    if (number >= total_) return;
    heed::outbound::call c;
    c.url = url_ + "/send";
    const std::string name = "lead_" + std::to_string(number);
    c.headers = {{"content-type", "application/json"}, {"idempotency-key", name}};
    c.body =
        R"({"lead":")" + name + R"(","step":"0","text":"Hi Ana, a short question about spring hiring."})";
    transport_.start(
        std::move(c), [] { return true; }, [this](const heed::outbound::answer& a) { end(a); });
  }

  void end(const heed::outbound::answer& a) {
    if (a.status != 200) ++failed_;
    next();
    const std::lock_guard lock(mutex_);
    if (++ended_ == total_) ended_changed_.notify_all();
  }

  heed::outbound::transport& transport_;
  const std::string url_;
  const std::size_t total_;
  std::atomic<std::size_t> started_{0}, failed_{0};
  std::mutex mutex_;
  std::condition_variable ended_changed_;
  std::size_t ended_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const std::size_t total = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100'000;
  heed::test::stand_in server;
  const auto wire = heed::outbound::make_curl_transport(in_flight);
  driver d(*wire, server.http_url(), total);
  const auto begin = std::chrono::steady_clock::now();
  d.run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const auto t = server.book().count();
  std::printf(
      "transport: %zu POSTs, %zu in flight, %.2f s, %.0f per second; failed %zu, accepted %llu, twice %llu, "
      "connections %llu\n",
      total, in_flight, took.count(), static_cast<double>(total) / took.count(), d.failed(),
      static_cast<unsigned long long>(t.accepted), static_cast<unsigned long long>(t.keys_twice),
      static_cast<unsigned long long>(t.connections));
  return d.failed() == 0 && t.keys_twice == 0 ? 0 : 1;
}
