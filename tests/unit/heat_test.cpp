#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE heat
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

void check_sound(const story& s) {
  for (const auto& what : s.broken) CAF_ERROR(what);
}

/// A lead at cursor 1 with this many points by page views of its own, spread so that no rapid window fills.
void warm(story& s, int points) {
  for (int i = 0; i < points; ++i) {
    auto v = s.make(page_viewed{"https://example.com"});
    v.occurred_at = s.now - 11min * (i + 1);
    s.tell(v);
  }
}

}  // namespace

CAF_TEST(SS-36 the score is a weighted sum of replies and resubmissions and clicks and views and rapid interaction) {
  story s;
  s.enrol();
  CAF_CHECK_EQUAL(s.score(), 0);
  s.click();
  CAF_CHECK_EQUAL(s.score(), 3);
  s.tell(page_viewed{"https://example.com"});
  CAF_CHECK_EQUAL(s.score(), 4);
  s.tell(page_viewed{"https://example.com/2"});
  CAF_CHECK_EQUAL(s.score(), 3 + 1 + 1 + 8);
  check_sound(s);
}

CAF_TEST(SS-37 the threshold is inclusive - 20 is not hot and 21 is) {
  story s;
  s.enrol();
  s.accept_all();
  warm(s, 20);
  CAF_CHECK_EQUAL(s.score(), 20);
  CAF_CHECK(!s.lead.hot.has_value());
  warm(s, 1);
  CAF_CHECK_EQUAL(s.score(), 21);
  CAF_CHECK(s.lead.hot.has_value());
}

CAF_TEST(SS-38 SS-39 SS-45 the promotion names score and signals and ends the run with one audience action) {
  story s;
  s.enrol();
  s.accept_all();
  s.form("demo");
  s.reply();
  CAF_REQUIRE(s.last<promoted>() != nullptr);
  CAF_CHECK_EQUAL(s.last<promoted>()->score, 22);
  CAF_CHECK_EQUAL(s.last<promoted>()->threshold, 21);
  CAF_CHECK_EQUAL(s.last<promoted>()->signals.size(), 2u);
  CAF_CHECK_EQUAL(s.journey().status, run_status::suppressed);
  CAF_CHECK_EQUAL(s.journey().end_reason, "suppressed_hot");
  CAF_CHECK_EQUAL(s.count<audience_action>(), 1);
  CAF_CHECK_EQUAL(s.last<audience_action>()->type, "sender.suppressed_hot");
  CAF_CHECK_EQUAL(s.count<handed_off>(), 1);
  check_sound(s);
}

CAF_TEST(SS-40 T-2 heat from forms alone at cursor 0 still allows the first answer and brakes with its outcome) {
  story s;
  s.rules.campaigns.begin()->second.sequences[0].steps[0].at = *parse_delay("1h");
  s.enrol();
  s.form("demo");
  s.now += 5min;
  s.form("pricing");
  CAF_CHECK(s.lead.hot.has_value());
  CAF_CHECK_EQUAL(s.journey().status, run_status::pending);
  CAF_CHECK(!s.lead.handoff.has_value());
  // The third band spaces the first step out: 1 h becomes 2.5 h.
  s.now += 3h;
  s.tell(timer_fired{s.lead.seq});
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  s.accept_all();
  CAF_CHECK_EQUAL(s.journey().status, run_status::suppressed);
  CAF_CHECK_EQUAL(s.journey().cursor, 1u);
  CAF_CHECK(s.lead.handoff.has_value());
  check_sound(s);
}

CAF_TEST(T-2 heat with a reply at cursor 0 gets no automated first touch) {
  story s;
  s.rules.campaigns.begin()->second.sequences[0].steps[0].at = *parse_delay("1h");
  s.enrol();
  s.form("demo");
  s.reply();
  CAF_CHECK(s.lead.handoff.has_value());
  CAF_CHECK_EQUAL(s.journey().status, run_status::paused);
  CAF_CHECK(s.journey().pauses.first() == pause_flag::handed_off);
  s.pass(48h);
  CAF_CHECK_EQUAL(s.sends, 0);
  check_sound(s);
}

CAF_TEST(SS-41 RULES a first step that is skipped brakes a hot lead in the same decision) {
  story s;
  s.rules.campaigns.begin()->second.sequences[0].steps[0].at = *parse_delay("1h");
  s.enrol();
  s.form("demo");
  s.form("pricing");
  CAF_REQUIRE(s.lead.hot.has_value());
  CAF_REQUIRE(!s.lead.handoff.has_value());
  s.lead.held_addresses = {{key_kind::email, "ana@example.com", "bounce"}};
  s.now = *s.journey().next_at;
  s.tell(timer_fired{s.lead.seq});
  CAF_CHECK_EQUAL(s.journey().cursor, 1u);
  CAF_CHECK_EQUAL(s.journey().status, run_status::suppressed);
  CAF_CHECK(s.lead.handoff.has_value());
}

CAF_TEST(SS-41 a planned touch is taken back in the decision that brakes) {
  story s;
  s.enrol();
  s.accept_all();
  s.form("demo");
  s.now = *s.journey().next_at;
  s.tell(timer_fired{s.lead.seq});
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  auto planned = s.open.front().id;
  const auto& d = s.form("pricing");
  bool cancelled = std::ranges::any_of(d.effects, [&](auto& e) {
    auto* c = std::get_if<cancel_effect>(&e);
    return c && c->id == planned;
  });
  CAF_CHECK(cancelled);
  CAF_CHECK_EQUAL(s.journey().status, run_status::suppressed);
  s.answer(send_effect(s.open.front()), send_result::cancelled);
  s.pass(100h);
  CAF_CHECK_EQUAL(s.sends, 2);
  check_sound(s);
}

CAF_TEST(SS-44 RULES a lead hot through one campaign ends every run past its first step in the same decision) {
  story s;
  auto other = make_campaign("autumn");
  other.profile.threshold = 40;
  s.rules.campaigns[other.id] = other;
  s.enrol();
  s.enrol("autumn");
  s.accept_all();
  s.form("demo");
  const auto& d = s.reply();
  CAF_CHECK_EQUAL(s.journey("spring").status, run_status::suppressed);
  CAF_CHECK_EQUAL(s.journey("autumn").status, run_status::suppressed);
  auto actions = std::ranges::count_if(d.facts, [](auto& f) { return std::holds_alternative<audience_action>(f); });
  CAF_CHECK_EQUAL(actions, 2);
  CAF_CHECK_EQUAL(s.count<handed_off>(), 1);
  check_sound(s);
}

CAF_TEST(SS-42 RULES hand back clears latch and evidence and revives nothing) {
  story s;
  s.enrol();
  s.accept_all();
  s.form("demo");
  s.reply();
  s.say(command_kind::hand_back);
  CAF_CHECK(!s.lead.hot.has_value());
  CAF_CHECK(!s.lead.handoff.has_value());
  CAF_CHECK_EQUAL(s.score(), 0);
  CAF_CHECK_EQUAL(s.journey().status, run_status::suppressed);
  s.enrol();
  s.pass(100h);
  CAF_CHECK_EQUAL(s.sends, 1);
  check_sound(s);
}

CAF_TEST(RULES the latch does not fall when the score does) {
  story s;
  s.enrol();
  s.accept_all();
  s.form("demo");
  s.reply();
  s.pass(31 * 24h);
  CAF_CHECK_EQUAL(s.score(), 0);
  CAF_CHECK(s.lead.hot.has_value());
}

CAF_TEST(SS-50 RULES machine clicks weigh nothing and a late delivery judges the click again) {
  story s;
  s.enrol();
  auto at_ten = s.now;
  link_clicked c;
  c.url = "https://example.com";
  c.message.provider_id = "m1";
  auto click = s.make(c);
  click.on = channel::email;
  click.occurred_at = at_ten + 5s;
  s.tell(click);
  CAF_CHECK_EQUAL(s.score(), 3);
  message_delivered delivered;
  delivered.message.provider_id = "m1";
  auto d = s.make(delivered);
  d.occurred_at = at_ten;
  s.tell(d);
  CAF_CHECK_EQUAL(s.score(), 0);
}

CAF_TEST(SS-50 several links of one email within a second are a machine and sms clicks never are) {
  story s;
  s.enrol();
  for (auto on : {channel::email, channel::sms}) {
    for (int i = 0; i < 2; ++i) {
      link_clicked c;
      c.url = "https://example.com/" + std::to_string(i);
      c.message.provider_id = "m-" + std::string(to_string(on));
      auto st = s.make(c);
      st.on = on;
      st.occurred_at = s.now + 300ms * i;
      s.tell(st);
    }
  }
  CAF_CHECK_EQUAL(s.score(), 6);
}

CAF_TEST(SS-50 the scanner list marks a click at once) {
  story s;
  s.rules.defaults.scanner_agents = {"barracuda"};
  s.enrol();
  link_clicked c;
  c.url = "https://example.com";
  c.user_agent = "Barracuda Sentinel/1.0";
  auto st = s.make(c);
  st.on = channel::email;
  s.tell(st);
  CAF_CHECK_EQUAL(s.score(), 0);
}

CAF_TEST(RULES forms count from the second on or the first for a lead enrolled otherwise) {
  story by_form;
  by_form.form("demo", "spring");
  CAF_CHECK_EQUAL(by_form.score(), 0);
  by_form.now += 2min;
  by_form.form("demo");
  CAF_CHECK_EQUAL(by_form.score(), 12);

  story otherwise;
  otherwise.enrol();
  otherwise.form("demo");
  CAF_CHECK_EQUAL(otherwise.score(), 12);
}

CAF_TEST(RULES the same form within a minute is one) {
  story s;
  s.enrol();
  s.form("demo");
  s.now += 30s;
  s.form("demo");
  CAF_CHECK_EQUAL(s.score(), 12);
  s.now += 61s;
  s.form("demo");
  CAF_CHECK_EQUAL(s.score(), 24);
}

CAF_TEST(RULES rapid interaction counts once per ten minute window) {
  story s;
  s.enrol();
  for (int i = 0; i < 6; ++i) s.tell(page_viewed{"https://example.com"});
  CAF_CHECK_EQUAL(s.score(), 6 + 8);
}

CAF_TEST(SS-48 SS-49 rising score spaces touches out and skips what is not essential) {
  auto touches_at = [](int points) {
    story s;
    auto& steps = s.rules.campaigns.begin()->second.sequences[0].steps;
    steps.clear();
    for (int i = 0; i < 8; ++i) {
      auto st = make_step("s" + std::to_string(i), channel::email, "1d");
      st.essential = i == 0 || i == 7;
      steps.push_back(st);
    }
    steps[0].at = *parse_delay("0s");
    s.enrol();
    s.accept_all();
    warm(s, points);
    s.pass(9 * 24h);
    for (const auto& what : s.broken) CAF_ERROR(what);
    return s.sends;
  };
  auto cool = touches_at(0), mild = touches_at(8), warm_band = touches_at(15), hot = touches_at(21);
  CAF_MESSAGE("touches by band: " << cool << " " << mild << " " << warm_band << " " << hot);
  CAF_CHECK_EQUAL(cool, 8);
  CAF_CHECK(mild < cool);
  CAF_CHECK(warm_band < mild);
  CAF_CHECK_EQUAL(hot, 1);
}

CAF_TEST(RULES a band change only ever moves the pending step later) {
  story s;
  s.enrol();
  s.accept_all();
  auto planned = *s.journey().next_at;
  s.now += 1min;
  warm(s, 8);
  auto spaced = *s.journey().next_at;
  CAF_CHECK_EQUAL((spaced - s.journey().anchor).count(), ((planned - s.journey().anchor) * 3 / 2).count());
}

CAF_TEST(RULES score is a function of the set - any order of arrival gives the same number) {
  std::vector<std::size_t> order{0, 1, 2, 3, 4, 5, 6, 7};
  std::set<int> scores;
  std::uint64_t x = 88172645463325252ull;
  for (int round = 0; round < 50; ++round) {
    story s;
    s.rules.campaigns.begin()->second.profile.threshold = 40;
    s.enrol();
    auto base = s.now;
    for (auto i : order) {
      auto at = base + 90s * static_cast<int>(i);
      auto st = i % 3 == 0 ? s.make(form_submitted{"demo", "", {}})
                : i % 3 == 1 ? s.make(page_viewed{"https://example.com"})
                             : s.make(link_clicked{{}, "https://example.com", "", ""});
      st.key = "k" + std::to_string(i);
      st.on = channel::sms;
      st.occurred_at = at;
      st.received_at = base + 1h;
      s.now = base + 1h;
      s.tell(st);
    }
    scores.insert(s.score());
    for (std::size_t i = order.size() - 1; i > 0; --i) {
      x ^= x << 13, x ^= x >> 7, x ^= x << 17;
      std::swap(order[i], order[x % (i + 1)]);
    }
  }
  CAF_CHECK_EQUAL(scores.size(), 1u);
}

CAF_TEST(SS-47 the same reply twice on one message makes one promotion and one brake) {
  story s;
  s.enrol();
  s.accept_all();
  s.form("demo");
  reply_received r;
  r.message.message_id = "<same@example.com>";
  s.tell(r);
  s.tell(r);
  CAF_CHECK_EQUAL(s.count<promoted>(), 1);
  CAF_CHECK_EQUAL(s.count<audience_action>(), 1);
  CAF_CHECK_EQUAL(s.count<handed_off>(), 1);
}

CAF_TEST(RULES back-fill restrains silently and never starts anything) {
  story s;
  s.enrol();
  s.accept_all();
  s.form("demo");
  auto st = s.make(reply_received{});
  st.mode = arrival::backfill;
  s.tell(st);
  CAF_CHECK_EQUAL(s.journey().status, run_status::suppressed);
  CAF_CHECK(s.lead.handoff.has_value());
}
