#include <ctime>
#include <filesystem>
#include <iostream>
#include <random>

#include "actors/lead/check.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/store.hpp"

/// How many decisions a second the embedded store makes durable, and what encoding a snapshot costs.
/// store_bench [URL option: ?synchronous=normal] [leads] [batches]
using namespace heed;
using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;

double seconds_since(steady::time_point start) {
  return std::chrono::duration<double>(steady::now() - start).count();
}
double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

template <class T>
T must(result<T> r) {
  if (!r) {
    std::cerr << to_string(r.error().code) << ": " << r.error().detail << '\n';
    std::exit(1);
  }
  return std::move(*r);
}

const workspace_id ws{"acme"};
lead_id name_of(std::size_t i) { return lead_id("lead_01KAYTZ4Q8M2V0ER3T" + std::to_string(1'000'000 + i)); }

inbox_item event_of(std::size_t lead, std::size_t n, time_point now) {
  inbox_item item;
  item.workspace = ws;
  item.key = "evt-" + std::to_string(stable_hash(std::to_string(n)));
  item.body = bytes(300, 'b');
  item.keys = {{key_kind::email, "", std::to_string(lead) + "@example.com"}};
  item.candidate = name_of(lead);
  item.candidate_secret = bytes(32, 'k');
  item.received_at = now;
  return item;
}

lead_commit commit_of(std::size_t lead, std::uint64_t version, std::uint64_t inbox, time_point now) {
  lead_commit c;
  c.workspace = ws;
  c.lead = name_of(lead);
  c.expected_version = version;
  c.snapshot = bytes(400, 's');
  c.journal.seq = version + 1;
  c.journal.decided_at = now;
  c.journal.kind = "link_clicked";
  c.journal.stimulus_key = "evt-123456789";
  c.journal.body = bytes(600, 'j');
  c.journal.chain = bytes(32, 'c');
  c.due = now + std::chrono::seconds(lead % 100'000);
  c.consumed = {inbox};
  return c;
}

template <class F>
void time_each(const char* what, int rounds, F&& f) {
  const auto start = steady::now();
  for (int i = 0; i < rounds; ++i)
    f();
  std::cout << what << ": " << seconds_since(start) / rounds * 1e6 << " us\n";
}

lead_state sample_state() {
  const auto at = from_micros(1'795'000'000'000'000);
  lead_state s;
  s.id = name_of(1);
  s.workspace = ws;
  s.seq = 3;
  s.last_decided = at;
  s.fields = {{"firstName", "Ana"}, {"lastName", "Moreau"}, {"company", "Example GmbH"}};
  s.keys = {{key_kind::email, "", "ana.moreau@example.com"}};
  s.consents = {{channel::email, consent_status::granted, "form", "", at}};
  s.accounts = {{channel::email, account_id("mail-1")}};
  s.signals = {{signal_kind::form, at, "evt-1", "spring", true, false, false}};
  run r;
  r.campaign = campaign_id("spring");
  r.status = run_status::running;
  r.sequence_version = r.cursor = 1;
  r.next_at = r.last_touch = r.started_at = r.anchor = at;
  r.landing_page = "https://example.com/spring";
  s.runs = {r};
  return s;
}

void bench_codec() {
  const auto state = sample_state();
  const auto data = codec::encode(state);
  std::size_t sum = 0;
  time_each("encode lead_state", 200'000, [&] { sum += codec::encode(state).size(); });
  time_each("decode lead_state", 200'000, [&] { sum += codec::decode_lead_state(data)->runs.size(); });
  const bytes secret(32, 'k');
  const bytes body(600, 'j');
  time_each("seal 600 bytes", 100'000, [&] { sum += codec::seal(secret, "place", body).size(); });
  std::cout << "lead_state: " << data.size() << " bytes (checksum " << sum << ")\n";
}

struct load {
  std::size_t leads = 100'000;
  std::size_t batches = 200;
  static constexpr std::size_t batch = 512;
};

void bench_store(store& db, const load& l) {
  auto now = from_micros(1'795'000'000'000'000);
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> version(l.leads, 0);
  std::size_t n = 0;

  const auto filling = steady::now();
  for (std::size_t first = 0; first < l.leads; first += load::batch) {
    write_batch b;
    for (std::size_t i = first; i < std::min(first + load::batch, l.leads); ++i)
      b.accepts.push_back(event_of(i, n++, now));
    const auto out = must(db.write(b));
    write_batch decide;
    for (std::size_t i = 0; i < out.accepts.size(); ++i)
      decide.commits.push_back(
          commit_of(first + i, version[first + i]++, out.accepts[i].leads[0].inbox, now));
    must(db.write(decide));
  }
  std::cout << "created " << l.leads << " leads in " << seconds_since(filling) << " s\n";

  double accepting = 0, accepting_cpu = 0, deciding = 0, deciding_cpu = 0, slowest = 0;
  for (std::size_t batch = 0; batch < l.batches; ++batch) {
    now += 1s;
    write_batch b;
    std::vector<std::size_t> who;
    for (std::size_t i = 0; i < load::batch; ++i) {
      who.push_back(random() % l.leads);
      b.accepts.push_back(event_of(who.back(), n++, now));
    }
    auto start = steady::now();
    auto cpu = cpu_seconds();
    const auto out = must(db.write(b));
    accepting += seconds_since(start);
    accepting_cpu += cpu_seconds() - cpu;
    write_batch decide;
    for (std::size_t i = 0; i < who.size(); ++i)
      decide.commits.push_back(commit_of(who[i], version[who[i]]++, out.accepts[i].leads[0].inbox, now));
    start = steady::now();
    cpu = cpu_seconds();
    const auto committed = must(db.write(decide));
    const auto took = seconds_since(start);
    for (const auto& each : committed.commits)
      CHECK(each.outcome == commit_result::what::committed);
    deciding += took;
    deciding_cpu += cpu_seconds() - cpu;
    slowest = std::max(slowest, took);
  }
  const auto total = static_cast<double>(l.batches * load::batch);
  std::cout << "accepts: " << total / accepting << " /s (" << total / accepting_cpu << " per CPU second)\n"
            << "commits: " << total / deciding << " /s (" << total / deciding_cpu
            << " per CPU second), slowest batch " << slowest * 1e3 << " ms\n";
}

}  // namespace

int main(int argc, char** argv) {
  const std::string option = argc > 1 ? argv[1] : "";
  load l;
  if (argc > 2) l.leads = std::stoul(argv[2]);
  if (argc > 3) l.batches = std::stoul(argv[3]);
  bench_codec();
  const auto folder =
      std::filesystem::temp_directory_path() / ("heed-bench-" + std::to_string(::time(nullptr)));
  std::filesystem::create_directory(folder);
  const auto url = "sqlite:" + (folder / "heed.db").string() + option;
  must(migrate_store(url));
  {
    auto db = must(open_store(url, open_mode::read_write));
    must(db->attach(from_micros(0)));
    bench_store(*db, l);
  }
  std::cout << "file: " << std::filesystem::file_size(folder / "heed.db") / 1'000'000 << " MB\n";
  std::filesystem::remove_all(folder);
}
