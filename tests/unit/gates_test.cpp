#include "actors/lead/gates.hpp"

#include <functional>

#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE gates
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::testing;

namespace {

/// One way to close each gate, in the ladder's order. Approval comes by `requires_approval`, calendar by closed days.
struct closing {
  std::string verdict;
  std::function<void(story&)> close;
};

campaign& spring(story& s) { return s.rules.campaigns.begin()->second; }

std::vector<closing> closings() {
  return {
      {"run_live:campaign_disabled", [](story& s) { spring(s).enabled = false; }},
      {"kill_switch:stopped: workspace", [](story& s) { s.stops.workspace = true; }},
      {"suppression:consent_withdrawn",
       [](story& s) { s.lead.consents = {{channel::email, consent_status::withdrawn, "t", "", s.now}}; }},
      {"circuit_breaker:ticket_open", [](story& s) { s.lead.open_tickets = {"t1"}; }},
      {"hot_brake:hot_first_answer_elsewhere",
       [](story& s) {
         s.lead.hot = hot_latch{s.now, 24, 21, "default", false};
         run older;
         older.campaign = campaign_id{"older"};
         older.next_at = s.now + 48h;
         s.lead.runs.insert(s.lead.runs.begin(), older);
       }},
      {"human_owns:human_touched", [](story& s) { s.lead.human_silence_until = s.now + 3h; }},
      {"reachable:address_suppressed",
       [](story& s) { s.lead.held_addresses = {{key_kind::email, "ana@example.com", "bounce"}}; }},
      {"message_template:missing_lead_data: {lastName}",
       [](story& s) { spring(s).templates["hello"].body = "{lastName}"; }},
      {"guard:guard_false",
       [](story& s) {
         guard_rule never;
         never.what = guard_rule::op::score_at_least;
         never.number = 1000;
         spring(s).sequences[0].steps[0].guard = never;
       }},
      {"approval:awaiting_approval", [](story& s) { spring(s).requires_approval = true; }},
      {"calendar:outside_business_hours",
       [](story& s) { spring(s).hours = business_hours{0b1000000, 0, 24 * 60, {}}; }},
  };
}

/// A run whose first step is due in an hour, nothing in its way yet.
story before_first_step() {
  story s;
  spring(s).sequences[0].steps[0].at = *parse_delay("1h");
  s.enrol();
  return s;
}

/// Which gate decides at the due instant.
std::string decided_at_due(story& s) {
  s.now += 1h;
  s.tell(timer_fired{s.lead.seq});
  for (const auto& v : s.decisions.back().verdicts)
    if (v.campaign == "spring")
      for (const auto& g : v.gates)
        if (g.outcome != gate_outcome::pass) return std::string(to_string(g.at)) + ":" + g.reason;
  return "none";
}

}  // namespace

CAF_TEST(T-10 each gate alone closes with its own words) {
  for (const auto& c : closings()) {
    auto s = before_first_step();
    c.close(s);
    CAF_CHECK_EQUAL(decided_at_due(s), c.verdict);
    CAF_CHECK_EQUAL(s.sends, 0);
  }
}

CAF_TEST(T-10 ZRG-124 of any two closed gates the earlier one is named) {
  auto all = closings();
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t k = i + 1; k < all.size(); ++k) {
      auto s = before_first_step();
      all[k].close(s);
      all[i].close(s);
      auto named = decided_at_due(s);
      if (named != all[i].verdict) CAF_ERROR(all[i].verdict << " with " << all[k].verdict << " named " << named);
      CAF_CHECK_EQUAL(s.sends, 0);
    }
}

CAF_TEST(T-10 a hole in the data is reported at once and not at the next opening) {
  auto s = before_first_step();
  closings()[7].close(s);
  closings()[10].close(s);
  decided_at_due(s);
  CAF_CHECK(s.journey().pauses.first() == pause_flag::missing_data);
  CAF_CHECK_EQUAL(s.journey().pause_detail, "missing_lead_data: {lastName}");
}

CAF_TEST(SS-5 a false guard skips its step with the guard as reason and the run goes on) {
  story s;
  guard_rule replied;
  replied.what = guard_rule::op::signal;
  replied.name = "link_clicked";
  guard_rule negated;
  negated.what = guard_rule::op::negate;
  negated.parts = {replied};
  spring(s).sequences[0].steps[1].guard = negated;
  s.enrol();
  s.accept_all();
  s.click();
  s.pass(10min);
  CAF_CHECK_EQUAL(s.outcomes(), (std::vector<std::string>{"sent", "skipped:guard_false"}));
  CAF_CHECK_EQUAL(s.journey().cursor, 2u);
}

CAF_TEST(ZRG-128 ZRG-129 RULES a variable that cannot be filled pauses and filling it goes on) {
  auto s = before_first_step();
  spring(s).templates["hello"] = {"Hi {firstName}", "{lastName} at {companyName}: {calendarLink} {lastName}"};
  decided_at_due(s);
  CAF_CHECK_EQUAL(s.journey().pause_detail, "missing_lead_data: {lastName}, {companyName}, {calendarLink}");
  s.rules.defaults.company_name = "Acme";
  s.rules.defaults.calendar_link = "https://example.com/book";
  s.tell(enrichment_completed{{{"last_name", "Ruiz"}}});
  CAF_REQUIRE_EQUAL(s.open.size(), 1u);
  CAF_CHECK_EQUAL(s.open.front().message.body, "Ruiz at Acme: https://example.com/book Ruiz");
}

CAF_TEST(ZRG-125 a held step waits for a yes and a yes covers the bytes it was given for) {
  auto s = before_first_step();
  spring(s).sequences[0].steps[0].requires_approval = true;
  decided_at_due(s);
  CAF_CHECK(s.journey().pauses.first() == pause_flag::awaiting_approval);
  CAF_CHECK_EQUAL(s.sends, 0);
  spring(s).templates["hello"].body = "Something else, {firstName}";
  s.say(command_kind::approve_step, "spring", "s1");
  CAF_CHECK_EQUAL(s.sends, 0);
  CAF_CHECK(s.journey().pauses.first() == pause_flag::awaiting_approval);
  s.say(command_kind::approve_step, "spring", "s1");
  CAF_CHECK_EQUAL(s.sends, 1);
}

CAF_TEST(ZRG-125 a rejected step is skipped and an approval never passes a closed gate) {
  auto s = before_first_step();
  spring(s).sequences[0].steps[0].requires_approval = true;
  decided_at_due(s);
  s.say(command_kind::reject_step, "spring", "s1");
  CAF_CHECK_EQUAL(s.outcome(0), "skipped:rejected");

  auto other = before_first_step();
  spring(other).sequences[0].steps[0].requires_approval = true;
  decided_at_due(other);
  other.tell(ticket_opened{"t"});
  other.say(command_kind::approve_step, "spring", "s1");
  CAF_CHECK_EQUAL(other.sends, 0);
  other.tell(ticket_closed{"t"});
  other.pass(73h);
  CAF_CHECK_EQUAL(other.sends >= 1, true);
}

CAF_TEST(SF-34 SF-35 SF-36 T-11 an open ticket waits and its cooldown counts from the closing) {
  story s;
  s.enrol();
  s.accept_all();
  s.tell(ticket_opened{"t1"});
  s.pass(10min);
  CAF_CHECK_EQUAL(s.sends, 1);
  CAF_CHECK_EQUAL(s.closed_gate(), "circuit_breaker:ticket_open");
  s.click();
  s.pass(1h);
  s.tell(ticket_closed{"t1"});
  auto closed = s.now;
  CAF_CHECK_EQUAL(s.closed_gate(), "circuit_breaker:ticket_cooldown");
  CAF_CHECK(s.journey().next_at == closed + 72h);
  s.pass(71h);
  CAF_CHECK_EQUAL(s.sends, 1);
  s.pass(1h);
  CAF_CHECK_EQUAL(s.sends, 2);
  for (const auto& what : s.broken) CAF_ERROR(what);
}

CAF_TEST(RULES ticket breaker - a close before its open cancels it and two tickets need two closings) {
  story s;
  s.enrol();
  s.accept_all();
  s.tell(ticket_closed{"t0"});
  s.tell(ticket_opened{"t0"});
  CAF_CHECK(s.lead.open_tickets.empty());
  s.tell(ticket_opened{"a"});
  s.tell(ticket_opened{"b"});
  s.tell(ticket_closed{"a"});
  CAF_CHECK_EQUAL(s.lead.open_tickets.size(), 1u);
}

CAF_TEST(T-11 SF-35 with an open ticket and heat the brake is recorded and the breaker is named) {
  story s;
  s.enrol();
  s.accept_all();
  s.tell(ticket_opened{"t"});
  s.form("demo");
  s.form("pricing");
  CAF_CHECK_EQUAL(s.count<audience_action>(), 1);
  CAF_CHECK_EQUAL(s.journey().status, run_status::suppressed);
}

CAF_TEST(SS-56 disabling one campaign stops its sends and no other) {
  story s;
  s.rules.campaigns[campaign_id{"autumn"}] = make_campaign("autumn");
  s.enrol();
  s.enrol("autumn");
  s.accept_all();
  s.rules.campaigns[campaign_id{"spring"}].enabled = false;
  s.pass(10min);
  CAF_CHECK_EQUAL(s.journey("spring").cursor, 1u);
  CAF_CHECK_EQUAL(s.journey("autumn").cursor, 2u);
  s.rules.campaigns[campaign_id{"spring"}].enabled = true;
  s.tell(reconsider{"campaign enabled", false});
  s.accept_all();
  CAF_CHECK_EQUAL(s.journey("spring").cursor, 2u);
}

CAF_TEST(ZRG-121 a workspace pause moves due steps to its end) {
  story s;
  s.enrol();
  s.accept_all();
  auto until = s.now + 6h;
  s.rules.defaults.paused_until = until;
  s.pass(1h);
  CAF_CHECK(s.journey().next_at == until);
  s.pass(4h);
  CAF_CHECK_EQUAL(s.sends, 1);
  s.pass(1h);
  CAF_CHECK_EQUAL(s.sends, 2);
}

CAF_TEST(ZRG-122 T-12 4R-17 4R-19 outside business hours a step moves to the next opening in the zone of the lead) {
  story s;
  auto table = std::make_shared<zone_table>();
  table->zones["America/New_York"] = {"America/New_York", {{0, -5 * 3600}}};
  s.rules.zones = table;
  spring(s).hours = business_hours{0b0011111, 9 * 60, 17 * 60 + 30, {}};
  spring(s).time_zone = "America/New_York";
  s.now = monday_ten - 3 * 24h;  // Friday 10:00 UTC is 05:00 there
  s.enrol();
  CAF_CHECK_EQUAL(s.sends, 0);
  CAF_CHECK_EQUAL(to_iso(*s.journey().next_at), "2026-11-13T14:00:00Z");
  s.pass(4h);
  CAF_CHECK_EQUAL(s.sends, 1);
  CAF_CHECK_EQUAL(to_iso(*s.journey().next_at), "2026-11-13T14:05:00Z");
  s.pass(5min);
  s.pass(72h);  // the email three days on falls on Monday's opening hours
  CAF_CHECK_EQUAL(to_iso(*s.journey().next_at), "2026-11-16T14:05:00Z");
}

CAF_TEST(4R-22 a start in the past never back-dates a send) {
  story s;
  auto st = s.make(form_submitted{"demo", "https://example.com/spring", {{"firstName", "Ana"}}});
  st.keys = {{key_kind::email, "", "ana@example.com"}};
  st.occurred_at = s.now - 3h;
  s.tell(st);
  CAF_REQUIRE_EQUAL(s.lead.runs.size(), 1u);
  CAF_CHECK(s.journey().started_at == s.now);
}

CAF_TEST(ZRG-116 T-4 a channel without a sender is skipped with the reason) {
  story s;
  spring(s).sequences[0].steps[1].on = channel::ai_voice;
  spring(s).sequences[0].steps[2].on = channel::linkedin;
  s.enrol();
  s.pass(80h);
  CAF_CHECK_EQUAL(s.outcomes(), (std::vector<std::string>{"sent", "skipped:channel_unavailable", "skipped:channel_unavailable"}));
}

CAF_TEST(ZRG-123 a workspace that mails elsewhere skips its email steps and the other channels run) {
  story s;
  s.rules.accounts.at(account_id{"box_email"}).enabled = false;
  s.enrol();
  s.pass(80h);
  CAF_CHECK_EQUAL(s.outcomes(), (std::vector<std::string>{"skipped:channel_unavailable", "sent", "skipped:channel_unavailable"}));
  CAF_CHECK_EQUAL(s.journey().status, run_status::done);
}

CAF_TEST(RULES without consent for its channel a step is skipped) {
  story s;
  lead_upserted body;
  body.fields = {{"firstName", "Ana"}};
  auto st = s.make(body);
  st.keys = {{key_kind::email, "", "ana@example.com"}, {key_kind::phone, "", "+15550100"}};
  st.campaign = campaign_id{"spring"};
  s.tell(st);
  CAF_CHECK_EQUAL(s.outcome(0), "skipped:no_consent");
}

CAF_TEST(RULES a real account writes only to allowed recipients while the list is set) {
  for (bool allowed : {false, true}) {
    story s;
    make_real(s.rules);
    s.rules.allow_recipients = std::set<std::string>{allowed ? "example.com" : "elsewhere.example"};
    s.enrol();
    CAF_CHECK_EQUAL(s.sends, allowed ? 1 : 0);
    if (!allowed) CAF_CHECK_EQUAL(s.outcome(0), "skipped:not_in_allow_recipients");
  }
}
