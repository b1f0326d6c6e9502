#pragma once

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>

#include "actors/protocol.hpp"

namespace heed {

/// Who runs, who crashed, how often, when and why: what GET /admin/actors shows. Written from every thread.
class supervision_board final : public supervision {
 public:
  using escalation = std::function<void(const std::string& path, const std::string& why)>;
  supervision_board(const clock& time, escalation leave) : time_(time), leave_(std::move(leave)) {}

  void started(std::string_view path) override;
  void crashed(std::string_view path, std::string_view why) override;
  void stopped(std::string_view path, std::string_view why) override;
  /// Ends the process, once.
  void escalate(std::string_view path, std::string_view why) override;

  /// Told of every crash, for the metrics.
  void on_crash(std::function<void(std::string_view)> f) { on_crash_ = std::move(f); }
  [[nodiscard]] nlohmann::json to_json() const;

 private:
  struct crash {
    time_point at{};
    std::string why;
  };
  struct entry {
    bool running = false;
    time_point since{};
    std::uint64_t crashes = 0;
    std::deque<crash> history;  ///< the latest ones
  };
  static constexpr std::size_t history_kept = 20;
  /// Crashed leads are listed one by one up to here; the oldest listed gives way.
  static constexpr std::size_t leads_listed = 200;

  void note_lead(std::string_view path);

  const clock& time_;
  escalation leave_;
  std::function<void(std::string_view)> on_crash_;
  mutable std::mutex lock_;
  std::map<std::string, entry, std::less<>> entries_;
  std::deque<std::string> leads_;
  bool left_ = false;
};

struct supervisor_options {
  std::size_t max_restarts = 5;  ///< within `window`, over all children; one more escalates
  std::chrono::milliseconds window = std::chrono::seconds(30);
  std::chrono::milliseconds first_pause{50};
  std::chrono::milliseconds longest_pause{5'000};
};

/// One-for-one supervisor. A child that crashed waits in place, with its mailbox, until this says go on:
/// after a pause that doubles, with jitter by hash. Too many crashes in the window, or a child that is gone
/// altogether, end this supervisor with its children; its own supervisor sees that, and the root leaves the
/// process.
class supervisor final : public caf::event_based_actor {
 public:
  supervisor(caf::actor_config& cfg, std::string path, caf::actor boss, supervision* board,
             supervisor_options o);

  [[nodiscard]] const char* name() const override { return "supervisor"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  struct child {
    std::string path;
    caf::actor who;
    unsigned crashes = 0;
    std::deque<caf::actor_clock::time_point> recent;
  };
  void crashed(const crash_report& r);
  void gone(const caf::down_msg& d);
  void give_up(const std::string& path, const std::string& why);

  std::string path_;
  caf::actor boss_;
  supervision* board_;
  supervisor_options options_;
  std::unordered_map<caf::actor_id, child> children_;
  std::deque<caf::actor_clock::time_point> recent_;
};

}  // namespace heed
