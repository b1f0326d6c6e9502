#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "adapters/http/server.hpp"
#include "tests/unit/support/raw_client.hpp"

#define CAF_SUITE http_server
#include <caf/test/dsl.hpp>

using namespace heed::http;
using namespace heed::tests;
using namespace std::chrono_literals;

namespace {

/// Answers with what it was asked.
void echo(request r, const reply& give) {
  response a;
  a.type = "text/plain";
  a.body = r.method + " " + r.path + " " + r.body;
  give(std::move(a));
}

/// Keeps replies, so that a test answers them when it wants.
struct keeper {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<reply> kept;
  handler take() {
    return [this](request, reply give) {
      const std::lock_guard lock(mutex);
      kept.push_back(std::move(give));
      changed.notify_all();
    };
  }
  bool empty() {
    const std::lock_guard lock(mutex);
    return kept.empty();
  }
  reply next() {
    std::unique_lock lock(mutex);
    if (!changed.wait_for(lock, 10s, [this] { return !kept.empty(); }))
      throw std::runtime_error("no request came");
    auto give = kept.front();
    kept.erase(kept.begin());
    return give;
  }
};

bool is_problem(const std::string& answer, int status) {
  return status_of(answer) == status &&
         answer.find("Content-Type: application/problem+json\r\n") != std::string::npos;
}

}  // namespace

CAF_TEST(a connection is kept and pipelined requests are answered in their order) {
  const auto s = listen({}, echo);
  raw_client c(s->port());
  c.send(get_request("/a") + post_request("/b", "x") + get_request("/c"));
  CAF_CHECK_EQUAL(body_of(c.read_answer()), "GET /a ");
  CAF_CHECK_EQUAL(body_of(c.read_answer()), "POST /b x");
  CAF_CHECK_EQUAL(body_of(c.read_answer()), "GET /c ");
  c.send(get_request("/d", "Connection: close\r\n"));
  CAF_CHECK_NOT_EQUAL(c.read_answer().find("Connection: close\r\n"), std::string::npos);
  CAF_CHECK(c.is_closed());
}

CAF_TEST(pipelined requests keep their order when the second is ready before the first) {
  keeper k;
  const auto s = listen({}, k.take());
  raw_client c(s->port());
  c.send(get_request("/1") + get_request("/2"));
  const auto first = k.next();
  // The second is not even handed over while the first is open.
  CAF_CHECK(k.empty());
  std::thread([&] { first({200, "text/plain", "one", {}}); }).join();
  CAF_CHECK_EQUAL(body_of(c.read_answer()), "one");
  k.next()({200, "text/plain", "two", {}});
  CAF_CHECK_EQUAL(body_of(c.read_answer()), "two");
}

CAF_TEST(HTTP 1.0 closes unless it asks to be kept and HEAD tells the length without the body) {
  const auto s = listen({}, echo);
  raw_client old(s->port());
  old.send("GET /a HTTP/1.0\r\n\r\n");
  CAF_CHECK_EQUAL(status_of(old.read_answer()), 200);
  CAF_CHECK(old.is_closed());
  raw_client c(s->port());
  c.send("HEAD /a HTTP/1.1\r\nHost: heed\r\n\r\n" + get_request("/b"));
  CAF_CHECK_NOT_EQUAL(c.read_answer(true).find("Content-Length: 8\r\n"), std::string::npos);
  CAF_CHECK_EQUAL(body_of(c.read_answer()), "GET /b ");
}

CAF_TEST(bodies come by length or in chunks and after a pause for 100 Continue) {
  const auto s = listen({}, echo);
  raw_client c(s->port());
  c.send(
      "POST /c HTTP/1.1\r\nHost: heed\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  CAF_CHECK_EQUAL(body_of(c.read_answer()), "POST /c abcde");
  c.send("POST /e HTTP/1.1\r\nHost: heed\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CAF_CHECK_EQUAL(status_of(c.read_answer(true)), 100);
  c.send("ok");
  CAF_CHECK_EQUAL(body_of(c.read_answer()), "POST /e ok");
}

CAF_TEST(a body over the limit is refused with 413 by its length and by its chunks) {
  server_options o;
  o.max_body = 1000;
  const auto s = listen(o, echo);
  raw_client fits(s->port());
  fits.send(post_request("/", std::string(1000, 'x')));
  CAF_CHECK_EQUAL(status_of(fits.read_answer()), 200);
  raw_client by_length(s->port());
  by_length.send(post_request("/", std::string(200'000, 'x')));
  CAF_CHECK(is_problem(by_length.read_answer(), 413));
  CAF_CHECK(by_length.is_closed());
  raw_client by_chunks(s->port());
  by_chunks.send("POST / HTTP/1.1\r\nHost: heed\r\nTransfer-Encoding: chunked\r\n\r\n5dc\r\n" +
                 std::string(1500, 'x') + "\r\n0\r\n\r\n");
  CAF_CHECK(is_problem(by_chunks.read_answer(), 413));
}

CAF_TEST(a header over the limit is refused with 431) {
  server_options o;
  o.max_header = 1024;
  const auto s = listen(o, echo);
  raw_client c(s->port());
  c.send(get_request("/", "X-Long: " + std::string(5000, 'x') + "\r\n"));
  CAF_CHECK(is_problem(c.read_answer(), 431));
  CAF_CHECK(c.is_closed());
}

CAF_TEST(malformed requests never reach the handler) {
  std::atomic<int> handled{0};
  const auto s = listen({}, [&](request r, const reply& give) { ++handled, echo(std::move(r), give); });
  for (const auto* bytes :
       {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET ../etc HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"}) {
    raw_client c(s->port());
    c.send(bytes);
    if (const auto a = c.read_answer(); !is_problem(a, 400)) CAF_ERROR(bytes << " -> " << a);
    CAF_CHECK(c.is_closed());
  }
  raw_client odd(s->port());
  odd.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
  CAF_CHECK(is_problem(odd.read_answer(), 501));
  raw_client early(s->port());
  early.send("GET / HT");
  early.half_close();
  CAF_CHECK(is_problem(early.read_answer(), 400));
  CAF_CHECK_EQUAL(handled.load(), 0);
}

CAF_TEST(a slow client is cut off with 408 however many bytes it trickles and an idle one in silence) {
  server_options o;
  o.read_timeout = 200ms;
  const auto s = listen(o, echo);
  raw_client idle(s->port());
  raw_client slow(s->port());
  std::atomic<bool> done{false};
  std::thread trickle([&] {
    while (!done) {
      slow.send("X");
      std::this_thread::yield();
    }
  });
  const auto a = slow.read_answer();
  done = true;
  trickle.join();
  CAF_CHECK(is_problem(a, 408) || is_problem(a, 431) || is_problem(a, 400));
  raw_client half(s->port());
  half.send("GET / HTTP/1.1\r\nHost: a\r\n");
  CAF_CHECK(is_problem(half.read_answer(), 408));
  raw_client half_body(s->port());
  half_body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
  CAF_CHECK(is_problem(half_body.read_answer(), 408));
  CAF_CHECK(idle.is_closed());
}

CAF_TEST(connections over the limit are told to come back and a place that frees is given away) {
  server_options o;
  o.max_connections = 1;
  const auto s = listen(o, echo);
  {
    raw_client first(s->port());
    first.send(get_request("/"));
    CAF_CHECK_EQUAL(status_of(first.read_answer()), 200);
    raw_client second(s->port());
    const auto refused = second.read_answer();
    CAF_CHECK(is_problem(refused, 503));
    CAF_CHECK_NOT_EQUAL(refused.find("Retry-After: "), std::string::npos);
    first.send(get_request("/"));
    CAF_CHECK_EQUAL(status_of(first.read_answer()), 200);
  }
  int status = 503;
  for (int i = 0; i < 1000 && status == 503; ++i) {
    raw_client next(s->port());
    next.send(get_request("/"));
    status = status_of(next.read_answer());
  }
  CAF_CHECK_EQUAL(status, 200);
}

CAF_TEST(a reply dropped without an answer answers 503 and a second answer is ignored) {
  keeper k;
  const auto s = listen({}, k.take());
  raw_client c(s->port());
  c.send(get_request("/"));
  { const auto dropped = k.next(); }
  const auto a = c.read_answer();
  CAF_CHECK(is_problem(a, 503));
  CAF_CHECK_NOT_EQUAL(a.find("Retry-After: "), std::string::npos);
  c.send(get_request("/"));
  const auto give = k.next();
  give({200, "text/plain", "first", {}});
  give({200, "text/plain", "second", {}});
  CAF_CHECK_EQUAL(body_of(c.read_answer()), "first");
}

CAF_TEST(a request that is not answered in time gets 503 and the late answer goes nowhere) {
  keeper k;
  server_options o;
  o.answer_timeout = 50ms;
  const auto s = listen(o, k.take());
  raw_client c(s->port());
  c.send(get_request("/"));
  const auto late = k.next();
  CAF_CHECK(is_problem(c.read_answer(), 503));
  late({200, "text/plain", "late", {}});
  CAF_CHECK(c.is_closed());
}

CAF_TEST(a handler that throws answers 500 and the server lives) {
  const auto s = listen({}, [](request r, const reply& give) {
    if (r.path == "/bad") throw std::runtime_error("secret of the body");
    echo(std::move(r), give);
  });
  raw_client c(s->port());
  c.send(get_request("/bad"));
  const auto a = c.read_answer();
  CAF_CHECK(is_problem(a, 500));
  CAF_CHECK_EQUAL(a.find("secret"), std::string::npos);
  c.send(get_request("/good"));
  CAF_CHECK_EQUAL(status_of(c.read_answer()), 200);
}

CAF_TEST(drain answers what runs and closes what idles and accepts nothing more) {
  keeper k;
  const auto s = listen({}, k.take());
  raw_client idle(s->port());
  raw_client busy(s->port());
  busy.send(get_request("/"));
  const auto give = k.next();
  const auto port = s->port();
  auto drained = std::async(std::launch::async, [&] { s->drain(10s); });
  CAF_CHECK(idle.is_closed());
  bool refused = false;
  for (int i = 0; i < 1000 && !refused; ++i) {
    try {
      raw_client late(port);
      late.send(get_request("/"));
      refused = late.is_closed();
    } catch (const std::runtime_error&) {
      refused = true;
    }
  }
  CAF_CHECK(refused);
  give({200, "text/plain", "done", {}});
  const auto a = busy.read_answer();
  CAF_CHECK_EQUAL(body_of(a), "done");
  CAF_CHECK_NOT_EQUAL(a.find("Connection: close"), std::string::npos);
  drained.get();
}

CAF_TEST(drain tells who was not answered by its deadline to come again and a reply that outlives the server does nothing) {
  keeper k;
  auto s = listen({}, k.take());
  raw_client c(s->port());
  c.send(get_request("/"));
  std::optional<reply> give(k.next());
  s->drain(20ms);
  const auto a = c.read_answer();
  CAF_CHECK_EQUAL(status_of(a), 503);
  CAF_CHECK_NOT_EQUAL(a.find("Retry-After: 1"), std::string::npos);
  CAF_CHECK(c.is_closed());
  s.reset();
  (*give)({200, "text/plain", "too late", {}});
  give.reset();
}

CAF_TEST(an address that cannot be had is named) {
  const auto s = listen({}, echo);
  server_options o;
  o.port = s->port();
  try {
    (void)listen(o, echo);
    CAF_ERROR("two servers listen on one port");
  } catch (const std::runtime_error& e) {
    CAF_CHECK_NOT_EQUAL(std::string(e.what()).find("127.0.0.1 port " + std::to_string(o.port)),
                        std::string::npos);
  }
}

CAF_TEST(several threads serve many connections and answer each its own) {
  server_options o;
  o.threads = 2;
  const auto s = listen(o, echo);
  std::atomic<int> wrong{0};
  std::vector<std::thread> all;
  for (int t = 0; t < 4; ++t)
    all.emplace_back([&, t] {
      raw_client c(s->port());
      for (int i = 0; i < 200; ++i) {
        const auto path = "/" + std::to_string(t) + "/" + std::to_string(i);
        c.send(get_request(path));
        if (body_of(c.read_answer()) != "GET " + path + " ") ++wrong;
      }
    });
  for (auto& each : all)
    each.join();
  CAF_CHECK_EQUAL(wrong.load(), 0);
}
