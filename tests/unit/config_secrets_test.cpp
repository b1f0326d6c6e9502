#include "config/config.hpp"
#include "config/secrets.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/files.hpp"

#define CAF_SUITE config_secrets
#include <caf/test/dsl.hpp>

using namespace heed;
using heed::tests::detail_at;
using heed::tests::listing;

namespace {

using variables = std::map<std::string, std::string>;

struct fixture {
  tests::temporary_folder files;

  config::source resend(std::string_view account_rest, variables environment) {
    const auto yaml =
        "public_url: https://heed.example.com\nworkspaces: [{id: a, sender_name: Sam, postal_address: Berlin, accounts: [{id: m, channel: email, provider: resend, from: a@example.com" +
        std::string(account_rest) + "}]}]";
    return {files.write("heed.yaml", yaml), std::move(environment), {}};
  }
  std::string key(std::string_view account_rest, variables environment) {
    const auto read = config::load(resend(account_rest, std::move(environment)));
    return read ? read->workspaces[0].accounts[0].secrets.at("api_key") : "refused: " + listing(read.error());
  }
  problems refused(std::string_view account_rest, variables environment) {
    const auto read = config::load(resend(account_rest, std::move(environment)));
    return read ? problems{} : read.error();
  }
};

constexpr auto key_place = "/workspaces/0/accounts/0/secrets/api_key";

}  // namespace

CAF_TEST_FIXTURE_SCOPE(config_secrets_tests, fixture)

CAF_TEST(SS-19 the key is found under our name then under the older one) {
  CAF_CHECK_EQUAL(key("", {{"RESEND_API_KEY", "re_old1"}}), "re_old1");
  CAF_CHECK_EQUAL(key("", {{"RESEND_API_KEY", "re_old1"}, {"HEED_RESEND_API_KEY", "re_new1"}}), "re_new1");
}

CAF_TEST(DESIGN 11 a secret may be kept under any variable or in a file) {
  CAF_CHECK_EQUAL(
      key(", secrets: {api_key_env: MY_KEY}", {{"MY_KEY", "re_mine"}, {"RESEND_API_KEY", "re_old1"}}),
      "re_mine");
  files.write("key.txt", "re_file\n");
  CAF_CHECK_EQUAL(key(", secrets: {api_key_file: key.txt}", {}), "re_file");
}

CAF_TEST(ZRG-168 secrets are trimmed) {
  CAF_CHECK_EQUAL(key("", {{"RESEND_API_KEY", "  re_abc1\r\n"}}), "re_abc1");
}

CAF_TEST(ZRG-168 white space inside a secret is refused by its name) {
  CAF_CHECK(!detail_at(refused("", {{"RESEND_API_KEY", "re_a bc"}}), "RESEND_API_KEY").empty());
  CAF_CHECK(!detail_at(refused("", {{"RESEND_API_KEY", " \n"}}), "RESEND_API_KEY").empty());
  files.write("key.txt", "re_a\nre_b");
  CAF_CHECK(!detail_at(refused(", secrets: {api_key_file: key.txt}", {}), std::string(key_place) + "_file")
                 .empty());
}

CAF_TEST(DESIGN 11 placeholders are refused by name and real secrets are not ) {
  problems out;
  for (const auto* value : {"changeme", "CHANGE_ME", "your-api-key", "re_xxxxxxxxx", "<key>",
                            "${RESEND_API_KEY}", "re_...", "secret", "todo"})
    CAF_CHECK(!config::clean_secret(value, "K", out).has_value());
  CAF_CHECK_EQUAL(out.size(), 9u);
  for (const auto* value : {"re_8fj3kd92", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "AC0a1b", "p$ss-w0rd"})
    CAF_CHECK(config::clean_secret(value, "K", out).has_value());
}

CAF_TEST(DESIGN 11 no problem ever shows the value of a secret) {
  const auto list =
      listing(refused(", secrets: {api_key: hush-hush-1}", {{"RESEND_API_KEY", "top hush-hush-2"}}));
  CAF_CHECK(!list.empty());
  CAF_CHECK(list.find("hush-hush") == std::string::npos);
}

CAF_TEST(DESIGN 11 a secret in the file itself is refused) {
  CAF_CHECK(!detail_at(refused(", secrets: {api_key: re_clear1}", {{"RESEND_API_KEY", "re_ok1"}}), key_place)
                 .empty());
  const auto store = files.write("store.yaml", "store: {url: 'postgres://heed:pw1@db/heed'}");
  const auto read = config::load({store, {}, {}});
  CAF_REQUIRE(!read.has_value());
  CAF_CHECK(!detail_at(read.error(), "/store/url").empty());
  CAF_CHECK(listing(read.error()).find("pw1") == std::string::npos);
  CAF_CHECK(config::load({{}, {{"HEED_STORE_URL", "postgres://heed:pw1@db/heed"}}, {}}).has_value());
}

CAF_TEST(DESIGN 11 a missing secret is told with where it may be put) {
  CAF_CHECK(detail_at(refused("", {}), key_place).find("HEED_RESEND_API_KEY or RESEND_API_KEY") !=
            std::string::npos);
  CAF_CHECK_EQUAL(detail_at(refused(", secrets: {api_key_env: MY_KEY}", {}), std::string(key_place) + "_env"),
                  "the variable MY_KEY is not set");
  CAF_CHECK(!detail_at(refused(", secrets: {api_key_file: none.txt}", {}), std::string(key_place) + "_file")
                 .empty());
}

CAF_TEST(DESIGN 11 an account that is off needs no secrets) {
  CAF_CHECK(refused(", enabled: false", {}).empty());
}

CAF_TEST(ZRG-10 a hook without a secret is refused) {
  const auto yaml = files.write(
      "hooks.yaml", "workspaces: [{id: a, hooks: {resend: {}, form: {}, other: {secret: re_clear1}}}]");
  const auto read = config::load({yaml, {}, {}});
  CAF_REQUIRE(!read.has_value());
  CAF_CHECK(detail_at(read.error(), "/workspaces/0/hooks/resend").find("RESEND_WEBHOOK_SECRET") !=
            std::string::npos);
  CAF_CHECK_EQUAL(detail_at(read.error(), "/workspaces/0/hooks/form"),
                  "has no secret: name secret_env or secret_file");
  CAF_CHECK(!detail_at(read.error(), "/workspaces/0/hooks/other/secret").empty());
  CAF_CHECK_EQUAL(read.error().size(), 3u);
}

CAF_TEST(ZRG-166 the secret of the forced scan is optional and has its older name) {
  CAF_CHECK(!config::load({})->cron_secret.has_value());
  CAF_CHECK_EQUAL(config::load({{}, {{"CRON_SECRET", "c0ffee"}}, {}})->cron_secret.value_or(""), "c0ffee");
}

CAF_TEST_FIXTURE_SCOPE_END()
