#include "config/config.hpp"

#include "actors/workspace/policy_json.hpp"
#include "config/overrides.hpp"
#include "config/yaml.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/files.hpp"

#define CAF_SUITE config
#include <caf/test/dsl.hpp>

using namespace heed;
using heed::config::load;
using heed::config::source;
using heed::tests::detail_at;
using heed::tests::listing;
using heed::tests::temporary_folder;

namespace {

using variables = std::map<std::string, std::string>;

const std::filesystem::path folder = std::filesystem::path(HEED_SOURCE_DIR) / "config";

struct fixture {
  temporary_folder files;

  source of(std::string_view yaml, variables environment = {}, variables flags = {}) {
    return {files.write("heed.yaml", yaml), std::move(environment), std::move(flags)};
  }
  config::config loaded(const source& from) {
    auto read = load(from);
    if (!read) CAF_FAIL(listing(read.error()));
    return std::move(*read);
  }
  problems refused(const source& from) {
    auto read = load(from);
    return read ? problems{} : read.error();
  }
};

const variables example_secrets{{"RESEND_API_KEY", "re_8fj3kd92"},  {"RESEND_WEBHOOK_SECRET", "whsec_c2Vj"},
                                {"TWILIO_ACCOUNT_SID", "AC0123"},   {"TWILIO_AUTH_TOKEN", "0a1b2c3d"},
                                {"OFFICE_SMTP_USERNAME", "sam"},    {"OFFICE_SMTP_PASSWORD", "tr0ub4dor"},
                                {"SITE_FORM_SECRET", "whsec_bmV3"}, {"SITE_FORM_SECRET_OLD", "whsec_b2xk"},
                                {"HANDOFF_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(config_tests, fixture)

CAF_TEST(DESIGN 11 the commented file holds exactly the defaults) {
  const auto c = loaded({folder / "heed.yaml", {}, {}});
  const config::config d;
  CAF_CHECK_EQUAL(c.store_url, d.store_url);
  CAF_CHECK_EQUAL(c.http.address, d.http.address);
  CAF_CHECK_EQUAL(c.http.port, d.http.port);
  CAF_CHECK_EQUAL(c.http.max_body, d.http.max_body);
  CAF_CHECK_EQUAL(c.http.max_connections, d.http.max_connections);
  CAF_CHECK_EQUAL(c.http.threads, d.http.threads);
  CAF_CHECK_EQUAL(c.time_scale, d.time_scale);
  CAF_CHECK(c.public_url == d.public_url && c.secret_key == d.secret_key);
  CAF_CHECK(c.allow_recipients == d.allow_recipients && c.dry_run == d.dry_run &&
            c.auto_send_disabled == d.auto_send_disabled);
  CAF_CHECK(c.residency.max_leads == d.residency.max_leads &&
            c.residency.idle_after == d.residency.idle_after);
  CAF_CHECK(c.dispatch.max_connections == d.dispatch.max_connections &&
            c.dispatch.start_by_ms == d.dispatch.start_by_ms);
  CAF_CHECK(c.limits.read_timeout == d.limits.read_timeout &&
            c.limits.answer_timeout == d.limits.answer_timeout);
  CAF_CHECK(c.limits.drain_timeout == d.limits.drain_timeout);
  CAF_CHECK(c.log.level == d.log.level && c.log.format == d.log.format && c.metrics == d.metrics);
  CAF_REQUIRE_EQUAL(c.workspaces.size(), 1u);
  CAF_CHECK(c.workspaces[0].defaults == settings{});
  CAF_CHECK(c.workspaces[0].handoff_secret.empty());
}

CAF_TEST(DESIGN 11 the commented file names every setting) {
  const auto document = config::parse_yaml(*config::read_file(folder / "heed.yaml"));
  CAF_REQUIRE(document.has_value());
  for (const auto& o : config::overridables()) {
    if (!document->contains(nlohmann::json::json_pointer(o.pointer())))
      CAF_FAIL("heed.yaml lacks " << o.path);
  }
  for (const auto& name : settings_names())
    if (!document->at("workspaces").at(0).contains(name))
      CAF_FAIL("heed.yaml lacks the workspace setting " << name);
}

CAF_TEST(DESIGN 11 the example installation loads with its campaigns) {
  const auto c = loaded({folder / "examples" / "serve.yaml", example_secrets, {}});
  CAF_REQUIRE_EQUAL(c.workspaces.size(), 1u);
  const auto& w = c.workspaces[0];
  CAF_CHECK_EQUAL(w.accounts.size(), 3u);
  CAF_CHECK_EQUAL(w.accounts[0].secrets.at("api_key"), "re_8fj3kd92");
  CAF_CHECK_EQUAL(w.accounts[1].secrets.at("password"), "tr0ub4dor");
  CAF_CHECK_EQUAL(w.accounts[2].secrets.at("auth_token"), "0a1b2c3d");
  CAF_CHECK_EQUAL(w.accounts[2].public_part.from, "+15550100");
  CAF_CHECK(w.hooks.at("standard-webhooks").secrets ==
            (std::vector<std::string>{"whsec_bmV3", "whsec_b2xk"}));
  CAF_CHECK_EQUAL(c.public_url, "https://heed.example.com");
  CAF_CHECK(w.defaults.handoff.reaches_somebody());
  CAF_CHECK_EQUAL(w.handoff_secret, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  CAF_CHECK_EQUAL(w.accounts[0].public_part.max_per_day, 50u);
  CAF_CHECK(w.hooks.at("twilio").secrets == (std::vector<std::string>{"0a1b2c3d"}));
  CAF_REQUIRE_EQUAL(w.campaigns.size(), 3u);
  CAF_CHECK_EQUAL(w.campaigns[0].id.value, "investor");
}

CAF_TEST(DESIGN 11 every example campaign is valid by itself) {
  int count = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder / "examples")) {
    if (file.path().extension() != ".yaml" || file.path().filename() == "serve.yaml") continue;
    const auto c = config::load_campaign_file(file.path());
    if (!c) CAF_FAIL(listing(c.error()));
    CAF_CHECK(c->enabled);
    CAF_CHECK_EQUAL(c->intent, c->id.value);
    ++count;
  }
  CAF_CHECK_EQUAL(count, 3);
}

CAF_TEST(DESIGN 11 the example of answers approved in Slack loads) {
  const auto c = loaded({folder / "examples" / "slack" / "heed.yaml", {{"SLACK_BOT_TOKEN", "xoxb-example"}, {"SLACK_SIGNING_SECRET", "s"}}, {}});
  const auto& w = c.workspaces.at(0);
  CAF_CHECK_EQUAL(w.defaults.drafts.slack, "slack");
  CAF_CHECK_EQUAL(w.defaults.drafts.reviewers.size(), 2u);
  CAF_REQUIRE_EQUAL(w.campaigns.size(), 1u);
  CAF_CHECK(w.campaigns[0].response_mode == draft::response_mode::ai_auto_send);
}

CAF_TEST(DESIGN 11 a flag beats the environment which beats the file) {
  const auto* file = "http: {port: 1001}";
  CAF_CHECK_EQUAL(loaded(of(file)).http.port, 1001u);
  CAF_CHECK_EQUAL(loaded(of(file, {{"HEED_HTTP_PORT", " 1002 "}})).http.port, 1002u);
  CAF_CHECK_EQUAL(loaded(of(file, {{"HEED_HTTP_PORT", "1002"}}, {{"http.port", "1003"}})).http.port, 1003u);
  CAF_CHECK_EQUAL(loaded({}).http.port, 8080u);
}

CAF_TEST(ZRG-120 the older names switch dry run and auto send) {
  const auto* file = "workspaces: [{id: a}]";
  const auto c = loaded(of(file, {{"FOLLOWUPS_DRY_RUN", "true"}, {"AUTO_SEND_DISABLED", "1"}}));
  CAF_CHECK(c.dry_run && c.auto_send_disabled && c.workspaces[0].defaults.dry_run);
  const auto ours = loaded(of(file, {{"FOLLOWUPS_DRY_RUN", "true"}, {"HEED_DRY_RUN", "false"}}));
  CAF_CHECK(!ours.dry_run && !ours.workspaces[0].defaults.dry_run);
}

CAF_TEST(4R-76 an invalid variable or flag stops the start by its name) {
  const auto list =
      refused(of("", {{"HEED_HTTP_PORT", "many"}, {"HEED_DRY_RUN", "yes"}, {"HEED_CLOCK_TIME_SCALE", "0"}},
                 {{"http.prot", "1"}, {"log.level", "inf"}}));
  CAF_CHECK_EQUAL(detail_at(list, "HEED_HTTP_PORT"), "must be a whole number");
  CAF_CHECK_EQUAL(detail_at(list, "HEED_DRY_RUN"), "must be true or false");
  CAF_CHECK(detail_at(list, "/clock/time_scale").ends_with("(set by HEED_CLOCK_TIME_SCALE)"));
  CAF_CHECK_EQUAL(detail_at(list, "--http.prot"), "is no setting (did you mean http.port?)");
  CAF_CHECK(detail_at(list, "/log/level").ends_with("(did you mean info?) (set by --log.level)"));
  CAF_CHECK_EQUAL(list.size(), 5u);
}

CAF_TEST(DESIGN 11 unknown names are refused with what was meant) {
  const auto list = refused(of("htpp: {}\nhttp: {prt: 1}\nworkspaces: [{id: a, sender_nam: x}]"));
  CAF_CHECK_EQUAL(detail_at(list, "/htpp"), "is not known here (did you mean http?)");
  CAF_CHECK_EQUAL(detail_at(list, "/http/prt"), "is not known here (did you mean port?)");
  CAF_CHECK_EQUAL(detail_at(list, "/workspaces/0/sender_nam"),
                  "is not known here (did you mean sender_name?)");
}

CAF_TEST(DESIGN 11 problems of sections and workspaces and campaign files come together) {
  files.write("bad.yaml",
              "sequence:\n  - {channel: fax, template: hello}\ntemplates: {hello: {subject: x, body: y}}");
  const auto list =
      refused(of("http: {port: 70000}\nworkspaces:\n  - {id: a__b, campaigns: [bad.yaml, gone.yaml]}\n  - "
                 "{id: c, max_wait: soon}"));
  CAF_CHECK(!detail_at(list, "/http/port").empty());
  CAF_CHECK(!detail_at(list, "/workspaces/0/id").empty());
  CAF_CHECK(!detail_at(list, "/workspaces/1/max_wait").empty());
  CAF_CHECK(!detail_at(list, (files.path() / "bad.yaml").string() + "#/sequence/0/channel").empty());
  CAF_CHECK(!detail_at(list, (files.path() / "gone.yaml").string()).empty());
  CAF_CHECK_EQUAL(list.size(), 5u);
}

CAF_TEST(DESIGN 11 names are used once) {
  files.write("one.yaml", "id: x\nname: a");
  files.write("two.yaml", "id: x\nname: b");
  const auto list =
      refused(of("workspaces:\n  - {id: a, campaigns: [one.yaml, two.yaml], accounts: [{id: m, channel: "
                 "email, provider: sandbox}, {id: m, channel: sms, provider: sandbox}]}\n  - {id: a}"));
  CAF_CHECK(!detail_at(list, "/workspaces/0/campaigns/1").empty());
  CAF_CHECK(!detail_at(list, "/workspaces/0/accounts/1/id").empty());
  CAF_CHECK(!detail_at(list, "/workspaces/1/id").empty());
}

CAF_TEST(DESIGN 9 time may not run faster while an account sends for real) {
  const auto with = [](const std::string& rest) {
    return "clock: {time_scale: 60}\nworkspaces: [{id: a, accounts: [{id: m, channel: sms, provider: twilio, from: "
           "\"+15550100\", options: {unregistered_ok: true}" +
           rest + "}]}]";
  };
  const variables secrets{{"TWILIO_ACCOUNT_SID", "AC0123"}, {"TWILIO_AUTH_TOKEN", "0a1b2c3d"}};
  CAF_CHECK(!detail_at(refused(of(with(""), secrets)), "/clock/time_scale").empty());
  CAF_CHECK(loaded(of(with(", enabled: false"))).time_scale == 60u);
  for (const auto* stand_in : {"http://127.0.0.1:9000", "http://localhost:9000/", "http://localhost"})
    CAF_CHECK(loaded(of(with(std::string(", base_url: '") + stand_in + "'"), secrets)).time_scale == 60u);
  for (const auto* real : {"http://127.0.0.1.example.com", "https://localhost@example.com", "https://example.com/127.0.0.1"})
    CAF_CHECK(!detail_at(refused(of(with(std::string(", base_url: '") + real + "'"), secrets)), "/clock/time_scale").empty());
}

CAF_TEST(DESIGN 11 recipients are lower case and one each) {
  CAF_CHECK(loaded(of("allow_recipients: [Me@Example.com]")).allow_recipients ==
            (std::vector<std::string>{"me@example.com"}));
  CAF_CHECK(loaded(of("", {{"HEED_ALLOW_RECIPIENTS", "a.com, b.com"}})).allow_recipients ==
            (std::vector<std::string>{"a.com", "b.com"}));
  CAF_CHECK(!detail_at(refused(of("allow_recipients: ['*.example.com']")), "/allow_recipients/0").empty());
}

CAF_TEST(RULES recipients are a choice and an empty list reaches nobody) {
  CAF_CHECK(!loaded(of("")).allow_recipients.has_value());
  CAF_CHECK(!loaded(of("allow_recipients: null")).allow_recipients.has_value());
  CAF_CHECK(loaded(of("allow_recipients: []")).allow_recipients == std::vector<std::string>{});
  CAF_CHECK(loaded(of("", {{"HEED_ALLOW_RECIPIENTS", ""}})).allow_recipients == std::vector<std::string>{});
}

CAF_TEST(DESIGN 11 a file that is not there or no YAML or no object is one problem) {
  CAF_CHECK_EQUAL(refused({files.path() / "none.yaml", {}, {}}).size(), 1u);
  CAF_CHECK_EQUAL(refused(of("http: [")).size(), 1u);
  CAF_CHECK_EQUAL(refused(of("- a")).size(), 1u);
  CAF_CHECK(refused(of("")).empty());
}

CAF_TEST_FIXTURE_SCOPE_END()
