#include "actors/workspace/policy_json.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE settings
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace std::chrono_literals;
using json = nlohmann::json;
using heed::tests::detail_at;
using heed::tests::listing;

namespace {

problems refused(const json& document, const zone_table* zones = nullptr) {
  const auto read = settings_from_json(document, zones);
  return read ? problems{} : read.error();
}

bool refused_at(const json& document, std::string_view place) {
  const auto list = refused(document);
  if (list.size() == 1 && list.front().field == place) return true;
  CAF_MESSAGE("expected " << std::string(place) << ", got:\n" << listing(list));
  return false;
}

policy sample() {
  policy p;
  p.workspace = workspace_id{"acme"};
  p.revision = 7;
  p.defaults.sender_name = "Sam";
  const auto spring = campaign_from_json(tests::spring(), campaign_id{"spring"});
  auto changed = tests::spring();
  changed["sequence"][1]["delay"] = "9m";
  const auto next = next_version(*spring, *campaign_from_json(changed, campaign_id{"spring"}));
  p.campaigns.emplace(next.id, next);
  const account mail{.id = account_id{"mail-a"},
                     .on = channel::email,
                     .provider = "resend",
                     .from = "sam@example.com",
                     .reply_to = "reply@example.com",
                     .enabled = false};
  p.accounts.emplace(mail.id, mail);
  auto zones = std::make_shared<zone_table>();
  zones->version = "2026a";
  p.zones = zones;
  return p;
}

}  // namespace

CAF_TEST(DESIGN 11 an empty document gives every default) {
  const auto read = settings_from_json(json::object());
  CAF_REQUIRE(read.has_value());
  CAF_CHECK(*read == settings{});
  CAF_CHECK(read->enrol_max_age == duration{24h});
}

CAF_TEST(DESIGN 11 every setting survives being written and read) {
  settings s;
  s.name = "Acme";
  s.time_zone = "Europe/Berlin";
  s.hours =
      business_hours{.days = 0b1000001, .from_minute = 1, .to_minute = 1440, .holidays = {2026y / 1 / 1}};
  s.enrol_max_age = 36h;
  s.backfill_age = 100h;
  s.signal_life = 24h * 14;
  s.human_silence = 0s;
  s.ticket_cooldown = 90min;
  s.max_lateness = 61s;
  s.max_wait = 2h;
  s.effect_life = 5min;
  s.unknown_counts_as_sent = 12h;
  s.auto_reply_hold = 24h;
  s.resume_spread = 1min;
  s.message_attempts = 3;
  s.dry_run = true;
  s.paused_until = tests::instant("2026-12-01T08:00:00.5Z");
  s.sender_name = "Sam";
  s.signature = "Sam\nAcme";
  s.company_name = "Acme";
  s.target_result = "growth";
  s.question_1 = "Why?";
  s.question_2 = "When?";
  s.calendar_link = "https://cal.example.com";
  s.scanner_agents = {"barracuda"};
  s.own_link_parts = {"/unsubscribe"};
  s.default_profile.threshold = 15;
  const auto read = settings_from_json(to_json(s));
  if (!read) CAF_FAIL(listing(read.error()));
  CAF_CHECK(*read == s);
}

CAF_TEST(DESIGN 11 a setting out of range or of another kind is refused by name) {
  CAF_CHECK(refused_at({{"signal_life", "1h"}}, "/signal_life"));
  CAF_CHECK(refused_at({{"effect_life", "2d"}}, "/effect_life"));
  CAF_CHECK(refused_at({{"max_wait", 24}}, "/max_wait"));
  CAF_CHECK(refused_at({{"message_attempts", 0}}, "/message_attempts"));
  CAF_CHECK(refused_at({{"dry_run", "true"}}, "/dry_run"));
  CAF_CHECK(refused_at({{"paused_until", "tomorrow"}}, "/paused_until"));
  CAF_CHECK(refused_at({{"scanner_agents", {1}}}, "/scanner_agents/0"));
  CAF_CHECK(refused_at({{"time_zone", ""}}, "/time_zone"));
  CAF_CHECK(refused_at({{"business_hours", {{"days", {"mon"}}, {"from", "09:00"}, {"to", "08:00"}}}},
                       "/business_hours/to"));
}

CAF_TEST(SS-43 the threshold cannot be raised above its range) {
  CAF_CHECK(refused_at({{"default_profile", {{"threshold", 41}, {"weights", {{"reply", 40}}}}}},
                       "/default_profile/threshold"));
}

CAF_TEST(DESIGN 11 an unknown setting is refused with what was meant) {
  CAF_CHECK_EQUAL(detail_at(refused({{"sender_nam", "x"}}), "/sender_nam"),
                  "is not known here (did you mean sender_name?)");
}

CAF_TEST(4R-19 an unknown zone is refused where zones are known) {
  zone_table zones;
  zones.zones.emplace("America/New_York", tests::new_york());
  CAF_CHECK(detail_at(refused({{"time_zone", "America/NewYork"}}, &zones), "/time_zone")
                .find("did you mean America/New_York") != std::string::npos);
  CAF_CHECK(refused({{"time_zone", "America/New_York"}}, &zones).empty());
}

CAF_TEST(DESIGN 11 the settings have 35 names) { CAF_CHECK_EQUAL(settings_names().size(), 35u); }

CAF_TEST(PROTOCOL a policy revision survives being written and read) {
  const auto p = sample();
  const auto read = policy_from_json(json::parse(to_json(p).dump()));
  if (!read) CAF_FAIL(listing(read.error()));
  CAF_CHECK_EQUAL(read->value.workspace, p.workspace);
  CAF_CHECK_EQUAL(read->value.revision, 7u);
  CAF_CHECK_EQUAL(read->tzdb_version, "2026a");
  CAF_CHECK(read->value.defaults == p.defaults);
  CAF_CHECK(read->value.campaigns == p.campaigns);
  CAF_CHECK(read->value.accounts == p.accounts);
  CAF_CHECK(read->value.zones == nullptr);
}

CAF_TEST(PROTOCOL a revision keeps every version of a sequence) {
  const auto read = policy_from_json(to_json(sample()));
  CAF_REQUIRE(read.has_value());
  const auto& c = read->value.campaigns.at(campaign_id{"spring"});
  CAF_REQUIRE_EQUAL(c.sequences.size(), 2u);
  CAF_CHECK_EQUAL(c.find_sequence(1)->steps[1].at.amount, 300'000'000);
  CAF_CHECK_EQUAL(c.find_sequence(2)->steps[1].at.amount, 540'000'000);
}

CAF_TEST(PROTOCOL a revision saved under other rules is still read) {
  auto document = to_json(sample());
  document["campaigns"]["spring"]["document"]["profile"]["threshold"] = 99;
  document["settings"]["effect_life"] = "9d";
  CAF_CHECK(policy_from_json(document).has_value());
}

CAF_TEST(PROTOCOL a revision of another form is refused at its place) {
  auto document = to_json(sample());
  document["campaigns"]["spring"]["sequences"] = json::array();
  document["accounts"][0]["channel"] = "pigeon";
  const auto read = policy_from_json(document);
  CAF_REQUIRE(!read.has_value());
  CAF_CHECK(!detail_at(read.error(), "/campaigns/spring").empty());
  CAF_CHECK(!detail_at(read.error(), "/accounts/0/channel").empty());
}

CAF_TEST(ZRG-17 a revision holds nothing of an account but its public part) {
  const auto text = to_json(sample()).at("accounts").at(0);
  CAF_CHECK(text == json({{"id", "mail-a"},
                          {"channel", "email"},
                          {"provider", "resend"},
                          {"from", "sam@example.com"},
                          {"reply_to", "reply@example.com"},
                          {"enabled", false},
                          {"max_per_second", 0},
                          {"max_per_day", 0}}));
}
