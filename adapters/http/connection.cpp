#include "adapters/http/connection.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http.hpp>

namespace heed::http {

namespace bhttp = beast::http;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t first_read = 4 * 1024;
constexpr std::size_t body_read = 64 * 1024;
/// How long a client may take to notice that it was answered and is to stop sending.
constexpr auto linger_life = 2s;
/// What is still read of a refused request; a client that sends more is cut off.
constexpr std::size_t linger_bytes = 1024 * 1024;

problem malformed(std::string detail) {
  return {400,
          "malformed_request",
          "Malformed request",
          std::move(detail),
          {},
          "Send HTTP/1.1 as RFC 9112 describes it."};
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

connection::connection(std::shared_ptr<core> c, socket s) : core_(std::move(c)), socket_(std::move(s)) {
  beast::error_code ec;
  socket_.set_option(net::ip::tcp::no_delay(true), ec);
  const auto remote = socket_.remote_endpoint(ec);
  if (!ec) peer_ = remote.address().to_string();
}

void connection::start() { begin_request(); }

void connection::refuse() {
  answer_problem({503,
                  "too_many_connections",
                  "Service unavailable",
                  "The server holds as many connections as it may.",
                  {},
                  "Use keep-alive connections, and try again later."},
                 1);
}

bool connection::expired(steady::time_point now) const {
  const auto at = deadline_.load(std::memory_order_relaxed);
  return at != 0 && now.time_since_epoch().count() >= at;
}

void connection::enter(phase p, std::chrono::milliseconds life) {
  phase_ = p;
  deadline_.store((steady::now() + life).time_since_epoch().count(), std::memory_order_relaxed);
}

// ---- reading ----

void connection::begin_request() {
  parser_.emplace();
  parser_->eager(true);
  parser_->header_limit(static_cast<std::uint32_t>(core_->options.max_header));
  parser_->body_limit(core_->options.max_body);
  continued_ = false;
  ++number_;
  if (buffer_.size() > 0) {
    enter(phase::reading, core_->options.read_timeout);
    return parse();
  }
  if (core_->draining) return close();
  enter(phase::idle, core_->options.read_timeout);
  read_more();
}

void connection::read_more() {
  const auto size = parser_->is_header_done() ? body_read : first_read;
  socket_.async_read_some(
      buffer_.prepare(size),
      [self = shared_from_this()](beast::error_code ec, std::size_t n) { self->on_read(ec, n); });
}

void connection::on_read(beast::error_code ec, std::size_t n) {
  if (phase_ != phase::idle && phase_ != phase::reading) return;
  if (ec == net::error::eof && phase_ == phase::reading)
    return answer_problem(malformed("The request ended early."));
  if (ec) return close();
  buffer_.commit(n);
  // The clock of one request starts with its first byte and is not moved by later ones: that is what ends
  // a client that sends a byte now and then.
  if (phase_ == phase::idle) enter(phase::reading, core_->options.read_timeout);
  parse();
}

void connection::parse() {
  while (buffer_.size() > 0 && !parser_->is_done()) {
    beast::error_code ec;
    const auto used = parser_->put(buffer_.data(), ec);
    buffer_.consume(used);
    if (ec == bhttp::error::need_more) break;
    if (ec) return on_parse_error(ec);
    if (used == 0) break;
  }
  if (parser_->is_done()) return on_request();
  if (parser_->is_header_done() && !continued_) on_header();
  read_more();
}

void connection::on_header() {
  continued_ = true;
  if (!beast::iequals(parser_->get()[bhttp::field::expect], "100-continue")) return;
  static const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  // A few bytes into an empty send buffer; a client that does not see them sends its body after a pause
  // anyway.
  beast::error_code ec;
  socket_.non_blocking(true, ec);
  socket_.write_some(net::buffer(go_on), ec);
}

void connection::on_parse_error(beast::error_code ec) {
  keep_alive_ = false;
  if (ec == bhttp::error::header_limit || ec == bhttp::error::buffer_overflow)
    return answer_problem(
        {431,
         "headers_too_large",
         "Request header fields too large",
         "The request's header is longer than " + std::to_string(core_->options.max_header) + " bytes.",
         {},
         "Send fewer or shorter headers."});
  if (ec == bhttp::error::body_limit)
    return answer_problem(
        {413,
         "body_too_large",
         "Content too large",
         "The request's body is longer than " + std::to_string(core_->options.max_body) + " bytes.",
         {},
         "Send it in smaller parts."});
  answer_problem(malformed("The request cannot be parsed: " + ec.message() + "."));
}

void connection::on_request() {
  auto& message = parser_->get();
  head_ = message.method() == bhttp::verb::head;
  old_version_ = message.version() < 11;
  keep_alive_ = message.keep_alive();
  request r;
  if (auto refusal = convert(r)) {
    keep_alive_ = false;
    return answer_problem(*refusal);
  }
  call_handler(std::move(r));
}

std::optional<problem> connection::convert(request& r) {
  auto& message = parser_->get();
  std::size_t hosts = 0;
  r.method = view(message.method_string());
  r.target = view(message.target());
  r.headers.reserve(8);
  for (const auto& field : message) {
    if (field.name() == bhttp::field::host) ++hosts;
    if (field.name() == bhttp::field::transfer_encoding && !beast::iequals(field.value(), "chunked"))
      return problem{501,
                     "transfer_coding",
                     "Not implemented",
                     "Only the chunked transfer coding is known.",
                     "Transfer-Encoding",
                     "Send the body with Content-Length or chunked."};
    r.headers.emplace_back(lower(view(field.name_string())), view(field.value()));
  }
  if (hosts > 1 || (hosts == 0 && !old_version_)) return malformed("Exactly one Host header is needed.");
  if (!split_target(r)) return malformed("The request target is not a valid path and query.");
  r.body = std::move(message.body());
  r.peer = peer_;
  return std::nullopt;
}

// ---- answering ----

void connection::call_handler(request r) {
  enter(phase::answering, core_->options.answer_timeout);
  const auto number = number_;
  const reply give([self = shared_from_this(), number](response a) { self->deliver(number, std::move(a)); });
  try {
    core_->handle(std::move(r), give);
  } catch (const std::exception&) {
    spdlog::error("http-handler-failed number={}", number);
    give(to_response({500,
                      "internal",
                      "Internal error",
                      "The request met an error of the server.",
                      {},
                      "Try again; report it if it stays."}));
  }
}

void connection::deliver(std::uint64_t number, response r) {
  const std::shared_lock lock(core_->gate);
  if (core_->closed) return;
  net::dispatch(socket_.get_executor(), [self = shared_from_this(), number, a = std::move(r)]() mutable {
    self->answer(number, std::move(a));
  });
}

void connection::answer(std::uint64_t number, response r) {
  if (phase_ != phase::answering || number != number_) return;
  if (r.live) return begin_live(r);
  write(r, keep_alive_ && !core_->draining ? after_answer::keep : after_answer::close);
}

void connection::answer_problem(const problem& p, unsigned retry_after) {
  auto r = retry_after > 0 ? to_response(p, retry_after) : to_response(p);
  if (core_->options.on_own_answer) core_->options.on_own_answer(r);
  write(r, after_answer::close);
}

void connection::write(const response& r, after_answer then) {
  enter(phase::writing, core_->options.read_timeout);
  out_ = to_bytes(r, head_, old_version_, then);
  net::async_write(
      socket_, net::buffer(out_),
      [self = shared_from_this(), then](beast::error_code ec, std::size_t) { self->on_written(ec, then); });
}

// ---- an answer without an end ----

void connection::begin_live(const response& r) {
  if (core_->draining) return close();
  live_ = r.live;
  out_ = to_bytes(r, head_, old_version_, after_answer::close);
  enter(phase::live, core_->options.read_timeout);
  live_->attach([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    const std::shared_lock lock(self->core_->gate);
    if (self->core_->closed) return;
    net::post(self->socket_.get_executor(), [self] {
      if (self->phase_ == phase::live && !self->live_writing_) self->write_live();
    });
  });
  watch_for_the_end();
  write_live();
}

void connection::write_live() {
  if (out_.empty()) out_ = live_->take();
  if (out_.empty()) {
    // Nothing to say is no fault of the client's: only a write that it does not take has a deadline.
    deadline_.store(0, std::memory_order_relaxed);
    if (live_->is_closed()) close();
    return;
  }
  live_writing_ = true;
  enter(phase::live, core_->options.read_timeout);
  net::async_write(socket_, net::buffer(out_),
                   [self = shared_from_this()](beast::error_code ec, std::size_t) {
                     self->live_writing_ = false;
                     if (self->phase_ != phase::live) return;
                     if (ec) return self->close();
                     self->out_.clear();
                     self->write_live();
                   });
}

/// The client says nothing more; a read that ends tells that it has gone.
void connection::watch_for_the_end() {
  dropped_.resize(first_read);
  socket_.async_read_some(net::buffer(dropped_),
                          [self = shared_from_this()](beast::error_code ec, std::size_t n) {
                            if (self->phase_ != phase::live) return;
                            self->discarded_ += n;
                            if (ec || self->discarded_ > linger_bytes) return self->close();
                            self->watch_for_the_end();
                          });
}

void connection::on_written(beast::error_code ec, after_answer then) {
  if (phase_ != phase::writing) return;
  if (ec) return close();
  if (then == after_answer::keep) return begin_request();
  socket_.shutdown(net::ip::tcp::socket::shutdown_send, ec);
  if (parser_ && parser_->is_done() && buffer_.size() == 0) return close();
  enter(phase::lingering, linger_life);
  linger();
}

// Closing while the client still sends would make the kernel reset the connection, and the answer could be
// lost with it; so what it sends is read and dropped for a moment. Not into the request's buffer: a read of a request that
// came too late may still be under way in it.
void connection::linger() {
  dropped_.resize(body_read);
  socket_.async_read_some(net::buffer(dropped_),
                          [self = shared_from_this()](beast::error_code ec, std::size_t n) {
                            if (self->phase_ != phase::lingering) return;
                            self->discarded_ += n;
                            if (ec || self->discarded_ > linger_bytes) return self->close();
                            self->linger();
                          });
}

// ---- ending ----

void connection::on_deadline() {
  if (!expired(steady::now())) return;
  switch (phase_) {
    case phase::reading:
      return answer_problem({408,
                             "request_timeout",
                             "Request timeout",
                             "The request did not arrive in time.",
                             {},
                             "Send the whole request at once."});
    case phase::answering:
      ++number_;
      return answer_problem({503,
                             "answer_timeout",
                             "Service unavailable",
                             "The request was not answered in time.",
                             {},
                             "Try again with the same Idempotency-Key; it may have been done."},
                            1);
    case phase::idle:
    case phase::writing:
    case phase::live:
    case phase::lingering:
      return close();
    case phase::closed:
      return;
  }
}

void connection::on_drain() {
  if (phase_ == phase::idle || phase_ == phase::live || phase_ == phase::lingering) close();
}

void connection::on_drained() {
  if (phase_ != phase::answering) return close();
  ++number_;
  answer_problem({503,
                  "stopping",
                  "Service unavailable",
                  "The server stopped before the request was answered.",
                  {},
                  "Try again with the same Idempotency-Key; it may have been done."},
                 1);
}

void connection::close() {
  if (phase_ == phase::closed) return;
  phase_ = phase::closed;
  if (live_) live_->leave();
  deadline_.store(0, std::memory_order_relaxed);
  beast::error_code ec;
  socket_.close(ec);
  core_->remove(this);
}

}  // namespace heed::http
