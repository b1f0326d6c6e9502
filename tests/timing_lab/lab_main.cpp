// Regret of Heed, of an hourly histogram and of ten o'clock against the minute an all-knowing chooser would
// take, by number of engagements. People, zones and windows are drawn from a seed; Heed is asked through
// `heed timing choose`.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "actors/lead/timing/kernel.hpp"
#include "runtime/commands/timing_choose.hpp"
#include "runtime/zones.hpp"
#include "tests/timing_lab/habits.hpp"

namespace {

using namespace heed;
using namespace heed::lab;
using namespace heed::timing;
using std::chrono::minutes;

constexpr std::array<int, 5> counts{5, 10, 20, 60, 200};
constexpr std::array<const char*, 6> zone_names{"Europe/Berlin", "America/New_York", "America/Los_Angeles",
                                                "Asia/Kolkata",  "Australia/Sydney", "Europe/London"};
constexpr std::array<int, 3> window_days{1, 3, 7};
constexpr int windows_per_person = 9;

struct subject {
  std::string name;
  const zone_rules* zone = nullptr;
  truth now;
  std::vector<std::int32_t> slots;
  int count = 0;
};
struct asked {
  std::size_t subject = 0;
  time_point from;
  time_point until;
};

/// Mean share of the best chance that was lost.
struct regret {
  double sum = 0;
  int count = 0;
  void add(double chance, double best) { sum += 1 - chance / best, ++count; }
  [[nodiscard]] double mean() const { return sum / count; }
};
struct regrets {
  regret heed, plain, hour_middle, hour_start, ten;
};

/// Each engagement smoothed with one kernel of 25 minutes, half of it on its own day and half over the days
/// like it, plus five engagements' worth of everybody's: what a careful hour of work reaches.
class plain_kernel {
 public:
  void add(std::int32_t slot, double weight) {
    const int day = slot / minutes_per_day;
    const int first = day < 5 ? 0 : 5;
    const int last = day < 5 ? 5 : 7;
    bump(slot, weight / 2);
    for (int d = first; d < last; ++d)
      bump(d * minutes_per_day + slot % minutes_per_day, weight / 2 / (last - first));
  }
  void add(const plain_kernel& other, double weight) {
    for (std::size_t i = 0; i < cells_.size(); ++i)
      cells_[i] += weight * other.cells_[i];
  }
  [[nodiscard]] double at(std::int32_t slot) const {
    return cells_[static_cast<std::size_t>(slot / curve::cell_minutes)];
  }

 private:
  void bump(std::int32_t slot, double weight) {
    static const kernel k(25);
    const auto row = k.row(slot % curve::cell_minutes);
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto cell = slot / curve::cell_minutes - k.reach() + static_cast<std::int32_t>(i) + curve::cells;
      cells_[static_cast<std::size_t>(cell % curve::cells)] += weight * static_cast<double>(row[i]);
    }
  }
  std::vector<double> cells_ = std::vector<double>(static_cast<std::size_t>(curve::cells));
};

const time_point today = *parse_iso("2026-06-01T00:00:00Z");

class experiment {
 public:
  experiment(std::uint64_t seed, const zone_table& zones) : g_(seed), zones_(zones) {}

  void add_people(const family& f, int per_count, const std::string& segment) {
    for (const int count : counts)
      for (int i = 0; i < per_count; ++i)
        add(f, count, segment);
  }

  void files(std::ostream& events, std::ostream& requests) const {
    events << events_.str(), requests << requests_.str();
  }

  /// Regrets by number of engagements.
  std::map<int, regrets> run() {
    std::istringstream events(events_.str());
    std::istringstream requests(requests_.str());
    std::ostringstream out;
    std::ostringstream err;
    if (commands::choose_times(events, requests, 2, zones_, out, err) != 0) {
      std::fprintf(stderr, "%s", err.str().c_str());
      std::exit(1);
    }
    plain_kernel everybody;
    for (const auto& s : people_)
      for (const auto slot : s.slots)
        everybody.add(slot, 1.0 / static_cast<double>(s.slots.size() * people_.size()));
    std::map<int, regrets> all;
    std::istringstream answers(out.str());
    std::string line;
    for (const auto& a : asked_) {
      std::getline(answers, line);
      const auto target = *parse_iso(nlohmann::json::parse(line)["target_at"].get<std::string>());
      judge(a, target, everybody, all[people_[a.subject].count]);
    }
    return all;
  }

 private:
  void add(const family& f, int count, const std::string& segment) {
    const person p = f.draw(g_);
    subject s;
    s.name = std::string(f.name) + "-" + std::to_string(people_.size());
    const char* zone_name =
        zone_names[std::uniform_int_distribution<std::size_t>(0, zone_names.size() - 1)(g_)];
    s.zone = &zones_.find(zone_name);
    s.now = p.now;
    s.count = count;
    const sampler now(p.now);
    const sampler before(p.before.empty() ? p.now : p.before);
    const double span_days = std::uniform_real_distribution(60.0, 365.0)(g_);
    for (int i = 0; i < count; ++i) {
      const double u = std::uniform_real_distribution(0.0, 1.0)(g_);
      const bool old = p.changed_slowly ? std::uniform_real_distribution(0.0, 1.0)(g_) < u : u > 0.4;
      const std::int32_t slot = !p.before.empty() && old ? before.draw(g_) : now.draw(g_);
      s.slots.push_back(slot);
      // That minute of a week that long ago.
      const auto weeks_ago = static_cast<int>(u * span_days / 7) + 1;
      const auto week = std::chrono::floor<std::chrono::days>(today) - std::chrono::weeks(weeks_ago);
      const auto monday = std::chrono::local_days(std::chrono::year_month_day(week));
      const auto at =
          to_utc(*s.zone, local_point(monday + minutes(slot)) + std::chrono::seconds(slot * 7 % 60));
      const double k = std::uniform_real_distribution(0.0, 1.0)(g_);
      const char* kind = k < 0.7 ? "open" : k < 0.95 ? "click" : "reply";
      events_ << R"({"lead":")" << s.name << R"(","at":")" << to_iso(at) << R"(","kind":")" << kind
              << R"(","tz":")" << zone_name << R"(","segment":")" << segment << "\"}\n";
    }
    for (int i = 0; i < windows_per_person; ++i) {
      const time_point from = today + minutes(std::uniform_int_distribution(1, slots_per_week)(g_));
      const time_point until =
          from + std::chrono::days(window_days[static_cast<std::size_t>(i) % window_days.size()]);
      asked_.push_back({people_.size(), from, until});
      requests_ << R"({"lead":")" << s.name << R"(","tz":")" << zone_name << R"(","segment":")" << segment
                << R"(","from":")" << to_iso(from) << R"(","to":)" << to_micros(until) / 1000
                << R"(,"latency_s":0})"
                << "\n";
    }
    people_.push_back(std::move(s));
  }

  void judge(const asked& a, time_point target, const plain_kernel& everybody, regrets& r) const {
    const subject& s = people_[a.subject];
    std::array<int, hours_per_week> histogram{};
    plain_kernel own;
    own.add(everybody, 5);
    for (const auto slot : s.slots)
      own.add(slot, 1);
    for (const auto slot : s.slots)
      ++histogram[static_cast<std::size_t>(slot / 60)];
    const auto chance = [&](time_point t) {
      return s.now[static_cast<std::size_t>(slot_of(local_minute_of(*s.zone, t)))];
    };
    double best = 0;
    double ten = 0;
    time_point middle = a.from;
    time_point start = a.from;
    time_point plain = a.from;
    double most_plain = -1;
    int most_middle = -1;
    int most_start = -1;
    for (time_point t = a.from; t < a.until; t += minutes(1)) {
      const auto slot = slot_of(local_minute_of(*s.zone, t));
      best = std::max(best, chance(t));
      const int here = histogram[static_cast<std::size_t>(slot / 60)];
      if (slot % curve::cell_minutes == 2 && own.at(slot) > most_plain) most_plain = own.at(slot), plain = t;
      if (slot % 60 == 30 && here > most_middle) most_middle = here, middle = t;
      if (slot % 60 == 0 && here > most_start) most_start = here, start = t;
      if (slot % minutes_per_day == 600 && ten == 0) ten = chance(t);
    }
    r.heed.add(target >= a.from && target < a.until ? chance(target) : 0, best);
    r.plain.add(chance(plain), best);
    r.hour_middle.add(chance(middle), best);
    r.hour_start.add(chance(start), best);
    r.ten.add(ten, best);
  }

  generator g_;
  const zone_table& zones_;
  std::vector<subject> people_;
  std::vector<asked> asked_;
  std::ostringstream events_;
  std::ostringstream requests_;
};

void print(const std::string& name, const std::map<int, regrets>& all) {
  for (const auto& [count, r] : all)
    std::printf("| %s | %d | %.3f | %.3f | %.3f | %.3f | %.3f | %.2f | %.2f | %.2f |\n", name.c_str(), count,
                r.heed.mean(), r.plain.mean(), r.hour_middle.mean(), r.hour_start.mean(), r.ten.mean(),
                r.heed.mean() / r.hour_middle.mean(), r.heed.mean() / r.hour_start.mean(),
                r.heed.mean() / r.plain.mean());
  std::fflush(stdout);
}

}  // namespace

/// heed_timing_lab [people per family and count] [seed] [family | --write DIR]
int main(int argc, char** argv) {
  const int people = argc > 1 ? std::atoi(argv[1]) : 60;
  const auto seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 20'260'601ull;
  const std::string only = argc > 3 ? argv[3] : "";
  const auto zones = load_zones();
  if (only == "--write" && argc > 4) {
    experiment e(seed, *zones);
    for (const auto& f : families())
      e.add_people(f, people, std::string(f.name));
    std::ofstream events(std::string(argv[4]) + "/events.jsonl");
    std::ofstream requests(std::string(argv[4]) + "/requests.jsonl");
    e.files(events, requests);
    return 0;
  }
  std::printf("seed %llu, %d people a family and count, %d windows each\n\n",
              static_cast<unsigned long long>(seed), people, windows_per_person);
  std::printf(
      "| family | events | Heed | plain kernel | hour's middle | hour's start | 10:00 | of middle | of start "
      "| of plain |\n");
  std::printf("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
  std::map<bool, std::map<int, std::vector<std::array<double, 3>>>> ratios;
  for (const auto& f : families()) {
    if (!only.empty() && only != f.name) continue;
    experiment e(seed, *zones);
    e.add_people(f, people, "all");
    const auto result = e.run();
    print(std::string(f.name) + (f.tuning ? "" : " (held out)"), result);
    for (const auto& [count, r] : result)
      ratios[f.tuning][count].push_back({r.heed.mean() / r.hour_middle.mean(),
                                         r.heed.mean() / r.hour_start.mean(),
                                         r.heed.mean() / r.plain.mean()});
  }
  for (const auto& [tuning, by_count] : ratios)
    for (const auto& [count, all] : by_count) {
      std::array<double, 3> logs{};
      for (const auto& one : all)
        for (std::size_t i = 0; i < logs.size(); ++i)
          logs[i] += std::log(one[i]) / static_cast<double>(all.size());
      std::printf("| geometric mean, %s | %d | | | | | | %.2f | %.2f | %.2f |\n",
                  tuning ? "tuning" : "held out", count, std::exp(logs[0]), std::exp(logs[1]),
                  std::exp(logs[2]));
    }
  if (only.empty()) {
    experiment e(seed, *zones);
    for (const auto& f : families())
      e.add_people(f, std::max(1, people / 4), std::string(f.name));
    print("all in one workspace", e.run());
  }
  return 0;
}
