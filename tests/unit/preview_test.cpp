#include "actors/lead/preview.hpp"

#include "actors/lead/links.hpp"
#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE preview
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

using shown = tl::expected<touch_preview, std::string>;

shown preview(const story& s, std::optional<step_id> step = {}, std::string campaign = "spring") {
  return preview_touch(s.lead, campaign_id{std::move(campaign)}, step, s.rules, {s.now, s.stops, s.full});
}

std::string refusal(const shown& p) { return p ? "none" : p.error(); }

campaign& spring(story& s) { return s.rules.campaigns.begin()->second; }

}  // namespace

CAF_TEST(a preview shows what would go out next and asks all gates) {
  story s;
  s.enrol();
  s.accept_all();
  auto before = s.lead;
  auto p = preview(s);
  CAF_REQUIRE(p.has_value());
  CAF_CHECK(s.lead == before);
  CAF_CHECK_EQUAL(p->step, "s2");
  CAF_REQUIRE(p->message.has_value());
  CAF_CHECK_EQUAL(p->message->to, "+15550100");
  CAF_CHECK_EQUAL(p->message->body, "Still there, Ana?");
  CAF_CHECK_EQUAL(p->via.value, "box_sms");
  CAF_CHECK(p->missing.empty());
  CAF_CHECK_EQUAL(p->gates.size(), 14u);
  CAF_CHECK(std::ranges::is_sorted(p->gates, {}, &gate_verdict::at));
}

CAF_TEST(a preview is byte for byte what the run then sends but for its link) {
  story s;
  make_real(s.rules);
  s.enrol();
  s.accept_all();
  auto p = preview(s, step_id{"s1"});
  auto sent = s.asked<send_effect>().front().message;
  auto own = unsubscribe_url(s.rules.public_url, s.asked<send_effect>().front().id, s.rules.link_key);
  auto idle = unsubscribe_url(s.rules.public_url, effect_id{"preview"}, s.rules.link_key);
  CAF_REQUIRE(p->message.has_value());
  auto body = p->message->body;
  CAF_REQUIRE(body.ends_with(idle));
  CAF_CHECK_EQUAL(body.substr(0, body.size() - idle.size()) + own, sent.body);
  CAF_CHECK_EQUAL(p->message->subject, sent.subject);
  CAF_CHECK_EQUAL(p->message->headers.at("List-Unsubscribe"), "<" + idle + ">");
}

CAF_TEST(a preview of somebody who is in no run shows the first step) {
  story s;
  s.lead.keys = {{key_kind::email, "", "bo@example.com"}};
  s.lead.fields = {{"firstName", "Bo"}};
  auto p = preview(s);
  CAF_REQUIRE(p.has_value());
  CAF_CHECK_EQUAL(p->step, "s1");
  CAF_CHECK_EQUAL(p->message->subject, "Hi Bo");
  // Nobody has agreed to anything yet, and that is said.
  auto* closed = &p->gates.at(6);
  CAF_CHECK_EQUAL(closed->reason, "no_consent");
  CAF_CHECK(s.lead.runs.empty());
}

CAF_TEST(a preview shows what stands against a touch) {
  story s;
  s.enrol();
  s.accept_all();
  s.stops.workspace = true;
  s.tell(ticket_opened{"t"});
  auto p = preview(s);
  CAF_REQUIRE(p.has_value());
  CAF_CHECK_EQUAL(p->gates.at(1).reason, "stopped: workspace");
  CAF_CHECK_EQUAL(p->gates.at(3).reason, "ticket_open");
  CAF_CHECK(p->message.has_value());
}

CAF_TEST(ZRG-128 a preview names the tokens that cannot be filled) {
  story s;
  spring(s).templates["nudge"].body = "{lastName} of {company}: {calendarLink}";
  s.enrol();
  s.accept_all();
  auto p = preview(s);
  CAF_REQUIRE(p.has_value());
  CAF_CHECK(!p->message.has_value());
  CAF_CHECK_EQUAL(p->missing, (std::vector<std::string>{"lastName", "company", "calendarLink"}));
  CAF_CHECK_EQUAL(p->gates.at(7).reason, "missing_lead_data: {lastName}, {company}, {calendarLink}");
}

CAF_TEST(a preview of another step shows that one) {
  story s;
  s.enrol();
  auto p = preview(s, step_id{"s3"});
  CAF_REQUIRE(p.has_value());
  CAF_CHECK_EQUAL(p->step, "s3");
  CAF_CHECK_EQUAL(p->message->body, "Last word, Ana");
  CAF_CHECK_EQUAL(s.journey().cursor, 0u);
}

CAF_TEST(a preview of what is not there says what is missing) {
  story s;
  s.enrol();
  CAF_CHECK_EQUAL(refusal(preview(s, step_id{"s9"})), "unknown_step: s9");
  CAF_CHECK_EQUAL(refusal(preview(s, {}, "winter")), "unknown_campaign");
  s.pass(5 * 24h);
  CAF_CHECK_EQUAL(s.journey().status, run_status::done);
  CAF_CHECK_EQUAL(refusal(preview(s)), "no_step_left");
}

CAF_TEST(a preview on a channel without an account shows no message) {
  story s;
  s.rules.accounts.erase(account_id{"box_sms"});
  s.enrol();
  s.accept_all();
  auto p = preview(s, step_id{"s2"});
  CAF_REQUIRE(p.has_value());
  CAF_CHECK(!p->message.has_value());
  CAF_CHECK(p->via.empty());
  CAF_CHECK_EQUAL(p->gates.at(6).reason, "channel_unavailable");
}
