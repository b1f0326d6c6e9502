#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "adapters/outbound/sender.hpp"
#include "tests/support/sending.hpp"
#include "tests/support/stand_in.hpp"

#define CAF_SUITE sender_transport
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::outbound;
using namespace heed::test;
using mode = behaviour::mode;
using phase = answer::phase;

namespace {

/// Collects answers and lets the test wait for a number of them.
class answers {
 public:
  transport::done take() {
    return [this](answer a) {
      const std::lock_guard lock(mutex_);
      got_.push_back(std::move(a));
      changed_.notify_all();
    };
  }
  std::vector<answer> wait_for(std::size_t n) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return got_.size() >= n; });
    return got_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<answer> got_;
};

call sink_call(const stand_in& s, const std::string& lead) {
  call c;
  c.url = s.http_url() + "/send";
  c.headers = {{"content-type", "application/json"}, {"x-heed-effect", lead}};
  c.body = R"({"lead":")" + lead + R"(","step":"0"})";
  c.timeout = std::chrono::milliseconds(5'000);
  return c;
}

bool always() { return true; }

/// A port of this machine on which nobody listens: bound, not listening.
struct deaf_port {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor acceptor{io};
  deaf_port() {
    acceptor.open(boost::asio::ip::tcp::v4());
    acceptor.bind({boost::asio::ip::address_v4::loopback(), 0});
  }
  [[nodiscard]] std::string url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";
  }
};

/// Takes one connection and listens no more; reads a request with a body for each reply and answers it (with
/// nothing when the reply is empty), then closes.
class canned_server {
 public:
  explicit canned_server(std::vector<std::string> replies)
      : replies_(std::move(replies)), thread_([this] { serve(); }) {}
  ~canned_server() {
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }
  /// The last request's bytes; waits until all have been served.
  [[nodiscard]] std::string request() {
    thread_.join();
    return request_;
  }

 private:
  void serve() {
    namespace asio = boost::asio;
    auto socket = acceptor_.accept();
    acceptor_.close();
    std::array<char, 4096> chunk{};
    for (const auto& reply : replies_) {
      request_.clear();
      while (!request_.ends_with("}"))
        request_.append(chunk.data(), socket.read_some(asio::buffer(chunk)));
      asio::write(socket, asio::buffer(reply));
    }
  }

  const std::vector<std::string> replies_;
  std::string request_;
  boost::asio::io_context io_;
  boost::asio::ip::tcp::acceptor acceptor_{io_, {boost::asio::ip::address_v4::loopback(), 0}};
  const std::uint16_t port_ = acceptor_.local_endpoint().port();
  std::thread thread_;
};

}  // namespace

CAF_TEST(nobody listening and no such host are not connected) {
  const auto wire = make_curl_transport(2);
  const deaf_port deaf;
  call c;
  c.url = deaf.url();
  c.body = "{}";
  auto a = perform(*wire, c);
  CAF_CHECK(a.reached == phase::not_connected);
  CAF_CHECK_EQUAL(a.error, "connect_failed");
  c.url = "http://no-such-host.invalid/";
  a = perform(*wire, c);
  CAF_CHECK(a.reached == phase::not_connected);
  CAF_CHECK_EQUAL(a.error, "dns");
  c.url = "file:///etc/hostname";
  a = perform(*wire, c);
  CAF_CHECK(a.reached == phase::not_connected);
  CAF_CHECK(a.body.empty());
}

CAF_TEST(plain HTTP behind an https address is not connected and sends nothing) {
  stand_in provider;
  const auto wire = make_curl_transport(2);
  call c = sink_call(provider, "lead_1");
  c.url = "https://127.0.0.1:" + std::to_string(provider.http_port()) + "/send";
  const auto a = perform(*wire, c);
  CAF_CHECK(a.reached == phase::not_connected);
  CAF_CHECK(provider.book().count().accepted == 0u);
}

CAF_TEST(a call that may not start any more is not made) {
  stand_in provider;
  const auto wire = make_curl_transport(2);
  answers got;
  wire->start(
      sink_call(provider, "lead_1"), [] { return false; }, got.take());
  const auto a = got.wait_for(1).at(0);
  CAF_CHECK(a.reached == phase::not_connected);
  CAF_CHECK_EQUAL(a.error, "start_by");
  CAF_CHECK(provider.book().count().connections == 0u);
}

CAF_TEST(permission is asked only when a slot is free) {
  stand_in provider;
  behaviour hang;
  hang.what = mode::accept_then_hang;
  provider.control(hang);
  const auto wire = make_curl_transport(1);
  answers got;
  call first = sink_call(provider, "lead_1");
  first.timeout = std::chrono::milliseconds(300);
  std::atomic<bool> first_ended{false}, asked_early{false};
  auto collect = got.take();
  wire->start(first, always, [&](answer a) {
    first_ended = true;
    collect(std::move(a));
  });
  wire->start(
      sink_call(provider, "lead_2"),
      [&] {
        if (!first_ended) asked_early = true;
        return false;
      },
      got.take());
  CAF_CHECK_EQUAL(wire->running(), 2u);
  const auto both = got.wait_for(2);
  CAF_CHECK(both.at(0).error == "timed_out");
  CAF_CHECK(both.at(1).error == "start_by");
  CAF_CHECK(!asked_early);
  CAF_CHECK_EQUAL(wire->running(), 0u);
}

CAF_TEST(many calls share no more connections than slots) {
  stand_in provider;
  constexpr std::size_t slots = 4, calls = 200;
  const auto wire = make_curl_transport(slots);
  answers got;
  for (std::size_t i = 0; i < calls; ++i)
    wire->start(sink_call(provider, "lead_" + std::to_string(i)), always, got.take());
  for (const auto& a : got.wait_for(calls))
    CAF_CHECK_EQUAL(a.status, 200);
  const auto t = provider.book().count();
  CAF_CHECK_EQUAL(t.accepted, calls);
  CAF_CHECK_EQUAL(t.keys_twice, 0u);
  CAF_CHECK(t.connections <= slots);
}

CAF_TEST(redirects are not followed) {
  stand_in provider;
  const canned_server moved(
      {"HTTP/1.1 307 Moved\r\nLocation: " + provider.http_url() + "/send\r\nContent-Length: 0\r\n\r\n"});
  const auto wire = make_curl_transport(1);
  call c = sink_call(provider, "lead_1");
  c.url = moved.url();
  const auto a = perform(*wire, c);
  CAF_CHECK_EQUAL(a.status, 307);
  CAF_CHECK(provider.book().count().connections == 0u);
}

CAF_TEST(an answer cut short is no answer) {
  stand_in provider;
  const canned_server cut({"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":"});
  const auto wire = make_curl_transport(1);
  call c = sink_call(provider, "lead_1");
  c.url = cut.url();
  const auto a = perform(*wire, c);
  CAF_CHECK(a.reached == phase::sent_no_answer);
  CAF_CHECK_EQUAL(a.error, "closed");
}

// curl wants to repeat a request whose kept-alive connection closed without an answer; it may connect for
// that, but has no way to send the body again. What was read once stays "may have been read", even if the
// server is gone by then.
CAF_TEST(a server that reads a request on a kept-alive connection and dies is no definite failure) {
  stand_in provider;
  const canned_server dying({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", ""});
  const auto wire = make_curl_transport(1);
  call c = sink_call(provider, "lead_1");
  c.url = dying.url();
  CAF_CHECK(perform(*wire, c).status == 200);
  CAF_CHECK(perform(*wire, c).reached == phase::sent_no_answer);
}

CAF_TEST(the request on the wire has a length and no chunks and no Expect) {
  stand_in provider;
  canned_server once({"HTTP/1.1 200 OK\r\nX-One: 1\r\nX-One: 2\r\nContent-Length: 2\r\n\r\nok"});
  const auto wire = make_curl_transport(1);
  call c = sink_call(provider, "lead_1");
  c.url = once.url();
  const auto a = perform(*wire, c);
  CAF_CHECK_EQUAL(a.body, "ok");
  const std::vector<std::pair<std::string, std::string>> expected{
      {"x-one", "1"}, {"x-one", "2"}, {"content-length", "2"}};
  CAF_CHECK(a.headers == expected);
  const std::string sent = once.request();
  CAF_CHECK(sent.starts_with("POST / HTTP/1.1\r\n"));
  CAF_CHECK(sent.find("Content-Length: " + std::to_string(c.body.size()) + "\r\n") != std::string::npos);
  CAF_CHECK(sent.find("Transfer-Encoding") == std::string::npos);
  CAF_CHECK(sent.find("Expect") == std::string::npos);
  CAF_CHECK(sent.find("Cookie") == std::string::npos);
}

CAF_TEST(a lost kept-alive connection under load sends nothing twice) {
  stand_in provider;
  behaviour b;
  b.what = mode::close_after_request;
  b.fraction = 0.3;
  b.seed = 7;
  provider.control(b);
  const auto wire = make_curl_transport(8);
  answers got;
  constexpr std::size_t calls = 400;
  for (std::size_t i = 0; i < calls; ++i)
    wire->start(sink_call(provider, "lead_" + std::to_string(i)), always, got.take());
  std::size_t answered = 0, doubtful = 0;
  for (const auto& a : got.wait_for(calls))
    (a.reached == phase::answered ? answered : doubtful) += 1;
  const auto t = provider.book().count();
  CAF_CHECK_EQUAL(t.arrivals, calls);
  CAF_CHECK_EQUAL(t.accepted, answered);
  CAF_CHECK_EQUAL(t.refused, doubtful);
  CAF_CHECK(doubtful > calls / 5);
}

CAF_TEST(shutdown reports every call once) {
  stand_in provider;
  behaviour slow;
  slow.latency = std::chrono::milliseconds(200);
  provider.control(slow);
  answers got;
  {
    const auto wire = make_curl_transport(2);
    for (int i = 0; i < 6; ++i)
      wire->start(sink_call(provider, "lead_" + std::to_string(i)), always, got.take());
  }
  // The destructor has returned: nothing more can come.
  const auto all = got.wait_for(6);
  CAF_CHECK_EQUAL(all.size(), 6u);
  std::size_t answered = 0;
  for (const auto& a : all) {
    if (a.reached == phase::answered)
      ++answered;
    else
      CAF_CHECK_EQUAL(a.error, "shutdown");
  }
  CAF_CHECK_EQUAL(answered, provider.book().count().accepted);
  CAF_CHECK(answered <= 2u);
}

CAF_TEST(an answer that starts another call is served) {
  stand_in provider;
  const auto wire = make_curl_transport(1);
  answers got;
  wire->start(sink_call(provider, "lead_1"), always,
              [&](answer) { wire->start(sink_call(provider, "lead_2"), always, got.take()); });
  CAF_CHECK(got.wait_for(1).at(0).status == 200);
  CAF_CHECK(provider.book().count().connections == 1u);
}
