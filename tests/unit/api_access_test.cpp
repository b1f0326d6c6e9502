#include "adapters/api/api.hpp"
#include "adapters/api/crypto.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_access
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

CAF_TEST(every refusal is problem details and every answer carries the domain time) {
  api_world w;
  for (const auto& a :
       {w.get("/healthz"), w.get("/nowhere"), w.get(w.ws + "/runs", ""), w.get(w.ws + "/runs")})
    CAF_CHECK_EQUAL(a.header("X-Heed-Now"), "2026-11-16T10:00:00Z");
  const auto a = w.get("/nowhere");
  CAF_CHECK_EQUAL(a.status(), 404);
  CAF_CHECK_EQUAL(a.raw.type, "application/problem+json");
  for (const auto* member : {"type", "title", "status", "detail", "fix"})
    CAF_CHECK(a.body().contains(member));
}

CAF_TEST(a path that exists answers another method with 405 and says which it knows) {
  api_world w;
  const auto a = w.ask("DELETE", w.ws + "/leads");
  CAF_CHECK_EQUAL(a.status(), 405);
  CAF_CHECK_EQUAL(a.header("Allow"), "GET, HEAD, POST, OPTIONS");
  const auto options = w.ask("OPTIONS", w.ws + "/leads", nullptr, {}, "");
  CAF_CHECK_EQUAL(options.status(), 204);
  CAF_CHECK_EQUAL(options.header("Allow"), "GET, HEAD, POST, OPTIONS");
  CAF_CHECK_EQUAL(w.ask("HEAD", w.ws + "/leads").status(), 200);
}

CAF_TEST(ZRG-48 secrets are compared as hashes in constant time and revoked or unknown keys are refused alike) {
  CAF_CHECK(api::same_secret("abc", "abc"));
  CAF_CHECK(!api::same_secret("abc", "abd"));
  CAF_CHECK(!api::same_secret("abc", "abcd"));
  CAF_CHECK_EQUAL(api::sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  api_world w;
  const auto none = w.get(w.ws + "/runs", "");
  CAF_CHECK_EQUAL(none.status(), 401);
  CAF_CHECK_EQUAL(none.header("WWW-Authenticate"), "Bearer");
  CAF_CHECK_EQUAL(w.get(w.ws + "/runs", "wrong").raw.body, none.raw.body);
  CAF_CHECK_EQUAL(w.get(w.ws + "/runs", w.revoked).raw.body, none.raw.body);
  CAF_CHECK_EQUAL(w.ask("GET", w.ws + "/runs", nullptr, {{"authorization", "Basic key-admin"}}, "").status(),
                  401);
  CAF_CHECK_EQUAL(w.ask("GET", w.ws + "/runs", nullptr, {{"authorization", "bearer key-admin"}}, "").status(),
                  200);
}

CAF_TEST(ZRG-8 another workspace answers as one that nobody has) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto nobodys = w.get("/v1/workspaces/nobody/leads/" + lead, w.other);
  CAF_CHECK_EQUAL(nobodys.status(), 404);
  CAF_CHECK_EQUAL(nobodys.at("/detail"), "Workspace not found");
  CAF_CHECK_EQUAL(w.get("/v1/workspaces/acme/leads/" + lead, w.other).raw.body, nobodys.raw.body);
  CAF_CHECK_EQUAL(w.ask("PUT", "/v1/workspaces/acme/settings", json::object(), {}, w.other).raw.body, nobodys.raw.body);
  CAF_CHECK_EQUAL(w.ask("PUT", "/v1/workspaces/nobody/settings", json::object(), {}, w.boss).raw.body, nobodys.raw.body);
}

CAF_TEST(what another workspace has answers as if it did not exist) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto unknown = w.get("/v1/workspaces/other/leads/nobody", w.other);
  CAF_CHECK_EQUAL(unknown.status(), 404);
  for (const auto& path :
       {"/v1/workspaces/other/leads/" + lead, "/v1/workspaces/other/leads/" + lead + "/journal", "/v1/workspaces/other/runs/spring__" + lead,
        std::string("/v1/workspaces/other/campaigns/spring"), std::string("/sender/queue?workspace=acme")})
    CAF_CHECK_EQUAL(w.get(path, w.other).raw.body, unknown.raw.body);
  CAF_CHECK_EQUAL(
      w.ask("POST", "/v1/workspaces/other/leads/" + lead + "/take", json::object(), {}, w.other).raw.body,
      unknown.raw.body);
  CAF_CHECK_EQUAL(w.get("/v1/workspaces/other/audience-actions?lead=" + lead, w.other).at("/items").size(),
                  0u);
  CAF_CHECK_EQUAL(w.get("/v1/workspaces/acme/leads/" + lead, w.boss).status(), 200);
}

CAF_TEST(a role that is too low is refused and changes nothing) {
  api_world w;
  CAF_CHECK_EQUAL(w.ask("POST", w.ws + "/leads", w.person("ana"), {}, w.reader).status(), 403);
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/campaigns/spring", w.campaign(), {}, w.setter).status(), 403);
  CAF_CHECK_EQUAL(w.ask("POST", w.ws + "/keys", json{{"name", "x"}, {"role", "operator"}}).status(), 403);
  CAF_CHECK_EQUAL(w.get("/admin/actors").status(), 403);
  CAF_CHECK_EQUAL(w.get("/metrics").status(), 403);
  CAF_CHECK_EQUAL(w.get("/metrics", "").status(), 401);
  CAF_CHECK_EQUAL(w.get("/metrics", w.boss).raw.body, "heed_up 1\n");
  CAF_CHECK(w.seen.empty());
  CAF_CHECK_EQUAL(w.reloads, 0);
}

namespace {

/// The route's path with something in each of its places.
std::string path_of(std::string_view pattern, const std::string& workspace) {
  std::string out;
  while (!pattern.empty()) {
    const auto open = pattern.find('{');
    out += pattern.substr(0, open);
    if (open == pattern.npos) break;
    const auto end = pattern.find('}', open);
    out += pattern.substr(open + 1, end - open - 1) == "ws" ? workspace : "x";
    pattern.remove_prefix(end + 1);
  }
  return out;
}

bool is_within_workspace(std::string_view pattern) { return pattern.starts_with("/v1/workspaces/{ws}/"); }

}  // namespace

CAF_TEST(ZRG-3 ZRG-9 whoever is not signed in is told so by every route and redirected by none) {
  api_world w;
  int asked = 0;
  for (const auto& r : api::route_names()) {
    const auto path = path_of(r.pattern, "acme");
    const auto a = w.ask(std::string(r.method), path, r.method == "GET" ? json() : json::object(), {}, "");
    if (a.status() / 100 == 3) CAF_ERROR("redirects: " << r.method << " " << path);
    if (!is_within_workspace(r.pattern)) continue;
    ++asked;
    if (a.status() != 401 || a.at("/detail") != "Not authenticated") CAF_ERROR(r.method << " " << path << " " << a.status());
  }
  CAF_CHECK(asked > 60);
}

CAF_TEST(ZRG-16 a reader changes nothing whatever the route) {
  api_world w;
  int asked = 0;
  for (const auto& r : api::route_names()) {
    if (r.method == "GET" || !is_within_workspace(r.pattern)) continue;
    ++asked;
    const auto a = w.ask(std::string(r.method), path_of(r.pattern, "acme"), json::object(), {}, w.reader);
    if (a.status() != 403) CAF_ERROR(r.method << " " << r.pattern << " " << a.status());
  }
  CAF_CHECK(asked > 40);
  CAF_CHECK(w.seen.empty());
  CAF_CHECK_EQUAL(w.reloads, 0);
}

CAF_TEST(ZRG-7 settings and secrets and Slack are changed by owners and admins alone) {
  const json slack{{"provider", "slack"}, {"secrets", {{"bot_token", "xoxb-1"}}}};
  const json secrets{{"channel", "email"}, {"provider", "resend"}, {"from", "mia@mail.example.com"}, {"secrets", {{"api_key", "re_1"}}}};
  const auto all = [&](api_world& w, const std::string& key) {
    std::vector<int> got;
    got.push_back(w.ask("PUT", w.ws + "/settings", json{{"sender_name", "Mia"}, {"postal_address", "1 Main Street"}}, {}, key).status());
    got.push_back(w.ask("PUT", w.ws + "/accounts/slack", slack, {}, key).status());
    got.push_back(w.ask("PUT", w.ws + "/accounts/mail", secrets, {}, key).status());
    got.push_back(w.ask("POST", w.ws + "/keys", json{{"name", "x"}, {"role", "reader"}}, {}, key).status());
    return got;
  };
  for (const std::string as : {"reader", "setter", "inbox_manager"}) {
    api_world w;
    const std::string key = w.post(w.ws + "/keys", {{"name", as}, {"role", as}}).at("/key");
    CAF_CHECK(all(w, key) == std::vector<int>(4, 403));
  }
  for (const std::string as : {"admin", "owner"}) {
    api_world w;
    w.edit_policy([](policy& p) { p.public_url = "https://heed.example.com"; });
    const auto made = w.ask("POST", w.ws + "/keys", json{{"name", as}, {"role", as}}, {}, w.boss);
    CAF_REQUIRE_EQUAL(made.status(), 201);
    for (const auto status : all(w, made.at("/key"))) CAF_CHECK(status == 200 || status == 201);
  }
}

CAF_TEST(an actor is restarted by its path and what cannot be says why) {
  api_world w;
  CAF_CHECK_EQUAL(w.ask("POST", "/admin/actors/regions%2F0/restart", json::object(), {}, w.boss).status(), 202);
  CAF_CHECK_EQUAL(w.ask("POST", "/admin/actors/nobody/restart", json::object(), {}, w.boss).status(), 404);
  CAF_CHECK_EQUAL(w.ask("POST", "/admin/actors/store/restart", json::object(), {}, w.boss).status(), 409);
  CAF_CHECK_EQUAL(w.ask("POST", "/admin/actors/regions%2F0/restart", json::object()).status(), 403);
}

CAF_TEST(faults on request exist only where they are enabled) {
  api_world w;
  CAF_CHECK_EQUAL(w.ask("POST", "/admin/chaos", json{{"what", "exit"}}, {}, w.boss).status(), 404);
  w.chaos_on = true;
  CAF_CHECK_EQUAL(w.ask("POST", "/admin/chaos", json{{"what", "exit"}}, {}, w.boss).status(), 202);
  CAF_CHECK_EQUAL(w.ask("POST", "/admin/chaos", json::object(), {}, w.boss).status(), 422);
}

CAF_TEST(health and readiness and the description are open) {
  api_world w;
  CAF_CHECK_EQUAL(w.get("/healthz", "").status(), 200);
  CAF_CHECK_EQUAL(w.get("/readyz", "").status(), 200);
  CAF_CHECK_EQUAL(w.get("/openapi.json", "").status(), 200);
  w.is_ready = false;
  const auto a = w.get("/readyz", "");
  CAF_CHECK_EQUAL(a.status(), 503);
  CAF_CHECK_EQUAL(a.header("Retry-After"), "1");
}

CAF_TEST(a new key works at once and is shown only in its first answer) {
  api_world w;
  const json wish{{"name", "integration"}, {"role", "reader"}};
  const auto first = w.post(w.ws + "/keys", wish, {{"idempotency-key", "k1"}});
  CAF_REQUIRE_EQUAL(first.status(), 201);
  const std::string key = first.at("/key");
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads", key).status(), 200);
  const auto again = w.post(w.ws + "/keys", wish, {{"idempotency-key", "k1"}});
  CAF_CHECK_EQUAL(again.header("Idempotent-Replayed"), "true");
  CAF_CHECK(again.at("/key").is_null());
  w.read([&](store_reader& r) {
    const auto keys = r.api_keys().value();
    for (const auto& row : keys)
      CAF_CHECK_NOT_EQUAL(row.hash, key);
  });
}

CAF_TEST(a key past its quota waits as long as it is told) {
  api::options o;
  auto at = std::chrono::steady_clock::time_point{};
  o.quota = {0.5, 2};
  o.steady_now = [&] { return at; };
  api_world w(o);
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads").status(), 200);
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads").status(), 200);
  const auto refused = w.get(w.ws + "/leads");
  CAF_CHECK_EQUAL(refused.status(), 429);
  CAF_CHECK_EQUAL(refused.header("Retry-After"), "2");
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads", w.reader).status(), 200);
  at += std::chrono::seconds(2);
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads").status(), 200);
}

CAF_TEST(SS-26 T-5 the forced scan needs an operator or the scan secret and may be repeated) {
  api::options o;
  o.cron_secret = "scan-secret";
  api_world w(o);
  CAF_CHECK_EQUAL(w.get("/api/cron/sender-process", "").status(), 401);
  CAF_CHECK_EQUAL(w.get("/api/cron/sender-process", "scan-secreT").status(), 401);
  CAF_CHECK_EQUAL(w.get("/api/cron/sender-process", w.admin).status(), 403);
  CAF_CHECK_EQUAL(w.scans, 0);
  CAF_CHECK_EQUAL(w.get("/api/cron/sender-process", "scan-secret").at("/due"), 0);
  CAF_CHECK_EQUAL(w.get("/api/cron/sender-process", w.boss).status(), 200);
  CAF_CHECK_EQUAL(w.scans, 2);
}
