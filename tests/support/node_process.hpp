#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/client.hpp"

/// Real processes for the tests that need them: they are started, watched over their pipes and killed.
namespace heed::test {

/// A directory of its own, removed when the test is done with it.
class scratch {
 public:
  scratch();
  ~scratch();
  scratch(const scratch&) = delete;
  scratch& operator=(const scratch&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

struct finished { int exit_code = -1; std::string out; };  ///< stdout and stderr together
/// Runs a program to its end.
[[nodiscard]] finished run_program(const std::vector<std::string>& command, const std::string& input = {},
                                   const std::map<std::string, std::string>& environment = {});

/// A running `heed serve` or `heed demo`; its output goes to a file in the scratch directory.
class node_process {
 public:
  node_process(std::vector<std::string> command, std::filesystem::path log, std::map<std::string, std::string> environment = {});
  ~node_process();
  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;

  /// Waits until GET /readyz answers 200; false when the process ended or the time is over.
  [[nodiscard]] bool wait_ready(const std::string& base_url, std::chrono::seconds most = std::chrono::seconds(30));
  void signal(int number);
  /// SIGKILL and reap.
  void kill_now();
  /// SIGTERM, reap; the exit code, none when it had to be killed after `most`.
  std::optional<int> stop(std::chrono::seconds most = std::chrono::seconds(25));
  [[nodiscard]] bool running();
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::string log() const;

 private:
  pid_t pid_ = -1;
  std::filesystem::path log_;
};

/// A port nobody listens on now.
[[nodiscard]] std::uint16_t free_port();
/// Resident set of a process in bytes, 0 when unknown.
[[nodiscard]] std::size_t resident_bytes(pid_t pid);
/// User and system time a process has used.
[[nodiscard]] double cpu_seconds(pid_t pid);

}  // namespace heed::test
