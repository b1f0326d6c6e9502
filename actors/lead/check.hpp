#pragma once

#include <stdexcept>
#include <string>

namespace heed {

/// A broken invariant of our own. Thrown by CHECK, caught by the supervisor of the actor it stopped:
/// it quarantines one lead, never the node.
struct invariant_broken : std::logic_error {
  using std::logic_error::logic_error;
};

[[noreturn]] inline void check_failed(const char* what, const char* file, int line) {
  throw invariant_broken(std::string(file) + ":" + std::to_string(line) + ": " + what);
}

}  // namespace heed

/// Stays on in production. One positively stated condition each.
#define CHECK(condition) \
  do { \
    if (!(condition)) ::heed::check_failed(#condition, __FILE__, __LINE__); \
  } while (false)
