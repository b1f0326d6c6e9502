#include "persistence/copy.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "persistence/copying/port.hpp"
#include "persistence/postgres/copy_ends.hpp"
#include "persistence/sqlite/copy_ends.hpp"
#include "persistence/sqlite/embedded.hpp"
#include "persistence/store.hpp"
#include "tests/contract/support/postgres_server.hpp"
#include "tests/contract/support/world.hpp"
#include "tests/support/postgres_server.hpp"

/// A store is the same wherever it goes: every table, every column, and what a node would do with it.
#define CAF_SUITE copy
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;

namespace {

const workspace_id other{"other"};

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// A migrated SQLite store of its own.
class file_store {
 public:
  file_store() {
    auto pattern = (std::filesystem::temp_directory_path() / "heed-copy-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    (void)must(migrate_store(url()));
  }
  ~file_store() { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string url() const { return "sqlite:" + path(); }
  [[nodiscard]] std::string path() const { return (folder_ / "heed.db").string(); }
  [[nodiscard]] std::string beside(const std::string& name) const { return (folder_ / name).string(); }
  void fill() const {
    sqlite::database db(path(), sqlite::access::write, "full");
    db.execute(text_of(HEED_SOURCE_DIR "/tests/fixtures/store/copied.sql").c_str());
  }

 private:
  std::filesystem::path folder_;
};

std::string shown(const copying::cell& c) {
  using what = copying::cell::what;
  switch (c.is) {
    case what::null:
      return "null";
    case what::integer:
      return std::to_string(c.integer);
    case what::bytes:
      return "'" + std::string(c.bytes) + "'";
    case what::integers: {
      std::string out = "{";
      for (const auto n : c.integers)
        out += std::to_string(n) + ",";
      return out + "}";
    }
  }
  return {};
}

/// All that a copy takes of a store or of one workspace, a line a row.
std::set<std::string> contents(const std::string& url, const std::optional<workspace_id>& of = {}) {
  std::set<std::string> out;
  const auto from = url.starts_with("sqlite") ? sqlite::open_copy_source(*sqlite::parse_location(url))
                                              : postgres::open_copy_source(*postgres::parse_location(url));
  for (const auto table : copying::tables) {
    copying::columns names;
    from->read(
        table, of, [&](const auto& all) { names = all; },
        [&](copying::row values) {
          std::map<std::string, std::string> row;
          for (std::size_t i = 0; i < names.size(); ++i)
            row[names[i]] = shown(values[i]);
          std::string text(table);
          for (const auto& [name, value] : row)
            text += " " + name + "=" + value;
          out.insert(text);
        });
  }
  if (of) return out;
  for (const auto& [name, value] : from->meta())
    out.insert("meta " + name + "=" + value);
  return out;
}

/// Whole tables of a SQLite store as they are, but what a process or a table makes of itself.
std::set<std::string> raw(const std::string& path) {
  std::set<std::string> out;
  sqlite::database db(path, sqlite::access::read, "full");
  std::vector<std::string> names;
  auto all = db.prepare("select name from sqlite_master where type = 'table' and name not in ('node', 'sqlite_sequence')");
  for (auto rows = all.query(); rows.next();)
    names.push_back(rows.text(0));
  for (const auto& name : names) {
    auto s = db.prepare("select * from " + name);
    const auto columns = s.columns();
    for (auto rows = s.query(); rows.next();) {
      std::string text = name;
      for (int i = 0; i < static_cast<int>(columns.size()); ++i)
        if (name != "journal" || columns[static_cast<std::size_t>(i)] != "n")
          text += " " + std::to_string(rows.type(i)) + "'" + rows.text(i) + "'";
      out.insert(text);
    }
  }
  return out;
}

copy_report copied(const std::string& from, const std::string& to, std::optional<workspace_id> of = {}) {
  return must(copy_between({from, to, std::move(of), [](const meta_values&, const meta_values&, const std::vector<workspace_id>&) {
                              return result<meta_values>(meta_values{});
                            }}));
}

store_error refused(const std::string& from, const std::string& to, std::optional<workspace_id> of = {}) {
  const auto r = copy_between({from, to, std::move(of), {}});
  CAF_REQUIRE(!r);
  CAF_MESSAGE(r.error().detail);
  return r.error();
}

bool says(const store_error& e, const char* words) { return e.detail.find(words) != std::string::npos; }

/// A store with what `world` makes: a workspace `acme` with one lead and what it waits for.
void live_in(const std::string& url, const workspace_id& ws) {
  const auto db = must(open_store(url, open_mode::read_write));
  const auto now = from_micros(1'795'000'000'000'000);
  (void)must(db->attach(now));
  must(db->create_workspace(ws, now));
  must(db->put_meta("link_key", "another"));
  write_batch b;
  inbox_item item;
  item.workspace = ws;
  item.key = "first";
  item.keys = {mail("cy@example.com")};
  item.candidate = lead_id{"lead_" + ws.value};
  item.candidate_secret = "secret";
  item.may_create = true;
  item.received_at = now;
  item.body = "body";
  b.accepts = {item};
  (void)must(db->write(b));
}

std::vector<std::string> violations_of(const std::string& url) {
  const auto db = must(open_store(url, open_mode::read_only));
  const auto reader = must(db->reader());
  return must(reader->audit_invariants());
}

}  // namespace

CAF_TEST(a store that goes to Postgres and back is the same in every row and column) {
  const file_store first, last;
  const postgres_database between;
  first.fill();
  const auto there = copied(first.url(), between.url());
  CAF_CHECK_EQUAL(there.rows_of("lead"), 3u);
  CAF_CHECK_EQUAL(there.workspaces.size(), 2u);
  CAF_CHECK(there.target_was_empty);
  CAF_CHECK(contents(first.url()) == contents(between.url()));
  const auto back = copied(between.url(), last.url());
  CAF_CHECK_EQUAL(back.rows_of("journal"), 4u);
  const auto was = raw(first.path()), is = raw(last.path());
  for (const auto& row : was)
    if (!is.contains(row)) CAF_ERROR("lost: " << row);
  CAF_CHECK(was == is);
}

CAF_TEST(every table of a store is copied or made anew by whoever opens it) {
  const file_store at;
  sqlite::database db(at.path(), sqlite::access::read, "full");
  const std::set<std::string> of_its_own{"meta", "node", "inbox_decided", "sqlite_sequence"};
  auto all = db.prepare("select name from sqlite_master where type = 'table'");
  for (auto rows = all.query(); rows.next();)
    CAF_CHECK(of_its_own.contains(rows.text(0)) || std::ranges::find(copying::tables, rows.text(0)) != copying::tables.end());
}

CAF_TEST(copies between stores of one kind are equal too) {
  const file_store first, second;
  const postgres_database third, fourth;
  first.fill();
  (void)copied(first.url(), second.url());
  CAF_CHECK(raw(first.path()) == raw(second.path()));
  (void)copied(second.url(), third.url());
  (void)copied(third.url(), fourth.url());
  CAF_CHECK(contents(fourth.url()) == contents(first.url()));
}

CAF_TEST(one workspace comes into a store that lives and both are as they were) {
  const file_store from, file;
  const postgres_database server;
  from.fill();
  for (const auto& to : {file.url(), server.url()}) {
    live_in(to, workspace_id{"home"});
    const auto before = contents(to, workspace_id{"home"});
    const auto r = copied(from.url(), to, acme);
    CAF_CHECK(!r.target_was_empty);
    CAF_CHECK_EQUAL(r.rows_of("lead"), 2u);
    CAF_CHECK_EQUAL(r.rows_of("kill_switch"), 1u);
    CAF_CHECK(contents(to, workspace_id{"home"}) == before);
    CAF_CHECK(contents(to, other).empty());
    // Numbers are shifted, and what belongs together still does.
    const auto db = must(open_store(to, open_mode::read_write));
    const auto reader = must(db->reader());
    const auto ana = must(reader->lead_by_key(acme, mail("ana@example.com")));
    CAF_REQUIRE(ana.has_value());
    CAF_CHECK_EQUAL(ana->lead, lead_id{"lead_a"});
    CAF_CHECK_EQUAL(must(reader->journal(ana->lead, 0, 10)).items.size(), 2u);
    CAF_CHECK_EQUAL(must(reader->pending_of(ana->lead)).size(), 1u);
    // A node of the target has a higher epoch than any row that came.
    CAF_CHECK(must(db->attach(from_micros(1'798'000'000'000'000))).epoch > 7u);
  }
}

CAF_TEST(a store that was copied is written on behind what came) {
  const file_store from, file;
  const postgres_database server;
  live_in(from.url(), acme);
  for (const auto& to : {file.url(), server.url()}) {
    (void)copied(from.url(), to);
    CAF_CHECK(violations_of(to).empty());
    const auto db = must(open_store(to, open_mode::read_write));
    (void)must(db->attach(from_micros(1'796'000'000'000'000)));
    write_batch b;
    inbox_item item;
    item.workspace = acme;
    item.key = "second";
    item.keys = {mail("dee@example.com")};
    item.candidate = lead_id{"lead_dee"};
    item.candidate_secret = "secret";
    item.may_create = true;
    item.received_at = from_micros(1'796'000'000'000'001);
    item.body = "body";
    b.accepts = {item};
    CAF_CHECK(must(db->write(b)).accepts.at(0).outcome == accept_result::what::accepted);
    CAF_CHECK(violations_of(to).empty());
  }
}

CAF_TEST(a source may be in use and is told to be) {
  const file_store from;
  const postgres_database live;
  from.fill();
  const file_store a, b;
  {
    const auto held = must(open_store(from.url(), open_mode::read_write));
    CAF_CHECK(copied(from.url(), a.url()).source_in_use);
  }
  CAF_CHECK(!copied(from.url(), live.url()).source_in_use);
  const auto held = must(open_store(live.url(), open_mode::read_write));
  CAF_CHECK(copied(live.url(), b.url()).source_in_use);
}

CAF_TEST(what stands in the way of a copy is said with what to do) {
  const file_store from, to;
  const postgres_database server;
  from.fill();
  CAF_CHECK(says(refused(from.url(), from.url()), "same store"));
  CAF_CHECK(says(refused("sqlite:" + from.beside("nothing.db"), to.url()), "source: no store at"));
  CAF_CHECK(says(refused(from.url(), "sqlite:" + from.beside("nothing.db")), "run `heed migrate`"));
  CAF_CHECK(says(refused(from.url(), to.url(), workspace_id{"nobody"}), "it has: acme, other"));
  {
    const auto held = must(open_store(to.url(), open_mode::read_write));
    CAF_CHECK(says(refused(from.url(), to.url()), "target: another process holds the store"));
    const auto held_too = must(open_store(server.url(), open_mode::read_write));
    CAF_CHECK(says(refused(from.url(), server.url()), "target: another process holds the store"));
  }
  (void)copied(from.url(), to.url(), other);
  const auto again = refused(from.url(), to.url());
  CAF_CHECK(says(again, "holds a workspace other already"));
  CAF_CHECK(again.code == errc::conflict);
  CAF_CHECK(says(refused(from.url(), to.url(), acme), "not empty"));
  // Of what was refused nothing is there.
  CAF_CHECK(contents(to.url(), acme).empty());
}

CAF_TEST(only the owner of a Postgres schema may copy into it) {
  const file_store from;
  const postgres_database server;
  from.fill();
  heed::test::shared_postgres().run(
      "do $$ begin create role heed_clerk login; exception when duplicate_object then null; end $$; grant heed_engine to heed_clerk");
  auto url = server.url();
  url.replace(url.find("heed_app"), 8, "heed_clerk");
  CAF_CHECK(says(refused(from.url(), url), "name the user heed_app"));
}

CAF_TEST(a store to try things on is made of either kind) {
  const file_store from;
  const postgres_database server;
  from.fill();
  (void)copied(from.url(), server.url());
  for (const auto& url : {from.url(), server.url()}) {
    const auto made = must(copy_store(url, from.beside(url.starts_with("sqlite") ? "a.db" : "b.db")));
    CAF_CHECK(contents(made.substr(0, made.find('?'))) == contents(from.url()));
  }
}
