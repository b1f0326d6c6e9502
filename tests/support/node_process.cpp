#include "tests/support/node_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace heed::test {

namespace fs = std::filesystem;

scratch::scratch() {
  auto pattern = (fs::temp_directory_path() / "heed-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}
scratch::~scratch() {
  std::error_code ignored;
  if (!std::getenv("HEED_KEEP_SCRATCH")) fs::remove_all(path_, ignored);
}
std::string scratch::write(const std::string& name, const std::string& text) const {
  auto file = path_ / name;
  std::ofstream(file) << text;
  return file.string();
}

namespace {

/// In the child: replaces the process image, or ends it when that fails.
[[noreturn]] void become(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const auto& a : command) arguments.push_back(const_cast<char*>(a.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

finished run_program(const std::vector<std::string>& command, const std::string& input,
                     const std::map<std::string, std::string>& environment) {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("pipe failed");
  auto pid = fork();
  if (pid == 0) {
    dup2(in[0], 0), dup2(out[1], 1), dup2(out[1], 2);
    become(command, environment);
  }
  close(in[0]), close(out[1]);
  // The input is written by a thread of its own, so that neither side waits for the other's full pipe.
  std::thread writer([&] {
    std::size_t done = 0;
    while (done < input.size()) {
      auto n = write(in[1], input.data() + done, input.size() - done);
      if (n <= 0) break;
      done += static_cast<std::size_t>(n);
    }
    close(in[1]);
  });
  finished f;
  char buffer[65536];
  for (ssize_t n; (n = read(out[0], buffer, sizeof buffer)) > 0;) f.out.append(buffer, static_cast<std::size_t>(n));
  writer.join();
  close(out[0]);
  int status = 0;
  waitpid(pid, &status, 0);
  f.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return f;
}

node_process::node_process(std::vector<std::string> command, fs::path log, std::map<std::string, std::string> environment)
    : log_(std::move(log)) {
  pid_ = fork();
  if (pid_ == 0) {
    int file = open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    int null = open("/dev/null", O_RDONLY);
    dup2(null, 0), dup2(file, 1), dup2(file, 2);
    become(command, environment);
  }
  if (pid_ < 0) throw std::runtime_error("fork failed");
}

node_process::~node_process() {
  if (running()) kill_now();
}

bool node_process::running() { return pid_ > 0 && waitpid(pid_, nullptr, WNOHANG) == 0; }

bool node_process::wait_ready(const std::string& base_url, std::chrono::seconds most) {
  client probe(base_url);
  auto end = std::chrono::steady_clock::now() + most;
  while (std::chrono::steady_clock::now() < end) {
    if (!running()) {
      pid_ = -1;
      return false;
    }
    if (probe.get("/readyz").status == 200) return true;
    poll(nullptr, 0, 5);
  }
  return false;
}

void node_process::signal(int number) { ::kill(pid_, number); }

void node_process::kill_now() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::optional<int> node_process::stop(std::chrono::seconds most) {
  if (pid_ <= 0) return std::nullopt;
  ::kill(pid_, SIGTERM);
  auto end = std::chrono::steady_clock::now() + most;
  while (std::chrono::steady_clock::now() < end) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    poll(nullptr, 0, 5);
  }
  kill_now();
  return std::nullopt;
}

std::string node_process::log() const {
  std::ifstream in(log_);
  std::stringstream all;
  all << in.rdbuf();
  return all.str();
}

std::uint16_t free_port() {
  int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof a;
  if (bind(s, reinterpret_cast<sockaddr*>(&a), size) != 0) throw std::runtime_error("no free port");
  getsockname(s, reinterpret_cast<sockaddr*>(&a), &size);
  close(s);
  return ntohs(a.sin_port);
}

std::size_t resident_bytes(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
  std::size_t total = 0, resident = 0;
  in >> total >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

double cpu_seconds(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(in, line);
  std::istringstream rest(line.substr(std::min(line.size(), line.rfind(')') + 2)));
  std::string skipped;
  for (int i = 0; i < 11; ++i) rest >> skipped;
  double user = 0, system = 0;
  rest >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace heed::test
