#include "actors/campaign/campaign_json.hpp"

#include "actors/workspace/policy.hpp"
#include "tests/unit/support/documents.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE campaign_json
#include <caf/test/dsl.hpp>

using namespace heed;
using json = nlohmann::json;
using heed::tests::detail_at;
using heed::tests::listing;
using heed::tests::spring;

namespace {

const campaign_id id{"spring"};

campaign accepted(const json& document, const campaign_context& context = {}) {
  auto read = campaign_from_json(document, id, context);
  if (!read) CAF_FAIL(listing(read.error()));
  return *read;
}

problems refused(const json& document, const campaign_context& context = {}) {
  auto read = campaign_from_json(document, id, context);
  return read ? problems{} : read.error();
}

/// The document with one member replaced.
json with(const char* pointer, json value) {
  json document = spring();
  document[json::json_pointer(pointer)] = std::move(value);
  return document;
}

/// Exactly one problem, at this place.
bool refused_at(const json& document, std::string_view place) {
  const auto list = refused(document);
  if (list.size() == 1 && list.front().field == place && !list.front().detail.empty()) return true;
  CAF_MESSAGE("expected " << std::string(place) << ", got:\n" << listing(list));
  return false;
}

}  // namespace

CAF_TEST(DESIGN 10 the campaign of the design is read in full) {
  const auto c = accepted(spring());
  CAF_CHECK_EQUAL(c.id, id);
  CAF_CHECK_EQUAL(c.name, "Spring launch");
  CAF_CHECK_EQUAL(c.intent, "investor");
  CAF_CHECK(c.enabled);
  CAF_CHECK_EQUAL(c.landing_page, "https://example.com/spring");
  CAF_CHECK(c.attribution == (field_map{{"utm_source", "radio"}}));
  CAF_CHECK_EQUAL(c.time_zone, "Europe/Berlin");
  CAF_REQUIRE(c.hours.has_value());
  CAF_CHECK_EQUAL(c.hours->days, 0b0011111);
  CAF_CHECK_EQUAL(c.hours->from_minute, 540);
  CAF_CHECK_EQUAL(c.hours->to_minute, 1050);
  CAF_CHECK_EQUAL(c.hours->holidays.size(), 1u);
  CAF_CHECK(c.accounts.at(channel::email) == (std::vector{account_id{"mail-a"}, account_id{"mail-b"}}));
  CAF_CHECK_EQUAL(c.templates.at("hello").subject, "Hi {firstName}");
}

CAF_TEST(DESIGN 10 the steps of the design are read in full) {
  const auto steps = accepted(spring()).current().steps;
  CAF_REQUIRE_EQUAL(steps.size(), 3u);
  CAF_CHECK(steps[1].on == channel::sms);
  CAF_CHECK_EQUAL(steps[1].at.amount, 300'000'000);
  CAF_REQUIRE(steps[1].guard.has_value());
  CAF_CHECK(steps[1].guard->what == guard_rule::op::negate);
  CAF_CHECK(steps[2].at == (delay_rule{delay_rule::base::start, delay_rule::unit::days, 3}));
  CAF_CHECK(steps[2].requires_approval);
}

CAF_TEST(RULES step ids are given or numbered by position) {
  const auto steps = accepted(with("/sequence/1/id", "nudge")).current().steps;
  CAF_CHECK_EQUAL(steps[0].id.value, "s1");
  CAF_CHECK_EQUAL(steps[1].id.value, "nudge");
  CAF_CHECK_EQUAL(steps[2].id.value, "s3");
  CAF_CHECK(refused_at(with("/sequence/1/id", "s3"), "/sequence/2/id"));
  CAF_CHECK(refused_at(with("/sequence/1/id", "a/b"), "/sequence/1/id"));
}

CAF_TEST(RULES the first and the last step are essential unless told otherwise) {
  const auto steps = accepted(spring()).current().steps;
  CAF_CHECK(steps[0].essential && !steps[1].essential && steps[2].essential);
  CAF_CHECK(!accepted(with("/sequence/2/essential", false)).current().steps[2].essential);
}

CAF_TEST(SS-2 an unknown or missing channel is refused and the step named) {
  CAF_CHECK(refused_at(with("/sequence/1/channel", "fax"), "/sequence/1/channel"));
  CAF_CHECK(detail_at(refused(with("/sequence/1/channel", "smss")), "/sequence/1/channel")
                .find("did you mean sms") != std::string::npos);
  CAF_CHECK(refused_at(with("/sequence/1/channel", nullptr), "/sequence/1/channel"));
}

CAF_TEST(T-4 ai_voice is accepted in definitions) {
  CAF_CHECK(accepted(with("/sequence/1/channel", "ai_voice")).current().steps[1].on == channel::ai_voice);
}

CAF_TEST(SS-3 an unknown or missing template is refused) {
  CAF_CHECK(refused_at(with("/sequence/1/template", "nugde"), "/sequence/1/template"));
  CAF_CHECK(detail_at(refused(with("/sequence/1/template", "nugde")), "/sequence/1/template")
                .find("did you mean nudge") != std::string::npos);
  CAF_CHECK(refused_at(with("/sequence/1/template", nullptr), "/sequence/1/template"));
}

CAF_TEST(ZRG-126 unknown variables are refused and each is listed) {
  const auto list =
      refused(with("/templates/hello", {{"subject", "Hi {firstname}"}, {"body", "{foo} {{lastName}} }"}}));
  CAF_CHECK_EQUAL(list.size(), 4u);
  CAF_CHECK(detail_at(list, "/templates/hello/subject")
                .find("{firstname} is no variable (did you mean firstName?)") == 0);
  CAF_CHECK(listing(list).find("{foo}") != std::string::npos);
  CAF_CHECK(listing(list).find("single braces: {lastName}") != std::string::npos);
}

CAF_TEST(SS-4 a delay must be one and only the first step may leave it out) {
  CAF_CHECK(refused_at(with("/sequence/1/delay", "soon"), "/sequence/1/delay"));
  CAF_CHECK(refused_at(with("/sequence/1/delay", nullptr), "/sequence/1/delay"));
  CAF_CHECK(accepted(with("/sequence/0/delay", nullptr)).current().steps[0].at.amount == 0);
  CAF_CHECK(refused_at(with("/sequence/2/delay", "1d"), "/sequence/2/delay"));
  CAF_CHECK(refused_at(with("/sequence/2/at/from", "end"), "/sequence/2/at/from"));
  CAF_CHECK(refused_at(with("/sequence/2/at/delay", nullptr), "/sequence/2/at/delay"));
}

CAF_TEST(SS-5 a wrong guard is refused at its place) {
  CAF_CHECK(refused_at(with("/sequence/1/guard/not/signal", "replied"), "/sequence/1/guard/not/signal"));
}

CAF_TEST(RULES a first email needs a subject and never pretends to be an answer) {
  CAF_CHECK(refused_at(with("/templates/hello/subject", " "), "/templates/hello/subject"));
  for (const auto* subject : {"Re: hi", " re: hi", "FWD: hi", "Fw: hi"})
    CAF_CHECK(refused_at(with("/templates/hello/subject", subject), "/templates/hello/subject"));
  CAF_CHECK(refused(with("/templates/hello/subject", "Really: hi")).empty());
  CAF_CHECK(refused(with("/templates/last/subject", "Re: hi")).empty());
}

CAF_TEST(DESIGN 13 a subject is one line and a body is not empty) {
  CAF_CHECK(refused_at(with("/templates/hello/subject", "Hi\r\nBcc: x"), "/templates/hello/subject"));
  CAF_CHECK(refused_at(with("/templates/nudge/body", "  \n"), "/templates/nudge/body"));
}

CAF_TEST(RULES a threshold lies between 5 and 40) {
  for (const int good : {14, 20})
    CAF_CHECK(refused(with("/profile/threshold", good)).empty());
  CAF_CHECK(refused_at(with("/profile", {{"threshold", 4}, {"bands", {{"low", 1}, {"high", 2}}}}),
                       "/profile/threshold"));
  CAF_CHECK(refused(with("/profile", {{"threshold", 5}, {"bands", {{"low", 1}, {"high", 2}}}})).empty());
  CAF_CHECK(refused(with("/profile", {{"threshold", 40}, {"weights", {{"reply", 40}}}})).empty());
  CAF_CHECK(
      refused_at(with("/profile", {{"threshold", 41}, {"weights", {{"reply", 41}}}}), "/profile/threshold"));
}

CAF_TEST(RULES a profile with a negative weight is refused) {
  CAF_CHECK(refused_at(with("/profile/weights/click", -1), "/profile/weights/click"));
}

CAF_TEST(RULES a profile in which a reply and a form stay below the threshold is refused) {
  CAF_CHECK(refused(with("/profile", {{"threshold", 22}})).empty());
  CAF_CHECK(refused_at(with("/profile", {{"threshold", 23}}), "/profile/weights"));
}

CAF_TEST(RULES bands rise and spacing never shortens) {
  CAF_CHECK(refused_at(with("/profile/bands/low", 12), "/profile/bands"));
  CAF_CHECK(refused_at(with("/profile/bands/high", 19), "/profile/bands"));
  CAF_CHECK(refused_at(with("/profile/bands/spacing_low_pct", 99), "/profile/bands"));
}

CAF_TEST(SS-36 profiles have names and a document without one takes the default) {
  const auto bench = accepted(with("/profile", "bench")).profile;
  CAF_CHECK_EQUAL(bench.name, "bench");
  CAF_CHECK(bench.reply == 10 && bench.form == 12 && bench.click == 3 && bench.view == 0 && bench.rapid == 0);
  CAF_CHECK(accepted(with("/profile", "default")).profile == intent_profile{});
  CAF_CHECK(accepted(with("/profile", nullptr)).profile == intent_profile{});
  intent_profile ours;
  ours.threshold = 15;
  CAF_CHECK(accepted(with("/profile", nullptr), {.default_profile = &ours}).profile == ours);
  CAF_CHECK(refused_at(with("/profile", "bnech"), "/profile"));
}

CAF_TEST(ZRG-122 business hours are checked) {
  CAF_CHECK(refused_at(with("/business_hours/days", json::array()), "/business_hours/days"));
  CAF_CHECK(refused_at(with("/business_hours/days/0", "monday"), "/business_hours/days/0"));
  CAF_CHECK(refused_at(with("/business_hours/from", "9:00"), "/business_hours/from"));
  CAF_CHECK(refused_at(with("/business_hours/to", "24:01"), "/business_hours/to"));
  CAF_CHECK(refused_at(with("/business_hours/to", "09:00"), "/business_hours/to"));
  CAF_CHECK(refused_at(with("/business_hours/holidays/0", "2026-02-30"), "/business_hours/holidays/0"));
  CAF_CHECK(accepted(with("/business_hours/to", "24:00")).hours->to_minute == 1440);
  CAF_CHECK(!accepted(with("/business_hours", nullptr)).hours.has_value());
}

CAF_TEST(PROTOCOL campaign ids hold no double underscore) {
  for (const auto* bad : {"", "a__b", "_a", "a_", "a b", "a/b", "ä"}) {
    const auto read = campaign_from_json(spring(), campaign_id{bad});
    CAF_CHECK(!read.has_value() && !detail_at(read.error(), "/id").empty());
  }
  CAF_CHECK(campaign_from_json(spring(), campaign_id{"a_b-C9"}).has_value());
  CAF_CHECK(refused_at(with("/id", "autumn"), "/id"));
}

CAF_TEST(DESIGN 11 unknown members are refused with what was meant) {
  auto document = spring();
  document["sequnce"] = 1;
  document["sequence"][0]["chanel"] = "email";
  const auto list = refused(document);
  CAF_CHECK_EQUAL(detail_at(list, "/sequnce"), "is not known here (did you mean sequence?)");
  CAF_CHECK_EQUAL(detail_at(list, "/sequence/0/chanel"), "is not known here (did you mean channel?)");
}

CAF_TEST(DESIGN 11 all problems are told at once) {
  auto document = spring();
  document["enabled"] = "yes";
  document["sequence"][0]["template"] = "nope";
  document["sequence"][1]["delay"] = "x";
  document["business_hours"]["from"] = "later";
  document["profile"]["threshold"] = 99;
  const auto list = refused(document);
  for (const auto* place : {"/enabled", "/sequence/0/template", "/sequence/1/delay", "/business_hours/from",
                            "/profile/threshold"})
    CAF_CHECK(!detail_at(list, place).empty());
}

CAF_TEST(DESIGN 10 anything but an object is one problem) {
  CAF_CHECK(refused_at(json::array(), ""));
  CAF_CHECK(refused_at(json(), ""));
}

CAF_TEST(SS-54 a campaign without steps may be saved and not enabled) {
  auto document = with("/sequence", json::array());
  CAF_CHECK(refused_at(document, "/sequence"));
  document["enabled"] = false;
  CAF_CHECK(refused(document).empty());
}

CAF_TEST(DESIGN 11 a sequence has at most 64 steps) {
  auto document = spring();
  for (int i = 3; i < 64; ++i)
    document["sequence"].push_back({{"channel", "sms"}, {"template", "nudge"}, {"delay", "1d"}});
  CAF_CHECK(refused(document).empty());
  document["sequence"].push_back({{"channel", "sms"}, {"template", "nudge"}, {"delay", "1d"}});
  CAF_CHECK(refused_at(document, "/sequence"));
}

CAF_TEST(4R-19 zones and accounts are held against what exists) {
  zone_table zones;
  zones.zones.emplace("Europe/Berlin", tests::berlin());
  std::map<account_id, account> accounts;
  accounts[account_id{"mail-a"}].on = channel::email;
  accounts[account_id{"mail-b"}].on = channel::sms;
  const campaign_context context{.zones = &zones, .accounts = &accounts};
  auto document = spring();
  document["time_zone"] = "Europe/Berln";
  document["accounts"]["email"].push_back("mail-c");
  const auto list = refused(document, context);
  CAF_CHECK(detail_at(list, "/time_zone").find("did you mean Europe/Berlin") != std::string::npos);
  CAF_CHECK_EQUAL(detail_at(list, "/accounts/email/1"), "mail-b sends sms");
  CAF_CHECK(!detail_at(list, "/accounts/email/2").empty());
  CAF_CHECK_EQUAL(list.size(), 3u);
}

CAF_TEST(DESIGN 10 a campaign survives being written and read) {
  const auto c = accepted(spring());
  CAF_CHECK(accepted(to_json(c)) == c);
  CAF_CHECK_EQUAL(to_json(accepted(to_json(c))).dump(), to_json(c).dump());
}

CAF_TEST(SS-1 changed steps make a version and the old one stays) {
  const auto old = accepted(spring());
  const auto changed = next_version(old, accepted(with("/sequence/1/delay", "10m")));
  CAF_REQUIRE_EQUAL(changed.sequences.size(), 2u);
  CAF_CHECK_EQUAL(changed.current().version, 2u);
  CAF_CHECK(*changed.find_sequence(1) == old.current());
  CAF_CHECK_EQUAL(changed.current().steps[1].at.amount, 600'000'000);
  CAF_CHECK(next_version(changed, old).current().version == 3u);
}

CAF_TEST(RULES text of templates is live and makes no version) {
  const auto old = accepted(spring());
  const auto changed = next_version(old, accepted(with("/templates/nudge/body", "Hello again")));
  CAF_CHECK(changed.sequences == old.sequences);
  CAF_CHECK_EQUAL(changed.templates.at("nudge").body, "Hello again");
}
