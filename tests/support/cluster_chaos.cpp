#include "tests/support/cluster_chaos.hpp"

#include <pqxx/pqxx>

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <ostream>
#include <random>
#include <set>

#include "tests/support/chaos_people.hpp"
#include "tests/support/chaos_promises.hpp"
#include "actors/lead/ids.hpp"
#include "tests/support/cluster_world.hpp"

namespace heed::test {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;
using mode = behaviour::mode;
using steady = std::chrono::steady_clock;

constexpr auto rest_patience = 240s;

void wait(std::chrono::milliseconds time) { poll(nullptr, 0, static_cast<int>(time.count())); }

class cluster_chaos {
 public:
  cluster_chaos(const cluster_chaos_options& o, std::ostream& progress)
      : o_(o), progress_(progress), dice_(o.run.seed), w_(options_of(o)) {}
  chaos_report run();

 private:
  static cluster_options options_of(const cluster_chaos_options& o) {
    cluster_options c;
    // The older release makes the store, so that the upgrade brings up its schema as well.
    c.heed_binary = o.other_binary.empty() ? o.run.heed_binary : o.other_binary;
    c.nodes = o.nodes;
    c.proof_by_process = o.proof_by_process;
    c.world.provider_behaves.latency = 20ms;
    c.world.call_timeout_ms = 1'000;
    return c;
  }
  void inject();
  void fail_over(const std::string& kind, const std::function<void(std::size_t)>& how, bool planned);
  void heal();
  void keep_up();
  void launch(std::size_t node);
  void collect_figures();
  void upgrade_the_rest();
  void rest();
  void check(const chaos_people& people);
  [[nodiscard]] std::size_t any_node() { return dice_() % w_.size(); }
  [[nodiscard]] std::vector<std::size_t> all() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < w_.size(); ++i)
      out.push_back(i);
    return out;
  }

  cluster_chaos_options o_;
  std::ostream& progress_;
  std::mt19937_64 dice_;
  cluster_world w_;
  chaos_report report_;
  std::function<std::map<std::string, std::string>()> people_;
  std::set<std::size_t> upgraded_;
  std::vector<std::chrono::milliseconds> crash_, planned_;
  std::map<std::size_t, double> fenced_last_;
  double fenced_ = 0;
  std::uint64_t probes_ = 0;
};

/// From the blow to the first decision about somebody whose shard that node had: people whose leads were its own write, and
/// the first who is told of a decision is the measure.
void cluster_chaos::fail_over(const std::string& kind, const std::function<void(std::size_t)>& how, bool planned) {
  const auto victim = any_node();
  const auto witness = (victim + 1) % w_.size();
  const auto seen = w_.view(witness);
  std::set<int> shards;
  if (seen.is_object())
    for (const auto& n : seen.at("nodes"))
      if (n.at("name") == "n" + std::to_string(victim + 1))
        for (const auto& s : n.at("shard_ids"))
          shards.insert(s.get<int>());
  std::string name, lead;
  for (const auto& [who, id] : people_())
    if (shards.contains(static_cast<int>(stable_hash(id) % 256))) name = who, lead = id;
  const auto began = steady::now();
  how(victim);
  ++report_.faults[kind];
  if (name.empty()) return;
  const json e{{"id", "probe-" + std::to_string(++probes_)},
               {"kind", "page_viewed"},
               {"occurred_at", "2020-01-01T00:00:00Z"},
               {"lead", {{"email", name + "@example.com"}}},
               {"attributes", {{"url", "https://example.com/prices"}}}};
  http_answer answer;
  unsigned asked = 0;
  bool decided = false;
  pqxx::connection journal(w_.database().url(w_.database_name()));
  while (!decided && steady::now() - began < 20s) {
    if (answer.status / 100 != 2) {
      auto api = w_.api(witness);
      answer = api.post(acme + "/events", e);
      ++asked;
    }
    // Asked of the store itself: who waits at a node for a decision made by another hears of it late.
    decided = !pqxx::nontransaction(journal)
                   .exec("select from heed.journal where lead = (select n from heed.lead where id = " + journal.quote(lead) +
                         ") and stimulus_key like '%probe-" + std::to_string(probes_) + "'")
                   .empty();
    if (!decided) wait(3ms);
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - began);
  (planned ? planned_ : crash_).push_back(took);
  if (took > 3s)
    progress_ << kind << ": " << took.count() << " ms to the first decision, n" << witness + 1 << " asked " << asked << " times, last "
              << answer.status << " " << answer.body.substr(0, 200) << std::endl;
}

void cluster_chaos::inject() {
  const auto kind = dice_() % 100;
  if (kind < 34) {
    fail_over("node killed", [&](std::size_t n) { w_.kill(n); }, false);
  } else if (kind < 50) {
    std::size_t frozen = 0;
    fail_over("node stopped, taken over, and continued (zombie)", [&](std::size_t n) {
      frozen = n;
      w_.signal(n, SIGSTOP);
    }, false);
    wait(std::chrono::milliseconds(dice_() % 1'500));
    w_.signal(frozen, SIGCONT);
  } else if (kind < 56) {
    const auto n = any_node();
    w_.signal(n, SIGSTOP);
    wait(std::chrono::milliseconds(200 + dice_() % 1'200));
    w_.signal(n, SIGCONT);
    ++report_.faults["node stopped for a moment"];
  } else if (kind < 66) {
    std::size_t cut = 0;
    const bool one_way = dice_() % 2 == 0;
    fail_over(one_way ? "node hears no more from its database" : "node cut off from its database", [&](std::size_t n) {
      cut = n;
      w_.to_database(n).swallow(!one_way, true);
    }, false);
    wait(std::chrono::milliseconds(dice_() % 2'000));
    w_.to_database(cut).swallow(false, false);
    w_.to_database(cut).break_all();
  } else if (kind < 74) {
    const auto n = any_node();
    const auto how = dice_() % 3;
    w_.from_peers(n).swallow(how != 1, how != 0);
    wait(std::chrono::milliseconds(500 + dice_() % 4'000));
    w_.from_peers(n).swallow(false, false);
    if (dice_() % 2 == 0) w_.from_peers(n).break_all();
    ++report_.faults[how == 2 ? "peers cut off in both directions" : "peers cut off in one direction"];
  } else if (kind < 84) {
    fail_over("node restarted in order", [&](std::size_t n) { w_.signal(n, SIGTERM); }, true);
  } else if (kind < 88) {
    w_.database().stop(dice_() % 2 == 0 ? postgres_server::how::fast : postgres_server::how::immediate);
    wait(std::chrono::milliseconds(dice_() % 1'500));
    w_.database().start();
    ++report_.faults["database restarted"];
  } else if (kind < 92) {
    report_.faults["connections ended by the database"] += w_.database().cut_connections(1 + static_cast<unsigned>(dice_() % 3));
  } else if (kind < 96 && !o_.skewed_clock.empty()) {
    const auto n = any_node();
    const auto seconds = static_cast<std::int64_t>(dice_() % 7'200) - 3'600;
    w_.environment(n, {{"LD_PRELOAD", o_.skewed_clock}, {"SKEWED_CLOCK_SECONDS", std::to_string(seconds)}});
    w_.kill(n);
    ++report_.faults["node killed and back with a wrong clock"];
  } else {
    behaviour b;
    b.what = std::vector{mode::accept_then_500, mode::accept_then_hang, mode::rate_limit, mode::close_after_request}[dice_() % 4];
    b.latency = 20ms;
    b.fraction = 0.5;
    b.seed = dice_();
    w_.through_balancer().provider_does(b);
    wait(std::chrono::milliseconds(300 + dice_() % 1'000));
    heal();
    ++report_.faults["provider misbehaves"];
  }
}

void cluster_chaos::heal() {
  behaviour good;
  good.latency = 20ms;
  w_.through_balancer().provider_does(good);
}

/// In an upgrade whoever ends comes back as this release, sooner or later.
void cluster_chaos::launch(std::size_t node) {
  if (!o_.other_binary.empty()) {
    const bool upgraded = upgraded_.contains(node) || dice_() % 4 == 0;
    if (upgraded) upgraded_.insert(node);
    w_.binary(node, upgraded ? o_.run.heed_binary : o_.other_binary);
    ++report_.work[upgraded ? "starts of this release" : "starts of the release before"];
  }
  w_.launch(node);
}

/// A service manager's work; then the cluster is let come together, for the next blow is to be one of its own.
void cluster_chaos::keep_up() {
  for (const auto n : all()) {
    if (w_.running(n)) continue;
    const auto log = w_.log(n);
    hold(report_, "no node ends by itself", log.find("terminate called") == std::string::npos && log.find("node.left") == std::string::npos,
         log.substr(log.size() - std::min<std::size_t>(log.size(), 500)));
    launch(n);
  }
  const bool whole = eventually([&] {
    for (const auto n : all())
      if (!w_.running(n)) launch(n);
    return w_.is_whole(all());
  }, 40s);
  hold(report_, "the cluster comes together again", whole, w_.view(0).dump());
  collect_figures();
}

void cluster_chaos::collect_figures() {
  for (const auto n : all()) {
    const auto now = w_.figure(n, "heed_fenced_total");
    // A new life counts from nothing.
    fenced_ += now >= fenced_last_[n] ? now - fenced_last_[n] : now;
    fenced_last_[n] = now;
  }
}

/// What newer nodes decided for last waits for them.
void cluster_chaos::upgrade_the_rest() {
  if (o_.other_binary.empty()) return;
  for (const auto n : all()) {
    if (!upgraded_.insert(n).second) continue;
    (void)w_.stop(n);
    launch(n);
  }
}

void cluster_chaos::rest() {
  progress_ << "coming to rest" << std::endl;
  const auto settled = [&] {
    auto admin = w_.admin(0);
    const auto n = admin.get("/admin/counts").json();
    if (!n.is_object() || n.value("pending", 1) + n.value("effects_planned", 1) + n.value("effects_in_flight", 1) > 0) return false;
    auto api = w_.api(0);
    const auto counts = api.get(acme + "/runs?limit=1&status=running").json();
    return counts.is_object() && counts["counts"].value("running", 1) + counts["counts"].value("pending", 1) == 0;
  };
  const bool at_rest = eventually(settled, rest_patience);
  auto admin = w_.admin(0);
  hold(report_, "everything begun comes to its end", at_rest, admin.get("/admin/counts").body);
}

void cluster_chaos::check(const chaos_people& people) {
  auto& w = w_.through_balancer();
  check_people(report_, w, w_.api(0), people);
  auto admin = w_.admin(0);
  const auto dead = admin.get("/admin/counts").json().value("dead", std::uint64_t{0});
  hold(report_, "no stimulus is given up", dead == 0, std::to_string(dead));
  for (const auto n : all())
    (void)w_.stop(n);
  w.binary(o_.run.heed_binary);
  check_journal(report_, w);
  // Epochs of one lead never fall: a decision under an older grant than the one before it would be a stale commit.
  pqxx::connection journal(w_.database().url(w_.database_name()));
  const auto stale = pqxx::nontransaction(journal).exec(
      "select count(*) from (select epoch, lag(epoch) over (partition by lead order by seq) before from heed.journal) j"
      " where epoch < before")[0][0].as<std::size_t>();
  hold(report_, "no commit under an old epoch", stale == 0, std::to_string(stale) + " decisions");
  std::map<std::string, int> decided;
  for (const auto& row : pqxx::nontransaction(journal).exec("select stimulus_key from heed.journal where kind = 'message_opened'")) {
    const auto key = row[0].as<std::string>();
    ++decided[key.substr(key.rfind(':') + 1)];
  }
  for (const auto& id : people.openings())
    hold(report_, "every event taken is decided exactly once", decided[id] == 1, id + ": " + std::to_string(decided[id]) + " times");
}

std::string of(std::vector<std::chrono::milliseconds> all) {
  if (all.empty()) return "none";
  std::ranges::sort(all);
  const auto at = [&](double q) { return all[std::min(all.size() - 1, static_cast<std::size_t>(q * static_cast<double>(all.size())))].count(); };
  return std::to_string(all.size()) + " times, p50 " + std::to_string(at(0.5)) + " ms, p99 " + std::to_string(at(0.99)) +
         " ms, longest " + std::to_string(all.back().count()) + " ms";
}

chaos_report cluster_chaos::run() {
  if (!o_.other_binary.empty())
    for (const auto n : all())
      w_.binary(n, o_.other_binary);
  w_.start();
  if (w_.api(0).put(acme + "/campaigns/chaos", three_short_steps()).status / 100 != 2) throw std::runtime_error("no campaign");
  {
    chaos_people people(w_.through_balancer(), o_.run.seed, o_.run.most_leads, o_.run.leads_per_second, o_.run.openings_per_second);
    people_ = [&] { return people.leads(); };
    const auto end = steady::now() + o_.run.lasts;
    auto said = steady::now();
    while (steady::now() < end) {
      inject();
      keep_up();
      wait(std::chrono::milliseconds(dice_() % 500));
      if (steady::now() - said < 20s) continue;
      said = steady::now();
      std::uint64_t n = 0;
      for (const auto& [kind, times] : report_.faults)
        n += times;
      progress_ << n << " faults, " << w_.through_balancer().provider().count().accepted << " messages" << std::endl;
    }
    people.leave();
    report_.work.merge(people.work());
    report_.work["messages taken"] = w_.through_balancer().provider().count().accepted;
    upgrade_the_rest();
    keep_up();
    rest();
    collect_figures();
    report_.work["writes fenced off"] = static_cast<std::uint64_t>(fenced_);
    check(people);
  }
  progress_ << "from a blow to the first decision of a moved lead: " << of(crash_) << "\nfrom asking for an orderly end: "
            << of(planned_) << std::endl;
  return std::move(report_);
}

}  // namespace

chaos_report run_cluster_chaos(const cluster_chaos_options& o, std::ostream& progress) {
  return cluster_chaos(o, progress).run();
}

}  // namespace heed::test
