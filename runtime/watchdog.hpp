#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

/// Finds components that make no progress. Pure: whoever samples brings the time.
namespace heed {

/// One component as it is now.
struct progress_sample {
  std::string path;
  std::uint64_t handled = 0;
  std::int64_t waiting = 0;
  std::int64_t busy_since = 0;  ///< steady microseconds; 0 = between two messages
};

struct stuck_finding {
  enum class what : std::uint8_t {
    blocked,  ///< a handler does not return
    idle,     ///< messages wait and none is taken
    moving,   ///< it was found before and goes on
  } is = what::moving;
  std::string path;
  std::chrono::microseconds lasts{0};
  bool for_good = false;  ///< since twice the limit: a restart in place did not help or cannot
};

/// Compares what it sees with what it saw. A watchdog that comes late itself (a suspended machine, a stopped process) has
/// seen nothing in between and holds nobody to account for that time.
class progress_watch {
 public:
  /// @param after   no progress for so long is stuck
  /// @param period  how often it is looked
  progress_watch(std::chrono::microseconds after, std::chrono::microseconds period) : after_(after), period_(period) {}

  /// What changed since the last look: each stuck component once, once more when it is for good, and once when it moves.
  [[nodiscard]] std::vector<stuck_finding> look(std::chrono::microseconds now, std::span<const progress_sample> all);

 private:
  struct seen {
    std::uint64_t handled = 0;
    std::chrono::microseconds since{0};  ///< without progress
    bool told = false, told_for_good = false;
  };
  std::chrono::microseconds after_, period_;
  std::chrono::microseconds last_{0};
  std::map<std::string, seen, std::less<>> seen_;
};

}  // namespace heed
