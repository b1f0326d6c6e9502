#include "actors/provider/provider_actor.hpp"
#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE provider
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

struct fixture : actor_world {
  fixture() {
    spawn_region();
    spawn_timers();
    account.provider = "resend";
  }
  lead_id enrol(const std::string& name) {
    auto p = accept(enrolment(name));
    auto lead = p->lead;
    deliver(p);
    settle();
    return lead;
  }
  effect_row effect_of(const lead_id& lead) {
    auto rows = reader().effects_of(lead);
    CAF_REQUIRE(rows.has_value());
    CAF_REQUIRE_EQUAL(rows->size(), 1u);
    return rows->front();
  }
  std::uint32_t cursor_of(const lead_id& lead) { return state_of(lead).runs.at(0).cursor; }
  std::string state_name(const lead_id& lead) { return std::string(to_string(effect_of(lead).state)); }
  /// The call on the wire comes with these bytes once more and is taken; its lead goes on.
  void take_repeat(const lead_id& lead, const std::string& body) {
    CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
    CAF_CHECK_EQUAL(transport.calls.front().what.body, body);
    transport.answer(200, R"({"id":"re_1"})");
    settle();
    CAF_CHECK_EQUAL(state_name(lead), "done");
    CAF_CHECK_EQUAL(cursor_of(lead), 1u);
  }
  store_relay& gate() { return look<store_relay>(relay); }
  void take(const std::string& name) {
    auto s = page_view(name, "take");
    command c;
    c.what = command_kind::take;
    c.by = "olga";
    s.body = std::move(c);
    deliver(accept(std::move(s)));
    settle();
  }
  /// The account's calls wait while its switch is on, and are looked at again when it is off.
  void hold(bool held) {
    stop(stop_scope::account, "mail", held);
    if (!held) caf::anon_send(all.providers, providers_resume{});
    settle();
  }
};

/// The world's clock with its hands set: what it says moves, how long things take does not.
struct set_clock final : heed::clock {
  explicit set_clock(const manual_clock& real) : real_(real) {}
  time_point now() const override { return real_.now() + set_by; }
  time_point real_now() const override { return now(); }
  ticks steady() const override { return real_.steady(); }
  duration real_delay_until(time_point domain) const override { return std::max(domain - now(), duration{0}); }
  duration set_by{};

 private:
  const manual_clock& real_;
};

struct text_account final : account_source {
  std::optional<outbound::sending_account> find(const workspace_id& w, const account_id& id) const override {
    outbound::sending_account a;
    a.workspace = w;
    a.public_part = {id, channel::sms, "twilio", "+15005550006", {}, true};
    a.secrets = {{"account_sid", "AC00000000000000000000000000000001"}, {"auth_token", "token"}};
    return a;
  }
};

const std::string accepted = R"({"id":"re_1"})";

}  // namespace

CAF_TEST_FIXTURE_SCOPE(provider_tests, fixture)

CAF_TEST(an effect is in flight before its call and done after its answer) {
  auto lead = enrol("ana");
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  CAF_CHECK_EQUAL(state_name(lead), "in_flight");
  transport.answer(200, accepted);
  settle();
  CAF_CHECK_EQUAL(state_name(lead), "done");
  CAF_CHECK_EQUAL(std::string(effect_of(lead).provider_id), "re_1");
  CAF_CHECK_EQUAL(cursor_of(lead), 1u);
}

CAF_TEST(a claim that took longer than start_by is given back uncalled) {
  gate().hold_claims = true;
  auto lead = enrol("ben");
  CAF_REQUIRE_EQUAL(gate().claims.size(), 1u);
  time.advance(301ms);
  gate().hold_claims = false;
  gate().release();
  // The give-back and the fresh claim that follows it.
  settle();
  CAF_CHECK_EQUAL(transport.started, 1u);
  CAF_CHECK_EQUAL(std::uint32_t{effect_of(lead).attempt}, 2u);
  transport.answer(200, accepted);
  settle();
  CAF_CHECK_EQUAL(state_name(lead), "done");
}

CAF_TEST(no more calls than slots are claimed) {
  senders.options.slots = 3;
  for (int i = 0; i < 8; ++i)
    (void)enrol("p" + std::to_string(i));
  CAF_CHECK_EQUAL(transport.calls.size(), 3u);
  CAF_CHECK((reader().counts()->effects_in_flight) == 3u);
  CAF_CHECK((reader().counts()->effects_planned) == 5u);
  transport.answer(200, accepted);
  settle();
  CAF_CHECK_EQUAL(transport.calls.size(), 3u);
  CAF_CHECK((reader().counts()->effects_planned) == 4u);
}

CAF_TEST(T-1 a stop blocks the claim and lifting it lets the same effect go) {
  stop(stop_scope::account, "mail", true);
  auto lead = enrol("cleo");
  CAF_CHECK_EQUAL(transport.started, 0u);
  CAF_CHECK_EQUAL(state_name(lead), "planned");
  advance(1min);
  CAF_CHECK_EQUAL(transport.started, 0u);
  stop(stop_scope::account, "mail", false);
  caf::anon_send(all.providers, providers_resume{});
  settle();
  CAF_CHECK_EQUAL(transport.started, 1u);
}

CAF_TEST(a failing account opens its circuit and nothing is called until a probe) {
  auto first = enrol("dario");
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  transport.answer(429, R"({"name":"rate_limit_exceeded"})", {{"retry-after", "120"}});
  settle();
  // The touch waits for the account and used no attempt.
  const auto waiting = state_of(first);
  CAF_CHECK_EQUAL(waiting.runs.at(0).touch->attempt, 0u);
  auto second = enrol("elif");
  CAF_CHECK_EQUAL(transport.started, 1u);
  CAF_CHECK_EQUAL(state_name(second), "planned");
  advance(119s);
  CAF_CHECK_EQUAL(transport.started, 1u);
  advance(5s);
  // One probe, the rest behind it.
  CAF_CHECK_EQUAL(transport.started, 2u);
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  transport.answer(200, accepted);
  advance(1s);
  CAF_CHECK_EQUAL(transport.started, 3u);
}

CAF_TEST(people see how an account fares and for how long its circuit is open) {
  enrol("dario");
  CAF_CHECK(!pulses.find(workspace_id{"acme"}, account_id{"mail"}).has_value());
  transport.answer(429, R"({"name":"rate_limit_exceeded"})", {{"retry-after", "120"}});
  settle();
  const auto open = pulses.find(workspace_id{"acme"}, account_id{"mail"});
  CAF_REQUIRE(open.has_value());
  CAF_CHECK(open->open_until.has_value());
  CAF_CHECK_EQUAL(open->failures, 1u);
  CAF_CHECK_EQUAL(open->calls, 1u);
  advance(125s);
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  transport.answer(200, accepted);
  advance(1s);
  const auto closed = pulses.find(workspace_id{"acme"}, account_id{"mail"});
  CAF_CHECK(!closed->open_until.has_value());
  CAF_CHECK_EQUAL(closed->failures, 0u);
  CAF_CHECK_EQUAL(closed->calls, 2u);
  CAF_CHECK(closed->last_call_at.has_value());
}

CAF_TEST(a lost answer makes the effect unknown and it is repeated by key with the same bytes) {
  auto lead = enrol("finn");
  const auto body = transport.calls.front().what.body;
  const auto headers = transport.calls.front().what.headers;
  transport.lose_answer();
  advance(5s);
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  CAF_CHECK(transport.calls.front().what.headers == headers);
  take_repeat(lead, body);
}

CAF_TEST(I-1 an answer lost in a crash is doubt and settled like any other) {
  failing_clock clock(time);
  all.time = &clock;
  auto lead = enrol("rosa");
  const auto body = transport.calls.front().what.body;
  clock.good = 0;
  transport.answer(200, accepted);
  settle();
  CAF_REQUIRE_EQUAL(board.crashes.size(), 1u);
  CAF_CHECK_EQUAL(board.crashes.front().second, "out of order");
  advance(5s);
  take_repeat(lead, body);
  all.time = &time;
}

CAF_TEST(I-1 a claim whose answer is lost in a crash is given back uncalled and made again) {
  failing_clock clock(time);
  all.time = &clock;
  gate().hold_claims = true;
  auto lead = enrol("rudi");
  gate().hold_claims = false;
  clock.good = 0;
  gate().release();
  settle();
  CAF_REQUIRE_EQUAL(board.crashes.size(), 1u);
  CAF_CHECK_EQUAL(transport.started, 1u);
  CAF_CHECK_EQUAL(std::uint32_t{effect_of(lead).attempt}, 2u);
  transport.answer(200, accepted);
  settle();
  CAF_CHECK_EQUAL(state_name(lead), "done");
  all.time = &time;
}

CAF_TEST(I-1 what was about to be claimed when its account crashed is claimed after it) {
  failing_clock clock(time);
  all.time = &clock;
  hold(true);
  auto lead = enrol("rita");
  CAF_REQUIRE_EQUAL(transport.started, 0u);
  stop(stop_scope::account, "mail", false);
  clock.good = 1;
  caf::anon_send(all.providers, providers_resume{});
  settle();
  CAF_REQUIRE_EQUAL(board.crashes.size(), 1u);
  CAF_CHECK_EQUAL(transport.started, 1u);
  transport.answer(200, accepted);
  settle();
  CAF_CHECK_EQUAL(state_name(lead), "done");
  all.time = &time;
}

CAF_TEST(PROTOCOL the refusal of a repeat leaves the effect unknown and its bytes as they were) {
  auto lead = enrol("kaya");
  const auto body = transport.calls.front().what.body;
  transport.lose_answer();
  advance(5s);
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  transport.answer(429, R"({"name":"rate_limit_exceeded"})", {{"retry-after", "30"}});
  settle();
  // The first call may have been delivered: nothing is rendered anew under its key.
  CAF_CHECK_EQUAL(state_name(lead), "unknown");
  CAF_CHECK_EQUAL(cursor_of(lead), 0u);
  advance(60s);
  take_repeat(lead, body);
}

CAF_TEST(PROTOCOL a repeat allowed before its lead decided again is allowed anew) {
  auto lead = enrol("lena");
  hold(true);
  transport.lose_answer();
  advance(5s);
  CAF_REQUIRE(transport.calls.empty());
  deliver(accept(page_view("lena", "prices")));
  settle();
  const auto decided = version_of(lead);
  hold(false);
  CAF_CHECK_EQUAL(version_of(lead), decided + 1);
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  transport.answer(200, accepted);
  settle();
  CAF_CHECK_EQUAL(state_name(lead), "done");
}

CAF_TEST(PROTOCOL a repeat allowed before people took its lead is not called) {
  auto lead = enrol("mona");
  hold(true);
  transport.lose_answer();
  advance(5s);
  take("mona");
  hold(false);
  advance(2h);
  CAF_CHECK_EQUAL(transport.started, 1u);
  CAF_CHECK_EQUAL(state_name(lead), "unknown");
}

CAF_TEST(a look-up begins when this process has waited for it whatever the wall clock says) {
  set_clock clock(time);
  text_account texts;
  all.time = &clock;
  senders.accounts = &texts;
  auto lead = enrol("nora");
  CAF_REQUIRE_EQUAL(transport.started, 1u);
  clock.set_by = 1h;
  transport.lose_answer();
  advance(110s);
  CAF_CHECK_EQUAL(transport.started, 1u);
  advance(20s);
  CAF_REQUIRE_EQUAL(transport.calls.size(), 1u);
  CAF_CHECK_EQUAL(transport.calls.front().what.method, "GET");
  transport.answer(200, R"({"messages":[],"next_page_uri":null})");
  settle();
  // Proof that nothing was delivered: planned and called anew.
  CAF_CHECK_EQUAL(transport.started, 3u);
  all.time = &time;
}

CAF_TEST(a lead hears what a callback proves however long writing it takes) {
  auto lead = enrol("omar");
  const auto id = effect_of(lead).id;
  gate().hold_finishes = true;
  caf::anon_send(all.providers, settled_by_callback{ws, id, "re_7"});
  settle();
  CAF_CHECK_EQUAL(cursor_of(lead), 0u);
  gate().hold_finishes = false;
  gate().release();
  settle();
  CAF_CHECK_EQUAL(state_name(lead), "done");
  CAF_CHECK_EQUAL(cursor_of(lead), 1u);
}

CAF_TEST(a callback that names the effect settles an unknown one) {
  auto lead = enrol("greta");
  const auto id = effect_of(lead).id;
  // Keep the repeat from being called, so that only the callback can settle it.
  stop(stop_scope::account, "mail", true);
  transport.lose_answer();
  settle();
  CAF_CHECK_EQUAL(state_name(lead), "unknown");
  caf::anon_send(all.providers, settled_by_callback{ws, id, "re_9"});
  settle();
  CAF_CHECK_EQUAL(state_name(lead), "done");
  CAF_CHECK_EQUAL(cursor_of(lead), 1u);
}

CAF_TEST(a call that nobody claims in time goes back to its lead as stale) {
  stop(stop_scope::account, "mail", true);
  auto lead = enrol("hugo");
  advance(20min);
  stop(stop_scope::account, "mail", false);
  caf::anon_send(all.providers, providers_resume{});
  settle();
  // Rendered and planned anew under the same key, then called.
  CAF_CHECK_EQUAL(reader().effects_of(lead)->size(), 1u);
  CAF_CHECK_EQUAL(transport.started, 1u);
}

CAF_TEST(a paused provider claims nothing more and still records what comes back) {
  senders.options.slots = 1;
  auto first = enrol("ines");
  auto second = enrol("jonas");
  caf::anon_send(all.providers, providers_pause{});
  settle();
  transport.answer(200, accepted);
  settle();
  CAF_CHECK_EQUAL(state_name(first), "done");
  CAF_CHECK_EQUAL(state_name(second), "planned");
  CAF_CHECK_EQUAL(transport.started, 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST(calls that were on the wire when the circuit opened count once) {
  const time_point start{};
  circuit one("acme/mail"), many("acme/mail");
  one.failed(start + 1s, start, std::nullopt);
  for (int i = 0; i < 32; ++i)
    many.failed(start + 1s + i * 1ms, start, std::nullopt);
  CAF_CHECK_EQUAL(many.failures(), 1u);
  CAF_CHECK(many.open_until() == one.open_until());
  // The provider's own word holds from whichever of them.
  many.failed(start + 2s, start, 60s);
  CAF_CHECK(many.open_until() == start + 62s);
  const auto probe = *many.open_until();
  many.failed(probe + 1s, probe, std::nullopt);
  CAF_CHECK_EQUAL(many.failures(), 2u);
}

CAF_TEST(the circuit doubles its pause with jitter up to a quarter of an hour) {
  const time_point start{};
  circuit c("acme/mail");
  CAF_CHECK(c.may_call(start, 5));
  auto now = start;
  duration last{0};
  for (int i = 0; i < 14; ++i) {
    c.failed(now, now, std::nullopt);
    const auto pause = *c.open_until() - now;
    CAF_CHECK(pause >= last || pause >= 12min);
    CAF_CHECK(pause <= circuit::longest_pause);
    CAF_CHECK(!c.may_call(*c.open_until() - 1us, 0));
    CAF_CHECK(c.may_call(*c.open_until(), 0));
    CAF_CHECK(!c.may_call(*c.open_until(), 1));
    now = *c.open_until();
    last = pause;
  }
  CAF_CHECK(last == circuit::longest_pause);
  c.succeeded();
  CAF_CHECK(c.may_call(now, 31));
}
