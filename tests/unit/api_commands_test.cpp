#include "adapters/api/lead_lookup.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_commands
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

CAF_TEST(a command is a stimulus of its caller and is answered from its decision) {
  api_world w;
  const auto lead = w.enrol("ana");
  w.in_flight = {lead + "-1-0"};
  const auto a = w.post(w.ws + "/leads/" + lead + "/take", {{"reason", "call"}}, {{"idempotency-key", "k"}});
  CAF_CHECK_EQUAL(a.status(), 200);
  CAF_CHECK_EQUAL(a.at("/lead_id"), lead);
  CAF_CHECK_EQUAL(a.at("/seq"), 2);
  CAF_CHECK_EQUAL(a.at("/facts/0/kind"), "handed_off");
  CAF_CHECK_EQUAL(a.at("/calls_in_flight"), json::array({lead + "-1-0"}));
  const auto& sent = w.seen.back();
  CAF_CHECK_EQUAL(sent.lead->value, lead);
  CAF_CHECK_EQUAL(sent.what.source, "operator");
  CAF_CHECK(sent.what.key.starts_with("cmd:") && sent.what.key.ends_with(":k"));
  CAF_CHECK_EQUAL(std::get<command>(sent.what.body).by, w.admin);
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads/" + lead).at("/handoff/reason"), "call");
}

CAF_TEST(SS-33 a refused command answers 409 with the reason and the verdicts of its decision) {
  api_world w;
  const auto lead = w.enrol("ana");
  w.post(w.ws + "/leads/" + lead + "/take", {{"reason", "mine"}});
  const auto a = w.post(w.ws + "/runs/spring__" + lead + "/resume");
  CAF_CHECK_EQUAL(a.status(), 409);
  CAF_CHECK_EQUAL(a.raw.type, "application/problem+json");
  CAF_CHECK_EQUAL(a.at("/reason"), "human_owns: handed_off");
  CAF_CHECK(a.at("/verdicts").is_array());
  CAF_CHECK_EQUAL(a.at("/seq"), 3);
  CAF_CHECK_EQUAL(w.post(w.ws + "/runs/spring__" + lead + "/retry", {{"step", "s1"}}).status(), 409);
  CAF_CHECK_EQUAL(w.post(w.ws + "/runs/spring__" + lead + "/steps/s2/approve").status(), 409);
}

CAF_TEST(a repeated command whose answer was lost is answered from its journal row) {
  api_world w;
  const auto lead = w.enrol("ana");
  w.refuse_with = "hot_brake: score 22 >= 21";
  const auto pause = w.ws + "/runs/spring__" + lead + "/pause";
  // The process dies between the decision and keeping its answer.
  w.drop_writes = true;
  CAF_CHECK_NOT_EQUAL(w.post(pause, {{"reason", "a"}}, {{"idempotency-key", "k"}}).status(), 409);
  w.drop_writes = false;
  w.refuse_with.reset();
  const auto again = w.post(pause, {{"reason", "a"}}, {{"idempotency-key", "k"}});
  CAF_CHECK_EQUAL(again.header("Idempotent-Replayed"), "");
  CAF_CHECK_EQUAL(again.status(), 409);
  CAF_CHECK_EQUAL(again.at("/reason"), "hot_brake: score 22 >= 21");
  CAF_CHECK_EQUAL(w.get(w.ws + "/leads/" + lead + "/journal").at("/items").size(), 2u);
}

CAF_TEST(a command that is not decided in time is accepted with 202) {
  api_world w;
  const auto lead = w.enrol("ana");
  w.decide_at_once = false;
  const auto a = w.post(w.ws + "/leads/" + lead + "/take", json::object(), {{"prefer", "wait=2"}});
  CAF_CHECK_EQUAL(a.status(), 202);
  CAF_CHECK(a.at("/seq").is_null());
  CAF_CHECK(w.waits.back() == std::chrono::seconds(2));
}

CAF_TEST(the document of a command is checked and unknown leads and runs are not found) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto base = w.ws + "/leads/" + lead;
  CAF_CHECK_EQUAL(w.post(base + "/handback").at("/field"), "/reason");
  CAF_CHECK_EQUAL(w.post(base + "/snooze", {{"until", "tomorrow"}}).at("/field"), "/until");
  CAF_CHECK_EQUAL(w.post(base + "/take", {{"why", "x"}}).at("/field"), "/why");
  CAF_CHECK_EQUAL(w.post(w.ws + "/runs/spring__" + lead + "/retry").at("/field"), "/step");
  CAF_CHECK_EQUAL(w.post(w.ws + "/leads/nobody/take").status(), 404);
  CAF_CHECK_EQUAL(w.post(w.ws + "/runs/spring/pause").status(), 404);
  CAF_CHECK_EQUAL(w.post(w.ws + "/runs/autumn__" + lead + "/pause").status(), 404);
}

CAF_TEST(a command for another state of the lead is refused) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto a = w.post(w.ws + "/leads/" + lead + "/take", {{"expected_seq", 7}});
  CAF_CHECK_EQUAL(std::get<command>(w.seen.back().what.body).expected_seq.value_or(0), 7u);
  CAF_CHECK_EQUAL(a.status(), 409);
}

CAF_TEST(handback names the runs to go on by either of their names) {
  api_world w;
  const auto lead = w.enrol("ana");
  w.post(w.ws + "/leads/" + lead + "/take");
  w.post(w.ws + "/leads/" + lead + "/handback",
         {{"reason", "done"}, {"resume_runs", {"spring__" + lead, "autumn"}}});
  CAF_CHECK_EQUAL(std::get<command>(w.seen.back().what.body).resume_runs,
                  (std::vector<std::string>{"spring", "autumn"}));
}

CAF_TEST(run ids are split at the end of the campaign) {
  const auto name = api::parse_run_id("spring__lead__1");
  CAF_REQUIRE(name.has_value());
  CAF_CHECK_EQUAL(name->campaign.value, "spring");
  CAF_CHECK_EQUAL(name->lead.value, "lead__1");
  for (const auto* bad : {"", "spring", "__lead", "spring__"})
    CAF_CHECK(!api::parse_run_id(bad));
}
