#include "actors/workspace/notice.hpp"

#include "runtime/notifier.hpp"
#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE notice
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

/// A lead with a conversation, hot by a reply and a form.
story talkative() {
  story s;
  give_identity(s.rules);
  s.rules.defaults.handoff.to = {"sales@acme.example"};
  s.enrol();
  s.accept_all();
  s.reply("my private words about the offer");
  s.form("demo");
  CAF_REQUIRE(s.lead.handoff.has_value());
  return s;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

workspace_view view_of(policy p) {
  workspace_view v;
  v.current = std::make_shared<const policy>(std::move(p));
  return v;
}

std::string mailbox(const workspace_view& v) {
  const auto* a = mailbox_for_people(v);
  return a ? a->id.value : "none";
}

}  // namespace

CAF_TEST(RULES a notice says who the lead is and why and how to answer) {
  auto s = talkative();
  auto n = lead_notice("handoff", "hot", s.lead, s.rules, s.now);
  CAF_CHECK_EQUAL(n.type, "lead.handoff");
  CAF_CHECK_EQUAL(n.subject, "Ana is hot: over to you");
  CAF_CHECK(contains(n.body, "Email: ana@example.com\n"));
  CAF_CHECK(contains(n.body, "Campaign: spring, suppressed (suppressed_hot)\n"));
  CAF_CHECK(contains(n.body, "POST https://heed.example.com/v1/workspaces/acme/handoffs/lead_1/acknowledge\n"));
  CAF_CHECK_EQUAL(n.data["lead_id"], "lead_1");
  CAF_CHECK_EQUAL(n.data["reason"], "hot");
  CAF_CHECK_EQUAL(n.data["episode"], 1);
  CAF_CHECK_EQUAL(n.data["link"], "https://heed.example.com/v1/workspaces/acme/leads/lead_1");
  CAF_CHECK_EQUAL(n.data["runs"][0]["run_id"], "spring__lead_1");
  CAF_CHECK(n.data["score"] >= n.data["threshold"]);
}

CAF_TEST(RULES a notice holds nothing of what was written) {
  auto s = talkative();
  for (const char* what : {"handoff", "reminder", "meeting_canceled"}) {
    auto n = lead_notice(what, "hot", s.lead, s.rules, s.now);
    auto all = n.subject + n.body + n.data.dump();
    CAF_CHECK(!contains(all, "private words"));
    CAF_CHECK(!contains(all, "Hello Ana"));
    CAF_CHECK(!contains(all, "Hi Ana"));
  }
}

CAF_TEST(RULES every reason has words of its own) {
  auto s = talkative();
  auto subject = [&](const char* what, const char* reason) { return lead_notice(what, reason, s.lead, s.rules, s.now).subject; };
  CAF_CHECK_EQUAL(subject("reminder", "hot"), "Ana is still waiting for somebody");
  CAF_CHECK_EQUAL(subject("handoff", "meeting_booked"), "Ana booked a meeting");
  CAF_CHECK_EQUAL(subject("meeting_canceled", "m1"), "Ana canceled a meeting");
  CAF_CHECK_EQUAL(subject("handoff", "asked for a call"), "Ana was handed to people: asked for a call");
}

CAF_TEST(RULES a lead without a name is called by what is known of it) {
  auto s = talkative();
  s.lead.fields.clear();
  CAF_CHECK_EQUAL(lead_notice("handoff", "hot", s.lead, s.rules, s.now).subject, "ana@example.com is hot: over to you");
  s.lead.keys.clear();
  CAF_CHECK_EQUAL(lead_notice("handoff", "hot", s.lead, s.rules, s.now).subject, "lead_1 is hot: over to you");
}

CAF_TEST(4R-74 an alert says what happened in which workspace) {
  auto s = talkative();
  auto n = alert_notice("campaign spring is paused: 11 hard bounces", s.rules, s.now);
  CAF_CHECK_EQUAL(n.type, "workspace.alert");
  CAF_CHECK_EQUAL(n.subject, "Heed: acme: campaign spring is paused: 11 hard bounces");
  CAF_CHECK_EQUAL(n.data["detail"], "campaign spring is paused: 11 hard bounces");
}

CAF_TEST(RULES a notification is tried ten times over three days and then given up) {
  const std::vector<duration> schedule{5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};
  for (std::uint32_t attempts = 0; attempts < schedule.size(); ++attempts) {
    auto pause = notification_pause("key", attempts);
    CAF_REQUIRE(pause.has_value());
    CAF_CHECK(*pause >= schedule[attempts]);
    CAF_CHECK(*pause <= schedule[attempts] + schedule[attempts] / 10);
    CAF_CHECK(notification_pause("key", attempts) == pause);
  }
  CAF_CHECK(!notification_pause("key", 9).has_value());
  CAF_CHECK(notification_pause("key", 8) != notification_pause("another key", 8));
}

CAF_TEST(RULES people are told through a real mailbox that nothing stops before the sandbox) {
  auto p = make_policy();
  CAF_CHECK_EQUAL(mailbox(view_of(p)), "box_email");
  account real{account_id{"real"}, channel::email, "resend", "us@example.com", {}, true};
  account text{account_id{"a_text"}, channel::sms, "twilio", "+15550100", {}, true};
  p.accounts[real.id] = real;
  p.accounts[text.id] = text;
  CAF_CHECK_EQUAL(mailbox(view_of(p)), "real");
  auto stopped = view_of(p);
  stopped.stops.accounts = {"real"};
  CAF_CHECK_EQUAL(mailbox(stopped), "box_email");
  p.accounts[real.id].enabled = false;
  p.accounts.erase(account_id{"box_email"});
  CAF_CHECK_EQUAL(mailbox(view_of(p)), "none");
}
