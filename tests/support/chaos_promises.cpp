#include "tests/support/chaos_promises.hpp"

#include <algorithm>

namespace heed::test {

using nlohmann::json;

namespace {

/// By address: what a provider took.
using mail = std::map<std::string, std::vector<accepted>>;

void check_touches(chaos_report& r, const mail& to) {
  for (const auto& [address, messages] : to) {
    std::map<std::string, int> taken;
    for (const auto& m : messages)
      ++taken[m.what.text + "/" + m.what.step];
    for (const auto& [step, n] : taken)
      hold(r, "at most one message a touch", n == 1, step + " " + std::to_string(n) + " times");
  }
}

void check_stops(chaos_report& r, const mail& to, const chaos_people& people) {
  for (const auto& s : people.stops()) {
    const auto at = to.find(s.address);
    if (at == to.end()) continue;
    for (const auto& m : at->second)
      hold(r, "no call after a stop was answered but those it listed",
           m.arrived_at <= s.answered_at || s.on_the_wire.contains(m.what.effect), m.what.effect);
  }
}

void check_run(chaos_report& r, const json& run, const std::string& lead, const std::vector<accepted>& received) {
  hold(r, "nobody who was taken is lost", run.is_object() && run.contains("status"), lead);
  std::size_t sent = 0, doubtful = 0;
  for (const auto& h : run.value("history", json::array())) {
    sent += h.at("outcome") == "sent";
    doubtful += h.at("outcome") == "unknown";
  }
  // A call of unknown outcome is listed as one, for an operator.
  for (const auto& t : run.value("touches", json::array()))
    doubtful += t.at("state") == "unknown";
  std::string seen;
  for (const auto& m : received)
    seen += " " + m.what.effect;
  hold(r, "what the journal calls sent was taken", sent <= received.size(), run.dump() + " taken:" + seen);
  hold(r, "what was taken is in the journal or listed as in doubt", received.size() <= sent + doubtful, lead + ": " + run.dump());
}

}  // namespace

void hold(chaos_report& r, const std::string& promise, bool held, const std::string& example) {
  auto at = std::ranges::find(r.promises, promise, &chaos_report::promise::name);
  if (at == r.promises.end()) at = r.promises.insert(at, {promise, 0, 0, {}});
  ++at->checked;
  if (held) return;
  if (at->broken++ == 0) at->example = example;
}

json three_short_steps() {
  auto c = two_steps("email", "3s");
  c["sequence"].push_back({{"id", "three"}, {"channel", "email"}, {"template", "again"}, {"delay", "4s"}});
  return c;
}

void check_people(chaos_report& r, world& w, client api, const chaos_people& people) {
  mail to;
  for (auto& m : w.provider().messages())
    to[m.what.to].push_back(std::move(m));
  check_touches(r, to);
  check_stops(r, to, people);
  for (const auto& [name, lead] : people.leads())
    check_run(r, run_of(api, "chaos", lead), lead, to[name + "@example.com"]);
}

void check_journal(chaos_report& r, world& w) {
  for (const auto& command : {std::vector<std::string>{"verify"}, std::vector<std::string>{"replay", "--all"}}) {
    const auto told = w.heed(command);
    hold(r, "verify and replay are clean", told.exit_code == 0, told.out.substr(0, 600));
  }
}

}  // namespace heed::test
