#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>

#include "actors/lead/time.hpp"
#include "tests/support/world.hpp"

/// Speed and memory of a whole node over its public API, on this machine. Figures wobble with the machine's mood, so each
/// run prints what else burned CPU; nothing here passes or fails.
namespace {

using namespace heed::test;
using nlohmann::json;
using steady = std::chrono::steady_clock;

const std::string ws = "/v1/workspaces/acme";

double seconds_since(steady::time_point t) { return std::chrono::duration<double>(steady::now() - t).count(); }

double at(std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  std::ranges::sort(sorted);
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(static_cast<double>(sorted.size()) * share))];
}

json campaign(const std::string& second_delay, bool first_at_once) {
  json c{{"name", "Bench"}, {"intent", "end_user"}, {"enabled", true}, {"attribution", {{"landing_page", "https://example.com/b"}}}, {"profile", "bench"}};
  c["sequence"] = {{{"id", "s1"}, {"channel", "email"}, {"template", "t"}, {"delay", first_at_once ? "0s" : second_delay}},
                   {{"id", "s2"}, {"channel", "email"}, {"template", "t"}, {"delay", second_delay}}};
  c["templates"] = {{"t", {{"subject", "Hello {firstName}"}, {"body", "Hello {firstName}, " + std::string(140, 'x')}}}};
  return c;
}

std::string address(std::size_t i) { return "lead-" + std::to_string(i) + "@example.com"; }

json lead(std::size_t i, const std::string& campaign_id) {
  json body{{"id", campaign_id + "-" + std::to_string(i)}, {"email", address(i)}, {"fields", {{"firstName", "L" + std::to_string(i)}}},
            {"campaign_id", campaign_id}, {"landing_page", "https://example.com/b"}};
  body["consent"]["email"] = {{"status", "granted"}, {"source", "contract"}};
  return body;
}

std::string now_text(client& c) { return c.get("/healthz").header("x-heed-now"); }

void enrol(world& w, const std::string& campaign_id, const json& definition, std::size_t n, std::size_t from = 0) {
  auto api = w.api();
  auto made = api.put(ws + "/campaigns/" + campaign_id, definition);
  if (made.status / 100 != 2) throw std::runtime_error(made.body);
  in_parallel(w, n, 16, [&](client& c, std::size_t i) {
    for (auto body = lead(from + i, campaign_id).dump();;) {
      auto answer = c.post(ws + "/leads", body, {"Prefer: wait=0"});
      if (answer.status / 100 == 2) return;
      if (answer.status != 503) throw std::runtime_error(answer.body);
      poll(nullptr, 0, 20);
    }
  });
}

std::uint64_t count_of(world& w, const std::string& name) { return w.admin().get("/admin/counts").json().value(name, std::uint64_t{0}); }

/// Due leads decided since the node started: by their timer, or by the change of their campaign that was still waiting.
std::size_t decided(client& admin) {
  auto text = admin.get("/metrics").body;
  std::size_t sum = 0;
  for (const auto* kind : {"timer_fired", "reconsider"}) {
    auto at = text.find("heed_decisions_total{stimulus=\"" + std::string(kind) + "\"}");
    if (at != std::string::npos) sum += std::stoull(text.substr(text.find('}', at) + 2));
  }
  return sum;
}

world_options sandboxed() {
  world_options o;
  o.provider = "sandbox";
  o.yaml = "residency: {max_leads: 2000000, idle_after: 24h}\n";
  return o;
}

constexpr std::size_t event_leads = 20'000, events_per_call = 100;

/// NDJSON bodies of events about random leads, with ids of their own.
std::vector<std::string> event_bodies(const std::string& prefix, std::size_t calls, const std::string& stamp) {
  std::vector<std::string> bodies(calls);
  std::uint32_t x = 1;
  auto draw = [&] { x ^= x << 13, x ^= x >> 17, x ^= x << 5; return x; };
  for (std::size_t b = 0; b < calls; ++b)
    for (std::size_t i = 0; i < events_per_call; ++i) {
      auto a = draw();
      json e{{"id", prefix + std::to_string(b * events_per_call + i)}, {"kind", a % 3 ? "page_viewed" : "link_clicked"}, {"occurred_at", stamp},
             {"lead", {{"email", address(a % event_leads)}}}, {"channel", "sms"}, {"attributes", {{"url", "https://example.com/p"}}}};
      bodies[b] += e.dump() + "\n";
    }
  return bodies;
}

/// Decisions a second over all of these events.
double decide_all(const world& w, const std::vector<std::string>& bodies) {
  auto started = steady::now();
  in_parallel(w, bodies.size(), 16, [&](client& c, std::size_t i) {
    for (;;) {
      auto answer = c.post(ws + "/events", bodies[i], {"Content-Type: application/x-ndjson", "Prefer: wait=30"});
      if (answer.status == 200) return;
      if (answer.status != 503) throw std::runtime_error("events: " + std::to_string(answer.status) + " " + answer.body);
      poll(nullptr, 0, 10);
    }
  });
  return static_cast<double>(bodies.size() * events_per_call) / seconds_since(started);
}

void enrol_for_events(world& w) {
  enrol(w, "bench", campaign("2d", true), event_leads);
  (void)eventually([&] { return count_of(w, "pending") == 0 && count_of(w, "effects_planned") == 0; }, std::chrono::seconds(120));
}

void decisions(json& out) {
  constexpr std::size_t calls = 1'000;
  world w(HEED_BINARY, sandboxed());
  w.start();
  enrol_for_events(w);
  auto c = w.api();
  const auto bodies = event_bodies("ev-", calls, now_text(c));
  auto cpu = cpu_seconds(w.node().pid());
  out["decisions_per_s"] = decide_all(w, bodies);
  out["cpu_s_per_1000"] = (cpu_seconds(w.node().pid()) - cpu) / static_cast<double>(calls * events_per_call) * 1000;
  w.stop();
}

/// What lead actors that throw on every 100th stimulus cost the others: rates with and without in turn, in one run.
void throwing(json& out) {
  constexpr std::size_t calls = 300;
  constexpr int rounds = 4;
  auto o = sandboxed();
  o.yaml += "chaos: {enabled: true}\n";
  world w(HEED_BINARY, o);
  w.start();
  enrol_for_events(w);
  auto c = w.api();
  auto admin = w.admin();
  double sound = 0, harmed = 0;
  for (int i = 0; i < rounds * 2; ++i) {
    const bool throws = i % 2 == 1;
    admin.post("/admin/chaos", json{{"what", "throw_every"}, {"times", throws ? 100 : 0}});
    const auto rate = decide_all(w, event_bodies("th-" + std::to_string(i) + "-", calls, now_text(c)));
    (throws ? harmed : sound) += rate / rounds;
  }
  out["sound_per_s"] = sound;
  out["throwing_per_s"] = harmed;
  out["ratio"] = harmed / sound;
  out["dead"] = count_of(w, "dead");
  w.stop();
}

void latency(json& out) {
  constexpr std::size_t leads = 5'000, rate = 300, span = 30;
  world w(HEED_BINARY, sandboxed());
  w.start();
  enrol(w, "bench", campaign("2d", true), leads);
  (void)eventually([&] { return count_of(w, "pending") == 0 && count_of(w, "effects_planned") == 0; }, std::chrono::seconds(60));
  auto stamp = [&] { auto c = w.api(); return now_text(c); }();
  std::vector<double> times(rate * span);
  auto started = steady::now() + std::chrono::milliseconds(100);
  in_parallel(w, times.size(), 12, [&](client& c, std::size_t i) {
    auto due = started + std::chrono::microseconds(1'000'000 / rate) * static_cast<int>(i);
    std::this_thread::sleep_until(due);
    json e{{"id", "lat-" + std::to_string(i)}, {"kind", "page_viewed"}, {"occurred_at", stamp}, {"lead", {{"email", address(i * 7919 % leads)}}}, {"attributes", {{"url", "https://example.com/p"}}}};
    auto answer = c.post(ws + "/events", e, {"Prefer: wait=10"});
    times[i] = answer.status == 200 ? std::chrono::duration<double, std::milli>(steady::now() - due).count() : 1e9;
  });
  out["p50_ms"] = at(times, 0.5);
  out["p99_ms"] = at(times, 0.99);
  w.stop();
}

/// HEED_BENCH_LEADS makes a shorter run.
std::size_t many_leads() {
  const char* given = std::getenv("HEED_BENCH_LEADS");
  return given ? std::strtoull(given, nullptr, 10) : 100'000;
}

void memory_and_recovery(json& out) {
  const auto leads = many_leads();
  world w(HEED_BINARY, sandboxed());
  w.start();
  enrol(w, "warm", campaign("2d", false), 1'000, leads);
  auto before = resident_bytes(w.node().pid());
  auto started = steady::now();
  enrol(w, "bench", campaign("60s", false), leads);
  (void)eventually([&] { return count_of(w, "pending") == 0; }, std::chrono::seconds(120));
  out["load_s"] = seconds_since(started);
  out["bytes_per_lead"] = (resident_bytes(w.node().pid()) - before) / leads;
  out["rss_mb"] = resident_bytes(w.node().pid()) / 1'000'000;
  // Everything falls due while the node is down; closed hours make each due timer one decision and no send.
  auto closed = campaign("60s", false);
  auto api = w.api();
  closed["business_hours"] = {{"days", {"mon"}}, {"from", "03:00"}, {"to", "03:01"}};
  api.put(ws + "/campaigns/bench", closed);
  w.kill_now();
  std::this_thread::sleep_for(std::chrono::seconds(std::max(0, 63 - static_cast<int>(seconds_since(started)))));
  started = steady::now();
  w.start();
  out["recovery_ready_s"] = seconds_since(started);
  auto reader = w.admin();
  (void)eventually([&] { return decided(reader) >= leads; }, std::chrono::seconds(120));
  out["recovery_all_decided_s"] = seconds_since(started);
  w.stop();
}

void timers(json& out) {
  constexpr std::size_t leads = 20'000;
  world_options o;
  o.connections = 64;
  o.yaml = "residency: {max_leads: 2000000, idle_after: 24h}\n";
  world w(HEED_BINARY, o);
  w.start();
  // 60 campaigns whose first step comes 40 to 99 seconds after enrolment spread the due instants over a minute.
  auto api = w.api();
  std::vector<std::size_t> delays;
  for (int k = 0; k < 60; ++k) api.put(ws + "/campaigns/t" + std::to_string(k), [&] {
    auto c = campaign("2d", false);
    c["sequence"][0]["delay"] = std::to_string(40 + k) + "s";
    return c;
  }());
  in_parallel(w, leads, 16, [&](client& c, std::size_t i) { c.post(ws + "/leads", lead(i, "t" + std::to_string(i % 60)), {"Prefer: wait=0"}); });
  std::map<std::string, std::int64_t> due;
  std::string next;
  do {
    auto page = api.get(ws + "/runs?limit=200" + (next.empty() ? "" : "&after=" + next)).json();
    for (const auto& r : page["items"])
      if (r["next_at"].is_string()) due[r["lead_id"]] = heed::to_micros(*heed::parse_iso(r["next_at"].get<std::string>()));
    next = page["next"].is_string() ? page["next"].get<std::string>() : "";
  } while (!next.empty());
  auto cpu = cpu_seconds(w.node().pid());
  auto started = steady::now();
  (void)eventually([&] { return w.provider().count().accepted >= due.size(); }, std::chrono::seconds(180));
  out["cpu_pct"] = (cpu_seconds(w.node().pid()) - cpu) / seconds_since(started) * 100;
  std::vector<double> late;
  for (const auto& m : w.provider().messages()) {
    auto id = m.what.run.substr(m.what.run.find("__") + 2);
    if (auto found = due.find(id); found != due.end())
      late.push_back(static_cast<double>(std::chrono::duration_cast<std::chrono::microseconds>(m.arrived_at.time_since_epoch()).count() - found->second) / 1000);
  }
  out["timers"] = late.size();
  out["p50_ms"] = at(late, 0.5);
  out["p99_ms"] = at(late, 0.99);
  out["max_ms"] = late.empty() ? 0 : late.back();
  out["early"] = std::ranges::count_if(late, [](double x) { return x < 0; });
  w.stop();
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, void (*)(json&)> measures{
      {"decisions", decisions}, {"latency", latency}, {"memory", memory_and_recovery}, {"timers", timers}, {"throwing", throwing}};
  std::vector<std::string> asked(argv + 1, argv + argc);
  if (asked.empty())
    for (const auto& [name, run] : measures) asked.push_back(name);
  for (const auto& name : asked) {
    auto found = measures.find(name);
    if (found == measures.end()) return std::fprintf(stderr, "heed_bench: no measure %s (decisions, latency, memory, timers, throwing)\n", name.c_str()), 2;
    json out{{"measure", name}, {"store", "sqlite"}};
    try {
      found->second(out);
    } catch (const std::exception& e) {
      out["error"] = e.what();
    }
    std::printf("%s\n", out.dump().c_str());
    std::fflush(stdout);
  }
}
