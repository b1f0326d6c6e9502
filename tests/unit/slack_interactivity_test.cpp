#include "adapters/slack/interactivity.hpp"
#include "adapters/slack/web_api.hpp"
#include "tests/support/sending.hpp"
#include "tests/support/stand_in_slack.hpp"
#include "tests/unit/support/inbound_support.hpp"

#define CAF_SUITE slack_interactivity
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::slack;
using namespace heed::test;
using heed::inbound::hook_request;
using heed::inbound::test::at_seconds;
using heed::inbound::test::signed_at;
using std::chrono::seconds;

/// Who pressed what, if it is Slack that says so.
namespace {

const workspace_id acme("acme");
const std::vector<std::string> secret{stand_in_slack::signing_secret};

hook_request recorded(const std::string& name, const std::string& type = ".txt") {
  hook_request r;
  r.body = fixture(HEED_SOURCE_DIR, "slack/" + name + type);
  r.received_at = r.domain_now = at_seconds(signed_at);
  std::istringstream lines(fixture(HEED_SOURCE_DIR, "slack/" + name + ".headers"));
  for (std::string line; std::getline(lines, line);)
    if (const auto colon = line.find(": "); !line.starts_with(':') && colon != std::string::npos)
      r.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
  return r;
}

int refusal(const hook_request& r, const std::vector<std::string>& secrets = secret) {
  const auto i = read_interaction(r, secrets, acme);
  return i ? 200 : i.error().status;
}

/// A message with a button of that value, and Slack's request when it is pressed.
hook_request pressed(const std::string& value) {
  const stand_in_slack slack;
  review r;
  r.about = {"acme", "lead_1", "draft_1", 3};
  r.lead_name = "Ana";
  r.latest_inbound = "hi";
  r.reason = "x";
  auto blocks = nlohmann::json::parse(ask_message(r).blocks.dump());
  blocks.back()["elements"][1]["value"] = value;
  return slack.press({"D0EXAMPLE1", "1.2", {{"blocks", blocks}}}, "approve_send", "U0EXAMPLE1",
                     at_seconds(signed_at));
}

std::string ignored_as(const std::string& value) {
  const auto i = read_interaction(pressed(value), secret, acme);
  const auto& p = std::get<presses>(*i);
  return p.all.empty() ? p.ignored.at(0).reason : "taken";
}

const std::string good = R"({"draftId":"draft_1","leadId":"lead_1","clientId":"acme","version":3})";

}  // namespace

CAF_TEST(ZRG-97 the worked example of the documentation is believed) {
  auto r = recorded("vector-1");
  r.received_at = at_seconds(1'531'420'618);
  CAF_CHECK(refusal(r, {"8f742231b10e8888abcd99yyyzzz85a5"}) != 401);
}

CAF_TEST(ZRG-97 forged and stale and unknown versions are refused) {
  CAF_CHECK_EQUAL(refusal(recorded("interaction-approve")), 200);
  for (const char* name :
       {"interaction-approve.bad-stale", "interaction-approve.bad-tampered", "interaction-approve.bad-v1"})
    CAF_CHECK_EQUAL(refusal(recorded(name)), 401);
}

CAF_TEST(ZRG-97 the window is three hundred seconds both ways) {
  auto r = recorded("interaction-approve");
  for (const int off : {-300, 300}) {
    r.received_at = at_seconds(signed_at + off);
    CAF_CHECK_EQUAL(refusal(r), 200);
    r.received_at = at_seconds(signed_at + off + (off > 0 ? 1 : -1));
    CAF_CHECK_EQUAL(refusal(r), 401);
  }
}

CAF_TEST(ZRG-97 without a secret all are refused and a rotated one is taken) {
  CAF_CHECK_EQUAL(refusal(recorded("interaction-approve"), {}), 401);
  CAF_CHECK_EQUAL(refusal(recorded("interaction-approve"), {""}), 401);
  CAF_CHECK_EQUAL(refusal(recorded("interaction-approve"), {"other"}), 401);
  CAF_CHECK_EQUAL(refusal(recorded("interaction-approve"), {"other", secret[0]}), 200);
}

CAF_TEST(ZRG-97 missing and doubled headers are refused) {
  auto without = recorded("interaction-approve");
  std::erase_if(without.headers, [](const auto& h) { return h.first == "x-slack-signature"; });
  CAF_CHECK_EQUAL(refusal(without), 401);
  auto twice = recorded("interaction-approve");
  twice.headers.emplace_back("x-slack-request-timestamp", "1");
  CAF_CHECK_EQUAL(refusal(twice), 401);
}

CAF_TEST(the address of an app is confirmed after its signature) {
  const auto i = read_interaction(recorded("url-verification", ".json"), secret, acme);
  CAF_REQUIRE(i.has_value());
  CAF_CHECK_EQUAL(std::get<challenge>(*i).text, "3eZbrw1aBexampleChallenge");
}

CAF_TEST(ZRG-98 a press becomes a command about draft and version) {
  const auto i = read_interaction(pressed(good), secret, acme);
  CAF_REQUIRE(i.has_value());
  const auto& p = std::get<presses>(*i);
  CAF_REQUIRE_EQUAL(p.all.size(), 1u);
  CAF_CHECK_EQUAL(p.all[0].asks.key, "slack:draft_1:3:approve");
  CAF_CHECK_EQUAL(p.all[0].user, "U0EXAMPLE1");
  CAF_CHECK_EQUAL(p.all[0].channel, "D0EXAMPLE1");
  CAF_CHECK_EQUAL(p.all[0].ts, "1.2");
}

CAF_TEST(a value that is not ours or of another workspace asks for nothing) {
  CAF_CHECK_EQUAL(ignored_as(good), "taken");
  CAF_CHECK_EQUAL(ignored_as("{}"), "unknown_value");
  CAF_CHECK_EQUAL(ignored_as("not json"), "unknown_value");
  CAF_CHECK_EQUAL(ignored_as(R"({"draftId":"draft_1","leadId":"lead_1","clientId":"other","version":3})"),
                  "other_workspace");
}

CAF_TEST(a signed body that cannot be understood names what is wrong) {
  auto r = recorded("vector-1");
  r.received_at = at_seconds(1'531'420'618);
  const auto i = read_interaction(r, {"8f742231b10e8888abcd99yyyzzz85a5"}, acme);
  CAF_REQUIRE(!i);
  CAF_CHECK_EQUAL(i.error().status, 422);
  CAF_CHECK_EQUAL(i.error().field, "payload");
}

CAF_TEST(the answers of Slack are read by what they say and not by their status) {
  const auto ok = read_api(fixture_answer(HEED_SOURCE_DIR, "slack/post-message.response-200", 200));
  CAF_CHECK(std::holds_alternative<api_done>(ok.is));
  const auto closed = read_api(fixture_answer(HEED_SOURCE_DIR, "slack/post-message.response-error", 200));
  CAF_CHECK(std::holds_alternative<api_refused>(closed.is));
  CAF_CHECK_EQUAL(closed.wire.detail, "channel_not_found");
  CAF_CHECK(!closed.wire.stop_account);
  const auto limited = read_api(fixture_answer(HEED_SOURCE_DIR, "slack/post-message.response-429", 429));
  CAF_REQUIRE(std::holds_alternative<api_later>(limited.is));
  CAF_CHECK(std::get<api_later>(limited.is).after == seconds(30));
}
