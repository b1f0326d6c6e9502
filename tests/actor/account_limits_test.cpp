#include "persistence/codec/codec.hpp"
#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE account_limits
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

/// One mailbox at a provider that takes everything; the world begins on Monday at nine.
struct fixture : actor_world {
  fixture() {
    spawn_region();
    spawn_timers();
    account.provider = "resend";
    transport.accepts = true;
    transport.on_start = [this] { starts.push_back(time.now()); };
  }
  void limit(std::uint32_t per_day, std::uint32_t per_second) {
    // The second step is far away: only first touches are looked at.
    auto p = make_policy(ws, "90d");
    auto& mail = p.accounts.at(account_id{"mail"});
    mail.max_per_day = per_day;
    mail.max_per_second = per_second;
    publish(ws, p);
  }
  lead_id enrol(const std::string& name) {
    auto p = accept(enrolment(name));
    auto lead = p->lead;
    deliver(p);
    settle();
    return lead;
  }
  std::vector<lead_id> enrol_many(int n) {
    std::vector<lead_id> out;
    for (int i = 0; i < n; ++i)
      out.push_back(enrol("p" + std::to_string(i)));
    return out;
  }
  std::size_t starts_before(time_point end) {
    return static_cast<std::size_t>(std::ranges::count_if(starts, [&](auto t) { return t < end; }));
  }
  std::vector<time_point> starts;
};

constexpr auto until_midnight = 15h;

}  // namespace

CAF_TEST_FIXTURE_SCOPE(account_limits_tests, fixture)

CAF_TEST(4R-74 RULES of 200 due at once a fresh mailbox sends 50 that day and the others wait with their leads) {
  limit(50, 1);
  const auto leads = enrol_many(200);
  advance(5min);
  // Spread over the day, not all at its start.
  CAF_CHECK(transport.started <= 12u);
  advance(until_midnight - 5min - 1us);
  CAF_CHECK_EQUAL(transport.started, 50u);
  std::size_t waiting = 0;
  for (const auto& lead : leads) {
    const auto run = state_of(lead).runs.at(0);
    if (run.cursor == 1) continue;
    ++waiting;
    CAF_REQUIRE(run.touch.has_value());
    CAF_CHECK(run.touch->state == touch_state::returned);
    CAF_CHECK_EQUAL(run.touch->attempt, 0u);
    CAF_CHECK(run.waiting_for.starts_with("capacity_wait: "));
    CAF_CHECK(run.next_at > time.now());
  }
  CAF_CHECK_EQUAL(waiting, 150u);
  // What waits is with its lead and not in the outbox.
  CAF_CHECK((reader().counts()->effects_planned) == 0u);
  CAF_CHECK((reader().counts()->effects_in_flight) == 0u);
}

CAF_TEST(4R-74 RULES no day has more than its number and in a week everybody was written to once) {
  limit(50, 1);
  const auto leads = enrol_many(200);
  const auto monday = time.now() - 9h;
  advance(7 * 24h);
  CAF_CHECK_EQUAL(transport.started, 200u);
  for (int day = 0; day < 7; ++day) {
    const auto count = starts_before(monday + (day + 1) * 24h) - starts_before(monday + day * 24h);
    CAF_CHECK(count <= 50u);
  }
  for (const auto& lead : leads) {
    const auto run = state_of(lead).runs.at(0);
    CAF_CHECK_EQUAL(run.cursor, 1u);
    // A wait for room is no lateness.
    CAF_CHECK(run.pauses.empty());
  }
}

CAF_TEST(4R-74 RULES slots of later days lie in working hours) {
  limit(50, 1);
  (void)enrol_many(120);
  const auto midnight = time.now() + until_midnight;
  advance(3 * 24h);
  CAF_CHECK_EQUAL(transport.started, 120u);
  for (const auto t : starts) {
    if (t < midnight) continue;
    const auto of_day = t - std::chrono::floor<std::chrono::days>(t);
    CAF_CHECK(of_day >= 9h);
    CAF_CHECK(of_day < 17h + 1min);
  }
}

CAF_TEST(4R-74 RULES a second lies between two calls of an account of one a second) {
  limit(0, 1);
  (void)enrol_many(20);
  advance(30s);
  CAF_REQUIRE_EQUAL(starts.size(), 20u);
  for (std::size_t i = 1; i < starts.size(); ++i)
    CAF_CHECK(starts[i] - starts[i - 1] >= 1s);
  CAF_CHECK(starts.back() - starts.front() <= 21s);
}

CAF_TEST(4R-74 what the account used is counted in the store) {
  limit(50, 0);
  (void)enrol_many(10);
  advance(1s);
  const auto usage = reader().usage(ws, account_id{"mail"});
  CAF_REQUIRE(usage.has_value());
  CAF_REQUIRE(usage->has_value());
  const auto used = (*usage)->used;
  CAF_CHECK_EQUAL(used, 10u);
  CAF_CHECK_EQUAL(transport.started, 10u);
}

CAF_TEST(4R-74 a full account is known as full until it opens again) {
  limit(2, 0);
  (void)enrol_many(6);
  advance(until_midnight - 1us);
  CAF_CHECK_EQUAL(transport.started, 2u);
  CAF_CHECK_EQUAL(rooms.full(ws, time.now()).count("mail"), 1u);
  CAF_CHECK_EQUAL(rooms.full(ws, time.now() + 10h).count("mail"), 0u);
}

CAF_TEST(RULES an account that its provider refuses is stopped and people are told once a day) {
  transport.accepts = false;
  const auto began = time.now();
  std::vector<time_point> told;
  for (int i = 0; time.now() < began + 30h; ++i) {
    (void)enrol("p" + std::to_string(i));
    while (!transport.calls.empty()) {
      transport.answer(401, R"({"name":"invalid_api_key"})");
      settle();
      CAF_CHECK_EQUAL(rooms.full(ws, time.now()).count("mail"), 1u);
      while (told.size() < over.alerts.size())
        told.push_back(time.now());
    }
    advance(20min);
  }
  CAF_REQUIRE_EQUAL(over.alerts.size(), 2u);
  const auto alert = over.alerts.front();
  CAF_CHECK_EQUAL(alert.workspace, ws);
  CAF_CHECK_EQUAL(alert.what, "account_stopped");
  CAF_CHECK_EQUAL(alert.subject, "account:mail");
  CAF_CHECK(alert.detail.find("invalid_api_key") != std::string::npos);
  CAF_CHECK(told[0] == began);
  CAF_CHECK(told[1] >= began + 24h);
}

CAF_TEST(SF-6 an expired token loses nothing and what was to be sent and what came meanwhile is there when it is renewed) {
  transport.accepts = false;
  const auto ana = enrol("ana");
  transport.answer(401, R"({"name":"invalid_api_key"})");
  settle();
  // Events go on coming by webhook and are decided.
  deliver(accept(page_view("ana", "while-expired")));
  const auto ben = enrol("ben");
  settle();
  const auto meanwhile = state_of(ana);
  CAF_CHECK_EQUAL(meanwhile.signals.size(), 1u);
  CAF_CHECK_EQUAL(meanwhile.runs.at(0).cursor, 0u);
  CAF_CHECK_EQUAL(transport.started, 1u);
  // The token is renewed: each message goes once.
  transport.accepts = true;
  caf::anon_send(all.providers, providers_resume{});
  advance(30min);
  for (const auto& lead : {ana, ben}) {
    const auto now = state_of(lead);
    CAF_CHECK_EQUAL(now.runs.at(0).cursor, 1u);
  }
  CAF_CHECK_EQUAL(transport.started, 3u);
}

CAF_TEST(4R-27 RULES whoever is deferred while the account fails waits for the account and not for its pace) {
  limit(0, 1);
  transport.accepts = false;
  (void)enrol("first");
  transport.answer(429, "{}");
  settle();
  // More than the account could take in the minutes for which it keeps them.
  const auto leads = enrol_many(330);
  advance(2s);
  std::size_t put_off = 0;
  for (const auto& lead : leads) {
    const auto run = state_of(lead).runs.at(0);
    CAF_CHECK(!run.waiting_for.starts_with("capacity_wait"));
    put_off += run.waiting_for == "account_wait: its circuit is open";
  }
  CAF_CHECK(put_off >= 20u);
}

CAF_TEST(RULES an account that works again and fails anew is a new alert) {
  transport.accepts = false;
  (void)enrol("ana");
  transport.answer(401, R"({"name":"invalid_api_key"})");
  settle();
  CAF_CHECK_EQUAL(over.alerts.size(), 1u);
  caf::anon_send(all.providers, providers_resume{});
  advance(16min);
  transport.answer(200, R"({"id":"re_1"})");
  settle();
  CAF_CHECK_EQUAL(rooms.full(ws, time.now()).count("mail"), 0u);
  (void)enrol("ben");
  transport.answer(403, R"({"name":"validation_error"})");
  settle();
  CAF_CHECK_EQUAL(over.alerts.size(), 2u);
}

CAF_TEST(RULES a callback that blames our sender opens the circuit of its account) {
  const auto lead = enrol("ana");
  CAF_CHECK_EQUAL(transport.started, 1u);
  const auto id = reader().effects_of(lead)->front().id;
  caf::anon_send(all.providers, settled_by_callback{ws, id, "re_1", "30007"});
  settle();
  CAF_REQUIRE_EQUAL(over.alerts.size(), 1u);
  CAF_CHECK(over.alerts.front().detail.find("30007") != std::string::npos);
  (void)enrol("ben");
  CAF_CHECK_EQUAL(transport.started, 1u);
  advance(16min);
  CAF_CHECK_EQUAL(transport.started, 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
