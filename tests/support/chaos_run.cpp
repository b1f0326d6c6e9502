#include "tests/support/chaos_run.hpp"

#include <poll.h>
#include <signal.h>

#include <functional>
#include <iomanip>
#include <ostream>
#include <random>

#include "tests/support/chaos_people.hpp"
#include "tests/support/chaos_promises.hpp"
#include "tests/support/postgres_proxy.hpp"
#include "tests/support/postgres_server.hpp"

namespace heed::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;
using mode = behaviour::mode;

constexpr auto rest_patience = 240s;

/// One `heed serve`. When it was told to leave at once it is started again, as a service manager would.
class one_process {
 public:
  explicit one_process(world& w) : w_(w) {}
  void kill() {
    w_.kill_now();
    w_.start();
  }
  void stop_and_start() {
    (void)w_.stop();
    w_.start();
  }
  void freeze(std::chrono::milliseconds time) {
    w_.node().signal(SIGSTOP);
    poll(nullptr, 0, static_cast<int>(time.count()));
    w_.node().signal(SIGCONT);
  }
  /// True when it had gone.
  bool keep_up() {
    if (w_.node().running()) return false;
    w_.start();
    return true;
  }

 private:
  world& w_;
};

/// A server with a line to it that can be broken.
struct database {
  postgres_server server;
  postgres_proxy line{server.new_database()};
};

class chaos_run {
 public:
  chaos_run(const chaos_options& o, std::ostream& progress)
      : o_(o), progress_(progress), dice_(o.seed), database_(o.on_postgres ? std::make_unique<database>() : nullptr),
        w_(o.heed_binary, options_of(database_.get())), target_(w_) {}
  chaos_report run();

 private:
  static world_options options_of(const database* on) {
    world_options o;
    if (on) o.store_url = on->line.url();
    o.provider_behaves.latency = 20ms;
    o.call_timeout_ms = 1'000;
    o.yaml = "chaos: {enabled: true}\nsupervision: {stuck_after: 10s}\n";
    return o;
  }
  void inject();
  void misbehave();
  void interrupt_database();
  void order(const std::string& kind, json body);
  void rest();
  void check(const chaos_people& people);

  chaos_options o_;
  std::ostream& progress_;
  std::mt19937_64 dice_;
  std::unique_ptr<database> database_;
  world w_;
  one_process target_;
  chaos_report report_;
  std::uint64_t buried_ = 0;  ///< poisonings that end in a dead letter
  std::function<std::string()> victim_;
};

/// A fault for a part of the node, through its own door; it may be gone before it answers.
void chaos_run::order(const std::string& kind, json body) {
  auto admin = w_.admin();
  const auto answer = admin.post("/admin/chaos", body);
  if (answer.status == 202 || answer.status == 0) ++report_.faults[kind];
}

void chaos_run::misbehave() {
  static const std::vector<std::pair<std::string, mode>> modes{
      {"provider accepts and answers 500", mode::accept_then_500}, {"provider accepts and hangs", mode::accept_then_hang},
      {"provider answers 429", mode::rate_limit},                  {"provider answers 500", mode::refuse_500},
      {"provider closes after reading", mode::close_after_request}, {"provider cannot be reached", mode::close_before_request},
      {"provider answers late", mode::normal}};
  const auto& [name, what] = modes[dice_() % modes.size()];
  behaviour b;
  b.what = what;
  b.latency = what == mode::normal ? 900ms : 20ms;
  b.fraction = 0.2 + static_cast<double>(dice_() % 7) / 10;
  b.seed = dice_();
  w_.provider_does(b);
  ++report_.faults[name];
  poll(nullptr, 0, static_cast<int>(300 + dice_() % 1'500));
  behaviour good;
  good.latency = 20ms;
  w_.provider_does(good);
}

void chaos_run::interrupt_database() {
  using how = postgres_server::how;
  const auto away = [&](how h) {
    database_->server.stop(h);
    poll(nullptr, 0, static_cast<int>(dice_() % 1'500));
    database_->server.start();
  };
  const auto kind = dice_() % 100;
  if (kind < 15) {
    away(how::fast);
    ++report_.faults["database restarted"];
  } else if (kind < 30) {
    away(how::immediate);
    ++report_.faults["database crashed and was started"];
  } else if (kind < 60) {
    report_.faults["connections ended by the database"] += database_->server.cut_connections(1 + static_cast<unsigned>(dice_() % 3));
  } else if (kind < 80) {
    database_->line.cut();
    ++report_.faults["all connections cut on their way"];
  } else {
    database_->line.lose_next_commit();
    ++report_.faults["answer of a commit lost"];
  }
}

void chaos_run::inject() {
  if (database_ && dice_() % 100 < 40) return interrupt_database();
  static const std::vector<std::string> parts{"regions/0", "regions/1", "gateway", "timers", "providers", "readers/0", "readers/1",
                                              "notifier", "chores", "store"};
  const auto part = parts[dice_() % parts.size()];
  const auto kind = dice_() % 100;
  if (kind < 32) {
    target_.kill();
    ++report_.faults["process killed"];
  } else if (kind < 46) {
    target_.freeze(std::chrono::milliseconds(200 + dice_() % 2'500));
    ++report_.faults["process stopped and continued"];
  } else if (kind < 50) {
    target_.stop_and_start();
    ++report_.faults["process ended in order"];
  } else if (kind < 56) {
    order("process left at once", {{"what", "exit"}});
  } else if (kind < 68) {
    order("component crashed", {{"what", "crash"}, {"path", part}});
  } else if (kind < 76) {
    order("component hung", {{"what", "hang"}, {"path", part}, {"milliseconds", 100 + dice_() % 2'000}});
  } else if (kind < 84) {
    const auto lead = victim_();
    const auto times = 1 + dice_() % 3;
    if (lead.empty()) return;
    order(times < 3 ? "decision failed" : "decision failed for good", {{"what", "poison"}, {"lead", lead}, {"times", times}});
    buried_ += times == 3;
  } else {
    misbehave();
  }
}

/// Nothing is broken any more; what was begun comes to its end.
void chaos_run::rest() {
  progress_ << "coming to rest" << std::endl;
  (void)target_.keep_up();
  const auto settled = [&] {
    auto admin = w_.admin();
    const auto n = admin.get("/admin/counts").json();
    if (!n.is_object() || n.value("pending", 1) + n.value("effects_planned", 1) + n.value("effects_in_flight", 1) > 0) return false;
    auto api = w_.api();
    const auto counts = api.get(acme + "/runs?limit=1&status=running").json();
    return counts.is_object() && counts["counts"].value("running", 1) + counts["counts"].value("pending", 1) == 0;
  };
  const bool at_rest = eventually(settled, rest_patience);
  auto admin = w_.admin();
  hold(report_, "everything begun comes to its end", at_rest, admin.get("/admin/counts").body);
}

void chaos_run::check(const chaos_people& people) {
  check_people(report_, w_, w_.api(), people);
  auto admin = w_.admin();
  const auto dead = admin.get("/admin/counts").json().value("dead", std::uint64_t{0});
  report_.work["dead letters"] = dead;
  hold(report_, "dead letters are those that were poisoned for good", dead <= buried_, std::to_string(dead) + " of " + std::to_string(buried_));
  (void)w_.stop();
  check_journal(report_, w_);
}

chaos_report chaos_run::run() {
  w_.start();
  if (w_.api().put(acme + "/campaigns/chaos", three_short_steps()).status / 100 != 2) throw std::runtime_error("no campaign");
  {
    chaos_people people(w_, o_.seed, o_.most_leads, o_.leads_per_second);
    victim_ = [&] { return people.any_lead(dice_()); };
    const auto end = std::chrono::steady_clock::now() + o_.lasts;
    auto said = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() < end) {
      inject();
      if (target_.keep_up()) ++report_.faults["process left by itself and was started again"];
      poll(nullptr, 0, static_cast<int>(100 + dice_() % 900));
      if (std::chrono::steady_clock::now() - said < 20s) continue;
      said = std::chrono::steady_clock::now();
      std::uint64_t n = 0;
      for (const auto& [kind, times] : report_.faults)
        n += times;
      progress_ << n << " faults, " << w_.provider().count().accepted << " messages" << std::endl;
    }
    people.leave();
    report_.work = people.work();
    report_.work["messages taken"] = w_.provider().count().accepted;
    rest();
    check(people);
  }
  return std::move(report_);
}

}  // namespace

bool chaos_report::held() const {
  bool all = !promises.empty();
  for (const auto& p : promises)
    all = all && p.broken == 0;
  return all;
}

chaos_report run_chaos(const chaos_options& o, std::ostream& progress) { return chaos_run(o, progress).run(); }

void print(const chaos_report& r, std::ostream& out) {
  std::uint64_t all = 0;
  out << "\nfaults injected\n";
  for (const auto& [kind, n] : r.faults) {
    out << std::setw(8) << n << "  " << kind << "\n";
    all += n;
  }
  out << std::setw(8) << all << "  in all\n\nmeanwhile\n";
  for (const auto& [what, n] : r.work)
    out << std::setw(8) << n << "  " << what << "\n";
  out << "\npromises\n";
  for (const auto& p : r.promises) {
    out << std::setw(8) << p.checked << "  " << (p.broken == 0 ? "held    " : "BROKEN  ") << p.name;
    if (p.broken > 0) out << ": " << p.broken << " times, for example " << p.example;
    out << "\n";
  }
}

}  // namespace heed::test
