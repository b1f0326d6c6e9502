#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <random>

#include "tests/contract/support/world.hpp"

#define CAF_SUITE store_crash
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;
using namespace std::chrono_literals;

namespace {

/// What the child tells after each acknowledged write: the lead and its version, small enough to be written
/// at once.
struct acknowledgement {
  std::int32_t lead = 0;
  std::int32_t version = 0;
};

lead_id name_of(std::int32_t lead) { return lead_id("lead_" + std::to_string(lead)); }

lead_commit next_decision(std::int32_t lead, std::int32_t version, std::uint64_t inbox, time_point now) {
  lead_commit c;
  c.workspace = acme;
  c.lead = name_of(lead);
  c.expected_version = static_cast<std::uint64_t>(version);
  c.journal.seq = c.expected_version + 1;
  c.journal.decided_at = now;
  c.journal.body = bytes(600, 'j');
  c.snapshot = bytes(400, 's');
  c.due = now + 1h;
  c.consumed = {inbox};
  planned_effect e;
  e.id = effect_id(c.lead.value + "-" + std::to_string(c.journal.seq));
  e.key = e.id.value;
  e.campaign = campaign_id("spring");
  e.account = account_id("mail");
  e.kind = "fetch_reply";
  c.effects = {e};
  return c;
}

/// Accepts, decides, claims and finishes without end until it is killed.
[[noreturn]] void work(store_home& home, int round, int told) {
  constexpr std::int32_t leads = 40;
  auto db = must(home.open(open_mode::read_write));
  auto now = from_micros(1'795'000'000'000'000) + std::chrono::hours(round);
  must(db->attach(now));
  auto reader = must(db->reader());
  for (int i = 0;; ++i) {
    now += 1s;
    const auto lead = static_cast<std::int32_t>((i * 7 + round) % leads);
    write_batch door;
    inbox_item item;
    item.workspace = acme;
    item.key = "e-" + std::to_string(round) + "-" + std::to_string(i);
    item.body = bytes(300, 'b');
    item.keys = {mail(std::to_string(lead) + "@example.com")};
    item.candidate = name_of(lead);
    item.candidate_secret = bytes(32, 'k');
    item.received_at = now;
    door.accepts = {item};
    const auto inbox = must(db->write(door)).accepts.at(0).leads.at(0).inbox;
    const auto id = name_of(lead);
    const auto version = static_cast<std::int32_t>(must(reader->leads(std::span(&id, 1))).at(0).version);
    write_batch decide;
    decide.commits = {next_decision(lead, version, inbox, now)};
    const auto effect = decide.commits[0].effects[0].id;
    decide.claims = {{effect, false, now}};
    const auto out = must(db->write(decide));
    if (out.commits.at(0).outcome != commit_result::what::committed) ::_exit(2);
    const acknowledgement said{lead, version + 1};
    if (::write(told, &said, sizeof said) != sizeof said) ::_exit(3);
    write_batch done;
    finish_request f;
    f.id = effect;
    f.attempt = out.claims.at(0).attempt;
    f.result = send_result::accepted;
    f.now = now;
    done.finishes = {f};
    must(db->write(done));
  }
}

/// Runs the child for about as many acknowledgements as given, kills it in the middle of its work, and
/// returns the highest version acknowledged per lead.
std::map<std::int32_t, std::int32_t> kill_after(store_home& home, int round, int acknowledged) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const auto child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    try {
      work(home, round, ends[1]);
    } catch (const std::exception&) {
      ::_exit(4);
    }
  }
  ::close(ends[1]);
  std::map<std::int32_t, std::int32_t> highest;
  acknowledgement said;
  int seen = 0;
  while (::read(ends[0], &said, sizeof said) == sizeof said) {
    highest[said.lead] = std::max(highest[said.lead], said.version);
    if (++seen == acknowledged) ::kill(child, SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(ends[0]);
  if (!WIFSIGNALED(status)) throw std::runtime_error("the child ended by itself: " + std::to_string(status));
  return highest;
}

/// Fills the store under a limit on file sizes; the code of the first failing write, or 0.
int fail_on_full_medium(store_home& home) {
  const auto child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    auto opened = home.open(open_mode::read_write);
    if (!opened || !(*opened)->attach(from_micros(1'796'000'000'000'000))) ::_exit(0);
    const rlimit limit{1'000'000, 1'000'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    for (int i = 0; i < 1000; ++i) {
      write_batch b;
      inbox_item item;
      item.workspace = acme;
      item.key = "full-" + std::to_string(i);
      item.keys = {mail(item.key + "@example.com")};
      item.candidate = lead_id("lead_" + item.key);
      item.body = bytes(100'000, 'x');
      b.accepts = {item};
      const auto out = (*opened)->write(b);
      if (!out) ::_exit(static_cast<int>(out.error().code));
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

CAF_TEST(a medium that takes no more is fatal and what was there stays sound) {
  on_every_store([](world& w) {
    if (!w.home().outlives_process()) return;
    const auto ana = w.new_lead("ana@example.com").lead;
    w.close();
    CAF_CHECK_EQUAL(fail_on_full_medium(w.home()), static_cast<int>(errc::fatal));
    w.reopen();
    CAF_CHECK_EQUAL(w.lead(ana).lead, ana);
  });
}

CAF_TEST(everything acknowledged survives kill-9 at any moment and the store is sound) {
  const auto seed = std::random_device{}();
  CAF_MESSAGE("seed " << seed);
  for (const auto& kind : store_kinds()) {
    world w(kind);
    if (!w.home().outlives_process()) continue;
    std::mt19937 random(seed);
    std::map<std::int32_t, std::int32_t> acknowledged;
    for (int round = 0; round < 10; ++round) {
      w.close();
      for (const auto& [lead, version] :
           kill_after(w.home(), round, std::uniform_int_distribution(1, 60)(random)))
        acknowledged[lead] = std::max(acknowledged[lead], version);
      w.reopen();
      for (const auto& [lead, version] : acknowledged)
        CAF_CHECK(w.lead(name_of(lead)).version >= static_cast<std::uint64_t>(version));
      const auto violations = w.violations();
      for (const auto& line : violations)
        CAF_ERROR(kind.name << ": " << line);
      CAF_CHECK_EQUAL(must(w.read().counts()).effects_in_flight, 0u);
    }
    CAF_CHECK(acknowledged.size() > 5);
  }
}
