#pragma once

#include <chrono>
#include <string>
#include <string_view>

/// A process that starts itself again, with the same id and arguments and nothing of its former life but the log: what
/// nobody can mend from inside is mended by a new epoch and by reading anew, and no service manager is needed for it.
namespace heed {

/// First of all in `main`, while there is one thread: notes how to start again, and closes what a former life left open.
void begin_life(int argc, char** argv);

/// True when this process started itself: what it was configured with has worked before.
[[nodiscard]] bool had_a_former_life();

/// What is waited at the begin of a life after so many short ones in a row: nothing after the first, then 50 ms doubling to
/// 5 s, so that a crash loop is seen and not hot.
[[nodiscard]] std::chrono::milliseconds pause_after(unsigned short_lives);
/// The same for this life.
[[nodiscard]] std::chrono::milliseconds pause_of_this_life();

/// Ends this life and begins the next. `lasted` = this one was no part of a crash loop. Returns, with the exit code, only
/// when the program cannot be started again.
[[nodiscard]] int begin_next_life(std::string_view why, bool lasted);

/// How a start goes on while its store is away: it tries every 50 ms at first, every second in the end, and says so when the
/// reason changes and every half minute.
class store_wait {
 public:
  using instant = std::chrono::steady_clock::time_point;
  struct step {
    std::chrono::milliseconds pause{0};
    bool say = false;
  };
  [[nodiscard]] step failed(const std::string& why, instant now);

 private:
  std::chrono::milliseconds pause_{0};
  std::string said_;
  instant said_at_{};
};

}  // namespace heed
