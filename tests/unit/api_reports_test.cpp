#include "actors/lead/gates.hpp"
#include "adapters/api/wait_gates.hpp"
#include "tests/support/openapi_check.hpp"
#include "tests/unit/support/api_world.hpp"
#include "tests/unit/support/lead_story.hpp"

#define CAF_SUITE api_reports
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

json event(const std::string& id, const std::string& kind, const std::string& name) {
  return {{"id", id},
          {"kind", kind},
          {"occurred_at", "2026-11-16T09:59:00Z"},
          {"lead", {{"email", name + "@example.com"}}},
          {"channel", "email"}};
}

/// Ana's run is ended because she opts out; after that she fills a form. Ben's is paused by a reply.
void hold_back(api_world& w) {
  w.enrol("ana");
  w.enrol("ben");
  w.post(w.ws + "/events", event("u1", "unsubscribed", "ana"));
  w.domain_now += std::chrono::minutes(5);
  auto form = event("f1", "form_submitted", "ana");
  form["occurred_at"] = "2026-11-16T10:04:00Z";
  form["attributes"] = {{"form", "contact"}};
  w.post(w.ws + "/events", form);
  auto reply = event("r1", "reply_received", "ben");
  reply["message"] = {{"text", "Call me"}};
  w.post(w.ws + "/events", reply);
}

json line_of(const json& items, const std::string& who) {
  for (const auto& each : items)
    if (each["who"] == who) return each;
  return nullptr;
}

/// Every wait that the gates themselves say in a decision.
std::vector<gate_verdict> waits_of(testing::story& s) {
  std::vector<gate_verdict> out;
  for (const auto& v : s.decisions.back().verdicts)
    for (const auto& g : v.gates)
      if (g.outcome == gate_outcome::wait) out.push_back(g);
  return out;
}

}  // namespace

CAF_TEST(SS-62 each day of the report has what the whole has and the sums agree) {
  api_world w;
  hold_back(w);
  const auto whole = w.get(w.ws + "/reports/decisions?to=2026-11-17T00:00:00Z").body();
  const auto body = w.get(w.ws + "/reports/days?from=2026-11-14T12:00:00Z&to=2026-11-16T23:59:00Z").body();
  CAF_REQUIRE_EQUAL(body["days"].size(), 3u);
  CAF_CHECK_EQUAL(body["days"][0]["date"], "2026-11-14");
  CAF_CHECK_EQUAL(body["days"][0]["suppressed"].size(), 0u);
  const auto& day = body["days"][2];
  CAF_CHECK_EQUAL(day["date"], "2026-11-16");
  CAF_CHECK_EQUAL(day["suppressed"], whole["reasons"]["suppressed"]);
  CAF_CHECK_EQUAL(day["sent"], whole["context"]["sent"]);
  CAF_CHECK_EQUAL(day["paused"]["lead_replied"], 1);
  CAF_CHECK_EQUAL(whole["context"]["paused"]["lead_replied"], 1);
}

CAF_TEST(days are those of the workspace and a campaign of its own has its own) {
  api_world w;
  w.ask("PUT", w.ws + "/settings", {{"name", "Acme"}, {"time_zone", "Europe/Berlin"}});
  w.edit_policy([](policy&) {});
  hold_back(w);
  CAF_CHECK_EQUAL(w.get(w.ws + "/reports/days").at("/time_zone"), "Europe/Berlin");
  const auto none = w.get(w.ws + "/reports/days?campaign=autumn").body();
  for (const auto& day : none["days"])
    CAF_CHECK_EQUAL(day["suppressed"].size(), 0u);
}

CAF_TEST(a report of days names the field that is wrong) {
  api_world w;
  CAF_CHECK_EQUAL(w.get(w.ws + "/reports/days?from=yesterday").at("/field"), "from");
  CAF_CHECK_EQUAL(w.get(w.ws + "/reports/days?from=2026-01-01T00:00:00Z").at("/field"), "from");
  CAF_CHECK_EQUAL(w.get(w.ws + "/reports/days", w.other).status(), 404);
}

CAF_TEST(the ledger says what was not sent and why and what came after) {
  api_world w;
  hold_back(w);
  const auto items = w.get(w.ws + "/restraint").at("/items");
  const auto ana = line_of(items, "ana");
  CAF_REQUIRE(ana.is_object());
  CAF_CHECK_EQUAL(ana["what"], "run_ended");
  CAF_CHECK_EQUAL(ana["reason"], "suppressed_opt_out");
  CAF_CHECK(ana["decision_id"].is_string());
  // Her first step is planned and taken back: the whole sequence was withheld.
  CAF_REQUIRE_EQUAL(ana["withheld"].size(), 2u);
  CAF_CHECK_EQUAL(ana["withheld"][0]["step_id"], "s1");
  CAF_CHECK_EQUAL(ana["outcome"], "form");
  CAF_REQUIRE_EQUAL(ana["afterwards"].size(), 1u);
  CAF_CHECK_EQUAL(ana["afterwards"][0]["kind"], "form_submitted");
  CAF_CHECK(line_of(items, "ben").is_null());
}

CAF_TEST(what machines answer is nothing that came after and another workspace sees nothing) {
  api_world w;
  w.enrol("ana");
  w.post(w.ws + "/events", event("u1", "unsubscribed", "ana"));
  w.domain_now += std::chrono::minutes(5);
  auto away = event("r1", "reply_received", "ana");
  away["message"] = {{"text", "I am away"}, {"automated", true}};
  w.post(w.ws + "/events", away);
  const auto line = line_of(w.get(w.ws + "/restraint").at("/items"), "ana");
  CAF_REQUIRE(line.is_object());
  CAF_CHECK(line["outcome"].is_null());
  CAF_CHECK_EQUAL(line["afterwards"].size(), 0u);
  // The provider's word about a message of ours is none of a person; one that we know nothing of is.
  auto echo = event("m1", "message_sent", "ana");
  echo["message"] = {{"effect", w.first_effect(line["lead_id"]).id.value}, {"text", "Hello ana"}};
  w.post(w.ws + "/events", echo);
  CAF_CHECK(line_of(w.get(w.ws + "/restraint").at("/items"), "ana").at("outcome").is_null());
  auto by_hand = event("m2", "message_sent", "ana");
  by_hand["occurred_at"] = "2026-11-16T10:05:00Z";
  by_hand["message"] = {{"message_id", "<by-hand@example.com>"}, {"text", "Hello ana"}};
  w.post(w.ws + "/events", by_hand);
  const auto after = line_of(w.get(w.ws + "/restraint").at("/items"), "ana");
  CAF_CHECK_EQUAL(after["outcome"], "person_wrote");
  CAF_CHECK_EQUAL(w.get("/v1/workspaces/other/restraint", w.other).at("/items").size(), 0u);
  CAF_CHECK_EQUAL(w.get(w.ws + "/restraint?after=nonsense").status(),
                  w.get(w.ws + "/suppressions?after=nonsense").status());
}

CAF_TEST(every wait of a gate is counted under that gate) {
  using testing::story;
  const std::vector<std::function<void(story&)>> closings{
      [](story& s) { s.rules.campaigns.begin()->second.enabled = false; },
      [](story& s) { s.stops.workspace = true; },
      [](story& s) { s.rules.defaults.paused_until = s.now + std::chrono::hours(48); },
      [](story& s) { s.lead.open_tickets = {"t1"}; },
      [](story& s) { s.lead.last_ticket_close = s.now + std::chrono::minutes(59); },
      [](story& s) { s.lead.human_silence_until = s.now + std::chrono::hours(3); },
      [](story& s) { s.lead.poisoned = true; },
      [](story& s) {
        s.rules.campaigns.begin()->second.hours = business_hours{0b1000000, 0, 24 * 60, {}};
      },
  };
  for (const auto& close : closings) {
    story s;
    s.rules.campaigns.begin()->second.sequences[0].steps[0].at = *parse_delay("1h");
    s.enrol();
    close(s);
    s.now += std::chrono::hours(1);
    s.tell(timer_fired{s.lead.seq});
    const auto waits = waits_of(s);
    CAF_CHECK(!waits.empty());
    for (const auto& g : waits)
      CAF_CHECK_EQUAL(std::string(api::gate_of_wait(g.reason)), std::string(to_string(g.at)));
  }
  CAF_CHECK_EQUAL(api::gate_of_wait("capacity_wait: full"), "capacity");
  CAF_CHECK_EQUAL(api::gate_of_wait("account_wait: its circuit is open"), "capacity");
  CAF_CHECK_EQUAL(api::gate_of_wait("lead_gap"), "frequency");
  CAF_CHECK_EQUAL(api::gate_of_wait(timing_wait), "timing");
  CAF_CHECK_EQUAL(api::gate_of_wait("retry: 503"), "retry");
}
