#include <sstream>

#include "persistence/store.hpp"
#include "runtime/commands/stop.hpp"
#include "tests/unit/support/files.hpp"

#define CAF_SUITE stop_command
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::commands;

namespace {

const time_point noon = parse_iso("2026-11-20T12:00:00Z").value();

stop_options of_campaign(std::string ws, std::string campaign) {
  stop_options o;
  o.workspace = std::move(ws);
  o.campaign = std::move(campaign);
  return o;
}

/// A stopped store with one workspace and one campaign.
struct fixture {
  tests::temporary_folder files;
  std::string url = "sqlite:" + (files.path() / "heed.db").string();
  std::ostringstream out, err;

  fixture() {
    CAF_REQUIRE(migrate_store(url).has_value());
    auto s = open_store(url, open_mode::read_write);
    CAF_REQUIRE(s.has_value());
    CAF_REQUIRE((*s)->create_workspace(workspace_id{"acme"}, noon).has_value());
    CAF_REQUIRE(
        (*s)->put_kill_switch({workspace_id{"acme"}, stop_scope::campaign, "spring", false, "set-up", noon})
            .has_value());
  }

  int turn(stop_options o, bool engaged) {
    out.str("");
    err.str("");
    o.store_url = url;
    o.reason = "complaints";
    return run_stop(o, engaged, out, err);
  }

  bool is_engaged(stop_scope scope, std::string_view name) {
    auto s = open_store(url, open_mode::read_only);
    auto r = (*s)->reader();
    const auto rows = (*r)->kill_switches().value();
    for (const auto& row : rows)
      if (row.scope == scope && row.name == name) return row.engaged;
    return true;
  }

  std::vector<audit_row> audit() {
    auto s = open_store(url, open_mode::read_only);
    return (*s)->reader().value()->audit(workspace_id{"acme"}, 10).value();
  }

  bool says(const std::ostringstream& where, std::string_view text) const {
    return where.str().find(text) != std::string::npos;
  }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(stop_command_tests, fixture)

CAF_TEST(RULES a stop is asked for at the switch of what it names) {
  const auto path = [](const stop_options& o) { return path_of(target_of(o).value()); };
  CAF_CHECK_EQUAL(path({.workspace = "acme"}), "/v1/workspaces/acme/stop");
  CAF_CHECK_EQUAL(path(of_campaign("acme", "spring")), "/v1/workspaces/acme/campaigns/spring/stop");
  CAF_CHECK_EQUAL(path({.workspace = "acme", .account = "a/b"}), "/v1/workspaces/acme/accounts/a%2Fb/stop");
  CAF_CHECK_EQUAL(path({.all = true}), "/admin/stop");
}

CAF_TEST(RULES a stop that names nothing or too much is not asked for) {
  CAF_CHECK(!target_of({}).has_value());
  CAF_CHECK(!target_of({.campaign = "spring"}).has_value());
  CAF_CHECK(!target_of({.workspace = "acme", .all = true}).has_value());
  CAF_CHECK(!target_of({.workspace = "acme", .campaign = "spring", .account = "m"}).has_value());
  CAF_CHECK_EQUAL(run_stop({}, true, out, err), 2);
  CAF_CHECK(says(err, "--workspace W"));
}

CAF_TEST(RULES nobody who answers is told apart from a refusal) {
  stop_options o{.url = "http://127.0.0.1:1", .workspace = "acme"};
  CAF_CHECK_EQUAL(run_stop(o, true, out, err), 2);
  CAF_CHECK(says(err, "HEED_API_KEY"));
  o.api_key = "heed_key";
  err.str("");
  CAF_CHECK_EQUAL(run_stop(o, true, out, err), 2);
  CAF_CHECK(says(err, "does not answer") && says(err, "--store URL"));
  CAF_CHECK(!says(err, "heed_key"));
}

CAF_TEST(RULES without a node the switch is written and audited in the store) {
  CAF_CHECK_EQUAL(turn(of_campaign("acme", "spring"), true), 0);
  CAF_CHECK(says(out, "stopped: campaign spring of acme, since "));
  CAF_CHECK(says(out, "no call was on the wire"));
  CAF_CHECK(says(out, "written into the store"));
  CAF_CHECK(is_engaged(stop_scope::campaign, "spring"));
  CAF_CHECK(!is_engaged(stop_scope::workspace, ""));
  const auto told = audit();
  CAF_REQUIRE_EQUAL(told.size(), 1u);
  CAF_CHECK_EQUAL(told.front().what, "campaign_paused");
  CAF_CHECK_EQUAL(told.front().detail, "spring: complaints");
  CAF_CHECK_EQUAL(turn(of_campaign("acme", "spring"), false), 0);
  CAF_CHECK(says(out, "goes on: campaign spring of acme"));
  CAF_CHECK(!is_engaged(stop_scope::campaign, "spring"));
}

CAF_TEST(RULES a stop said twice keeps its instant and one line of audit) {
  CAF_CHECK_EQUAL(turn({.workspace = "acme"}, true), 0);
  const auto first = out.str();
  CAF_CHECK_EQUAL(turn({.workspace = "acme"}, true), 0);
  CAF_CHECK_EQUAL(out.str(), first);
  CAF_CHECK_EQUAL(audit().size(), 1u);
  CAF_CHECK(is_engaged(stop_scope::workspace, ""));
}

CAF_TEST(RULES everything is stopped by one switch) {
  CAF_CHECK_EQUAL(turn({.all = true}, true), 0);
  CAF_CHECK(says(out, "stopped: everything"));
  CAF_CHECK(is_engaged(stop_scope::global, ""));
}

CAF_TEST(RULES what the store does not know is not stopped) {
  CAF_CHECK_EQUAL(turn(of_campaign("acme", "sprung"), true), 1);
  CAF_CHECK(says(err, "knows no campaign sprung of acme"));
  CAF_CHECK_EQUAL(turn({.workspace = "other"}, true), 1);
  CAF_CHECK(audit().empty());
}

CAF_TEST(PROTOCOL a store that a node holds is not written beside it) {
  const auto node = open_store(url, open_mode::read_write);
  CAF_CHECK_EQUAL(turn({.workspace = "acme"}, true), 1);
  CAF_CHECK(says(err, "--url and --key"));
}

CAF_TEST(PROTOCOL a store that is not there is nobody) {
  url = "sqlite:" + (files.path() / "none.db").string();
  CAF_CHECK_EQUAL(turn({.workspace = "acme"}, true), 2);
}

CAF_TEST_FIXTURE_SCOPE_END()
