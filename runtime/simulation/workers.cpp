#include "runtime/simulation/workers.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace heed::simulation {
namespace {

struct worker {
  pid_t pid = 0;
  int from = -1;
  std::string said;
};

std::string line(const many_report& r) {
  std::ostringstream out;
  out.precision(17);
  out << r.seeds << ' ' << r.steps << ' ' << r.twice << ' ' << r.lead_days << ' '
      << (r.broken ? r.broken->seed : 0) << ' ' << (r.broken ? 1 : 0) << '\n';
  for (const auto& [name, n] : r.counts) {
    const auto with = r.seeds_with.find(name);
    out << name << ' ' << n << ' ' << (with == r.seeds_with.end() ? 0 : with->second) << '\n';
  }
  return out.str();
}

std::optional<many_report> parsed(const std::string& text) {
  std::istringstream in(text);
  many_report r;
  std::uint64_t seed = 0;
  bool broken = false;
  if (!(in >> r.seeds >> r.steps >> r.twice >> r.lead_days >> seed >> broken)) return std::nullopt;
  if (broken) {
    r.broken.emplace();
    r.broken->seed = seed;
  }
  std::string name;
  for (std::uint64_t n = 0, with = 0; in >> name >> n >> with;) {
    r.counts[name] = n;
    r.seeds_with[name] = with;
  }
  return r;
}

/// In the child: runs its share, says what came of it.
[[noreturn]] void work(many_options o, int to) {
  const auto r = run_many(o);
  if (r.broken) {
    auto failed = o.each;
    failed.seed = r.broken->seed;
    const bool elsewhere = r.broken->broken->invariant == "same_seed_same_trace";
    std::cout << to_text(elsewhere ? *r.broken : shrink(failed, *r.broken)) << std::flush;
  }
  const auto text = line(r);
  for (std::size_t done = 0; done < text.size();) {
    const auto n = ::write(to, text.data() + done, text.size() - done);
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  ::_exit(0);
}

/// Reads what a worker says; false when it has said all.
bool listen(worker& w) {
  char part[4096];
  const auto n = ::read(w.from, part, sizeof part);
  if (n > 0) return w.said.append(part, static_cast<std::size_t>(n)), true;
  ::close(w.from);
  w.from = -1;
  int status = 0;
  ::waitpid(w.pid, &status, 0);
  return false;
}

many_report died(std::uint64_t seed) {
  std::cout << "seed " << seed << " ends its process; again: scripts/simulate --seed " << seed << "\n";
  many_report r;
  r.broken.emplace();
  r.broken->seed = seed;
  return r;
}

}  // namespace

many_report run_in_processes(const many_options& o, std::uint64_t workers, std::optional<std::uint64_t> seeds,
                             std::chrono::steady_clock::time_point until) {
  auto* now_at = static_cast<std::uint64_t*>(::mmap(
      nullptr, workers * sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  if (now_at == MAP_FAILED) throw std::runtime_error("no memory to share with the workers");
  std::vector<worker> all(workers);
  for (std::uint64_t i = 0; i < workers; ++i) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe to a worker");
    auto mine = o;
    mine.first = o.first + i;
    mine.stride = workers;
    mine.begins = [now_at, i](std::uint64_t seed) { now_at[i] = seed; };
    const auto share = seeds ? *seeds / workers + (i < *seeds % workers ? 1 : 0) : 0;
    mine.enough = [seeds, share, until](const many_report& r) {
      return seeds ? r.seeds >= share : std::chrono::steady_clock::now() >= until;
    };
    all[i].pid = ::fork();
    if (all[i].pid < 0) throw std::runtime_error("no process for a worker");
    if (all[i].pid == 0) work(std::move(mine), ends[1]);
    ::close(ends[1]);
    all[i].from = ends[0];
  }
  many_report sum;
  for (auto left = workers; left > 0;) {
    std::vector<pollfd> ready;
    for (const auto& w : all)
      ready.push_back({w.from, POLLIN, 0});
    ::poll(ready.data(), ready.size(), -1);
    for (std::uint64_t i = 0; i < workers; ++i) {
      if (ready[i].revents == 0 || listen(all[i])) continue;
      --left;
      const auto said = parsed(all[i].said);
      const bool stopped = sum.broken && !said;
      if (!stopped) sum.add(said ? *said : died(now_at[i]));
      if (!sum.broken) continue;
      for (const auto& w : all)
        if (w.from >= 0) ::kill(w.pid, SIGTERM);
    }
  }
  ::munmap(now_at, workers * sizeof(std::uint64_t));
  return sum;
}

}  // namespace heed::simulation
