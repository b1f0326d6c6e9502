#include "runtime/commands/serve.hpp"

#include <csignal>
#include <ctime>
#include <future>
#include <iostream>
#include <thread>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace heed::commands {
namespace {

constexpr auto leave_after = std::chrono::seconds(20);

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

void set_up_log(const config::log_config& log) {
  auto logger = spdlog::stderr_logger_mt("heed");
  spdlog::set_default_logger(logger);
  spdlog::set_level(spdlog::level::from_str(log.level));
  if (log.format == "json")
    logger->set_pattern(R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","text":"%v"})", spdlog::pattern_time_type::utc);
  else
    logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::info);
}

void block_signals() {
  const auto set = stop_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  // A peer that closes early is an error of that write, not of the process.
  std::signal(SIGPIPE, SIG_IGN);
}

bool run_until_signal(node& n, std::optional<std::chrono::seconds> most) {
  const auto set = stop_signals();
  const auto end = std::chrono::steady_clock::now() + most.value_or(std::chrono::hours(24 * 365 * 100));
  while (std::chrono::steady_clock::now() < end) {
    timespec wait{0, 200'000'000};
    const int got = sigtimedwait(&set, nullptr, &wait);
    if (got > 0) {
      spdlog::info("node.stopping signal={}", got);
      return true;
    }
    if (n.wait_broken(std::chrono::milliseconds(0))) return false;
  }
  return true;
}

void stop_in_time(node& n) {
  std::promise<void> stopped;
  std::jthread watchdog([over = stopped.get_future()] {
    if (over.wait_for(leave_after) == std::future_status::ready) return;
    // What is committed is safe; calls still out become unknown and are settled by the next start.
    spdlog::critical("node.left reason=\"did not stop in time\"");
    std::_Exit(3);
  });
  n.stop();
  stopped.set_value();
}

int run_serve(const config::config& c) {
  set_up_log(c.log);
  block_signals();
  auto migrated = migrate_store(c.store_url);
  if (!migrated) {
    std::cerr << "heed serve: " << migrated.error().detail << "\n";
    return 2;
  }
  auto started = node::start(options_from(c));
  if (!started) {
    std::cerr << "heed serve: " << started.error().detail << "\n";
    return 2;
  }
  const bool sound = run_until_signal(**started, std::nullopt);
  if (!sound) {
    // The medium or an invariant broke: nothing in memory can be trusted to end in order.
    spdlog::critical("node.left reason=\"broken\"");
    spdlog::shutdown();
    std::_Exit(1);
  }
  stop_in_time(**started);
  return 0;
}

}  // namespace heed::commands
