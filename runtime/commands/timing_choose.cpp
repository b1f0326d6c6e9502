#include "runtime/commands/timing_choose.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <istream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <ostream>
#include <thread>
#include <tuple>
#include <unordered_map>

#include "actors/lead/timing/choice.hpp"
#include "runtime/commands/timing_rows.hpp"

namespace heed::commands {
namespace {

using namespace timing;

constexpr std::uint32_t nobody = ~std::uint32_t{0};
/// What is learned of the population is learned again when a week has passed and there is this much more to
/// learn from.
constexpr duration learned_for = std::chrono::days(7);
constexpr double learned_growth = 1.1;

/// Texts by number: zones, segments and leads come again and again.
class text_table {
 public:
  std::uint32_t number_of(const std::string& text) {
    if (text.empty()) return nobody;
    const auto [found, added] = numbers_.try_emplace(text, static_cast<std::uint32_t>(texts_.size()));
    if (added) texts_.push_back(&found->first);
    return found->second;
  }
  [[nodiscard]] std::uint32_t find(const std::string& text) const {
    const auto found = numbers_.find(text);
    return found == numbers_.end() ? nobody : found->second;
  }
  [[nodiscard]] const std::string& text(std::uint32_t number) const { return *texts_[number]; }
  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<const std::string*> texts_;  ///< keys of the map, which stay where they are
};

struct past_event {
  time_point at;
  engagement what;
  std::uint32_t zone = nobody;
  std::uint32_t segment = nobody;
};

struct request {
  std::uint32_t lead = nobody;
  std::uint32_t zone = nobody;
  std::uint32_t segment = nobody;
  window within;
  duration latency{};
};

struct unreadable {
  std::string why;
};

/// Everything both files say.
class world {
 public:
  explicit world(const zone_table& zones) : zones_(zones) {}

  void read_events(std::istream& in) {
    read(in, "events", [this](const timing_row& row) -> std::string {
      if (row.lead.empty()) return "lead is missing";
      if (!row.at) return "at is missing";
      const auto kind = kind_of(row.kind);
      if (!kind) return "kind is none of open, click, reply";
      past_event e{*row.at, {}, zone_number(row.tz), segments.number_of(row.segment)};
      e.what = {local_minute_of(zone(e.zone), e.at), *kind};
      const auto lead = leads.number_of(row.lead);
      if (lead == people.size()) people.emplace_back();
      people[lead].push_back(e);
      return {};
    });
    // Equal instants are ordered by all they say, so that the order of lines cannot matter.
    for (auto& person : people)
      std::ranges::sort(person, [](const past_event& a, const past_event& b) {
        return std::tie(a.at, a.what, a.zone, a.segment) < std::tie(b.at, b.what, b.zone, b.segment);
      });
  }

  void read_requests(std::istream& in) {
    read(in, "requests", [this](const timing_row& row) -> std::string {
      if (row.lead.empty()) return "lead is missing";
      if (!row.from) return "from is missing";
      if (!row.to) return "to is missing";
      if (*row.to <= *row.from) return "to is not after from";
      if (*row.to - *row.from > std::chrono::days(370)) return "the window is longer than a year";
      request r{
          leads.find(row.lead), zone_number(row.tz), segments.find(row.segment), {*row.from, *row.to}, {}};
      r.latency = duration(static_cast<std::int64_t>(row.latency_s.value_or(0) * 1e6));
      requests.push_back(r);
      names.push_back(row.lead);
      return {};
    });
  }

  [[nodiscard]] const zone_rules& zone(std::uint32_t number) const {
    return number == nobody ? utc_zone() : *known_zones_[number];
  }

  std::vector<std::vector<past_event>> people;  ///< by lead, oldest first
  std::vector<request> requests;
  std::vector<std::string> names;  ///< of the requests' leads
  text_table leads;
  text_table segments;

 private:
  static std::optional<engagement_kind> kind_of(std::string_view name) {
    if (name == "open") return engagement_kind::open;
    if (name == "click") return engagement_kind::click;
    if (name == "reply") return engagement_kind::reply;
    return std::nullopt;
  }

  std::uint32_t zone_number(const std::string& name) {
    const auto number = zone_names_.number_of(name);
    if (number == nobody || number < known_zones_.size()) return number;
    const auto found = zones_.zones.find(name);
    if (found == zones_.zones.end()) throw unreadable{"tz: no zone is named " + name};
    known_zones_.push_back(&found->second);
    return number;
  }

  template <class Take>
  void read(std::istream& in, std::string_view file, Take&& take) {
    std::string line;
    timing_row row;
    for (std::uint64_t number = 1; std::getline(in, line); ++number) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      std::string problem = read_timing_row(line, row);
      try {
        if (problem.empty()) problem = take(row);
      } catch (const unreadable& u) {
        problem = u.why;
      }
      if (!problem.empty())
        throw unreadable{std::string(file) + " line " + std::to_string(number) + ": " + problem};
    }
  }

  const zone_table& zones_;
  text_table zone_names_;
  std::vector<const zone_rules*> known_zones_;
};

/// A person's engagements until an instant, as the evidence keeps them.
std::vector<engagement> until(const std::vector<past_event>& person, time_point t) {
  const auto end = std::ranges::upper_bound(person, t, {}, &past_event::at);
  std::vector<engagement> events;
  events.reserve(static_cast<std::size_t>(end - person.begin()));
  std::transform(person.begin(), end, std::back_inserter(events), [](const past_event& e) { return e.what; });
  return evidence::of(events).events();
}

/// The last thing the person's events up to `t` say of it; nobody when they say nothing.
std::uint32_t last_said(const std::vector<past_event>& person, time_point t,
                        std::uint32_t past_event::*what) {
  auto e = std::ranges::upper_bound(person, t, {}, &past_event::at);
  while (e != person.begin())
    if (const auto said = (*--e).*what; said != nobody) return said;
  return nobody;
}

std::size_t count_until(const world& w, time_point t) {
  std::size_t count = 0;
  for (const auto& person : w.people)
    count +=
        static_cast<std::size_t>(std::ranges::upper_bound(person, t, {}, &past_event::at) - person.begin());
  return count;
}

population learn_until(const world& w, time_point t) {
  // People in the order of their names: the order of lines says nothing.
  std::vector<std::uint32_t> order(w.people.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::sort(order, {}, [&](std::uint32_t i) -> const std::string& { return w.leads.text(i); });
  // No more people than learning looks at anyway.
  constexpr std::size_t enough = 20'000;
  const std::size_t step = order.size() / enough + 1;
  std::vector<std::vector<engagement>> events;
  std::vector<std::uint32_t> segments;
  for (std::size_t i = 0; i < order.size(); i += step) {
    events.push_back(until(w.people[order[i]], t));
    segments.push_back(last_said(w.people[order[i]], t, &past_event::segment));
  }
  std::vector<observed_person> people;
  for (std::size_t i = 0; i < events.size(); ++i)
    people.push_back({segments[i] == nobody ? std::string_view{} : w.segments.text(segments[i]), events[i]});
  return learn(people, local_minute_of(utc_zone(), t));
}

choice answer_to(const world& w, const request& r, const population& known) {
  static const std::vector<past_event> nothing;
  const auto& person = r.lead == nobody ? nothing : w.people[r.lead];
  const time_point now = r.within.from;
  const auto zone_number = r.zone != nobody ? r.zone : last_said(person, now, &past_event::zone);
  const auto segment = r.segment != nobody ? r.segment : last_said(person, now, &past_event::segment);
  const zone_rules& zone = w.zone(zone_number);
  const profile p =
      profile_of(until(person, now), known, segment == nobody ? std::string_view{} : w.segments.text(segment),
                 local_minute_of(zone, now));
  choice_request asked{.now = now,
                       .within = r.within,
                       .zone = zone,
                       .hours = nullptr,
                       .influences = {},
                       .stop = {},
                       .latency = {r.latency, latency_used::origin::assumed},
                       .on = {},
                       .runners_up = 0};
  return choose(p, asked);
}

/// Answers the requests of one state of knowledge, on several threads; each answer has its own place.
void answer_all(const world& w, std::span<const std::uint32_t> which, const population& known,
                unsigned threads, std::vector<choice>& answers) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    constexpr std::size_t portion = 64;
    for (;;) {
      const std::size_t from = next.fetch_add(portion);
      if (from >= which.size()) return;
      for (std::size_t i = from; i < std::min(from + portion, which.size()); ++i)
        answers[which[i]] = answer_to(w, w.requests[which[i]], known);
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads && which.size() > 64; ++i)
    helpers.emplace_back(work);
  work();
}

std::vector<choice> answers_of(const world& w, unsigned threads) {
  std::vector<choice> answers(w.requests.size());
  std::vector<std::uint32_t> order(w.requests.size());
  std::iota(order.begin(), order.end(), 0u);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return w.requests[i].within.from; });

  population known = population::unknown();
  std::optional<time_point> learned_at;
  std::size_t learned_from = 0;
  for (std::size_t i = 0; i < order.size();) {
    const time_point now = w.requests[order[i]].within.from;
    if (!learned_at || now >= *learned_at + learned_for) {
      const std::size_t events = count_until(w, now);
      if (!learned_at || static_cast<double>(events) > learned_growth * static_cast<double>(learned_from)) {
        known = learn_until(w, now);
        learned_from = events;
      }
      learned_at = now;
    }
    std::size_t end = i;
    while (end < order.size() && w.requests[order[end]].within.from < *learned_at + learned_for)
      ++end;
    answer_all(w, std::span(order).subspan(i, end - i), known, threads, answers);
    i = end;
  }
  return answers;
}

void print(const std::string& lead, const choice& c, std::ostream& out) {
  nlohmann::ordered_json line;
  line["lead"] = lead;
  line["target_at"] = to_iso(c.target);
  line["trigger_at"] = to_iso(c.trigger);
  line["probability"] = c.probability;
  line["confidence"] = c.confidence;
  line["source"] = name_of(c.source);
  out << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

}  // namespace

int choose_times(std::istream& events, std::istream& requests, unsigned threads, const zone_table& zones,
                 std::ostream& out, std::ostream& err) {
  world w(zones);
  try {
    w.read_events(events);
    w.read_requests(requests);
  } catch (const unreadable& u) {
    err << u.why << "\n";
    return 2;
  }
  const auto answers = answers_of(w, std::max(1u, threads));
  for (std::size_t i = 0; i < answers.size(); ++i)
    print(w.names[i], answers[i], out);
  return 0;
}

int run_timing_choose(const timing_options& o, const zone_table& zones, std::ostream& out,
                      std::ostream& err) {
  std::ifstream events(o.events_file);
  std::ifstream requests(o.requests_file);
  if (!events || !requests) {
    err << "heed timing: " << (events ? o.requests_file : o.events_file) << " cannot be read\n";
    return 2;
  }
  return choose_times(events, requests, o.threads == 0 ? std::thread::hardware_concurrency() : o.threads,
                      zones, out, err);
}

}  // namespace heed::commands
