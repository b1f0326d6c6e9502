#include "actors/campaign/campaign_actor.hpp"
#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE campaign_wire
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

/// Leads that got the first email of `spring`, and what providers say of it.
struct fixture : actor_world {
  fixture() {
    publish(ws, make_policy(ws, "90d"));
    spawn_region();
    spawn_timers();
    // After the campaign's switch was made: only later sends count.
    advance(1min);
  }
  void spawn_campaign() {
    campaign = system->spawn<campaign_actor>("campaigns/acme/spring", caf::actor{}, &board, totals, &all, ws, spring);
    keep.insert(keep.begin(), campaign);
    settle();
  }
  ~fixture() { campaign = nullptr; }

  void send_to(int n) {
    for (int i = 0; i < n; ++i) {
      auto p = accept(enrolment("p" + std::to_string(leads.size())));
      leads.push_back(p->lead);
      deliver(p);
    }
    settle();
  }
  /// The message to the lead of that number did not arrive, and the campaign hears of it.
  void harm(std::size_t n, stimulus_body body) {
    stimulus s;
    s.key = "harm:" + std::to_string(n);
    s.occurred_at = s.received_at = time.now();
    s.keys = {{key_kind::email, {}, "p" + std::to_string(n) + "@example.com"}};
    s.on = channel::email;
    s.body = std::move(body);
    deliver(accept(std::move(s)));
    settle();
    if (campaign) caf::anon_send(campaign, counted());
    settle();
  }
  static campaign_counted counted() {
    campaign_counted c;
    c.harmed = 1;
    return c;
  }
  message_ref message_to(std::size_t n) {
    message_ref m;
    m.provider_id = "sandbox-" + leads.at(n).value + "-1-0";
    return m;
  }
  void bounce(std::size_t n, bounce_class severity = bounce_class::hard) {
    harm(n, message_bounced{message_to(n), "p" + std::to_string(n) + "@example.com", severity, "550"});
  }
  void complain(std::size_t n) { harm(n, spam_complaint{message_to(n), {}}); }

  kill_switch_row wire() {
    const auto rows = reader().kill_switches();
    CAF_REQUIRE(rows.has_value());
    for (const auto& row : *rows)
      if (row.scope == stop_scope::campaign && row.workspace == ws && row.name == spring.value) return row;
    throw std::runtime_error("the campaign has no switch");
  }

  std::shared_ptr<campaign_totals> totals = std::make_shared<campaign_totals>();
  caf::actor campaign;
  std::vector<lead_id> leads;
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(campaign_wire_tests, fixture)

CAF_TEST(4R-74 RULES too many hard bounces pause their campaign once and people are told) {
  spawn_campaign();
  send_to(20);
  bounce(0);
  CAF_CHECK(!wire().engaged);
  bounce(1);
  const auto pulled = wire();
  CAF_CHECK(pulled.engaged);
  CAF_CHECK_EQUAL(pulled.by, "tripwire");
  CAF_REQUIRE_EQUAL(over.alerts.size(), 1u);
  const auto alert = over.alerts.front();
  CAF_CHECK_EQUAL(alert.workspace, ws);
  CAF_CHECK_EQUAL(alert.what, "tripwire");
  CAF_CHECK_EQUAL(alert.subject, "campaign:spring");
  CAF_CHECK_EQUAL(alert.detail, "campaign spring is paused: 2 hard bounces in the last 20 sends, more than 5.0 %");
  CAF_CHECK(over.reloads == std::vector<workspace_id>{ws});
  const auto audit = reader().audit(ws, 10);
  CAF_CHECK(std::ranges::any_of(*audit, [](const auto& row) { return row.by == "tripwire" && row.what == "campaign_paused"; }));
  bounce(2);
  caf::anon_send(campaign, counted());
  caf::anon_send(campaign, counted());
  settle();
  CAF_CHECK_EQUAL(over.alerts.size(), 1u);
}

CAF_TEST(4R-74 two words at once pull the wire once) {
  spawn_campaign();
  send_to(20);
  const auto seen = campaign;
  campaign = nullptr;
  bounce(0);
  bounce(1);
  campaign = seen;
  caf::anon_send(campaign, counted());
  caf::anon_send(campaign, counted());
  settle();
  CAF_CHECK(wire().engaged);
  CAF_CHECK_EQUAL(over.alerts.size(), 1u);
}

CAF_TEST(4R-74 RULES one complaint in 20 sends pauses the campaign) {
  spawn_campaign();
  send_to(20);
  complain(3);
  CAF_CHECK(wire().engaged);
  CAF_REQUIRE_EQUAL(over.alerts.size(), 1u);
  CAF_CHECK(over.alerts.front().detail.find("1 complaints") != std::string::npos);
}

CAF_TEST(4R-74 RULES soft bounces and fewer than 20 sends pull nothing) {
  spawn_campaign();
  send_to(19);
  for (std::size_t i = 0; i < 5; ++i)
    bounce(i);
  CAF_CHECK(!wire().engaged);
  send_to(60);
  for (std::size_t i = 20; i < 40; ++i)
    bounce(i, bounce_class::soft);
  // Five hard ones of 79 are too many all the same.
  CAF_CHECK(wire().engaged);
  CAF_CHECK(over.alerts.front().detail.starts_with("campaign spring is paused: 5 hard bounces in the last 79 sends"));
}

CAF_TEST(4R-74 PROTOCOL a wire that should have been pulled before a crash is pulled at the start) {
  send_to(20);
  bounce(0);
  bounce(1);
  CAF_CHECK(!wire().engaged);
  spawn_campaign();
  CAF_CHECK(wire().engaged);
  CAF_CHECK_EQUAL(over.alerts.size(), 1u);
}

CAF_TEST(4R-74 RULES what people have let go on is not held against the campaign again) {
  spawn_campaign();
  send_to(20);
  bounce(0);
  bounce(1);
  CAF_REQUIRE(wire().engaged);
  advance(1h);
  stop(stop_scope::campaign, spring.value, false);
  advance(1min);
  send_to(19);
  bounce(20);
  bounce(21);
  CAF_CHECK(!wire().engaged);
  send_to(1);
  bounce(22);
  CAF_CHECK(wire().engaged);
  CAF_CHECK_EQUAL(over.alerts.size(), 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
