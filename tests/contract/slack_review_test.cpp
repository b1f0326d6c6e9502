#include "adapters/slack/direct_message.hpp"
#include "adapters/slack/interactivity.hpp"
#include "tests/support/sending.hpp"
#include "tests/support/stand_in_slack.hpp"

#define CAF_SUITE slack_review
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::slack;
using namespace heed::test;

/// A held draft is told to its reviewer, pressed and changed, over a real socket. Pauses are not slept
/// through.
namespace {

const time_point now{std::chrono::seconds(1'795'168'800)};
const workspace_id acme("acme");

review held() {
  review r;
  r.about = {"acme", "lead_1", "draft_1", 3};
  r.lead_name = "Ana Ruiz";
  r.latest_inbound = "What does it cost?";
  r.reason = "The price is not in the conversation.";
  r.sure = draft::confidence::of(0.71);
  r.threshold = draft::default_threshold;
  r.preview = "It costs 10 a month.";
  r.public_url = "https://heed.example.com";
  return r;
}

struct fixture_type {
  stand_in_slack slack;
  std::unique_ptr<outbound::transport> wire = outbound::make_curl_transport(2);
  outbound::sending_account account = slack.account();
  std::vector<std::chrono::milliseconds> pauses;

  direct_message::step tell(const std::string& email = "mia@acme.example") {
    direct_message dm(account, email, ask_message(held()), "lead_1-9-0");
    auto next = dm.begin();
    while (true) {
      if (auto* c = std::get_if<direct_message::make_call>(&next)) {
        next = dm.on_answer(perform(*wire, c->what));
      } else if (auto* p = std::get_if<direct_message::pause>(&next)) {
        pauses.push_back(p->how_long);
        next = dm.on_paused();
      } else {
        return next;
      }
    }
  }
  std::string failure(const std::string& email = "mia@acme.example") {
    const auto end = tell(email);
    const auto* f = std::get_if<direct_message::failed>(&end);
    return f ? f->why : "delivered";
  }
  press pressed_by(const char* user) {
    const auto i = read_interaction(slack.press(slack.messages().at(0), "approve_send", user, now),
                                    {stand_in_slack::signing_secret}, acme);
    return std::get<presses>(*i).all.at(0);
  }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(slack_review_tests, fixture_type)

CAF_TEST(ZRG-95 found by address and opened and posted and its place is kept) {
  const auto end = tell();
  CAF_REQUIRE(std::holds_alternative<direct_message::delivered>(end));
  const auto& kept = std::get<direct_message::delivered>(end);
  const auto messages = slack.messages();
  CAF_REQUIRE_EQUAL(messages.size(), 1u);
  CAF_CHECK_EQUAL(kept.channel, "D0EXAMPLE1");
  CAF_CHECK_EQUAL(kept.ts, messages[0].ts);
  CAF_CHECK_EQUAL(messages[0].body["metadata"]["event_payload"]["effect"], "lead_1-9-0");
}

CAF_TEST(ZRG-98 a press names draft and person and message and the message is changed) {
  (void)tell();
  const auto p = pressed_by("U0EXAMPLE1");
  CAF_CHECK((p.asks.draft == draft_ref{"acme", "lead_1", "draft_1", 3}));
  CAF_CHECK_EQUAL(p.user, "U0EXAMPLE1");
  CAF_CHECK_EQUAL(p.user_name, "mia");
  const auto changed = outcome_message(held(), sent_by{"@" + p.user_name});
  const auto done = read_api(perform(*wire, build_update(account, p.channel, p.ts, changed, "lead_1-10-0")));
  CAF_CHECK(std::holds_alternative<api_done>(done.is));
  const auto after = slack.messages();
  CAF_CHECK_EQUAL(after.at(0).updates, 1);
  CAF_CHECK(after.at(0).body.dump().find("Approved and sent by @mia") != std::string::npos);
  CAF_CHECK(after.at(0).body.dump().find("approve_send") == std::string::npos);
}

CAF_TEST(ZRG-99 two people who press ask for one and the same) {
  (void)tell();
  CAF_CHECK_EQUAL(pressed_by("U0EXAMPLE1").asks.key, pressed_by("U0EXAMPLE2").asks.key);
}

CAF_TEST(the link to the console asks for nothing) {
  (void)tell();
  const auto i = read_interaction(slack.press(slack.messages().at(0), "view_dashboard", "U0EXAMPLE1", now),
                                  {stand_in_slack::signing_secret}, acme);
  CAF_REQUIRE(i.has_value());
  CAF_CHECK(std::get<presses>(*i).all.empty());
}

CAF_TEST(AS-23 without a token nobody is called) {
  account.secrets.clear();
  CAF_CHECK_EQUAL(failure(), "no_slack_token");
  CAF_CHECK_EQUAL(slack.calls("users.lookupByEmail"), 0);
}

CAF_TEST(nobody of that address is told so and nothing is posted) {
  CAF_CHECK_EQUAL(failure("nobody@acme.example"), "users_not_found");
  CAF_CHECK_EQUAL(slack.calls("users.lookupByEmail"), 1);
  CAF_CHECK(slack.messages().empty());
}

CAF_TEST(a wrong token is the fault of the account) {
  account.secrets["bot_token"] = "xoxb-other";
  direct_message dm(account, "mia@acme.example", ask_message(held()), "e");
  auto first = dm.begin();
  const auto end = dm.on_answer(perform(*wire, std::get<direct_message::make_call>(first).what));
  CAF_CHECK(std::holds_alternative<direct_message::failed>(end));
  CAF_CHECK(dm.wire().stop_account);
}

CAF_TEST(a rate limit is waited for as long as it says) {
  slack.next("chat.postMessage", {429, R"({"ok":false,"error":"ratelimited"})", {{"retry-after", "30"}}});
  CAF_CHECK_EQUAL(failure(), "delivered");
  CAF_REQUIRE_EQUAL(pauses.size(), 1u);
  CAF_CHECK(pauses[0] == std::chrono::seconds(30));
  CAF_CHECK_EQUAL(slack.messages().size(), 1u);
}

CAF_TEST(an answer that is lost makes one more post and no third) {
  slack.lose_answer("chat.postMessage");
  slack.lose_answer("chat.postMessage");
  slack.lose_answer("chat.postMessage");
  CAF_CHECK(failure() != "delivered");
  CAF_CHECK_EQUAL(slack.messages().size(), 2u);
}

CAF_TEST(finding and opening change nothing and are repeated) {
  slack.lose_answer("users.lookupByEmail");
  slack.next("conversations.open", {503, "busy"});
  CAF_CHECK_EQUAL(failure(), "delivered");
  CAF_CHECK_EQUAL(slack.messages().size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
