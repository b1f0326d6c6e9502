#include "actors/lead/lead_actor.hpp"
#include "persistence/codec/codec.hpp"
#include "persistence/commit_builder.hpp"
#include "tests/actor/support/actor_world.hpp"

#define CAF_SUITE reading
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::test;
using reply::reply_class;

/// The lead's actor reads what a reply says before it decides, once; what it read stands in the journal row
/// with the stimulus.
namespace {

struct fixture : actor_world {
  fixture() {
    spawn_region();
    spawn_timers();
    settle();
  }

  /// Enrolled, the first mail accepted, the second an hour away.
  lead_id under_way(const std::string& name) {
    const auto p = accept(enrolment(name));
    deliver(p);
    settle();
    return p->lead;
  }

  void say(const std::string& name, const std::string& key, const std::string& text,
           channel on = channel::email) {
    stimulus s;
    s.key = key;
    s.occurred_at = s.received_at = time.now();
    s.source = "test";
    s.keys = {{key_kind::email, {}, name + "@example.com"}};
    s.on = on;
    reply_received r;
    r.message.message_id = "<" + key + "@example.com>";
    r.text = text;
    s.body = std::move(r);
    deliver(accept(std::move(s)));
    settle();
  }

  codec::journal_entry last_decision(const lead_id& lead) {
    const auto rows = journal_of(lead);
    const auto& row = rows.at(rows.size() - 1);
    const lead_id ids[] = {lead};
    const auto secret = reader().leads(ids)->at(0).secret;
    return *codec::decode_journal_entry(*codec::unseal(secret, journal_context(lead, row.seq), row.body));
  }
  std::size_t mails_to(const std::string& name) {
    std::size_t n = 0;
    const auto box = reader().sandbox(ws, {}, {100, {}});
    for (const auto& m : box->items)
      n += m.to == name + "@example.com";
    return n;
  }
};

}  // namespace

CAF_TEST_FIXTURE_SCOPE(reading_tests, fixture)

CAF_TEST(ZRG-72 4R-67 words alone stop a person on any channel) {
  int n = 0;
  for (const auto on : {channel::email, channel::sms, channel::whatsapp, channel::linkedin}) {
    const auto name = "p" + std::to_string(++n);
    const auto lead = under_way(name);
    say(name, "no-" + name, "Please take me off your list.", on);
    CAF_CHECK(state_of(lead).suppressed == "opt_out");
    advance(std::chrono::hours(240));
    CAF_CHECK_EQUAL(mails_to(name), 1u);
  }
}

CAF_TEST(RULES what was read is journaled with the reply and a replay of the row reads nothing) {
  const auto lead = under_way("ana");
  say("ana", "no", "Please take me off your list.");
  const auto row = last_decision(lead);
  const auto& heard = std::get<reply_received>(row.what.body);
  CAF_REQUIRE(heard.reading.has_value());
  CAF_CHECK(heard.reading->kind == reply_class::opt_out);
  CAF_CHECK(!heard.reading->rule.empty());
  CAF_CHECK(!heard.reading->rules.empty());

  // Decided again from what was kept, with words that say the opposite: the reading holds, not the words.
  auto what = row.what;
  std::get<reply_received>(what.body).text = "Sounds great, send me the offer!";
  lead_state before;
  for (const auto& j : journal_of(lead)) {
    if (j.seq == row.seq) break;
    const lead_id ids[] = {lead};
    const auto entry = *codec::decode_journal_entry(
        *codec::unseal(reader().leads(ids)->at(0).secret, journal_context(lead, j.seq), j.body));
    if (j.seq == 1) before.id = lead, before.workspace = ws;
    for (const auto& f : entry.answer.facts)
      apply(before, f, entry.seq, entry.when.now);
    before.seq = entry.seq;
  }
  const auto again = decide(before, what, *policies.views.at(ws)->current, row.when);
  CAF_CHECK(std::ranges::any_of(again.facts,
                                [](const fact& f) { return std::holds_alternative<person_suppressed>(f); }));
}

CAF_TEST(4R-44 RULES who asks for a day is written to after it and by no word of others) {
  const auto lead = under_way("ben");
  const auto day = to_iso(time.now() + std::chrono::hours(20 * 24)).substr(0, 10);
  say("ben", "later", "Not now, please get back to me on " + day + ".");
  const auto asleep = state_of(lead);
  CAF_CHECK(asleep.last_reply == reply_class::follow_up_later);
  CAF_REQUIRE(asleep.snoozed_until.has_value());
  CAF_CHECK_EQUAL(to_iso(*asleep.snoozed_until), day + "T09:00:00Z");
  advance(std::chrono::hours(19 * 24));
  CAF_CHECK_EQUAL(mails_to("ben"), 1u);
  advance(std::chrono::hours(3 * 24));
  CAF_CHECK_EQUAL(mails_to("ben"), 2u);
}

CAF_TEST(4R-41 what nobody is sure of waits for a human however long) {
  const auto lead = under_way("cleo");
  say("cleo", "odd", "Hm, the blue one, as we said at the lake.");
  CAF_CHECK(!state_of(lead).last_reply_sure);
  CAF_CHECK_EQUAL(state_of(lead).last_reply_led_to, "paused");
  advance(std::chrono::hours(60 * 24));
  CAF_CHECK_EQUAL(mails_to("cleo"), 1u);
}

CAF_TEST(RULES a referral hands its lead to a human with whom it names and writes to nobody) {
  const auto lead = under_way("dana");
  say("dana", "other", "I am not the right person, please talk to Sam Roe, sam@corp.example.");
  const auto s = state_of(lead);
  CAF_REQUIRE(s.handoff.has_value());
  CAF_CHECK_EQUAL(s.handoff->reason, "referral");
  CAF_REQUIRE_EQUAL(s.proposals.size(), 1u);
  CAF_CHECK_EQUAL(s.proposals[0].email, "sam@corp.example");
  CAF_CHECK_EQUAL(s.proposals[0].name, "Sam Roe");
  advance(std::chrono::hours(240));
  CAF_CHECK_EQUAL(reader().sandbox(ws, {}, {100, {}})->items.size(), 1u);
}

CAF_TEST(RULES a delayed report holds no address and a final one does) {
  const auto late = under_way("eve");
  say("eve", "dsn-1",
      "This is an automatically generated Delivery Status Notification. Your message to eve@example.com has been "
      "delayed. 451 4.4.1 timed out. Message will be retried.");
  CAF_CHECK(state_of(late).last_reply == reply_class::bounce);
  CAF_CHECK(state_of(late).held_addresses.empty());
  const auto gone = under_way("finn");
  say("finn", "dsn-2",
      "Your message could not be delivered. <finn@example.com>: host mx said: 550 5.1.1 user unknown");
  CAF_CHECK_EQUAL(state_of(gone).held_addresses.size(), 1u);
  advance(std::chrono::hours(240));
  CAF_CHECK_EQUAL(mails_to("eve"), 2u);
  CAF_CHECK_EQUAL(mails_to("finn"), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
