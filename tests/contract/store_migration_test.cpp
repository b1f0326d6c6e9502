#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "actors/lead/identity/email_hash.hpp"
#include "persistence/sqlite/database.hpp"
#include "persistence/sqlite/embedded.hpp"
#include "tests/contract/support/world.hpp"

#define CAF_SUITE store_migration
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;

namespace {

const lead_id ana{"lead_1"};
const effect_id planned{"lead_1-1-1"};
const effect_id failed{"lead_1-1-2"};
const effect_id done{"lead_1-1-3"};
const auto now = from_micros(1'795'000'100'000'000);

std::string text_of(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error("cannot read " + path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// A store as a binary that knew the first migration alone left it.
class old_store {
 public:
  old_store() {
    auto pattern = (std::filesystem::temp_directory_path() / "heed-old-store-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    sqlite::database db(path(), sqlite::access::write, "full");
    db.execute(std::string(sqlite::migrations().front().text).c_str());
    db.execute("pragma user_version = 1");
    db.execute(text_of(HEED_SOURCE_DIR "/tests/fixtures/store/schema_1.sql").c_str());
  }
  ~old_store() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string url() const { return "sqlite:" + path(); }

 private:
  [[nodiscard]] std::string path() const { return (folder_ / "heed.db").string(); }

  std::filesystem::path folder_;
};

claim_result claim(store& db, const effect_id& id) {
  write_batch b;
  claim_request c;
  c.id = id;
  c.now = now;
  c.limits.max_per_day = 1;
  c.limits.day = 20'775;
  b.claims = {c};
  return must(db.write(b)).claims.at(0);
}

finish_request accepted(const effect_id& id) {
  finish_request f;
  f.id = id;
  f.attempt = 1;
  f.result = send_result::accepted;
  f.now = now;
  f.body = "outcome";
  return f;
}

}  // namespace

CAF_TEST(a store of schema 1 is refused until it is migrated and then holds all it held) {
  const old_store old;
  const auto refused = open_store(old.url(), open_mode::read_write);
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == errc::refused);
  CAF_CHECK(refused.error().detail.find("heed migrate") != std::string::npos);
  CAF_CHECK(must(migrate_store(old.url())) == std::vector<std::string>{"0002_safe_sending", "0003_scores_are_read", "0004_drafts", "0005_hashed_emails", "0006_restraints", "0007_receipts"});
  CAF_CHECK(must(migrate_store(old.url())).empty());

  const auto db = must(open_store(old.url(), open_mode::read_write));
  must(db->attach(now));
  const auto read = must(db->reader());
  CAF_CHECK(must(read->audit_invariants()).empty());
  CAF_CHECK_EQUAL(must(read->all_leads(workspace_id("acme"), {})).items.size(), 2u);
  CAF_CHECK_EQUAL(must(read->pending_of(ana)).size(), 1u);
  CAF_CHECK(must(read->effect(planned)).value().state == effect_state::planned);
  CAF_CHECK_EQUAL(by_value(must(read->effect(failed)).value().detail), "invalid");
  const auto sent = must(read->effect_by_provider_id(workspace_id("acme"), "p-3")).value();
  CAF_CHECK_EQUAL(sent.id, done);
  CAF_CHECK(sent.request == bytes("\3", 1));
  // Whoever was known by an address is found by its hash.
  const auto hash = hashed_email({key_kind::email, "", "ana@example.com"});
  CAF_CHECK_EQUAL(by_value(must(read->lead_by_key(workspace_id("acme"), hash)).value().lead), ana);
  const auto listed = must(read->suppressions(workspace_id("acme"), {})).items;
  CAF_REQUIRE_EQUAL(listed.size(), 1u);
  CAF_CHECK_EQUAL(listed[0].hash, "hash-of-bob");
  CAF_CHECK_EQUAL(listed[0].lead, lead_id("lead_2"));
  CAF_CHECK_EQUAL(listed[0].source, "");
}

CAF_TEST(4R-74 a migrated store sends within limits and moves what is done) {
  const old_store old;
  must(migrate_store(old.url()));
  const auto db = must(open_store(old.url(), open_mode::read_write));
  must(db->attach(now));
  CAF_CHECK(claim(*db, planned).outcome == claim_result::what::claimed);
  lead_commit c;
  c.workspace = workspace_id("acme");
  c.lead = ana;
  c.expected_version = 1;
  c.journal.seq = 2;
  c.journal.decided_at = now;
  c.resends = {failed};
  write_batch b;
  b.commits = {c};
  b.finishes = {accepted(planned)};
  const auto out = must(db->write(b));
  CAF_CHECK(out.commits.at(0).outcome == commit_result::what::committed);
  CAF_CHECK(out.finishes.at(0).outcome == finish_result::what::finished);
  CAF_CHECK(claim(*db, failed).outcome == claim_result::what::full);
  const auto read = must(db->reader());
  const auto sent = must(read->effect(planned)).value();
  CAF_CHECK(sent.state == effect_state::done);
  CAF_CHECK_EQUAL(sent.request, bytes("\0", 1));
  CAF_CHECK_EQUAL(must(read->effects_of(ana)).size(), 3u);
  CAF_CHECK_EQUAL(by_value(must(read->usage(workspace_id("acme"), account_id("mail"))).value().used), 1u);
  CAF_CHECK(must(read->audit_invariants()).empty());
}
