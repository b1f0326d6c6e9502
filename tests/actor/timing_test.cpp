#include "actors/lead/timing/spread.hpp"
#include "actors/provider/stored_arrivals.hpp"
#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE timing
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

/// What a node's actors find out for the choice of a minute: how long messages take, and who else wants it.
namespace {

const account_id mail{"mail"};

struct fixture : actor_world {
  fixture() {
    all.latencies = senders.latencies = &latencies;
    all.crowds = &crowds;
    spawn_region();
    spawn_timers();
    account.provider = "resend";
    transport.accepts = true;
    auto p = make_policy(ws, "3d");
    p.campaigns.at(spring).timing_window = 24h;
    publish(ws, p);
    settle();
  }
  lead_id enrol(const std::string& name) {
    auto p = accept(enrolment(name));
    auto lead = p->lead;
    deliver(p);
    // The first one of a campaign waits until it is counted.
    advance(60ms);
    return lead;
  }
  const run& journey(const lead_id& lead) {
    states.push_back(std::make_unique<lead_state>(state_of(lead)));
    return *states.back()->find_run(spring);
  }
  effect_id effect_of(const lead_id& lead) { return reader().effects_of(lead)->front().id; }
  void receipt(const std::string& effect, time_point handed_over, duration took) {
    caf::anon_send(providers, receipt_came{ws, mail, {effect_id{effect}, "example.com", handed_over, handed_over + took}});
    settle();
  }
  std::vector<std::string> kinds_of(const lead_id& lead) {
    std::vector<std::string> out;
    for (const auto& j : journal_of(lead)) out.push_back(j.kind);
    return out;
  }
  std::vector<std::unique_ptr<lead_state>> states;
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(timing_tests, fixture)

CAF_TEST(SF-28 leads that want the same minute take no more of it than the share before and after a start) {
  std::vector<lead_id> leads;
  const auto peak = [&] {
    std::map<minute_crowds::minute, std::uint32_t> minutes;
    std::uint32_t most = 0;
    for (const auto& lead : leads)
      if (const auto& r = journey(lead); r.minute) most = std::max(most, ++minutes[minute_crowds::minute_of(r.minute->trigger)]);
    return most;
  };
  for (int i = 0; i < 120; ++i) leads.push_back(enrol("p" + std::to_string(i)));
  CAF_CHECK(board.crashes.empty());
  CAF_CHECK(peak() >= 1);
  CAF_CHECK(peak() <= timing::minute_room(0.02, 120));
  // A node that starts knows only what is stored.
  crowds.forget();
  for (int i = 120; i < 200; ++i) leads.push_back(enrol("p" + std::to_string(i)));
  CAF_CHECK(peak() <= timing::minute_room(0.02, 200));
  const auto look = crowds.look(ws, spring, 20, time.now(), time.now() + 24h);
  CAF_REQUIRE(look.has_value());
  CAF_CHECK_EQUAL(look->recipients, 200u);
}

CAF_TEST(SF-28 a run that ends and a touch that went leave their minutes to others) {
  const auto lead = enrol("ana");
  const auto& before = journey(lead);
  CAF_REQUIRE(before.minute.has_value());
  const auto m = minute_crowds::minute_of(before.minute->trigger);
  CAF_CHECK(!crowds.take(ws, spring, m, 20));
  auto s = page_view("ana", "gone");
  s.body = unsubscribed{};
  deliver(accept(std::move(s)));
  settle();
  const auto after = crowds.look(ws, spring, 20, time.now(), time.now() + 24h);
  CAF_REQUIRE(after.has_value());
  CAF_CHECK_EQUAL(after->recipients, 0u);
  CAF_CHECK(crowds.take(ws, spring, m, 20));
}

CAF_TEST(SF-23 SF-26 hand-over and receipt become the latency by which the next trigger is earlier) {
  const auto first = enrol("ana");
  CAF_CHECK_EQUAL(journey(first).minute->latency_us, 0);
  advance(25h);
  CAF_REQUIRE_EQUAL(journey(first).cursor, 1u);
  const auto sent_at = reader().effect(effect_of(first))->value().claimed_at.value();
  auto delivered = page_view("ana", "delivered");
  delivered.occurred_at = sent_at + 90s;
  delivered.source = "resend";
  message_delivered what;
  what.message.effect = effect_of(first).value;
  delivered.body = what;
  auto batch = std::make_shared<submission_batch>();
  batch->items.push_back({ws, delivered, std::nullopt});
  caf::anon_send(caf::actor_cast<caf::actor>(all.gateway), std::move(batch));
  advance(1s);
  const auto known = latencies.estimate(ws, mail, "example.com", time.now(), time.now());
  CAF_REQUIRE(known.has_value());
  CAF_CHECK(*known > 80s && *known < 100s);
  // Hours before the next good minute.
  advance(4h);
  const auto next = enrol("ben");
  CAF_REQUIRE(journey(next).minute.has_value());
  const auto& m = *journey(next).minute;
  CAF_CHECK(m.latency_us > 80'000'000);
  CAF_CHECK(m.target - m.trigger == duration(m.latency_us));
  CAF_CHECK(m.account == mail);
  // What a new process reads is the same.
  const auto rows = stored_arrivals(reader(), ws, mail, {}, 10);
  CAF_REQUIRE(rows.has_value());
  CAF_REQUIRE_EQUAL(rows->size(), 1u);
  CAF_CHECK(rows->front().delivered == sent_at + 90s);
  CAF_CHECK_EQUAL(rows->front().domain, "example.com");
  latency_tracker again;
  again.take_up(*rows);
  CAF_CHECK(std::chrono::abs(again.estimate("", time.now(), time.now()).value - *known) < 1s);
}

CAF_TEST(SF-23 an account that starts reads what is stored of its arrivals) {
  const auto kept = encode_arrivals({{effect_id{"e1"}, "example.com", time.now() - 1h, time.now() - 1h + 40s}});
  CAF_REQUIRE(target->put_meta(imported_arrivals_name(ws, mail), kept).has_value());
  enrol("ana");
  advance(25h);
  const auto known = latencies.estimate(ws, mail, "example.com", time.now(), time.now());
  CAF_REQUIRE(known.has_value());
  CAF_CHECK(*known > 20s);
}

CAF_TEST(SF-30 a spike moves what waits through the account earlier and leaves the others) {
  enrol("opener");
  // Hours before the next good minute.
  advance(29h);
  for (int i = 0; i < 30; ++i) receipt("calm-" + std::to_string(i), time.now() - std::chrono::minutes(60 - i), 15s);
  const auto lead = enrol("ana");
  const auto before = *journey(lead).minute;
  CAF_REQUIRE(before.trigger > time.now());
  // A quarter of an hour before it would be handed over.
  advance(before.trigger - time.now() - 15min);
  const auto commits = journal_of(lead).size();
  for (int i = 0; i < 6; ++i) receipt("slow-" + std::to_string(i), time.now() - 11min + std::chrono::seconds(i), 10min);
  advance(1s);
  const auto kinds = kinds_of(lead);
  CAF_REQUIRE(kinds.size() > commits);
  CAF_CHECK_EQUAL(kinds.at(commits), "latency_rose");
  const auto& after = journey(lead);
  if (after.minute) {
    CAF_CHECK(after.minute->target == before.target);
    CAF_CHECK(after.minute->trigger < before.trigger);
  }
  CAF_CHECK(board.crashes.empty());
  advance(48h);
  CAF_CHECK(journey(lead).cursor >= 1);
}

CAF_TEST_FIXTURE_SCOPE_END()
