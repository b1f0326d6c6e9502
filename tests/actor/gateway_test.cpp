#include "actors/gateway/gateway_actor.hpp"
#include "persistence/codec/codec.hpp"
#include "runtime/recovery.hpp"
#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE gateway
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using namespace std::chrono_literals;

namespace {

struct fixture : actor_world {
  fixture() {
    spawn_region();
    spawn_timers();
    settle();
  }
  using answer = std::optional<result<std::vector<item_outcome>>>;
  std::shared_ptr<answer> submit(std::vector<stimulus> all_of_them, std::chrono::milliseconds wait = 0ms) {
    auto heard = std::make_shared<answer>();
    auto b = std::make_shared<submission_batch>();
    for (auto& s : all_of_them)
      b->items.push_back({ws, std::move(s), std::nullopt});
    b->wait = wait;
    b->done = [heard](result<std::vector<item_outcome>> r) { *heard = std::move(r); };
    caf::anon_send(all.gateway, std::move(b));
    return heard;
  }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(gateway_tests, fixture)

CAF_TEST(ZRG-55 a submission is answered when it is durable and a repeat is a duplicate) {
  auto first = submit({enrolment("ana")});
  settle();
  CAF_REQUIRE(first->has_value());
  CAF_REQUIRE((*first)->has_value());
  const auto& outcome = (**first)->front();
  CAF_CHECK(outcome.accepted == accept_result::what::accepted);
  CAF_CHECK(!outcome.seq.has_value());
  auto again = submit({enrolment("ana")});
  settle();
  CAF_CHECK((**again)->front().accepted == accept_result::what::duplicate);
  CAF_CHECK((**again)->front().leads == outcome.leads);
}

CAF_TEST(ZRG-56 a colleague who answers our message is heard by the lead it was written to) {
  auto ana = submit({enrolment("ana")});
  settle();
  const auto lead = (**ana)->front().leads.front();
  const auto from_sam = [&](const std::string& key, message_ref about) {
    stimulus s;
    s.key = key;
    s.occurred_at = s.received_at = time.now();
    s.source = "test";
    s.on = channel::email;
    s.keys = {{key_kind::email, {}, key + "@example.com"}};
    reply_received r;
    r.from = "Sam Lee <" + key + "@example.com>";
    r.text = "Hello, I can help with that.";
    r.message = std::move(about);
    s.body = std::move(r);
    auto heard = submit({s});
    settle();
    return (**heard)->front().leads.front();
  };
  const auto effect = lead.value + "-1-0";
  CAF_CHECK_EQUAL(from_sam("by-effect", {"", "<1@example.com>", "", effect, ""}), lead);
  CAF_CHECK_EQUAL(from_sam("by-thread", {"", "<2@example.com>", "<" + effect + "@mail.example.com>", "", ""}), lead);
  CAF_CHECK_EQUAL(from_sam("by-run", {"", "<3@example.com>", "", "", "spring__" + lead.value}), lead);
  // Whoever is known answers for themselves, and a thread that is not ours names nobody.
  CAF_CHECK_NOT_EQUAL(from_sam("stranger", {"", "<4@example.com>", "<5@elsewhere.example>", "", ""}), lead);
  const auto state = state_of(lead);
  CAF_CHECK_EQUAL(state.replier->email, "by-run@example.com");
  CAF_CHECK_EQUAL(std::ranges::count(state.keys, key_kind::email, &lead_key::kind), 1);
  CAF_CHECK_EQUAL(std::ranges::count(state.keys, key_kind::alternate_email, &lead_key::kind), 3);
}

CAF_TEST(SF-55 SF-44 with identity off ids of other systems say of nothing whose it is and a stop is heard by any key) {
  auto known = enrolment("ana");
  known.keys.push_back({key_kind::other, "klaviyo", "k_1"});
  auto first = submit({known});
  settle();
  const auto ana = (**first)->front().leads.front();
  const auto by_guess = [&](const std::string& key, stimulus_body body) {
    auto s = page_view("nobody", key);
    s.keys = {{key_kind::other, "klaviyo", "k_1"}};
    s.body = std::move(body);
    auto heard = submit({s});
    settle();
    return (**heard)->front();
  };
  CAF_CHECK(by_guess("on", page_viewed{"https://example.com"}).leads == std::vector{ana});
  auto p = make_policy(ws);
  p.defaults.identity.probabilistic = false;
  publish(ws, p);
  const auto views = state_of(ana).signals.size();
  const auto off = by_guess("off", page_viewed{"https://example.com"});
  CAF_CHECK(off.accepted == accept_result::what::no_lead);
  CAF_CHECK_EQUAL(state_of(ana).signals.size(), views);
  // The fallback: addresses and numbers go on.
  auto both = page_view("ana", "both");
  both.keys.push_back({key_kind::other, "klaviyo", "k_1"});
  auto heard = submit({both});
  settle();
  CAF_CHECK((**heard)->front().leads == std::vector{ana});
  CAF_CHECK(by_guess("stop", unsubscribed{}).leads == std::vector{ana});
  CAF_CHECK(state_of(ana).suppressed.has_value());
}

CAF_TEST(a caller that waits is answered after the commits with their numbers) {
  look<store_relay>(relay).hold_commits = true;
  auto heard = submit({enrolment("ben"), page_view("ben", "a")}, 5s);
  settle();
  CAF_CHECK(!heard->has_value());
  for (int i = 0; i < 2; ++i) {
    look<store_relay>(relay).release();
    settle();
  }
  CAF_REQUIRE(heard->has_value());
  CAF_CHECK_EQUAL((**heard)->at(0).seq.value_or(0), 1u);
  CAF_CHECK_EQUAL((**heard)->at(1).seq.value_or(0), 2u);
  CAF_CHECK(!(**heard)->at(0).facts.empty());
}

CAF_TEST(a caller that waited long enough is answered with what is known) {
  look<store_relay>(relay).hold_commits = true;
  auto heard = submit({enrolment("cleo")}, 2s);
  advance(1900ms);
  CAF_CHECK(!heard->has_value());
  advance(200ms);
  CAF_REQUIRE(heard->has_value());
  CAF_CHECK((**heard)->front().accepted == accept_result::what::accepted);
  CAF_CHECK(!(**heard)->front().seq.has_value());
}

CAF_TEST(I-8 what the gateway was accepting when it crashed is answered and decided) {
  failing_clock clock(time);
  all.time = &clock;
  clock.good = 2;  // The submission asks twice, its acceptance is the next to ask.
  auto heard = submit({enrolment("ana")}, 5s);
  settle();
  CAF_REQUIRE_EQUAL(board.crashes.size(), 1u);
  CAF_REQUIRE(heard->has_value());
  CAF_REQUIRE((*heard)->has_value());
  CAF_CHECK((**heard)->front().accepted == accept_result::what::accepted);
  CAF_CHECK(version_of((**heard)->front().leads.front()) >= 1u);
  all.time = &time;
}

CAF_TEST(I-8 what the gateway could not take because it crashed is refused and leaves nothing behind) {
  failing_clock clock(time);
  all.time = &clock;
  clock.good = 0;
  auto heard = submit({enrolment("ana")});
  settle();
  CAF_REQUIRE(heard->has_value());
  CAF_REQUIRE(!(*heard)->has_value());
  CAF_CHECK((*heard)->error().code == errc::retry);
  auto again = submit({enrolment("ana")});
  settle();
  CAF_CHECK((**again)->front().accepted == accept_result::what::accepted);
  all.time = &time;
}

CAF_TEST(I-8 what the runtime itself says is said again after the gateway crashed over it) {
  failing_clock clock(time);
  all.time = &clock;
  clock.good = 0;
  auto b = std::make_shared<submission_batch>();
  b->items.push_back({ws, enrolment("ana"), std::nullopt});
  caf::anon_send(all.gateway, std::move(b));
  settle();
  CAF_REQUIRE_EQUAL(board.crashes.size(), 1u);
  auto again = submit({enrolment("ana")});
  settle();
  CAF_CHECK((**again)->front().accepted == accept_result::what::duplicate);
  all.time = &time;
}

CAF_TEST(what is about a lead known by its key is decided in its order) {
  auto first = submit({enrolment("ana")});
  settle();
  const auto before = version_of((**first)->front().leads.front());
  auto heard = submit({page_view("ana", "a"), page_view("ana", "b")});
  settle();
  CAF_REQUIRE(heard->has_value());
  CAF_REQUIRE((*heard)->has_value());
  const auto lead = (**heard)->at(0).leads.front();
  CAF_CHECK((**heard)->at(0).accepted == accept_result::what::accepted);
  CAF_CHECK_EQUAL(version_of(lead), before + 2);
  CAF_CHECK_EQUAL(door.undecided.load(), 0);
}

CAF_TEST(the fast path answers after the commit and knows what it decided) {
  auto first = submit({enrolment("ana")});
  settle();
  const auto before = version_of((**first)->front().leads.front());
  look<store_relay>(relay).hold_commits = true;
  auto heard = submit({page_view("ana", "a")});
  settle();
  CAF_CHECK(!heard->has_value());
  CAF_CHECK(reader().counts()->pending == 0u);
  look<store_relay>(relay).hold_commits = false;
  look<store_relay>(relay).release();
  settle();
  CAF_REQUIRE(heard->has_value());
  auto again = submit({page_view("ana", "a"), page_view("ana", "b"), page_view("ana", "b")}, 5s);
  settle();
  CAF_REQUIRE(again->has_value());
  using what = accept_result::what;
  CAF_CHECK((**again)->at(0).accepted == what::duplicate);
  CAF_CHECK((**again)->at(1).accepted == what::accepted);
  CAF_CHECK((**again)->at(1).seq.has_value());
  CAF_CHECK((**again)->at(2).accepted == what::duplicate);
  CAF_CHECK_EQUAL(version_of((**again)->at(0).leads.front()), before + 2);
}

CAF_TEST(a stimulus that fails on the fast path is kept and buried like any other) {
  (void)submit({enrolment("ana")});
  settle();
  policies.broken.insert(ws);
  auto heard = submit({page_view("ana", "a")}, 5s);
  settle();
  CAF_REQUIRE(heard->has_value());
  CAF_REQUIRE((*heard)->has_value());
  CAF_CHECK((**heard)->front().accepted == accept_result::what::accepted);
  CAF_CHECK(!(**heard)->front().seq.has_value());
  policies.broken.clear();
  settle();
  const auto dead = reader().dead_letters(std::nullopt, {10, {}});
  // With it the marker that pauses its lead, for it fails as well.
  CAF_REQUIRE_EQUAL(dead->items.size(), 2u);
  CAF_CHECK_EQUAL(dead->items[0].lead, (**heard)->front().leads.front());
  CAF_CHECK_EQUAL(door.undecided.load(), 0);
}

CAF_TEST(who is backed up is sent the rest by the inbox) {
  auto first = submit({enrolment("ana")});
  settle();
  const auto before = version_of((**first)->front().leads.front());
  look<store_relay>(relay).hold_commits = true;
  std::vector<stimulus> many;
  for (int i = 0; i < 40; ++i)
    many.push_back(page_view("ana", std::to_string(i)));
  auto heard = submit(many);
  settle();
  CAF_CHECK(reader().counts()->pending > 20u);
  CAF_CHECK(!heard->has_value());
  look<store_relay>(relay).hold_commits = false;
  look<store_relay>(relay).release();
  settle();
  CAF_REQUIRE(heard->has_value());
  CAF_CHECK_EQUAL(version_of((**heard)->front().leads.front()), before + 40);
}

CAF_TEST(a reply by email goes by the inbox because it may concern several) {
  const submitted_item mail{ws, {}, std::nullopt};
  const auto about = [&](key_kind kind, stimulus_body body) {
    auto item = mail;
    item.what.keys = {{kind, {}, "x"}};
    item.what.body = std::move(body);
    return may_go_direct(item);
  };
  CAF_CHECK(!about(key_kind::email, reply_received{}));
  CAF_CHECK(about(key_kind::phone, reply_received{}));
  CAF_CHECK(about(key_kind::email, page_viewed{}));
  CAF_CHECK(!about(key_kind::phone, unsubscribed{}));
  CAF_CHECK(!about(key_kind::email, message_delivered{{"p", {}, {}, "lead_1-2-0", {}}}));
}

CAF_TEST(overload is refused before acceptance and leaves nothing behind) {
  door.limit = 3;
  look<store_relay>(relay).hold_commits = true;
  auto first = submit({enrolment("a"), enrolment("b"), enrolment("c")});
  settle();
  CAF_CHECK((*first)->has_value());
  auto refused = submit({enrolment("d")});
  settle();
  CAF_REQUIRE(refused->has_value());
  CAF_CHECK(!(*refused)->has_value());
  CAF_CHECK((*refused)->error().code == errc::retry);
  CAF_CHECK((reader().counts()->leads) == 3u);
  look<store_relay>(relay).hold_commits = false;
  look<store_relay>(relay).release();
  settle();
  CAF_CHECK_EQUAL(door.undecided.load(), 0);
  auto later = submit({enrolment("d")});
  settle();
  CAF_CHECK((*later)->has_value());
}

CAF_TEST(RULES an opt-out reaches every lead that matches any key) {
  auto a = enrolment("ana");
  a.keys.push_back({key_kind::phone, {}, "+15550100001"});
  auto b = enrolment("bea");
  (void)submit({a, b});
  settle();
  stimulus out;
  out.key = "stop-1";
  out.occurred_at = out.received_at = time.now();
  out.keys = {{key_kind::email, {}, "bea@example.com"}, {key_kind::phone, {}, "+15550100001"}};
  out.body = unsubscribed{{}, "stop_keyword"};
  auto heard = submit({out}, 1s);
  settle();
  CAF_REQUIRE(heard->has_value());
  CAF_REQUIRE_EQUAL((**heard)->front().leads.size(), 2u);
  for (const auto& lead : (**heard)->front().leads)
    CAF_CHECK(state_of(lead).suppressed.has_value());
}

CAF_TEST(RULES who is on the suppression list is suppressed before the item that names them is decided) {
  const suppression_row listed{ws, codec::address_hash(ws, {key_kind::email, {}, "eli@example.com"}), "person", {}, "opt_out",
                               "an earlier system", time.now()};
  CAF_REQUIRE(target->add_suppressions({&listed, 1}).has_value());
  auto heard = submit({enrolment("eli"), enrolment("fae")}, 1s);
  settle();
  CAF_REQUIRE(heard->has_value());
  CAF_REQUIRE((*heard)->has_value());
  const auto eli = (**heard)->at(0).leads.front();
  const auto fae = (**heard)->at(1).leads.front();
  CAF_CHECK(state_of(eli).suppressed.has_value());
  CAF_CHECK(state_of(eli).runs.empty());
  std::vector<std::string> kinds;
  for (const auto& row : journal_of(eli))
    kinds.push_back(row.kind);
  CAF_CHECK_EQUAL(kinds, (std::vector<std::string>{"unsubscribed", "lead_upserted"}));
  CAF_CHECK_EQUAL(state_of(fae).runs.size(), 1u);
}

CAF_TEST(a callback without keys finds the lead of the effect it names) {
  auto heard = submit({enrolment("dora")}, 1s);
  settle();
  const auto lead = (**heard)->front().leads.front();
  stimulus s;
  s.key = "cb-1";
  s.occurred_at = s.received_at = time.now();
  s.on = channel::email;
  s.body = message_delivered{{"sandbox-1", {}, {}, lead.value + "-1-0", {}}};
  auto told = submit({s}, 1s);
  settle();
  CAF_REQUIRE_EQUAL((**told)->front().leads.size(), 1u);
  CAF_CHECK_EQUAL((**told)->front().leads.front(), lead);
}

CAF_TEST(nobody is invented for the delivery of an unknown message) {
  stimulus s;
  s.key = "cb-2";
  s.occurred_at = s.received_at = time.now();
  s.keys = {{key_kind::email, {}, "nobody@example.com"}};
  s.body = message_delivered{{"x", {}, {}, {}, {}}};
  auto heard = submit({s});
  settle();
  CAF_CHECK((**heard)->front().accepted == accept_result::what::no_lead);
}

CAF_TEST(what was accepted and not decided before a crash is decided after the start) {
  std::vector<lead_id> leads;
  for (int i = 0; i < 300; ++i)
    leads.push_back(accept(enrolment("p" + std::to_string(i)))->lead);
  std::size_t begun = 0;
  caf::actor r = system->spawn<recovery_actor>(caf::actor{}, &all, recovery_options{},
                                               [&](std::size_t n) { begun = n; });
  keep.insert(keep.begin(), r);
  r = nullptr;
  advance(5s);
  CAF_CHECK_EQUAL(begun, 300u);
  CAF_CHECK((reader().counts()->pending) == 0u);
  for (const auto& lead : leads)
    CAF_REQUIRE_EQUAL(state_of(lead).runs.size(), 1u);
}

CAF_TEST(what recovery handed over may be decided when recovery itself is gone) {
  const auto lead = accept(enrolment("gil"))->lead;
  auto& gate = look<store_relay>(relay);
  gate.hold_commits = true;
  // Nobody holds on to it: it goes as soon as it has nothing more to do. The parcel's end is what a sanitizer looks at.
  auto r = caf::actor_cast<caf::actor_addr>(
      system->spawn<recovery_actor>(caf::actor{}, &all, recovery_options{}, [](std::size_t) {}));
  advance(5s);
  CAF_CHECK(caf::actor_cast<caf::actor>(r) == nullptr);
  CAF_REQUIRE_EQUAL(gate.commits.size(), 1u);
  gate.hold_commits = false;
  gate.release();
  settle();
  CAF_CHECK_EQUAL(state_of(lead).runs.size(), 1u);
}

CAF_TEST(a stimulus under way in three dying processes is given up and its lead pauses) {
  auto killer = accept(enrolment("eve"));
  auto innocent = accept(enrolment("fay"));
  const std::uint64_t counted[] = {killer->inbox};
  for (int i = 0; i < 3; ++i)
    CAF_REQUIRE(target->count_attempt(counted).has_value());
  caf::actor r = system->spawn<recovery_actor>(caf::actor{}, &all, recovery_options{}, [](std::size_t) {});
  keep.insert(keep.begin(), r);
  r = nullptr;
  advance(5s);
  auto dead = reader().dead_letters(std::nullopt, {10, {}});
  CAF_REQUIRE_EQUAL(dead->items.size(), 1u);
  CAF_CHECK_EQUAL(dead->items[0].inbox, killer->inbox);
  CAF_CHECK(state_of(killer->lead).poisoned);
  CAF_CHECK_EQUAL(state_of(innocent->lead).runs.size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST(lead names sort by time and effects name their lead) {
  lead_namer names(1);
  const auto a = names.next(time_point{} + 1h);
  const auto b = names.next(time_point{} + 2h);
  CAF_CHECK(a < b);
  CAF_CHECK_EQUAL(a.value.size(), 31u);
  CAF_CHECK(lead_of_effect(a.value + "-12-0") == a);
  CAF_CHECK(!lead_of_effect("lead_x-12").has_value());
  CAF_CHECK(!lead_of_effect("lead_x-1-b").has_value());
  CAF_CHECK(!lead_of_effect("someone-1-0").has_value());
}
