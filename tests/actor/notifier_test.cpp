#include "runtime/notifier.hpp"

#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE notifier
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

const std::string hook = "https://hooks.acme.example/heed";

struct fixture : actor_world {
  fixture() {
    spawn_region();
    spawn_timers();
  }
  void reach(std::vector<std::string> to, std::string webhook = {}) {
    auto p = make_policy(ws, "90d");
    p.defaults.handoff.to = std::move(to);
    p.defaults.handoff.webhook = std::move(webhook);
    // One notice each: reminders are the lead's affair.
    p.defaults.handoff.remind_after = 24h * 365;
    publish(ws, p);
  }
  void spawn_notifier(std::chrono::milliseconds look_every = 1s) {
    caf::actor n = system->spawn<notifier_actor>(caf::actor{}, &all, &account, &transport, notifier_options{look_every, 16});
    keep.insert(keep.begin(), n);
  }
  void tell(const std::string& name, const std::string& key, stimulus_body body) {
    stimulus s;
    s.key = key + ":" + name;
    s.occurred_at = s.received_at = time.now();
    s.keys = {{key_kind::email, {}, name + "@example.com"}};
    s.body = std::move(body);
    deliver(accept(std::move(s)));
    settle();
  }
  lead_id hot_lead(const std::string& name) {
    auto p = accept(enrolment(name));
    const auto lead = p->lead;
    deliver(p);
    settle();
    for (const char* form : {"demo", "pricing"}) {
      form_submitted f;
      f.form = form;
      tell(name, form, f);
    }
    CAF_REQUIRE(state_of(lead).handoff.has_value());
    return lead;
  }
  std::vector<sandbox_message> mails() {
    std::vector<sandbox_message> out;
    const auto rows = reader().sandbox(ws, {}, {100, {}});
    CAF_REQUIRE(rows.has_value());
    for (const auto& m : rows->items)
      if (m.effect.value.starts_with("notify-")) out.push_back(m);
    return out;
  }
  std::size_t undelivered() { return reader().due_notifications(time.now() + 24h * 3650, 100)->size(); }
  std::string header(const char* name) {
    for (const auto& [key, value] : transport.calls.at(0).what.headers)
      if (key == name) return value;
    return {};
  }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(notifier_tests, fixture)

CAF_TEST(RULES a handoff is told by email through the sandbox where there is no real mailbox) {
  reach({"sales@acme.example", "mia@acme.example"});
  const auto lead = hot_lead("ana");
  CAF_CHECK_EQUAL(undelivered(), 2u);
  spawn_notifier();
  advance(3s);
  const auto told = mails();
  CAF_REQUIRE_EQUAL(told.size(), 2u);
  std::set<std::string> to;
  for (const auto& m : told) {
    to.insert(m.to);
    CAF_CHECK_EQUAL(m.subject, "ana is hot: over to you");
    CAF_CHECK_EQUAL(m.lead, lead);
    CAF_CHECK(m.body.find("ana@example.com") != std::string::npos);
  }
  CAF_CHECK(to == (std::set<std::string>{"mia@acme.example", "sales@acme.example"}));
  CAF_CHECK_EQUAL(undelivered(), 0u);
  advance(1h);
  CAF_CHECK_EQUAL(mails().size(), 2u);
}

CAF_TEST(RULES a handoff goes to the webhook signed and once) {
  reach({}, hook);
  const auto lead = hot_lead("ana");
  spawn_notifier();
  advance(2s);
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  const auto call = transport.calls.front().what;
  CAF_CHECK_EQUAL(call.url, hook);
  CAF_CHECK(call.public_only);
  CAF_CHECK(header("webhook-signature").starts_with("v1,"));
  const auto body = nlohmann::json::parse(call.body);
  CAF_CHECK(body["type"] == "lead.handoff");
  CAF_CHECK(body["data"]["lead_id"] == lead.value);
  // Under way it is not begun again.
  advance(10s);
  CAF_CHECK_EQUAL(transport.started, 1u);
  transport.answer(204, "");
  settle();
  CAF_CHECK_EQUAL(undelivered(), 0u);
  advance(1h);
  CAF_CHECK_EQUAL(transport.started, 1u);
}

CAF_TEST(RULES a failing webhook is tried again under the same id) {
  reach({}, hook);
  (void)hot_lead("ana");
  spawn_notifier();
  advance(2s);
  const auto id = header("webhook-id");
  const auto at = header("webhook-timestamp");
  const auto body = transport.calls.front().what.body;
  CAF_CHECK(!id.empty());
  transport.answer(500, "");
  advance(4s);
  CAF_CHECK(transport.calls.empty());
  advance(4s);
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  CAF_CHECK_EQUAL(header("webhook-id"), id);
  CAF_CHECK(header("webhook-timestamp") != at);
  transport.answer(503, "", {{"retry-after", "3600"}});
  advance(59min);
  CAF_CHECK(transport.calls.empty());
  advance(2min);
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  CAF_CHECK_EQUAL(header("webhook-id"), id);
  transport.answer(200, "");
  settle();
  CAF_CHECK_EQUAL(undelivered(), 0u);
}

CAF_TEST(RULES after ten attempts a webhook is given up and that is an alert) {
  reach({}, hook);
  const auto lead = hot_lead("ana");
  spawn_notifier(1min);
  for (int i = 0; i < 10; ++i) {
    for (int hours = 0; hours < 28 && transport.calls.empty(); ++hours)
      advance(1h);
    CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
    CAF_CHECK(reader().alerts(ws, {10, {}})->items.empty());
    transport.answer(503, "");
    settle();
  }
  const auto alerts = reader().alerts(ws, {10, {}})->items;
  CAF_REQUIRE_EQUAL(alerts.size(), 1u);
  CAF_CHECK_EQUAL(alerts[0].what, "notification_failed");
  CAF_CHECK_EQUAL(alerts[0].subject, "lead:" + lead.value);
  CAF_CHECK_EQUAL(alerts[0].detail, "handoff reached nobody: http_503");
  CAF_CHECK_EQUAL(undelivered(), 0u);
  advance(28h);
  CAF_CHECK_EQUAL(transport.started, 10u);
}

CAF_TEST(RULES a webhook that is gone is given up at once) {
  reach({}, hook);
  (void)hot_lead("ana");
  spawn_notifier();
  advance(2s);
  transport.answer(410, "");
  settle();
  CAF_CHECK_EQUAL(undelivered(), 0u);
  CAF_CHECK_EQUAL(reader().alerts(ws, {10, {}})->items.size(), 1u);
}

CAF_TEST(RULES one destination that fails holds no other) {
  reach({"sales@acme.example"}, hook);
  (void)hot_lead("ana");
  spawn_notifier();
  advance(2s);
  transport.answer(500, "");
  settle();
  CAF_CHECK_EQUAL(mails().size(), 1u);
  CAF_CHECK_EQUAL(undelivered(), 1u);
}

CAF_TEST(RULES a global stop holds notices back and loses none while a stop of the workspace is about leads alone) {
  reach({}, hook);
  (void)hot_lead("ana");
  active_stops global;
  global.global = true;
  show_stops(global);
  spawn_notifier();
  advance(10min);
  CAF_CHECK_EQUAL(transport.started, 0u);
  CAF_CHECK_EQUAL(undelivered(), 1u);
  active_stops workspace;
  workspace.workspace = true;
  show_stops(workspace);
  advance(2s);
  CAF_CHECK_EQUAL(transport.started, 1u);
}

CAF_TEST(4R-74 an alert reaches the people it is carried to) {
  reach({"sales@acme.example"});
  alert_row alert;
  alert.workspace = ws;
  alert.what = "tripwire";
  alert.subject = "campaign:spring";
  alert.detail = "campaign spring is paused";
  alert.at = time.now();
  notification_row row;
  row.workspace = ws;
  row.key = "alert-1-0";
  row.what = "alert";
  row.reason = alert.detail;
  row.to = "sales@acme.example";
  row.created_at = time.now();
  CAF_REQUIRE(target->add_alert(alert, {&row, 1}).has_value());
  spawn_notifier();
  advance(2s);
  const auto told = mails();
  CAF_REQUIRE_EQUAL(told.size(), 1u);
  CAF_CHECK_EQUAL(told[0].subject, "Heed: acme: campaign spring is paused");
}

CAF_TEST(RULES a real mailbox tells people with a mark that no machine shall answer) {
  account.provider = "resend";
  reach({"sales@acme.example"});
  auto p = *policies.views[ws]->current;
  p.accounts.at(account_id{"mail"}).provider = "resend";
  transport.accepts = true;
  (void)hot_lead("ana");
  transport.accepts = false;
  publish(ws, p);
  spawn_notifier();
  advance(2s);
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  const auto body = nlohmann::json::parse(transport.calls.front().what.body);
  CAF_CHECK(body["to"] == nlohmann::json::array({"sales@acme.example"}));
  CAF_CHECK(body["headers"]["Auto-Submitted"] == "auto-generated");
  CAF_CHECK(header("idempotency-key").starts_with("notify-"));
  transport.answer(200, R"({"id":"re_1"})");
  settle();
  CAF_CHECK_EQUAL(undelivered(), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
