#pragma once

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "actors/protocol.hpp"
#include "runtime/watchdog.hpp"

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
  void watch(std::string_view path, std::shared_ptr<const pulse> of, const caf::actor& who) override;
  void adopted(std::string_view parent, std::string_view path, const caf::actor& who) override;
  void restarting(std::string_view path, std::chrono::milliseconds pause) override;

  /// What the watchdog found; `what` empty = it moves again.
  void stuck(std::string_view path, std::string_view what);
  [[nodiscard]] std::vector<progress_sample> samples() const;
  /// The component of that path; none when there is none, or it has ended.
  [[nodiscard]] caf::actor component(std::string_view path) const;
  [[nodiscard]] bool is_restarting(std::string_view path) const;
  /// An operator's or the watchdog's restart, for the history.
  void restart_wanted(std::string_view path, std::string_view why);

  /// Told of every crash and of everything stuck, for the metrics.
  void on_crash(std::function<void(std::string_view)> f) { on_crash_ = std::move(f); }
  void on_stuck(std::function<void(std::string_view)> f) { on_stuck_ = std::move(f); }
  /// The tree under `root`, and the leads that crashed.
  [[nodiscard]] nlohmann::json to_json() const;

 private:
  enum class state : std::uint8_t { running, restarting, stuck, stopped };
  struct incident {
    time_point at{};
    std::string why;
    std::optional<std::chrono::milliseconds> pause;  ///< until it went on
  };
  struct entry {
    state is = state::stopped;
    std::string parent;
    time_point since{};
    std::uint64_t crashes = 0, restarts = 0;
    std::string stuck_why;
    std::deque<incident> history;  ///< the latest ones
    std::shared_ptr<const pulse> beats;
    caf::weak_actor_ptr who;
  };
  static constexpr std::size_t history_kept = 20;
  /// Crashed leads are listed one by one up to here; the oldest listed gives way.
  static constexpr std::size_t leads_listed = 200;

  void note_lead(std::string_view path);
  void note(entry& e, std::string_view why);
  [[nodiscard]] nlohmann::json entry_json(const std::string& path, const entry& e) const;
  [[nodiscard]] nlohmann::json tree_json(const std::string& path, const entry& e) const;
  static std::string_view word_of(state s);

  const clock& time_;
  escalation leave_;
  std::function<void(std::string_view)> on_crash_, on_stuck_;
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

/// Keeps its children going. One that crashed waits in place, with its mailbox, until this says go on: after a pause that
/// doubles, with jitter by hash; alone, or with those adopted after it (`on_crash`). Too many crashes in the window, a
/// child whose crash nobody can repair, or one that is gone altogether, end this supervisor with its children; its own
/// supervisor sees that, and the root leaves the process. Told to stop, it ends its children in reverse order, each within
/// its own time.
class supervisor final : public caf::event_based_actor {
 public:
  supervisor(caf::actor_config& cfg, std::string path, caf::actor boss, supervision* board,
             supervisor_options o);

  [[nodiscard]] const char* name() const override { return "supervisor"; }
  caf::behavior make_behavior() override;
  void on_exit() override;

 private:
  struct child {
    adopt spec;
    unsigned crashes = 0;
    std::deque<caf::actor_clock::time_point> recent;
    std::string why;  ///< of its last crash
  };
  using children = std::vector<child>;
  [[nodiscard]] children::iterator find(caf::actor_id id);
  void crashed(const crash_report& r);
  void tell_rest(children::iterator after);
  void gone(const caf::down_msg& d);
  void give_up(const std::string& path, const std::string& why);
  void stop_last();

  std::string path_;
  caf::actor boss_;
  supervision* board_;
  supervisor_options options_;
  children children_;  ///< in the order of start
  std::deque<caf::actor_clock::time_point> recent_;
  bool stopping_ = false;
  std::uint64_t deadline_ = 0;
};

}  // namespace heed
