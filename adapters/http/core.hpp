#pragma once

#include <atomic>
#include <boost/asio.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "adapters/http/server.hpp"

namespace heed::http {

namespace net = boost::asio;
class connection;
using steady = std::chrono::steady_clock;

/// What the listener and its connections share. A reply that outlives the server keeps it, and with it the
/// io_context, alive; it then finds `closed` and does nothing.
struct core {
  core(const server_options& o, handler h)
      : options(o), handle(std::move(h)), io(static_cast<int>(std::max(1u, o.threads))) {}

  server_options options;
  handler handle;
  net::io_context io;
  std::atomic<bool> draining{false};

  std::shared_mutex gate;  ///< held shared while a reply is posted, so that none is posted after `closed`
  bool closed = false;

  std::mutex mutex;  ///< guards `open`
  std::condition_variable none_open;
  std::unordered_map<connection*, std::shared_ptr<connection>> open;

  [[nodiscard]] std::size_t count();
  void add(const std::shared_ptr<connection>& c);
  void remove(connection* c);
  [[nodiscard]] std::vector<std::shared_ptr<connection>> all();
};

}  // namespace heed::http
