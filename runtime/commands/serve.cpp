#include "runtime/commands/serve.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <ctime>
#include <future>
#include <iostream>
#include <thread>

#include "adapters/api/problems.hpp"
#include "adapters/http/server.hpp"
#include "runtime/quiet_log.hpp"
#include "runtime/restart.hpp"

namespace heed::commands {
namespace {

constexpr auto leave_after = std::chrono::seconds(20);
/// Of a broken node's callers, who are told to come again.
constexpr auto hang_up_within = std::chrono::milliseconds(1'500);
/// A life of less is one of a crash loop.
constexpr auto short_life = std::chrono::seconds(3);
constexpr auto refusals_hoped_over = std::chrono::minutes(1);

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

}  // namespace

void set_up_log(const config::log_config& log) {
  auto logger = std::make_shared<considerate_logger>("heed", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  spdlog::set_default_logger(logger);
  spdlog::set_level(spdlog::level::from_str(log.level));
  if (log.format == "json")
    logger->set_pattern(R"({"at":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","text":"%v"})",
                        spdlog::pattern_time_type::utc);
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

namespace {

/// Speaks for a node that waits for its store: alive, and not ready.
std::unique_ptr<http::server> waiting_door(http::server_options o) {
  o.on_own_answer = {};
  return http::listen(o, [](const http::request& r, const http::reply& give) {
    if (r.path == "/healthz") return give({200, "application/json", R"({"status":"ok"})", {}});
    give(http::to_response(api::store_away(), 1));
  });
}

bool told_to_end_within(std::chrono::milliseconds pause) {
  const auto set = stop_signals();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(pause);
  const timespec wait{seconds.count(), std::chrono::nanoseconds(pause - seconds).count()};
  return sigtimedwait(&set, nullptr, &wait) > 0;
}

/// What a start may hope for: that the store comes back. What was refused to a life that had a former one was granted
/// before, so it is asked for a while: a session of that life may hold the store still.
bool waiting_helps(const store_error& e, std::chrono::steady_clock::duration waited) {
  if (e.code == errc::retry || e.code == errc::unknown) return true;
  return had_a_former_life() && (e.code == errc::fatal || waited < refusals_hoped_over);
}

result<std::unique_ptr<node>> start_once(const config::config& c, const std::function<void()>& about_to_listen) {
  if (auto migrated = migrate_store(c.store_url); !migrated) return tl::unexpected<store_error>(migrated.error());
  auto options = options_from(c);
  options.about_to_listen = about_to_listen;
  return node::start(std::move(options));
}

struct start_result {
  std::unique_ptr<node> running;  ///< none: the process ends, with the code
  int exit_code = 0;
};

start_result start_when_the_store_is_there(const config::config& c) {
  const auto began = std::chrono::steady_clock::now();
  std::unique_ptr<http::server> door;
  const auto open_door = [&] {
    if (!door && c.http.port != 0) door = waiting_door(options_from(c).http);
  };
  if (const auto pause = pause_of_this_life(); pause.count() > 0) {
    open_door();
    if (told_to_end_within(pause)) return {};
  }
  store_wait wait;
  for (;;) {
    auto started = start_once(c, [&] { door.reset(); });
    if (started) return {std::move(*started), 0};
    const auto& error = started.error();
    const auto now = std::chrono::steady_clock::now();
    if (!waiting_helps(error, now - began)) {
      std::cerr << "heed serve: " << error.detail << "\n";
      return {nullptr, 2};
    }
    const auto step = wait.failed(error.detail, now);
    if (step.say) spdlog::warn("store.waiting code={} detail=\"{}\"", to_string(error.code), error.detail);
    open_door();
    if (told_to_end_within(step.pause)) {
      spdlog::info("node.stopped while=waiting");
      return {};
    }
  }
}

/// Nothing in the memory of a node that broke can be trusted to end in order.
int leave_for_the_next_life(node& n, bool lasted) {
  const auto why = n.wait_broken(std::chrono::milliseconds(0)).value_or("unknown");
  std::promise<void> done;
  std::thread([&n, &done] {
    n.hang_up();
    done.set_value();
  }).detach();
  (void)done.get_future().wait_for(hang_up_within);
  const int code = begin_next_life(why, lasted);
  spdlog::shutdown();
  std::_Exit(code);
}

}  // namespace

int run_serve(const config::config& c) {
  set_up_log(c.log);
  block_signals();
  auto [running, exit_code] = start_when_the_store_is_there(c);
  if (!running) return exit_code;
  const auto started = std::chrono::steady_clock::now();
  if (!run_until_signal(*running, std::nullopt))
    return leave_for_the_next_life(*running, std::chrono::steady_clock::now() - started >= short_life);
  stop_in_time(*running);
  return 0;
}

}  // namespace heed::commands
