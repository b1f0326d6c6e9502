#include "adapters/http/server.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio.hpp>
#include <stdexcept>
#include <thread>

#include "adapters/http/connection.hpp"
#include "adapters/http/core.hpp"

namespace heed::http {

std::size_t core::count() {
  const std::lock_guard lock(mutex);
  return open.size();
}

void core::add(const std::shared_ptr<connection>& c) {
  const std::lock_guard lock(mutex);
  open.emplace(c.get(), c);
}

void core::remove(connection* c) {
  std::shared_ptr<connection> last;  // destroyed after the lock is released
  const std::lock_guard lock(mutex);
  const auto it = open.find(c);
  if (it == open.end()) return;
  last = std::move(it->second);
  open.erase(it);
  if (open.empty()) none_open.notify_all();
}

std::vector<std::shared_ptr<connection>> core::all() {
  const std::lock_guard lock(mutex);
  std::vector<std::shared_ptr<connection>> out;
  out.reserve(open.size());
  for (const auto& [key, c] : open)
    out.push_back(c);
  return out;
}

namespace {

using namespace std::chrono_literals;
using net::ip::tcp;

/// Connections beyond the limit that are being told so; further ones are closed without a word.
constexpr std::size_t refusals_at_once = 64;
/// How long a last answer may take to be read.
constexpr auto goodbye = 200ms;
/// Pause after an accept that failed for want of file descriptors.
constexpr auto accept_pause = 50ms;

class listener final : public server {
 public:
  listener(const server_options& o, handler h)
      : core_(std::make_shared<core>(o, std::move(h))),
        work_(net::make_work_guard(core_->io)),
        acceptor_(core_->io),
        sweep_(core_->io),
        pause_(core_->io) {
    open(o);
    accept();
    sweep();
    for (unsigned i = 0; i < std::max(1u, o.threads); ++i)
      threads_.emplace_back([c = core_] { c->io.run(); });
  }
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;
  ~listener() override { drain(0ms); }

  [[nodiscard]] std::uint16_t port() const override { return port_; }

  void drain(std::chrono::milliseconds deadline) override {
    if (threads_.empty()) return;
    core_->draining = true;
    net::post(strand_, [this] { stop_accepting(); });
    for (const auto& c : core_->all())
      net::post(c->executor(), [c] { c->on_drain(); });
    await_none(deadline);
    for (const auto& c : core_->all())
      net::post(c->executor(), [c] { c->on_drained(); });
    await_none(goodbye);
    for (const auto& c : core_->all())
      net::post(c->executor(), [c] { c->close(); });
    await_none(1s);
    net::post(strand_, [this] { stop_sweeping(); });
    work_.reset();
    for (auto& t : threads_)
      t.join();
    threads_.clear();
    forget_late_replies();
  }

 private:
  // Accepting and sweeping share one strand, so that stopping them needs no lock.
  using strand = net::strand<net::io_context::executor_type>;

  void open(const server_options& o) {
    boost::system::error_code ec;
    const auto address = net::ip::make_address(o.address, ec);
    const tcp::endpoint at(address, o.port);
    if (!ec) acceptor_.open(at.protocol(), ec);
    if (!ec) acceptor_.set_option(net::socket_base::reuse_address(true), ec);
    if (!ec) acceptor_.bind(at, ec);
    if (!ec) acceptor_.listen(net::socket_base::max_listen_connections, ec);
    if (ec)
      throw std::runtime_error("cannot listen on " + o.address + " port " + std::to_string(o.port) + ": " +
                               ec.message());
    port_ = acceptor_.local_endpoint().port();
  }

  void accept() {
    acceptor_.async_accept(
        net::make_strand(core_->io),
        net::bind_executor(strand_, [this](boost::system::error_code ec, connection::socket socket) {
          if (core_->draining || ec == net::error::operation_aborted) return;
          if (ec) return accept_later();
          welcome(std::move(socket));
          accept();
        }));
  }

  void accept_later() {
    spdlog::warn("http-accept-failed port={} retry_ms={}", port_, accept_pause.count());
    pause_.expires_after(accept_pause);
    pause_.async_wait(net::bind_executor(strand_, [this](boost::system::error_code ec) {
      if (!ec && !core_->draining) accept();
    }));
  }

  void welcome(connection::socket socket) {
    const auto open = core_->count();
    if (open >= core_->options.max_connections + refusals_at_once) return;
    auto c = std::make_shared<connection>(core_, std::move(socket));
    core_->add(c);
    net::post(c->executor(),
              [c, refused = open >= core_->options.max_connections] { refused ? c->refuse() : c->start(); });
  }

  void stop_accepting() {
    boost::system::error_code ec;
    acceptor_.close(ec);
    pause_.cancel();
  }

  void stop_sweeping() {
    swept_out_ = true;
    sweep_.cancel();
  }

  /// One timer for all connections: cheaper than one each, and no more precise than it needs to be.
  void sweep() {
    const auto shortest = std::min(core_->options.read_timeout, core_->options.answer_timeout);
    sweep_.expires_after(std::clamp(shortest / 4, 5ms, 100ms));
    sweep_.async_wait(net::bind_executor(strand_, [this](boost::system::error_code ec) {
      if (ec || swept_out_) return;
      const auto now = steady::now();
      for (const auto& c : core_->all())
        if (c->expired(now)) net::post(c->executor(), [c] { c->on_deadline(); });
      sweep();
    }));
  }

  void await_none(std::chrono::milliseconds limit) {
    std::unique_lock lock(core_->mutex);
    core_->none_open.wait_for(lock, limit, [this] { return core_->open.empty(); });
  }

  /// From here on a reply that is still held somewhere does nothing; what was posted before is run and
  /// dropped.
  void forget_late_replies() {
    {
      const std::unique_lock lock(core_->gate);
      core_->closed = true;
    }
    core_->io.restart();
    core_->io.poll();
  }

  std::shared_ptr<core> core_;
  net::executor_work_guard<net::io_context::executor_type> work_;
  strand strand_{net::make_strand(core_->io)};
  tcp::acceptor acceptor_;
  net::steady_timer sweep_;
  net::steady_timer pause_;
  std::vector<std::thread> threads_;
  std::uint16_t port_ = 0;
  bool swept_out_ = false;
};

}  // namespace

std::unique_ptr<server> listen(const server_options& o, handler h) {
  return std::make_unique<listener>(o, std::move(h));
}

}  // namespace heed::http
