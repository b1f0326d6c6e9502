#include "tests/support/stand_in.hpp"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <future>
#include <thread>
#include <unordered_set>

#include "tests/support/stand_in_routes.hpp"
#include "tests/support/stand_in_smtp.hpp"

namespace heed::test {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

namespace {

struct http_session;

/// What sessions share; all of it belongs to the one thread of the io_context.
struct hub {
  ledger& book;
  stand_in_routes routes;
  std::unordered_set<http_session*> idle;     ///< sessions that wait for a request
  std::unordered_set<http_session*> writing;  ///< sessions whose answer is on its way out
};

/// One connection: read, answer, again.
struct http_session : std::enable_shared_from_this<http_session> {
  http_session(tcp::socket s, hub& h) : socket(std::move(s)), shared(h), timer(socket.get_executor()) {}
  ~http_session() {
    shared.idle.erase(this);
    shared.writing.erase(this);
  }

  void wait_for_request() {
    shared.idle.insert(this);
    if (shared.book.current().what != behaviour::mode::close_before_request) return read();
    socket.async_wait(tcp::socket::wait_read, [self = shared_from_this()](beast::error_code) {
      if (self->shared.book.draw() != behaviour::mode::close_before_request) return self->read();
      self->close();
    });
  }

  void read() {
    request = {};
    http::async_read(socket, buffer, request,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       self->shared.idle.erase(self.get());
                       if (!error) self->handle();
                     });
  }

  void handle() {
    const auto text = [](beast::string_view v) { return std::string(v.data(), v.size()); };
    http_request r;
    r.method = text(request.method_string());
    r.target = text(request.target());
    r.path = r.target.substr(0, r.target.find('?'));
    r.authorization = text(request[http::field::authorization]);
    r.content_type = text(request[http::field::content_type]);
    r.idempotency_key = text(request["idempotency-key"]);
    r.effect = text(request["x-heed-effect"]);
    r.webhook_id = text(request["webhook-id"]);
    r.webhook_timestamp = text(request["webhook-timestamp"]);
    r.webhook_signature = text(request["webhook-signature"]);
    r.body = std::move(request.body());
    bool closing_idle = false;
    http_answer a = shared.routes.answer(r, closing_idle);
    if (closing_idle) close_all_idle(shared);
    if (a.after == http_answer::then::close) return close();
    if (a.after == http_answer::then::hang) return hang();
    const auto latency = shared.book.current().latency;
    if (!a.delayed || latency.count() == 0) return write(std::move(a));
    timer.expires_after(latency);
    timer.async_wait([self = shared_from_this(), answer = std::move(a)](beast::error_code) mutable {
      self->write(std::move(answer));
    });
  }

  void write(http_answer a) {
    if (!a.settles.empty()) shared.book.settle(a.settles);
    response = {};
    response.version(11);
    response.result(static_cast<unsigned>(a.status));
    response.set(http::field::content_type, a.type);
    for (const auto& [name, value] : a.headers)
      response.set(name, value);
    response.body() = std::move(a.body);
    response.keep_alive(request.keep_alive());
    response.prepare_payload();
    shared.writing.insert(this);
    http::async_write(socket, response, [self = shared_from_this()](beast::error_code error, std::size_t) {
      self->shared.writing.erase(self.get());
      if (!error && self->response.keep_alive()) self->wait_for_request();
    });
  }

  /// Stays connected and silent until the client gives up.
  void hang() {
    socket.async_wait(tcp::socket::wait_read,
                      [self = shared_from_this()](beast::error_code) { self->close(); });
  }

  void close() {
    beast::error_code ignored;
    socket.close(ignored);
  }

  static void close_all_idle(hub& h) {
    const auto waiting = h.idle;
    for (http_session* s : waiting)
      s->close();
  }

  tcp::socket socket;
  hub& shared;
  asio::steady_timer timer;
  beast::flat_buffer buffer;
  http::request<http::string_body> request;
  http::response<http::string_body> response;
};

tcp::acceptor listen_on(asio::io_context& io, std::uint16_t port) {
  tcp::acceptor a(io, {asio::ip::address_v4::loopback(), port}, true);
  a.listen(4096);
  return a;
}

}  // namespace

struct stand_in::impl {
  explicit impl(stand_in_options o)
      : options(std::move(o)),
        book(options.log_file),
        shared{book, stand_in_routes(options, book), {}, {}},
        http_acceptor(listen_on(io, options.http_port)),
        smtp_acceptor(listen_on(io, options.smtp_port)) {
    book.control(options.start);
    accept_http();
    accept_smtp();
    thread = std::thread([this] { io.run(); });
  }

  ~impl() {
    io.stop();
    thread.join();
  }

  void accept_http() {
    http_acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error) return;
      book.count_connection();
      beast::error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      std::make_shared<http_session>(std::move(socket), shared)->wait_for_request();
      accept_http();
    });
  }

  void accept_smtp() {
    smtp_acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
      if (error) return;
      book.count_connection();
      serve_smtp(std::move(socket), options, book);
      accept_smtp();
    });
  }

  stand_in_options options;
  ledger book;
  hub shared;  // outlives the sessions, which end with the io_context
  asio::io_context io{1};
  tcp::acceptor http_acceptor, smtp_acceptor;
  std::thread thread;
};

stand_in::stand_in(stand_in_options o) : impl_(std::make_unique<impl>(std::move(o))) {}
stand_in::~stand_in() = default;

std::uint16_t stand_in::http_port() const { return impl_->http_acceptor.local_endpoint().port(); }
std::uint16_t stand_in::smtp_port() const { return impl_->smtp_acceptor.local_endpoint().port(); }
std::string stand_in::http_url() const { return "http://127.0.0.1:" + std::to_string(http_port()); }
std::string stand_in::smtp_url() const { return "smtp://127.0.0.1:" + std::to_string(smtp_port()); }
ledger& stand_in::book() { return impl_->book; }
void stand_in::control(const behaviour& b) { impl_->book.control(b); }

void stand_in::close_idle() {
  // A session is idle for its client as soon as the answer has arrived, and for us one turn of the loop
  // later.
  for (bool writing = true; writing;) {
    std::promise<bool> turn;
    asio::post(impl_->io, [&] {
      http_session::close_all_idle(impl_->shared);
      turn.set_value(!impl_->shared.writing.empty());
    });
    writing = turn.get_future().get();
  }
}

}  // namespace heed::test
