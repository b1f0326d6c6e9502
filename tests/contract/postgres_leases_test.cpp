#include "persistence/leases.hpp"

#include <pqxx/pqxx>

#include "tests/contract/support/postgres_server.hpp"
#include "tests/contract/support/world.hpp"

/// Several nodes on one store: who owns what, and what is refused to those who do not.
#define CAF_SUITE postgres_leases
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;
using namespace std::chrono_literals;

namespace {

const auto start = from_micros(1'795'000'000'000'000);

struct member {
  std::unique_ptr<store> db;
  node_identity self;
  std::unique_ptr<lease_store> leases;
  cluster_reading seen;

  explicit member(const postgres_database& on, const std::string& name, std::chrono::microseconds ttl = 10s) {
    db = must(open_store(on.url(), open_mode::shared));
    self = must(db->attach(start));
    leases = must(open_leases(on.url(), *db));
    node_card card;
    card.name = name;
    CAF_REQUIRE(leases->join(card, ttl).has_value());
    look(ttl);
  }
  void look(std::chrono::microseconds ttl = 10s) { seen = must(leases->beat(ttl, false)); }
  /// Of these shards, as last seen.
  std::vector<granted> take(std::initializer_list<shard_id> shards) {
    std::vector<lease_row> wanted;
    for (const auto s : shards)
      wanted.push_back(seen.leases.at(s));
    return must(leases->take(wanted));
  }
};

inbox_item event(const std::string& key) {
  inbox_item item;
  item.workspace = acme;
  item.key = key;
  item.body = "body";
  item.keys = {mail(key + "@example.com")};
  item.candidate = lead_id("lead_" + key);
  item.candidate_secret = bytes(32, 's');
  item.received_at = start;
  return item;
}

accepted_for accepted_by(store& db, const std::string& key) {
  write_batch b;
  b.accepts = {event(key)};
  return must(db.write(b)).accepts.at(0).leads.at(0);
}

commit_result::what decided_by(store& db, const accepted_for& of, std::uint64_t epoch, std::uint64_t version = 0) {
  lead_commit c;
  c.workspace = acme;
  c.lead = of.lead;
  c.expected_version = version;
  c.journal.seq = version + 1;
  c.journal.epoch = epoch;
  c.journal.decided_at = start;
  c.journal.body = "sealed";
  if (version == 0) c.consumed = {of.inbox};
  write_batch b;
  b.commits = {c};
  return must(db.write(b)).commits.at(0).outcome;
}

}  // namespace

CAF_TEST(members see each other and only a Postgres store has any) {
  postgres_database on;
  member a(on, "a"), b(on, "b");
  a.look();
  CAF_REQUIRE_EQUAL(a.seen.nodes.size(), 2u);
  CAF_CHECK_EQUAL(a.seen.nodes[0].who.name, "a");
  CAF_CHECK(a.self.epoch < b.self.epoch);
  CAF_CHECK_EQUAL(a.seen.leases.size(), std::size_t{shard_count});
  CAF_CHECK(open_store("sqlite:none.db", open_mode::shared).error().code == errc::refused);
}

CAF_TEST(a node alone and several nodes keep each other out) {
  postgres_database on;
  {
    member a(on, "a");
    CAF_CHECK(open_store(on.url(), open_mode::read_write).error().code == errc::refused);
  }
  const auto alone = must(open_store(on.url(), open_mode::read_write));
  CAF_CHECK(open_store(on.url(), open_mode::shared).error().code == errc::refused);
}

CAF_TEST(a shard is granted once and anew only when it was released or its owner died) {
  postgres_database on;
  member a(on, "a"), b(on, "b");
  const auto got = a.take({1, 2, 3});
  CAF_REQUIRE_EQUAL(got.size(), 3u);
  CAF_CHECK(b.take({2}).empty());
  b.look();
  CAF_CHECK(b.take({2}).empty());
  const shard_id two[] = {2};
  CAF_REQUIRE(a.leases->release(two).has_value());
  b.look();
  const auto again = b.take({2});
  CAF_REQUIRE_EQUAL(again.size(), 1u);
  CAF_CHECK(again[0].epoch > got[1].epoch);
}

CAF_TEST(who expired is dead for ever and its shards are free) {
  postgres_database on;
  member a(on, "a", 1us), b(on, "b");
  CAF_CHECK_EQUAL(must(b.leases->bury({})), std::vector<std::uint64_t>{a.self.epoch});
  // Its sessions were ended with it: it may hear of that first.
  auto heard = a.leases->beat(10s, false);
  if (!heard && heard.error().code == errc::retry) heard = a.leases->beat(10s, false);
  CAF_REQUIRE(!heard.has_value());
  CAF_CHECK(heard.error().code == errc::fatal);
  b.look();
  CAF_CHECK_EQUAL(b.seen.nodes.size(), 1u);
}

CAF_TEST(a commit is refused under any grant but the one in force and the rest of its batch is not) {
  postgres_database on;
  member a(on, "a"), b(on, "b");
  CAF_REQUIRE(a.db->create_workspace(acme, start).has_value());
  // Any node receives.
  const auto one = accepted_by(*b.db, "one");
  const auto shard = shard_of(one.lead);
  const auto got = a.take({shard});
  CAF_CHECK(decided_by(*b.db, one, got[0].epoch) == commit_result::what::fenced);
  CAF_CHECK(decided_by(*a.db, one, got[0].epoch - 1) == commit_result::what::fenced);
  CAF_CHECK(decided_by(*a.db, one, got[0].epoch) == commit_result::what::committed);
  // It goes and comes back: what was decided before cannot commit after.
  const shard_id shards[] = {shard};
  CAF_REQUIRE(a.leases->release(shards).has_value());
  a.look();
  const auto again = a.take({shard});
  CAF_CHECK(decided_by(*a.db, one, got[0].epoch, 1) == commit_result::what::fenced);
  CAF_CHECK(decided_by(*a.db, one, again[0].epoch, 1) == commit_result::what::committed);
}

CAF_TEST(a change of policy key or switch raises the version that nodes compare) {
  postgres_database on;
  member a(on, "a");
  CAF_REQUIRE(a.db->create_workspace(acme, start).has_value());
  (void)must(a.db->put_policy(acme, 0, "{}", {acme, "me", "policy", "", start}));
  a.look();
  const auto before = a.seen.config.at("acme");
  CAF_REQUIRE(a.db->put_kill_switch({acme, stop_scope::workspace, {}, true, "me", start}).has_value());
  a.look();
  CAF_CHECK(a.seen.config.at("acme") > before);
}
