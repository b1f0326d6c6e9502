#include "runtime/restart.hpp"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

namespace heed {
namespace {

using namespace std::chrono_literals;

/// How many lives in a row were short, from one to the next. Its presence says that there was a former one.
constexpr auto variable = "HEED_SHORT_LIVES";
constexpr unsigned first_free_descriptor = 3;

constexpr std::chrono::milliseconds shortest_pause = 50ms;
constexpr std::chrono::milliseconds longest_pause = 5s;
constexpr std::chrono::milliseconds longest_try_pause = 1s;
constexpr auto say_every = 30s;

struct {
  std::vector<char*> arguments;
  unsigned short_lives = 0;
  bool former = false;
} life;

/// The path of this very program; its inode when another one was installed in its place meanwhile.
std::string own_program() {
  std::error_code failed;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", failed);
  return !failed && std::filesystem::exists(path, failed) ? path.string() : "/proc/self/exe";
}

}  // namespace

void begin_life(int argc, char** argv) {
  life.arguments.assign(argv, argv + argc);
  life.arguments.push_back(nullptr);
  const char* lives = std::getenv(variable);
  if (lives == nullptr) return;
  life.former = true;
  const std::string_view text(lives);
  std::from_chars(text.data(), text.data() + text.size(), life.short_lives);
  // One may have been opened while the former life ended.
  ::close_range(first_free_descriptor, ~0u, 0);
}

bool had_a_former_life() { return life.former; }

std::chrono::milliseconds pause_after(unsigned short_lives) {
  if (short_lives < 2) return 0ms;
  return std::min(longest_pause, shortest_pause * (1u << std::min(short_lives - 2, 16u)));
}

std::chrono::milliseconds pause_of_this_life() { return pause_after(life.short_lives); }

int begin_next_life(std::string_view why, bool lasted) {
  const auto lives = lasted ? 0 : life.short_lives + 1;
  spdlog::critical("node.restarting why=\"{}\" short_lives={} pause_ms={}", why, lives, pause_after(lives).count());
  spdlog::default_logger()->flush();
  const auto program = own_program();
  ::setenv(variable, std::to_string(lives).c_str(), 1);
  // Threads still run: their descriptors end with them, not under them.
  ::close_range(first_free_descriptor, ~0u, CLOSE_RANGE_CLOEXEC);
  ::execv(program.c_str(), life.arguments.data());
  spdlog::critical("node.left reason=\"cannot start again: {}\"", std::generic_category().message(errno));
  return 1;
}

store_wait::step store_wait::failed(const std::string& why, instant now) {
  pause_ = std::clamp(pause_ * 2, shortest_pause, longest_try_pause);
  const bool say = why != said_ || now - said_at_ >= say_every;
  if (say) said_ = why, said_at_ = now;
  return {pause_, say};
}

}  // namespace heed
