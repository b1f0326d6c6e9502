#include "actors/workspace/account_check.hpp"
#include "config/config.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/files.hpp"

#define CAF_SUITE config_accounts
#include <caf/test/dsl.hpp>

using namespace heed;
using json = nlohmann::json;
using heed::tests::detail_at;
using heed::tests::listing;

namespace {

using variables = std::map<std::string, std::string>;

settings complete() {
  settings s;
  s.sender_name = "Sam";
  s.postal_address = "1 Main Street, 10115 Berlin";
  return s;
}

/// An account as it is checked, complete to begin with.
struct setup {
  account a{.id = account_id{"m"},
            .on = channel::email,
            .provider = "resend",
            .from = "sam@example.com",
            .reply_to = {}};
  std::string base_url;
  json options = json::object();
  settings s = complete();
  std::string public_url = "https://heed.example.com";

  problems found() const {
    problems out;
    check_account(a, base_url, options, s, public_url, "/accounts/m", "/settings", out);
    return out;
  }
  bool refused_at(std::string_view place) const {
    const auto list = found();
    if (list.size() == 1 && list.front().field == place) return true;
    CAF_MESSAGE("expected " << std::string(place) << ", got:\n" << listing(list));
    return false;
  }
};

setup text_account() {
  setup t;
  t.a.on = channel::sms;
  t.a.provider = "twilio";
  t.a.from = "+4915112345678";
  t.options["messaging_service_sid"] = "MG0123";
  return t;
}

struct fixture {
  tests::temporary_folder files;

  config::source of(std::string_view yaml, variables environment = {}) {
    return {files.write("heed.yaml", yaml), std::move(environment), {}};
  }
  config::config loaded(const config::source& from) {
    auto read = config::load(from);
    if (!read) CAF_FAIL(listing(read.error()));
    return std::move(*read);
  }
  problems refused(const config::source& from) {
    auto read = config::load(from);
    return read ? problems{} : read.error();
  }
  std::string public_url(const std::string& url) {
    const auto read = config::load(of("public_url: '" + url + "'"));
    return read ? read->public_url : "refused";
  }
};

const std::string signing = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

}  // namespace

CAF_TEST_FIXTURE_SCOPE(config_accounts_tests, fixture)

CAF_TEST(4R-66 a mailbox that reaches people needs a public address and a name and a postal address) {
  CAF_CHECK_EQUAL(listing(setup{}.found()), "");
  setup bare;
  bare.s = {};
  bare.public_url.clear();
  const auto list = bare.found();
  for (const auto* place : {"/public_url", "/settings/sender_name", "/settings/postal_address"})
    CAF_CHECK(detail_at(list, place).starts_with("is missing: email of a real account"));
  CAF_CHECK_EQUAL(list.size(), 3u);
}

CAF_TEST(4R-66 what several mailboxes lack alike is told once) {
  const auto list =
      refused(of("workspaces: [{id: a, accounts: [{id: m, channel: email, provider: smtp, from: "
                 "a@example.com}, {id: n, channel: "
                 "email, provider: smtp, from: b@example.com}]}]"));
  CAF_CHECK(!detail_at(list, "/public_url").empty());
  CAF_CHECK(!detail_at(list, "/workspaces/0/sender_name").empty());
  CAF_CHECK(!detail_at(list, "/workspaces/0/postal_address").empty());
  CAF_CHECK_EQUAL(list.size(), 3u);
}

CAF_TEST(RULES an account that is off or a sandbox or no mailbox may wait for them) {
  setup s;
  s.s = {};
  s.public_url.clear();
  s.a.enabled = false;
  CAF_CHECK(s.found().empty());
  s.a.enabled = true;
  s.a.provider = "sandbox";
  s.a.from.clear();
  CAF_CHECK(s.found().empty());
  auto t = text_account();
  t.s = {};
  t.public_url.clear();
  CAF_CHECK(t.found().empty());
}

CAF_TEST(ZRG-27 a sender of real email shows an address) {
  setup s;
  for (const auto* good : {"sam@example.com", "Sam at Acme <sam@mail.example.com>"}) {
    s.a.from = good;
    CAF_CHECK(s.found().empty());
  }
  for (const auto* bad : {"", " ", "sam", "@example.com", "sam@", "sam@a@b", "sam @example.com",
                          "Sam <sam@example.com", "Sam <sam>", "a@example.com, b@example.com"}) {
    s.a.from = bad;
    CAF_CHECK(s.refused_at("/accounts/m/from"));
  }
}

CAF_TEST(RULES a text message comes from a number or a messaging service) {
  auto t = text_account();
  CAF_CHECK(t.found().empty());
  t.a.from.clear();
  CAF_CHECK(t.found().empty());
  t.options = {{"unregistered_ok", true}};
  CAF_CHECK(t.refused_at("/accounts/m/from"));
  for (const auto* bad : {"15550100", "+0555010012", "+1 555 0100", "+123456", "+1234567890123456", "Acme"}) {
    t.a.from = bad;
    CAF_CHECK(t.refused_at("/accounts/m/from"));
  }
  t.a.on = channel::whatsapp;
  t.a.from = "whatsapp:+4915112345678";
  CAF_CHECK(t.found().empty());
}

CAF_TEST(RULES sms by Twilio needs a messaging service or an explicit word that none is needed) {
  auto t = text_account();
  for (const json& options : {json::object(), json{{"messaging_service_sid", " "}},
                              json{{"unregistered_ok", false}}, json{{"unregistered_ok", "true"}}}) {
    t.options = options;
    CAF_CHECK(t.refused_at("/accounts/m/options/messaging_service_sid"));
  }
  t.options = {{"unregistered_ok", true}};
  CAF_CHECK(t.found().empty());
  t.options = json::object();
  t.a.on = channel::whatsapp;
  CAF_CHECK(t.found().empty());
}

CAF_TEST(RULES a provider is known and speaks on the channel of its account) {
  setup s;
  s.a.provider = "resent";
  CAF_CHECK(s.refused_at("/accounts/m/provider"));
  CAF_CHECK(detail_at(s.found(), "/accounts/m/provider").find("did you mean resend?") != std::string::npos);
  s.a.provider = "twilio";
  CAF_CHECK(s.refused_at("/accounts/m/channel"));
  auto t = text_account();
  t.a.provider = "smtp";
  CAF_CHECK(t.refused_at("/accounts/m/channel"));
}

CAF_TEST(RULES the address of a provider is a URL) {
  setup s;
  for (const auto* bad : {"api.example.com", "://x", "https://", "https:///x", "https://a b"}) {
    s.base_url = bad;
    CAF_CHECK(s.refused_at("/accounts/m/base_url"));
  }
  s.base_url = "smtps://smtp.example.com:465";
  CAF_CHECK(s.found().empty());
}

CAF_TEST(4R-66 the public address is https or this machine and ends without a slash) {
  CAF_CHECK_EQUAL(public_url("https://heed.example.com/"), "https://heed.example.com");
  CAF_CHECK_EQUAL(public_url("https://example.com/heed//"), "https://example.com/heed");
  CAF_CHECK_EQUAL(public_url("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
  CAF_CHECK_EQUAL(public_url("http://localhost:8080/"), "http://localhost:8080");
  CAF_CHECK_EQUAL(public_url(""), "");
  for (const auto* bad :
       {"http://heed.example.com", "heed.example.com", "https://", "ftp://localhost",
        "https://a.example.com?x=1", "https://a.example.com/#x", "https://a b.example.com",
        "https://me@example.com", "http://localhost@example.com", "https://a.example.com/<b>"})
    CAF_CHECK_EQUAL(public_url(bad), "refused");
  const auto c = loaded(of("", {{"HEED_PUBLIC_URL", "https://other.example.com/"}}));
  CAF_CHECK_EQUAL(c.public_url, "https://other.example.com");
}

CAF_TEST(RULES the key that seals accounts is long enough or named) {
  CAF_CHECK(!loaded(of("")).secret_key.has_value());
  const std::string key(32, 'k');
  CAF_CHECK_EQUAL(loaded(of("", {{"HEED_SECRET_KEY", key}})).secret_key.value_or(""), key);
  files.write("key.txt", key + "\n");
  CAF_CHECK_EQUAL(loaded(of("installation: {secret_key_file: key.txt}")).secret_key.value_or(""), key);
  CAF_CHECK(detail_at(refused(of("", {{"HEED_SECRET_KEY", std::string(31, 'k')}})), "HEED_SECRET_KEY")
                .find("32 characters") != std::string::npos);
  files.write("key.txt", "hush-hush");
  const auto list = refused(of("installation: {secret_key_file: key.txt}"));
  CAF_CHECK(!detail_at(list, "/installation/secret_key").empty());
  CAF_CHECK(listing(list).find("hush-hush") == std::string::npos);
}

CAF_TEST(RULES the webhook of a handoff has a secret that signs and it stays out of the settings) {
  const std::string hook = "workspaces: [{id: a, handoff: {webhook: 'https://crm.example.com/heed'";
  const auto c = loaded(of(hook + ", webhook_secret_env: HOOK}}]", {{"HOOK", signing}}));
  CAF_CHECK_EQUAL(c.workspaces[0].handoff_secret, signing);
  CAF_CHECK_EQUAL(c.workspaces[0].defaults.handoff.webhook, "https://crm.example.com/heed");
  files.write("hook.txt", signing + "\n");
  const auto in_file = loaded(of(hook + ", webhook_secret_file: hook.txt}}]"));
  CAF_CHECK_EQUAL(in_file.workspaces[0].handoff_secret, signing);
  CAF_CHECK(
      detail_at(refused(of(hook + "}}]")), "/workspaces/0/handoff/webhook_secret_env").find("openssl") !=
      std::string::npos);
  CAF_CHECK_EQUAL(detail_at(refused(of(hook + ", webhook_secret_env: HOOK}}]")),
                            "/workspaces/0/handoff/webhook_secret_env"),
                  "the variable HOOK is not set");
}

CAF_TEST(RULES a handoff without a webhook needs no secret) {
  const auto c = loaded(of("workspaces: [{id: a, handoff: {to: [sam@example.com], remind_after: 2h}}]"));
  CAF_CHECK(c.workspaces[0].handoff_secret.empty());
  CAF_CHECK(c.workspaces[0].defaults.handoff.reaches_somebody());
}

CAF_TEST(RULES a handoff secret of another form is refused and never shown) {
  const std::string hook =
      "workspaces: [{id: a, handoff: {webhook: 'https://crm.example.com/heed', webhook_secret_env: HOOK}}]";
  for (const std::string bad :
       {"hush-hush", "whsec_", "whsec_aHVzaC1odXNo", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
    const auto list = refused(of(hook, {{"HOOK", bad}}));
    CAF_CHECK_EQUAL(list.size(), 1u);
    CAF_CHECK(!detail_at(list, "/workspaces/0/handoff/webhook_secret_env").empty());
    CAF_CHECK(bad == "whsec_" || listing(list).find(bad) == std::string::npos);
  }
  const auto in_file =
      refused(of("workspaces: [{id: a, handoff: {webhook: 'https://crm.example.com/heed', webhook_secret: "
                 "hush-hush}}]"));
  CAF_CHECK(!detail_at(in_file, "/workspaces/0/handoff/webhook_secret").empty());
  CAF_CHECK_EQUAL(in_file.size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
