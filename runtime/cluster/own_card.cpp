#include "runtime/cluster/own_card.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

namespace heed::cluster {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream in(path);
  std::string out;
  std::getline(in, out);
  return out;
}

struct process_seen {
  char state = '?';
  std::int64_t started = 0;
};

/// Of /proc/PID/stat; the program's name in it may hold anything, so reading begins behind its last bracket.
std::optional<process_seen> look_at(int pid) {
  const auto line = first_line("/proc/" + std::to_string(pid) + "/stat");
  const auto end = line.rfind(')');
  if (end == std::string::npos) return std::nullopt;
  std::istringstream in(line.substr(end + 1));
  process_seen out;
  in >> out.state;
  constexpr int fields_between = 18;
  std::string skipped;
  for (int i = 0; i < fields_between; ++i)
    in >> skipped;
  if (!(in >> out.started)) return std::nullopt;
  return out;
}

}  // namespace

node_card own_card() {
  node_card out;
  out.host = first_line("/etc/machine-id");
  if (out.host.empty()) out.host = first_line("/proc/sys/kernel/hostname");
  // Containers share host and boot and count their processes apart.
  std::error_code failed;
  out.host += " " + std::filesystem::read_symlink("/proc/self/ns/pid", failed).string();
  out.boot = first_line("/proc/sys/kernel/random/boot_id");
  out.pid = ::getpid();
  if (const auto seen = look_at(out.pid)) out.pid_started = seen->started;
  return out;
}

bool is_proved_dead(const node_card& them, const node_card& me) {
  if (them.host.empty() || them.host != me.host || them.boot != me.boot || them.pid == 0 || them.pid_started == 0)
    return false;
  // A former life of this very process, which started itself again.
  if (them.pid == me.pid) return them.pid_started == me.pid_started && them.epoch < me.epoch;
  const auto seen = look_at(them.pid);
  return !seen || seen->started != them.pid_started || seen->state == 'Z' || seen->state == 'X';
}

}  // namespace heed::cluster
