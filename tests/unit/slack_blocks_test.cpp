#include <cstdlib>
#include <fstream>

#include "adapters/slack/direct_message.hpp"
#include "adapters/slack/review_message.hpp"
#include "tests/support/sending.hpp"
#include "tests/support/stand_in_slack.hpp"
#include "tests/unit/support/zones.hpp"

#define CAF_SUITE slack_blocks
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::slack;
using heed::test::blocks_fault;
using heed::test::fixture;

/// What a reviewer sees, byte for byte. `HEED_GOLDEN=1 unit_tests -s slack_blocks` writes the files anew:
/// only when the contract is meant to change.
namespace {

review held() {
  review r;
  r.about = {"acme", "lead_01HZX", "draft_01", 3};
  r.lead_name = "Ana Ruiz";
  r.campaign = "spring";
  r.subject = "Re: Quick question";
  r.latest_inbound = "What does it cost?\nAnd is there a trial?";
  r.reason = "The price is not in the conversation.";
  r.sure = draft::confidence::of(0.8999);
  r.threshold = draft::default_threshold;
  r.public_url = "https://heed.example.com/";
  return r;
}

review with_preview() {
  auto r = held();
  r.preview = "Hi Ana,\n\nit costs 10 a month.";
  return r;
}

review by_rule() {
  auto r = held();
  r.on = channel::sms;
  r.campaign.clear();
  r.subject.clear();
  r.sure.reset();
  r.threshold.reset();
  r.reason = "no_model_key";
  return r;
}

std::string bytes_of(const message& m) {
  return nlohmann::ordered_json{{"text", m.text}, {"blocks", m.blocks}}.dump(2) + "\n";
}

void check_golden(const std::string& name, const message& m) {
  const auto file = "slack/" + name + ".golden.json";
  if (std::getenv("HEED_GOLDEN"))
    std::ofstream(std::string(HEED_SOURCE_DIR) + "/tests/fixtures/" + file) << bytes_of(m);
  CAF_CHECK_EQUAL(bytes_of(m), fixture(HEED_SOURCE_DIR, file));
  CAF_CHECK_EQUAL(blocks_fault(nlohmann::json::parse(m.blocks.dump())), "");
}

std::string all_text(const message& m) { return m.text + m.blocks.dump(); }

}  // namespace

CAF_TEST(AS-24 AS-25 a review without the text of the draft) {
  check_golden("review", ask_message(held()));
  CAF_CHECK(all_text(ask_message(held())).find("*Draft:*") == std::string::npos);
}

CAF_TEST(AS-24 AS-25 a review with the text of the draft) {
  check_golden("review-preview", ask_message(with_preview()));
  CAF_CHECK(all_text(ask_message(with_preview())).find("it costs 10 a month") != std::string::npos);
}

CAF_TEST(AS-24 a review of what no model judged) { check_golden("review-rule", ask_message(by_rule())); }

CAF_TEST(AS-24 ZRG-98 what became of it) {
  check_golden("outcome-sent", outcome_message(with_preview(), sent_by{"@mia"}));
  check_golden("outcome-sent-already", outcome_message(held(), sent_already{}));
  check_golden("outcome-not-sent", outcome_message(held(), not_sent{"Lead is blacklisted (opted out)"}));
  check_golden("outcome-rejected", outcome_message(held(), rejected_by{"@leo"}));
}

CAF_TEST(ZRG-94 the buttons lead to the draft and name it) {
  const auto m = ask_message(held());
  const auto& actions = m.blocks.back();
  CAF_CHECK_EQUAL(actions["block_id"].get<std::string>(), "review_actions_draft_01");
  CAF_CHECK_EQUAL(actions["elements"][0]["text"]["text"].get<std::string>(), "Edit in dashboard");
  CAF_CHECK_EQUAL(actions["elements"][0]["url"].get<std::string>(),
                  "https://heed.example.com/?view=inbox&clientId=acme&leadId=lead_01HZX&draftId=draft_01");
  CAF_CHECK_EQUAL(actions["elements"][1]["text"]["text"].get<std::string>(), "Approve & Send");
  CAF_CHECK_EQUAL(actions["elements"][1]["value"].get<std::string>(),
                  R"({"draftId":"draft_01","leadId":"lead_01HZX","clientId":"acme","version":3})");
}

CAF_TEST(a value comes back as it was written and no other is taken) {
  CAF_CHECK(read_value(to_value(held().about)) == held().about);
  for (const char* v : {"", "{}", "draft_01", R"({"draftId":"d","leadId":"l","clientId":"c"})",
                        R"({"draftId":"d","leadId":"l","clientId":"c","version":0})",
                        R"({"draftId":"d","leadId":"l","clientId":"c","version":1,"more":1})",
                        R"({"draftId":1,"leadId":"l","clientId":"c","version":1})"})
    CAF_CHECK(!read_value(v));
}

CAF_TEST(what a lead writes is no mention and no link and breaks no limit) {
  auto r = with_preview();
  r.latest_inbound = "<!channel> <https://evil.example|click> & " + std::string(5'000, 'x');
  r.lead_name = "<@U0EXAMPLE1>\nAna";
  r.preview = std::string(9'000, 'y');
  r.reason = std::string(900, 'z');
  for (const char flood : {'&', '<', '\n'}) {
    auto f = with_preview();
    f.latest_inbound = f.lead_name = f.campaign = f.subject = f.reason =
        *(f.preview = std::string(9'000, flood));
    CAF_CHECK_EQUAL(blocks_fault(nlohmann::json::parse(ask_message(f).blocks.dump())), "");
  }
  const auto m = ask_message(r);
  CAF_CHECK(all_text(m).find("<!channel>") == std::string::npos);
  CAF_CHECK(all_text(m).find("<@U0") == std::string::npos);
  CAF_CHECK_EQUAL(blocks_fault(nlohmann::json::parse(m.blocks.dump())), "");
}

CAF_TEST(ZRG-96 the same notice within ten minutes is one) {
  notice_memory told;
  const auto at = heed::tests::instant("2026-11-23T10:00:00Z");
  CAF_CHECK(told.is_new("draft_1", at));
  CAF_CHECK(!told.is_new("draft_1", at + std::chrono::minutes(10) - std::chrono::microseconds(1)));
  CAF_CHECK(told.is_new("draft_2", at));
  CAF_CHECK(told.is_new("draft_1", at + std::chrono::minutes(10)));
  notice_memory hasty(std::chrono::milliseconds(1));
  CAF_CHECK(hasty.is_new("draft_1", at));
  CAF_CHECK(!hasty.is_new("draft_1", at + std::chrono::milliseconds(999)));
}
