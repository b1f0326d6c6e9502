#include "adapters/api/change_feed.hpp"
#include "adapters/api/users.hpp"
#include "tests/support/openapi_check.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_console
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;
using namespace std::chrono_literals;

namespace {

const header_list as_json{{"content-type", "application/json"}};

/// A world whose console has one user: `ana@example.com`, who may read workspace acme.
struct console_world : api_world {
  explicit console_world(role as = role::reader, api::options o = {}) : api_world(std::move(o)) {
    api::user_directory all;
    auto u = api::first_owner("ana@example.com", "Ana", "her long password");
    u.roles = {{"acme", as}};
    all.users.push_back(u);
    (void)db().put_meta(api::users_meta, api::to_text(all));
  }
  answer sign_in(const std::string& password = "her long password") {
    return ask_raw("POST", "/v1/session", json{{"email", "ana@example.com"}, {"password", password}}.dump(),
                   as_json, "");
  }
  static std::string cookie_of(const answer& a) {
    const auto text = a.header("Set-Cookie");
    return text.substr(0, text.find(';'));
  }
};

}  // namespace

CAF_TEST(a session may what a key of its role may and needs its token for changes) {
  console_world w(role::setter);
  const auto in = w.sign_in();
  CAF_REQUIRE_EQUAL(in.status(), 200);
  CAF_CHECK(in.header("Set-Cookie").find("HttpOnly; SameSite=Strict") != std::string::npos);
  const auto cookie = console_world::cookie_of(in);
  const std::string csrf = in.body()["csrf"];
  CAF_CHECK_EQUAL(w.ask("GET", w.ws + "/runs", nullptr, {{"cookie", cookie}}, "").status(), 200);
  CAF_CHECK_EQUAL(w.ask("GET", "/v1/workspaces/other/runs", nullptr, {{"cookie", cookie}}, "").status(), 404);
  CAF_CHECK_EQUAL(w.ask("GET", "/admin/counts", nullptr, {{"cookie", cookie}}, "").status(), 404);
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/stop", nullptr, {{"cookie", cookie}}, "").status(), 403);
  CAF_CHECK_EQUAL(
      w.ask("PUT", w.ws + "/stop", nullptr, {{"cookie", cookie}, {"x-heed-csrf", csrf}}, "").status(), 200);
  CAF_CHECK_EQUAL(
      w.ask("DELETE", w.ws + "/stop", nullptr, {{"cookie", cookie}, {"x-heed-csrf", csrf}}, "").status(),
      403);
  CAF_CHECK(w.audited().find("ana@example.com") != std::string::npos);
}

CAF_TEST(five wrong passwords lock an account for a quarter of an hour and the right one then opens it) {
  console_world w;
  for (int i = 0; i < 5; ++i)
    CAF_CHECK_EQUAL(w.sign_in("wrong").status(), 401);
  CAF_CHECK_EQUAL(w.sign_in().status(), 401);
  w.domain_now += 16min;
  CAF_CHECK_EQUAL(w.sign_in().status(), 200);
}

CAF_TEST(a wrong password and an unknown user are answered alike) {
  console_world w;
  const auto unknown =
      w.ask_raw("POST", "/v1/session", R"({"email":"eve@example.com","password":"x"})", as_json, "");
  CAF_CHECK_EQUAL(unknown.raw.body, w.sign_in("wrong").raw.body);
}

CAF_TEST(a session ends after twelve hours and with signing out) {
  console_world w;
  const auto cookie = console_world::cookie_of(w.sign_in());
  const auto in = w.sign_in();
  const header_list second{{"cookie", console_world::cookie_of(in)},
                           {"x-heed-csrf", in.body()["csrf"].get<std::string>()}};
  CAF_CHECK_EQUAL(w.ask("DELETE", "/v1/session", nullptr, second, "").status(), 204);
  CAF_CHECK_EQUAL(w.ask("GET", w.ws + "/runs", nullptr, second, "").status(), 401);
  CAF_CHECK_EQUAL(w.ask("GET", w.ws + "/runs", nullptr, {{"cookie", cookie}}, "").status(), 200);
  w.domain_now += 13h;
  CAF_CHECK_EQUAL(w.ask("GET", w.ws + "/runs", nullptr, {{"cookie", cookie}}, "").status(), 401);
}

CAF_TEST(the first owner is made once and only with the token) {
  api_world w;
  std::string token;
  api::offer_first_run(w, [&](const std::string& t) { token = t; });
  CAF_REQUIRE(!token.empty());
  const auto become = [&](const std::string& with) {
    const json body{
        {"token", with}, {"email", "Ada@Example.com"}, {"name", "Ada"}, {"password", "a long password"}};
    return w.ask_raw("POST", "/v1/first-run", body.dump(), as_json, "").status();
  };
  CAF_CHECK_EQUAL(become("guess"), 403);
  CAF_CHECK_EQUAL(become(token), 201);
  CAF_CHECK_EQUAL(become(token), 403);
  std::string second;
  api::offer_first_run(w, [&](const std::string& t) { second = t; });
  CAF_CHECK(second.empty());
}

CAF_TEST(operators make and remove users and the last operator stays) {
  api_world w;
  const auto put = [&](const std::string& email, const json& roles) {
    return w
        .ask("PUT", "/v1/users/" + email, {{"name", "X"}, {"password", "a long password"}, {"roles", roles}},
             {}, w.boss)
        .status();
  };
  CAF_CHECK_EQUAL(put("ana@example.com", {{"acme", "reader"}}), 409);
  CAF_CHECK_EQUAL(put("boss@example.com", {{"*", "operator"}}), 200);
  CAF_CHECK_EQUAL(put("ana@example.com", {{"acme", "reader"}}), 200);
  CAF_CHECK_EQUAL(put("ana@example.com", {{"acme", "operator"}}), 422);
  CAF_CHECK_EQUAL(w.ask("DELETE", "/v1/users/boss@example.com", nullptr, {}, w.boss).status(), 409);
  CAF_CHECK_EQUAL(w.ask("DELETE", "/v1/users/ana@example.com", nullptr, {}, w.boss).status(), 204);
  CAF_CHECK_EQUAL(w.get("/v1/users").status(), 403);
}

CAF_TEST(answers about sessions and users are as described) {
  console_world w;
  const test::openapi_check documented(json::parse(api::openapi_document()));
  const auto hold = [&](const std::string& method, const std::string& path, const answer& a) {
    for (const auto& p : documented.problems(method, path, a.status(), a.raw.type, a.raw.body))
      CAF_ERROR(p << "\n" << a.raw.body.substr(0, 300));
  };
  hold("get", "/v1/session", w.ask("GET", "/v1/session", nullptr, {}, ""));
  hold("post", "/v1/session", w.sign_in());
  hold("post", "/v1/session", w.sign_in("wrong"));
  hold("get", "/v1/users", w.ask("GET", "/v1/users", nullptr, {}, w.boss));
}

CAF_TEST(a listener goes on from its last event or is told that it missed some) {
  api::change_feed feed("7");
  const workspace_id ws{"acme"};
  CAF_CHECK(!feed.wanted(ws));
  const auto first = feed.listen(ws, "");
  CAF_CHECK(feed.wanted(ws));
  feed.publish(ws, "lead", "{\"n\":1}");
  feed.publish(ws, "lead", "{\"n\":2}");
  const auto heard = first->take();
  CAF_CHECK(heard.find("id: 7.1\nevent: lead\ndata: {\"n\":1}\n\n") != std::string::npos);
  const auto again = feed.listen(ws, "7.1")->take();
  CAF_CHECK(again.find("\"n\":1") == std::string::npos);
  CAF_CHECK(again.find("\"n\":2") != std::string::npos);
  CAF_CHECK(feed.listen(ws, "6.1")->take().find("event: reset") != std::string::npos);
  CAF_CHECK(feed.listen(ws, "7.99")->take().find("event: reset") != std::string::npos);
}

CAF_TEST(a listener that does not read costs a bounded amount and is told to read anew) {
  api::change_feed feed("7");
  const workspace_id ws{"acme"};
  const auto lazy = feed.listen(ws, "");
  const std::string much(1'000, 'x');
  for (int i = 0; i < 1'000; ++i)
    feed.publish(ws, "lead", much);
  CAF_CHECK(lazy->take().size() <= 256 * 1024);
  feed.publish(ws, "lead", "{}");
  CAF_CHECK(lazy->take().find("event: reset") != std::string::npos);
}
