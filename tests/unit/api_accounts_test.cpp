#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_accounts
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

const std::string accounts = api_world::ws + "/accounts";
constexpr const char* webhook_secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

json resend() {
  return {{"channel", "email"},
          {"provider", "resend"},
          {"from", "mia@example.com"},
          {"secrets", {{"api_key", "re_secret_1"}}}};
}

/// A workspace that may have an email account.
void make_ready(api_world& w) {
  w.edit_policy([](policy& p) {
    p.public_url = "https://heed.example.com";
    p.defaults.sender_name = "Mia";
    p.defaults.postal_address = "1 Main Street";
  });
}

const outbound::sending_account& kept(api_world& w, const std::string& id) {
  return w.known_accounts.at({workspace_id{"acme"}, account_id{id}}).account;
}

std::string fields(const answer& a) {
  std::string out;
  for (const auto& p : a.at("/problems"))
    out += (out.empty() ? "" : " ") + p["field"].get<std::string>();
  return out;
}

}  // namespace

CAF_TEST(RULES the first real account of a workspace comes with a stop that a person releases) {
  api_world w;
  make_ready(w);
  const auto made = w.ask("PUT", accounts + "/main", resend());
  CAF_REQUIRE_EQUAL(made.status(), 201);
  CAF_CHECK_EQUAL(made.at("/workspace_stopped"), true);
  CAF_CHECK_EQUAL(made.at("/stopped"), false);
  CAF_CHECK_EQUAL(made.at("/max_per_second"), 1);
  CAF_CHECK_EQUAL(made.at("/max_per_day"), 50);
  CAF_CHECK_EQUAL(made.at("/from_file"), false);
  const auto stop = w.get(w.ws + "/stop");
  CAF_CHECK_EQUAL(stop.at("/stopped"), true);
  CAF_CHECK_EQUAL(stop.at("/by"), "first real account");
  CAF_CHECK_EQUAL(w.ask("DELETE", w.ws + "/stop").at("/stopped"), false);
  const auto second = w.ask("PUT", accounts + "/more", resend());
  CAF_CHECK_EQUAL(second.status(), 201);
  CAF_CHECK_EQUAL(second.at("/workspace_stopped"), false);
  CAF_CHECK_EQUAL(w.get(w.ws + "/stop").at("/stopped"), false);
  CAF_CHECK(w.current_policy(workspace_id{"acme"})->find_account(account_id{"main"}) != nullptr);
  CAF_CHECK_NOT_EQUAL(w.audited().find("key-admin:account_put:main"), std::string::npos);
}

CAF_TEST(secrets of an account are kept and never said) {
  api_world w;
  make_ready(w);
  auto wish = resend();
  wish["options"] = {{"tag", "a"}};
  const auto made = w.ask("PUT", accounts + "/main", wish);
  CAF_REQUIRE_EQUAL(made.status(), 201);
  CAF_CHECK_EQUAL(made.at("/secrets"), json::array({"api_key"}));
  CAF_CHECK_EQUAL(kept(w, "main").secrets.at("api_key"), "re_secret_1");
  auto changed = wish;
  changed.erase("secrets");
  changed["from"] = "ben@example.com";
  const auto again = w.ask("PUT", accounts + "/main", changed);
  CAF_CHECK_EQUAL(again.status(), 200);
  CAF_CHECK_EQUAL(kept(w, "main").secrets.at("api_key"), "re_secret_1");
  CAF_CHECK_EQUAL(kept(w, "main").public_part.from, "ben@example.com");
  const auto shown = w.get(accounts + "/main", w.reader);
  CAF_CHECK_EQUAL(shown.at("/options/tag"), "a");
  for (const auto& a : {made, again, shown, w.get(accounts, w.reader)})
    CAF_CHECK_EQUAL(a.raw.body.find("re_secret"), std::string::npos);
  CAF_CHECK_EQUAL(w.audited().find("re_secret"), std::string::npos);
  w.read([&](store_reader& r) {
    const auto body = r.latest_policy(workspace_id{"acme"}).value().second;
    CAF_CHECK_EQUAL(body.find("re_secret"), std::string::npos);
  });
}

CAF_TEST(secrets do not move along to another address or provider) {
  api_world w;
  make_ready(w);
  w.known_accounts[{workspace_id{"acme"}, account_id{"main"}}] = {
      {workspace_id{"acme"},
       {account_id{"main"}, channel::email, "resend", "mia@example.com", {}, true},
       "",
       {{"api_key", "re_1"}}},
      false};
  auto moved = resend();
  moved.erase("secrets");
  moved["base_url"] = "https://elsewhere.example.com";
  CAF_CHECK_EQUAL(fields(w.ask("PUT", accounts + "/main", moved)), "/secrets/api_key");
}

CAF_TEST(4R-67 an account without what it needs is refused with every fault) {
  api_world w;
  CAF_CHECK_EQUAL(fields(w.ask("PUT", accounts + "/main", resend())),
                  "/public_url /sender_name /postal_address");
  make_ready(w);
  auto bad = resend();
  bad["secrets"] = {{"apikey", "x"}};
  CAF_CHECK_EQUAL(fields(w.ask("PUT", accounts + "/main", bad)), "/secrets/apikey /secrets/api_key");
  bad["secrets"] = {{"api_key", "re secret"}};
  const auto blank = w.ask("PUT", accounts + "/main", bad);
  CAF_CHECK_EQUAL(blank.at("/field"), "/secrets/api_key");
  CAF_CHECK_EQUAL(blank.raw.body.find("re secret"), std::string::npos);
  json sms{{"channel", "sms"},
           {"provider", "twilio"},
           {"from", "+15550100123"},
           {"secrets", {{"account_sid", "AC1"}}}};
  CAF_CHECK_EQUAL(fields(w.ask("PUT", accounts + "/sms", sms)), "/secrets/auth_token");
  sms["secrets"]["auth_token"] = "t";
  CAF_CHECK_EQUAL(fields(w.ask("PUT", accounts + "/sms", sms)), "/options/messaging_service_sid");
  CAF_CHECK_EQUAL(w.ask("PUT", accounts + "/a__b", resend()).at("/field"), "/id");
  CAF_CHECK_EQUAL(w.ask("PUT", accounts + "/handoff", resend()).status(), 422);
  auto open = resend();
  open["base_url"] = "https://user:pw@example.com";
  const auto shown = w.ask("PUT", accounts + "/main", open);
  CAF_CHECK_EQUAL(shown.at("/field"), "/base_url");
  auto other = resend();
  other["id"] = "else";
  CAF_CHECK_EQUAL(w.ask("PUT", accounts + "/main", other).at("/field"), "/id");
  CAF_CHECK_EQUAL(w.ask("PUT", accounts + "/main", resend(), {}, w.setter).status(), 403);
  CAF_CHECK_EQUAL(w.get(accounts + "/main").status(), 404);
}

CAF_TEST(without the key of the installation and for accounts of the file a PUT names the fix) {
  api_world w;
  make_ready(w);
  w.can_seal = false;
  const auto a = w.ask("PUT", accounts + "/main", resend());
  CAF_CHECK_EQUAL(a.status(), 409);
  CAF_CHECK_NOT_EQUAL(a.at("/fix").get<std::string>().find("HEED_SECRET_KEY"), std::string::npos);
  w.can_seal = true;
  w.known_accounts[{workspace_id{"acme"}, account_id{"main"}}] = {{}, true};
  const auto b = w.ask("PUT", accounts + "/main", resend());
  CAF_CHECK_EQUAL(b.status(), 409);
  CAF_CHECK_NOT_EQUAL(b.at("/detail").get<std::string>().find("configuration file"), std::string::npos);
}

CAF_TEST(a change of an account made on an older state is refused) {
  api_world w;
  make_ready(w);
  const auto tag = w.ask("PUT", accounts + "/main", resend()).header("ETag");
  CAF_CHECK_EQUAL(w.get(accounts + "/main").header("ETag"), tag);
  CAF_CHECK_EQUAL(w.ask("GET", accounts + "/main", nullptr, {{"if-none-match", tag}}).status(), 304);
  auto changed = resend();
  changed["enabled"] = false;
  CAF_CHECK_EQUAL(w.ask("PUT", accounts + "/main", changed, {{"if-match", tag}}).status(), 200);
  CAF_CHECK_EQUAL(w.ask("PUT", accounts + "/main", resend(), {{"if-match", tag}}).status(), 412);
  CAF_CHECK_EQUAL(w.ask("PUT", accounts + "/main", resend(), {{"if-none-match", "*"}}).status(), 412);
}

CAF_TEST(a stopped account stays stopped when it is changed) {
  api_world w;
  make_ready(w);
  w.ask("PUT", accounts + "/main", resend());
  w.ask("PUT", accounts + "/main/stop");
  CAF_CHECK_EQUAL(w.ask("PUT", accounts + "/main", resend()).at("/stopped"), true);
  CAF_CHECK_EQUAL(w.get(accounts).at("/items").size(), 2u);
}

CAF_TEST(the accounts of a workspace are listed without anything secret) {
  api_world w;
  w.known_accounts[{workspace_id{"acme"}, account_id{"mail"}}] = {
      {workspace_id{"acme"}, {}, "http://127.0.0.1:9", {{"password", "hidden"}}, {{"tls", false}}}, true};
  const auto a = w.get(accounts, w.reader);
  CAF_CHECK_EQUAL(a.at("/items/0/id"), "mail");
  CAF_CHECK_EQUAL(a.at("/items/0/from_file"), true);
  CAF_CHECK_EQUAL(a.at("/items/0/secrets"), json::array({"password"}));
  CAF_CHECK_EQUAL(a.at("/items/0/options/tls"), false);
  CAF_CHECK_EQUAL(a.raw.body.find("hidden"), std::string::npos);
}

CAF_TEST(4R-67 settings that a real email account needs are not taken away) {
  api_world w;
  make_ready(w);
  w.edit_policy([](policy& p) {
    p.accounts[account_id{"main"}] = {
        account_id{"main"}, channel::email, "resend", "mia@example.com", {}, true};
  });
  CAF_CHECK_EQUAL(fields(w.ask("PUT", w.ws + "/settings", json::object())), "/sender_name /postal_address");
  const auto a = w.ask("PUT", w.ws + "/settings", {{"sender_name", "Mia"}});
  CAF_CHECK_EQUAL(a.at("/field"), "/postal_address");
  CAF_CHECK_EQUAL(
      w.ask("PUT", w.ws + "/settings", {{"sender_name", "Mia"}, {"postal_address", "1 Main Street"}})
          .status(),
      200);
}

CAF_TEST(a webhook for handoffs needs a secret as the standard writes it) {
  api_world w;
  const auto put = [&](json handoff) {
    return w.ask("PUT", w.ws + "/settings", {{"handoff", std::move(handoff)}});
  };
  const auto none = put({{"webhook", "https://example.com/hook"}});
  CAF_CHECK_EQUAL(none.status(), 422);
  CAF_CHECK_EQUAL(none.at("/field"), "/handoff/webhook_secret");
  for (const auto& bad : {json("short"), json("whsec_MDEyMzQ1"), json(12), json("whsec_***")}) {
    const auto a = put({{"webhook", "https://example.com/hook"}, {"webhook_secret", bad}});
    CAF_CHECK_EQUAL(a.status(), 422);
    CAF_CHECK_EQUAL(a.at("/field"), "/handoff/webhook_secret");
  }
  CAF_CHECK_EQUAL(w.get(w.ws + "/settings").at("/webhook_secret_set"), false);
}

CAF_TEST(the secret of a webhook is kept sealed and never said) {
  api_world w;
  const json wish{{"handoff", {{"webhook", "https://example.com/hook"}, {"webhook_secret", webhook_secret}}}};
  const auto a = w.ask("PUT", w.ws + "/settings", wish);
  CAF_REQUIRE_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.at("/webhook_secret_set"), true);
  CAF_CHECK_EQUAL(a.at("/settings/handoff/webhook"), "https://example.com/hook");
  CAF_CHECK_EQUAL(kept(w, "handoff").secrets.at("secret"), webhook_secret);
  CAF_CHECK(w.current_policy(workspace_id{"acme"})->find_account(account_id{"handoff"}) == nullptr);
  for (const auto& each : {a, w.get(w.ws + "/settings")})
    CAF_CHECK_EQUAL(each.raw.body.find("whsec_"), std::string::npos);
  // Left out, it stays.
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/settings", {{"handoff", {{"webhook", "https://example.com/b"}}}})
                      .at("/webhook_secret_set"),
                  true);
  w.can_seal = false;
  CAF_CHECK_EQUAL(w.ask("PUT", w.ws + "/settings", wish).status(), 409);
}

CAF_TEST(how an account fares is shown with its circuit and how long its calls take) {
  using namespace std::chrono_literals;
  api_world w;
  CAF_CHECK(w.get(w.ws + "/accounts").at("/items/0/pulse").is_null());
  w.pulses[account_id{"mail"}] = {w.domain_now + 1min, 3, 40, w.domain_now - 5s, 120ms, 900ms};
  auto pulse = w.get(w.ws + "/accounts/mail").at("/pulse");
  CAF_CHECK_EQUAL(pulse["circuit"], "open");
  CAF_CHECK_EQUAL(pulse["open_until"], to_iso(w.domain_now + 1min));
  CAF_CHECK_EQUAL(pulse["failures"], 3);
  CAF_CHECK_EQUAL(pulse["median_ms"], 120.0);
  CAF_CHECK_EQUAL(pulse["p95_ms"], 900.0);
  const auto tag = w.get(w.ws + "/accounts/mail").header("ETag");
  // Time for one probe; the tag is of the document alone.
  w.domain_now += 2min;
  pulse = w.get(w.ws + "/accounts/mail").at("/pulse");
  CAF_CHECK_EQUAL(pulse["circuit"], "probing");
  CAF_CHECK_EQUAL(w.get(w.ws + "/accounts/mail").header("ETag"), tag);
  w.pulses[account_id{"mail"}].open_until.reset();
  CAF_CHECK_EQUAL(w.get(w.ws + "/accounts/mail").at("/pulse/circuit"), "closed");
}

CAF_TEST(quantiles are of the latest calls only) {
  call_times t;
  CAF_CHECK_EQUAL(t.quantile(0.5).count(), 0);
  for (int i = 1; i <= 100; ++i)
    t.add(std::chrono::microseconds(i));
  // The first thirty-six are forgotten.
  CAF_CHECK_EQUAL(t.quantile(0).count(), 37);
  CAF_CHECK_EQUAL(t.quantile(1).count(), 100);
  CAF_CHECK(t.quantile(0.5).count() >= 68 && t.quantile(0.5).count() <= 69);
}
