#include "persistence/postgres/postgres_store.hpp"

#include <atomic>
#include <pqxx/pqxx>
#include <set>
#include <thread>

#include "actors/lead/identity/email_hash.hpp"
#include "persistence/postgres/errors.hpp"
#include "persistence/postgres/location.hpp"
#include "tests/contract/support/postgres_server.hpp"
#include "tests/contract/support/world.hpp"
#include "tests/support/postgres_proxy.hpp"

/// What only a store behind a network can do to its callers.
#define CAF_SUITE postgres_store
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;
using namespace std::chrono_literals;

namespace {

const auto start = from_micros(1'795'000'000'000'000);
const account_id mailer{"mail"};

std::unique_ptr<store> opened(const postgres_database& on, const std::string& more = "") {
  return must(open_store(on.url() + more, open_mode::read_write));
}

std::string admin(const postgres_database& on, const std::string& sql) {
  pqxx::connection c(on.admin_url());
  const auto out = pqxx::nontransaction(c).exec(sql);
  return out.empty() || out.columns() == 0 || out[0][0].is_null() ? std::string()
                                                                  : out[0][0].as<std::string>();
}

/// Ends the connections of everybody else, as a fail-over does.
void cut(const postgres_database& on) {
  admin(on,
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        " and pid <> pg_backend_pid()");
}

inbox_item event(int lead, const std::string& key) {
  inbox_item item;
  item.workspace = acme;
  item.key = key;
  item.body = "body";
  item.keys = {mail(std::to_string(lead) + "@example.com")};
  item.candidate = lead_id("lead_" + key);
  item.candidate_secret = bytes(32, 's');
  item.received_at = start;
  return item;
}

result<accept_result> accept(store& db, const inbox_item& item) {
  write_batch b;
  b.accepts = {item};
  auto out = db.write(b);
  if (!out) return tl::unexpected(out.error());
  return out->accepts.at(0);
}

lead_commit decision(const accepted_for& of, std::uint64_t version = 0) {
  lead_commit c;
  c.workspace = acme;
  c.lead = of.lead;
  c.expected_version = version;
  c.journal.seq = version + 1;
  c.journal.decided_at = start;
  c.journal.body = "sealed";
  if (of.inbox != 0) c.consumed = {of.inbox};
  return c;
}

std::string error_of(const result<write_result>& r) {
  return r ? "none" : std::string(to_string(r.error().code)) + ": " + r.error().detail;
}

}  // namespace

CAF_TEST(options of our own are taken out of the URL and all others reach libpq as they are) {
  const auto where = must(postgres::parse_location(
      "postgres://u:p%40ss@h1:5432,h2:5433/db?sslmode=verify-full&writers=4&target_session_attrs=read-write"
      "&application_name=mine"));
  CAF_CHECK_EQUAL(where.writers, 4u);
  CAF_CHECK(
      where.conninfo.starts_with("postgres://u:p%40ss@h1:5432,h2:5433/db?sslmode=verify-full"
                                 "&target_session_attrs=read-write&application_name=mine&"));
  CAF_CHECK(where.conninfo.find("writers") == std::string::npos);
  CAF_CHECK(where.conninfo.find("application_name=heed") == std::string::npos);
  CAF_CHECK(where.conninfo.find("tcp_user_timeout=") != std::string::npos);
  CAF_CHECK_EQUAL(postgres::redacted("no p%40ss and no p@ss", where), "no *** and no ***");
  CAF_CHECK_EQUAL(by_value(must(postgres::parse_location("postgresql://h/db?password=x")).password), "x");
  CAF_CHECK(must(postgres::parse_location("postgres:///db")).password.empty());
  for (const auto* wrong : {"writers=0", "writers=x", "writers=65", "writers", "writers=", "journal_weeks=7", "journal_weeks"})
    CAF_CHECK(postgres::parse_location(std::string("postgres://h/db?") + wrong).error().code ==
              errc::refused);
  CAF_CHECK_EQUAL(shown_url("postgres://u:word@h/db?writers=3"), "postgres://u:***@h/db?writers=3");
  CAF_CHECK_EQUAL(shown_url("sqlite:heed.db"), "sqlite:heed.db");
  CAF_CHECK(open_store("mysql://h/db", open_mode::read_only).error().code == errc::refused);
}

CAF_TEST(what the server says tells what a caller may do next) {
  using postgres::code_of;
  using postgres::reach;
  for (const auto* state : {"40001", "40P01", "55P03", "57014", "53300", "08006", "57P01", "25006", ""})
    CAF_CHECK(code_of(state, reach::before_commit) == errc::retry);
  for (const auto* state : {"", "08006", "57P01", "57P02", "40003"})
    CAF_CHECK(code_of(state, reach::commit) == errc::unknown);
  for (const auto* state : {"40001", "53200"})
    CAF_CHECK(code_of(state, reach::commit) == errc::retry);
  for (const auto* state : {"53100", "58030", "XX000"})
    CAF_CHECK(code_of(state, reach::before_commit) == errc::fatal);
  for (const auto* state : {"23505", "22003", "42501"})
    CAF_CHECK(code_of(state, reach::before_commit) == errc::refused);
}

CAF_TEST(a server that may come back is told from a place where nobody may come in) {
  using postgres::code_of_no_connection;
  for (const auto* words :
       {"connection to server at \"127.0.0.1\", port 1 failed: Connection refused Is the server running?",
        "connection to server on socket \"/run/.s.PGSQL.5432\" failed: No such file or directory",
        "FATAL:  the database system is starting up", "FATAL:  the database system is shutting down",
        "connection to server at \"db\" failed: timeout expired", "session is read-only",
        "server closed the connection unexpectedly", "FATAL:  sorry, too many clients already",
        "could not translate host name \"db\" to address: Temporary failure in name resolution",
        "host \"a\" failed: Connection refused host \"b\" failed: FATAL:  password authentication failed for user \"x\""})
    CAF_CHECK(code_of_no_connection(words) == errc::retry);
  for (const auto* words :
       {"FATAL:  password authentication failed for user \"x\"", "fe_sendauth: no password supplied",
        "FATAL:  role \"x\" does not exist", "FATAL:  no pg_hba.conf entry for host \"::1\"",
        "invalid connection option \"nonsense\"", "server does not support SSL, but SSL was required"})
    CAF_CHECK(code_of_no_connection(words) == errc::refused);
  CAF_CHECK(code_of_no_connection("FATAL:  database \"x\" does not exist") == errc::not_found);
}

CAF_TEST(errors name the fix and never the password) {
  const postgres_database on;
  const auto refused =
      open_store("postgres://nobody:s3cret-word@127.0.0.1:1/none?connect_timeout=1", open_mode::read_write);
  CAF_CHECK(refused.error().code == errc::retry);
  CAF_CHECK(refused.error().detail.find("s3cret-word") == std::string::npos);
  const auto missing = open_store(postgres_url("never_made"), open_mode::read_write);
  CAF_CHECK(missing.error().code == errc::not_found);
  admin(on, "drop schema heed cascade");
  const auto old = open_store(on.url(), open_mode::read_write);
  CAF_CHECK(old.error().code == errc::refused);
  CAF_CHECK(old.error().detail.find("heed migrate") != std::string::npos);
  CAF_CHECK_EQUAL(must(migrate_store(on.url())).size(), 7u);
  CAF_CHECK(must(migrate_store(on.url())).empty());
  CAF_CHECK(must(opened(on)->attach(start)).epoch == 1);
  admin(on, "insert into heed.migration (number, name) values (99, '0099_later')");
  CAF_CHECK(open_store(on.url(), open_mode::read_only).error().detail.find("newer heed") !=
            std::string::npos);
  admin(on,
        "do $$ begin if not exists (select from pg_roles where rolname = 'stranger') then"
        " create role stranger login; end if; end $$");
  const auto url = on.url();
  const auto stranger = open_store("postgres://stranger" + url.substr(url.find('@')), open_mode::read_write);
  CAF_CHECK(stranger.error().code == errc::refused);
  CAF_CHECK(stranger.error().detail.find("grant heed_engine to stranger") != std::string::npos);
}

CAF_TEST(SF-43 who was known by an address before the migration is found by its hash after it) {
  const postgres_database on;
  const auto known = [&] {
    const auto db = opened(on);
    must(db->attach(start));
    return must(accept(*db, event(1, "k1"))).leads.at(0).lead;
  }();
  admin(on, "delete from heed.lead_key where name = 'email_sha256'; delete from heed.migration where number >= 5; drop index heed.audience_action_at; drop index heed.history_held; alter table heed.campaign_result drop column account, drop column domain, drop column handed_over, drop column delivered_at");
  CAF_CHECK(must(migrate_store(on.url())) == std::vector<std::string>{"0005_hashed_emails", "0006_restraints", "0007_receipts"});
  const auto db = opened(on);
  const auto read = must(db->reader());
  CAF_CHECK_EQUAL(by_value(must(read->lead_by_key(acme, hashed_email(mail("1@example.com")))).value().lead), known);
}

CAF_TEST(a user who may act as the engine and make nothing runs a migrated store) {
  const postgres_database on;
  admin(on,
        "do $$ begin if not exists (select from pg_roles where rolname = 'plain') then"
        " create role plain login; end if; end $$; grant heed_engine to plain");
  const auto url = on.url();
  const auto as_plain = "postgres://plain" + url.substr(url.find('@'));
  CAF_CHECK(must(migrate_store(as_plain)).empty());
  const auto db = must(open_store(as_plain, open_mode::read_write));
  must(db->attach(start));
  CAF_CHECK_EQUAL(must(accept(*db, event(1, "e1"))).leads.size(), 1u);
}

CAF_TEST(a store whose shards another node took is fenced and writes nothing) {
  const postgres_database on;
  const auto db = opened(on);
  must(db->attach(start));
  const auto ana = must(accept(*db, event(1, "e1"))).leads.at(0);
  admin(on, "update heed.shard_lease set owner = 'node-other', epoch = epoch + 1");
  write_batch decide;
  decide.commits = {decision(ana)};
  const auto out = db->write(decide);
  CAF_CHECK(!out && out.error().code == errc::fatal);
  CAF_CHECK(error_of(out).find("fenced") != std::string::npos);
  CAF_CHECK(accept(*db, event(2, "e2")).error().code == errc::fatal);
  const auto read = must(db->reader());
  CAF_CHECK_EQUAL(by_value(must(read->leads(std::span(&ana.lead, 1))).at(0).version), 0u);
  CAF_CHECK_EQUAL(by_value(must(read->counts()).pending), 1u);
  // The next attach of the same object is above whatever was seen since.
  CAF_CHECK(must(db->attach(start)).epoch > 2);
  CAF_CHECK_EQUAL(error_of(db->write(decide)), "none");
}

CAF_TEST(an attach waits for a transaction whose end nobody knows) {
  const postgres_database on;
  const auto db = opened(on);
  must(db->attach(start));
  pqxx::connection doubtful(on.admin_url());
  auto tx = std::make_unique<pqxx::work>(doubtful);
  tx->exec("select from heed.shard_lease order by shard for share");
  std::atomic<bool> ended = false;
  std::thread late([&] {
    std::this_thread::sleep_for(1500ms);
    ended = true;
    tx->commit();
  });
  CAF_CHECK_EQUAL(by_value(must(db->attach(start)).epoch), 2u);
  CAF_CHECK(ended);
  late.join();
}

CAF_TEST(a commit whose answer was lost is unknown and what is read after the next attach is final) {
  const postgres_database on;
  heed::test::postgres_proxy between(on.url());
  const auto db = must(open_store(between.url(), open_mode::read_write));
  must(db->attach(start));
  const auto ana = must(accept(*db, event(1, "e1"))).leads.at(0);
  write_batch decide;
  decide.commits = {decision(ana)};
  between.lose_next_commit();
  const auto out = db->write(decide);
  CAF_CHECK(!out && out.error().code == errc::unknown);
  must(db->attach(start));
  const auto read = must(db->reader());
  CAF_CHECK_EQUAL(by_value(must(read->leads(std::span(&ana.lead, 1))).at(0).version), 1u);
  CAF_CHECK(must(db->write(decide)).commits.at(0).outcome == commit_result::what::conflict);
  CAF_CHECK(must(read->audit_invariants()).empty());
}

CAF_TEST(a cut connection costs a caller nothing that was not sent and readers do not notice) {
  const postgres_database on;
  const auto db = opened(on);
  must(db->attach(start));
  const auto read = must(db->reader());
  for (int i = 0; i < 3; ++i) {
    CAF_CHECK_EQUAL(must(accept(*db, event(i, "e" + std::to_string(i)))).leads.size(), 1u);
    CAF_CHECK_EQUAL(by_value(must(read->counts()).leads), static_cast<std::uint64_t>(i + 1));
    cut(on);
  }
  // The lock of the process went with its connection and is taken again.
  std::this_thread::sleep_for(1100ms);
  must(accept(*db, event(3, "e3")));
  const auto second = open_store(on.url(), open_mode::read_write);
  CAF_CHECK(!second && second.error().code == errc::refused);
}

CAF_TEST(a server that is away is told of at once and found again when it is back) {
  const postgres_database on;
  const auto db = opened(on);
  must(db->attach(start));
  const auto name = admin(on, "select current_database()");
  pqxx::connection beside(postgres_url("heed"));
  pqxx::nontransaction elsewhere(beside);
  elsewhere.exec("alter database " + name + " allow_connections false");
  elsewhere.exec("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
  const auto before = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i)
    CAF_CHECK(accept(*db, event(i, "e")).error().code == errc::retry);
  CAF_CHECK(std::chrono::steady_clock::now() - before < 5s);
  elsewhere.exec("alter database " + name + " allow_connections true");
  for (int i = 0; i < 50; ++i) {
    if (accept(*db, event(1, "e"))) return;
    std::this_thread::sleep_for(100ms);
  }
  CAF_ERROR("the server was not found again");
}

CAF_TEST(writers in several threads keep each promise of one) {
  const postgres_database on;
  const auto db = opened(on, "&writers=4");
  must(db->attach(start));
  must(db->create_workspace(acme, start));
  must(db->put_kill_switch({acme, stop_scope::account, mailer.value, false, "test", start}));
  constexpr int threads = 4;
  constexpr int rounds = 40;
  std::atomic<int> accepted = 0, duplicates = 0, claims = 0, full = 0, failed = 0;
  std::vector<std::thread> all;
  for (int t = 0; t < threads; ++t)
    all.emplace_back([&, t] {
      for (int i = 0; i < rounds; ++i) {
        // Everybody brings the same events of the same people; one of them is first.
        const auto item = event(i / 2, "e" + std::to_string(i));
        const auto seen = accept(*db, item);
        if (!seen) {
          ++failed;
          continue;
        }
        if (seen->outcome == accept_result::what::duplicate) {
          ++duplicates;
          continue;
        }
        ++accepted;
        // Its decision plans a send, under a limit that everybody shares.
        const auto reader = must(db->reader());
        const auto lead = seen->leads.at(0).lead;
        const effect_id id("fx-" + std::to_string(t) + "-" + std::to_string(i));
        for (bool done = false; !done;) {
          auto c = decision(seen->leads.at(0), must(reader->leads(std::span(&lead, 1))).at(0).version);
          planned_effect e;
          e.id = id;
          e.key = id.value;
          e.account = mailer;
          e.kind = "send";
          c.effects = {e};
          write_batch b;
          b.commits = {c};
          claim_request claim;
          claim.id = id;
          claim.now = start;
          claim.limits.max_per_day = 10;
          claim.limits.day = 20'000;
          b.claims = {claim};
          const auto out = db->write(b);
          if (!out && out.error().code == errc::retry) continue;
          if (!out) {
            ++failed;
            return;
          }
          done = out->commits[0].outcome == commit_result::what::committed;
          if (done) ++(out->claims[0].outcome == claim_result::what::claimed ? claims : full);
        }
      }
    });
  for (auto& each : all)
    each.join();
  CAF_CHECK_EQUAL(failed.load(), 0);
  CAF_CHECK_EQUAL(accepted.load(), rounds);
  CAF_CHECK_EQUAL(duplicates.load(), (threads - 1) * rounds);
  CAF_CHECK_EQUAL(claims.load(), 10);
  CAF_CHECK_EQUAL(full.load(), rounds - 10);
  const auto read = must(db->reader());
  CAF_CHECK_EQUAL(by_value(must(read->counts()).leads), static_cast<std::uint64_t>(rounds / 2));
  CAF_CHECK_EQUAL(by_value(must(read->usage(acme, mailer)).value().used), 10u);
  for (const auto& line : must(read->audit_invariants()))
    CAF_ERROR(line);
}

CAF_TEST(weeks are made ahead and those that are over come off once nothing in them is undecided) {
  const postgres_database on;
  const auto db = opened(on);
  must(db->attach(start));
  const auto weeks = [&](const std::string& of) {
    return std::stoi(
        admin(on, "select count(*) from pg_inherits where inhparent = 'heed." + of + "'::regclass"));
  };
  CAF_CHECK_EQUAL(weeks("inbox"), 6);
  const auto ana = must(accept(*db, event(1, "e1"))).leads.at(0);
  auto open = event(2, "e2");
  open.received_at = start + std::chrono::weeks(1);
  must(accept(*db, open));
  write_batch decide;
  decide.commits = {decision(ana)};
  must(db->write(decide));
  // An instant that no week holds is kept all the same, and moves into its week when that is made.
  auto odd = event(3, "e3");
  odd.received_at = from_micros(1);
  must(accept(*db, odd));
  CAF_CHECK_EQUAL(admin(on, "select count(*) from heed.inbox_default"), "1");
  auto later = event(4, "e4");
  later.received_at = start + std::chrono::weeks(20);
  must(accept(*db, later));
  CAF_CHECK_EQUAL(weeks("journal"), 11);
  // Of these weeks one of the journal and two of the inbox hold rows; the stimulus of the second week still
  // waits.
  const auto before = std::to_string(to_micros(start + std::chrono::weeks(3)));
  admin(on, "select count(*) from heed.detach_weeks(" + before + ")");
  std::set<std::string> names;
  for (const auto* week : {"inbox_20261116", "inbox_20261123", "journal_20261116"})
    if (admin(on, std::string("select count(*) from heed.detached_week where name = '") + week + "'") == "1") names.insert(week);
  CAF_CHECK(names.contains("inbox_20261116"));
  CAF_CHECK(!names.contains("inbox_20261123"));
  CAF_CHECK(names.contains("journal_20261116"));
  const auto read = must(db->reader());
  CAF_CHECK_EQUAL(must(read->pending(0, 10)).size(), 3u);
  CAF_CHECK(must(read->audit_invariants()).empty());
}

CAF_TEST(weeks of the journal that are over for as long as the url says are taken off as new ones are made) {
  const postgres_database on;
  const auto db = opened(on, "&journal_weeks=8");
  must(db->attach(start));
  const auto ana = must(accept(*db, event(1, "e1"))).leads.at(0);
  write_batch decide;
  decide.commits = {decision(ana)};
  must(db->write(decide));
  auto later = event(2, "e2");
  later.received_at = start + std::chrono::weeks(8);
  must(accept(*db, later));
  CAF_CHECK_EQUAL(admin(on, "select count(*) from heed.detached_week"), "0");
  later = event(3, "e3");
  later.received_at = start + std::chrono::weeks(12);
  must(accept(*db, later));
  CAF_CHECK_EQUAL(admin(on, "select count(*) from heed.detached_week where name = 'journal_20261116'"), "1");
  CAF_CHECK(must(must(db->reader())->audit_invariants()).empty());
}

CAF_TEST(a key that is no text the server takes refuses its batch and nothing else) {
  const postgres_database on;
  const auto db = opened(on);
  must(db->attach(start));
  for (const auto& key : {std::string("zero\0byte", 9), std::string("\xff\xfe")}) {
    auto item = event(1, "e1");
    item.key = key;
    CAF_CHECK(accept(*db, item).error().code == errc::refused);
  }
  must(accept(*db, event(1, "e1")));
}
