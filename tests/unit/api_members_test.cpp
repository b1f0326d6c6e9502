#include "adapters/api/users.hpp"
#include "tests/support/openapi_check.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_members
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

/// A world with Olga, who owns workspace acme, Otto, who runs everything, and Eva of another workspace.
struct fixture {
  api_world w;
  header_list olga;
  const std::string path = api_world::ws + "/users";

  fixture() {
    api::user_directory all;
    auto owner = api::first_owner("olga@example.com", "Olga", "her long password");
    owner.roles = {{"acme", role::owner}};
    auto eva = api::first_owner("eva@example.com", "Eva", "another long password");
    eva.roles = {{"other", role::admin}};
    all.users = {owner, api::first_owner("otto@example.com", "Otto", "his long password"), eva};
    (void)w.db().put_meta(api::users_meta, api::to_text(all));
    olga = signed_in("olga@example.com", "her long password");
  }
  header_list signed_in(const std::string& email, const std::string& password) {
    const auto in = w.ask_raw("POST", "/v1/session", json{{"email", email}, {"password", password}}.dump(),
                              {{"content-type", "application/json"}}, "");
    CAF_REQUIRE_EQUAL(in.status(), 200);
    const auto cookie = in.header("Set-Cookie");
    return {{"cookie", cookie.substr(0, cookie.find(';'))},
            {"x-heed-csrf", in.body()["csrf"].get<std::string>()}};
  }
  answer as_olga(const std::string& method, const std::string& target, const json& body = nullptr) {
    return w.ask(method, target, body, olga, "");
  }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(api_members_tests, fixture)

CAF_TEST(an owner sees who is here and nothing of other workspaces) {
  const auto items = as_olga("GET", path).at("/items");
  CAF_REQUIRE_EQUAL(items.size(), 2u);
  CAF_CHECK_EQUAL(items[0]["email"], "olga@example.com");
  CAF_CHECK_EQUAL(items[0]["role"], "owner");
  CAF_CHECK_EQUAL(items[1]["everywhere"], true);
  CAF_CHECK_EQUAL(as_olga("GET", "/v1/workspaces/other/users").status(), 404);
  CAF_CHECK_EQUAL(w.get(path, w.setter).status(), 403);
}

CAF_TEST(an owner brings somebody in who then may what the role says and no more) {
  CAF_CHECK_EQUAL(as_olga("PUT", path + "/nina@example.com", {{"role", "reader"}}).at("/field"), "password");
  const auto made = as_olga("PUT", path + "/nina@example.com",
                            {{"name", "Nina"}, {"password", "a long password"}, {"role", "reader"}});
  CAF_CHECK_EQUAL(made.status(), 200);
  CAF_CHECK_EQUAL(made.at("/role"), "reader");
  const auto nina = signed_in("nina@example.com", "a long password");
  CAF_CHECK_EQUAL(w.ask("GET", w.ws + "/runs", nullptr, nina, "").status(), 200);
  CAF_CHECK_EQUAL(w.ask("PUT", path + "/nina@example.com", {{"role", "owner"}}, nina, "").status(), 403);
  CAF_CHECK_EQUAL(w.ask("GET", "/v1/workspaces/other/runs", nullptr, nina, "").status(), 404);
  CAF_CHECK(w.audited().find("olga@example.com:member_put:nina@example.com") != std::string::npos);
}

CAF_TEST(ZRG-5 of a role here and one everywhere the higher counts whichever it is) {
  for (const auto& [here, everywhere] : {std::pair{role::reader, role::setter}, std::pair{role::setter, role::reader}}) {
    api::console_user lea;
    lea.roles = {{"acme", here}, {"*", everywhere}};
    CAF_CHECK(lea.role_in(workspace_id{"acme"}) == role::setter);
    CAF_CHECK(lea.role_in(workspace_id{"other"}) == everywhere);
  }
}

CAF_TEST(ZRG-6 the same role given twice is one membership and another one takes its place) {
  const json nina{{"name", "Nina"}, {"password", "a long password"}, {"role", "setter"}};
  for (int i = 0; i < 2; ++i) CAF_CHECK_EQUAL(as_olga("PUT", path + "/nina@example.com", nina).status(), 200);
  const auto roles_of_nina = [&] {
    std::vector<std::string> out;
    const auto members = as_olga("GET", path).at("/items");
    for (const auto& m : members)
      if (m["email"] == "nina@example.com") out.push_back(m["role"]);
    return out;
  };
  CAF_CHECK(roles_of_nina() == std::vector<std::string>{"setter"});
  CAF_CHECK_EQUAL(as_olga("PUT", path + "/nina@example.com", {{"role", "reader"}}).status(), 200);
  CAF_CHECK(roles_of_nina() == std::vector<std::string>{"reader"});
}

CAF_TEST(an owner gives no role above the workspace and touches nobody who runs the installation) {
  CAF_CHECK_EQUAL(as_olga("PUT", path + "/olga@example.com", {{"role", "operator"}}).at("/field"), "/role");
  CAF_CHECK_EQUAL(as_olga("PUT", path + "/otto@example.com", {{"role", "reader"}}).status(), 409);
  CAF_CHECK_EQUAL(as_olga("DELETE", path + "/otto@example.com").status(), 409);
}

CAF_TEST(name and password of somebody of another workspace too stay theirs) {
  CAF_CHECK_EQUAL(
      as_olga("PUT", path + "/eva@example.com", {{"role", "setter"}, {"password", "a stolen account"}})
          .status(),
      409);
  CAF_CHECK_EQUAL(as_olga("PUT", path + "/eva@example.com", {{"role", "setter"}}).status(), 200);
  const auto eva = signed_in("eva@example.com", "another long password");
  CAF_CHECK_EQUAL(w.ask("GET", w.ws + "/runs", nullptr, eva, "").status(), 200);
  CAF_CHECK_EQUAL(as_olga("DELETE", path + "/eva@example.com").status(), 204);
  CAF_CHECK_EQUAL(w.ask("GET", w.ws + "/runs", nullptr, eva, "").status(), 404);
  CAF_CHECK_EQUAL(w.ask("GET", "/v1/workspaces/other/runs", nullptr, eva, "").status(), 200);
  CAF_CHECK_EQUAL(as_olga("DELETE", path + "/eva@example.com").status(), 404);
}

CAF_TEST(who has no role left is signed out and members are as described) {
  as_olga("PUT", path + "/nina@example.com",
          {{"name", "Nina"}, {"password", "a long password"}, {"role", "admin"}});
  const auto nina = signed_in("nina@example.com", "a long password");
  const test::openapi_check documented(json::parse(api::openapi_document()));
  const auto all = as_olga("GET", path);
  CAF_CHECK(documented.problems("get", path, all.status(), all.raw.type, all.raw.body).empty());
  CAF_CHECK_EQUAL(as_olga("DELETE", path + "/nina@example.com").status(), 204);
  CAF_CHECK_EQUAL(w.ask("GET", w.ws + "/runs", nullptr, nina, "").status(), 401);
}

CAF_TEST_FIXTURE_SCOPE_END()
