#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_bulk_runs
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

const std::string spring = api_world::ws + "/campaigns/spring";

std::size_t commands(const api_world& w, command_kind what) {
  std::size_t n = 0;
  for (const auto& s : w.seen)
    if (const auto* c = std::get_if<command>(&s.what.body)) n += c->what == what;
  return n;
}

json reason_of(api_world& w, const std::string& lead) {
  return w.get(w.ws + "/runs/spring__" + lead).at("/reason");
}

/// Two who wait for a morning, one whose first touch is under way.
struct old_runs {
  std::string ana, ben, eve;
};
old_runs make_runs(api_world& w) {
  old_runs out;
  out.eve = w.enrol("eve");
  auto later = w.campaign();
  later["business_hours"] = {{"days", {"tue"}}, {"from", "09:00"}, {"to", "10:00"}};
  w.ask("PUT", spring, later);
  out.ana = w.enrol("ana");
  out.ben = w.enrol("ben");
  return out;
}

void put_longer(api_world& w) {
  auto next = w.campaign();
  next["sequence"].push_back({{"id", "s3"}, {"channel", "email"}, {"template", "last"}, {"delay", "5d"}});
  CAF_REQUIRE_EQUAL(w.ask("PUT", spring, next).at("/sequence_version"), 2);
}

}  // namespace

CAF_TEST(RULES a migration is previewed before it moves anything) {
  api_world w;
  make_runs(w);
  put_longer(w);
  for (const auto& body : {json(), json{{"preview", true}}}) {
    const auto a = w.post(spring + "/migrate-runs", body);
    CAF_REQUIRE_EQUAL(a.status(), 200);
    CAF_CHECK_EQUAL(a.at("/version"), 2);
    CAF_CHECK_EQUAL(a.at("/already"), 0);
    CAF_CHECK_EQUAL(a.at("/would_move"), 2);
    CAF_CHECK_EQUAL(a.at("/refused"), (json{{"a_step_is_under_way", 1}}));
  }
  CAF_CHECK_EQUAL(commands(w, command_kind::migrate_run), 0u);
}

CAF_TEST(RULES a migration hands each run its command and is audited) {
  api_world w;
  const auto runs = make_runs(w);
  put_longer(w);
  const auto a = w.post(spring + "/migrate-runs", {{"preview", false}});
  CAF_REQUIRE_EQUAL(a.status(), 202);
  CAF_CHECK_EQUAL(a.at("/moved"), 2);
  CAF_CHECK_EQUAL(commands(w, command_kind::migrate_run), 2u);
  for (const auto& lead : {runs.ana, runs.ben})
    CAF_CHECK_NOT_EQUAL(w.get(w.ws + "/leads/" + lead + "/journal").raw.body.find("run_migrated"),
                        std::string::npos);
  CAF_CHECK_NOT_EQUAL(w.audited().find("key-admin:runs_migrated:spring to version 2"), std::string::npos);
  const auto again = w.post(spring + "/migrate-runs");
  CAF_CHECK_EQUAL(again.at("/already"), 2);
  CAF_CHECK_EQUAL(again.at("/would_move"), 0);
}

CAF_TEST(RULES one answer reaches every overdue run of the campaign and no other) {
  for (const auto* answer : {"send", "skip", "end"}) {
    api_world w;
    const auto runs = make_runs(w);
    // Nobody looked for four days: the steps are late and wait for a word.
    w.domain_now += std::chrono::days(4);
    for (const auto& lead : {runs.ana, runs.ben}) {
      std::vector<api::engine::submission> items;
      items.push_back({workspace_id{"acme"}, {}, lead_id{lead}});
      items[0].what.key = "late:" + lead;
      items[0].what.received_at = items[0].what.occurred_at = w.now();
      items[0].what.body = reconsider{"test", false};
      w.submit(std::move(items), {}, [](auto) {});
      CAF_REQUIRE_EQUAL(reason_of(w, lead), "overdue");
    }
    const auto preview = w.post(spring + "/overdue", {{"answer", answer}, {"preview", true}});
    CAF_CHECK_EQUAL(preview.status(), 200);
    CAF_CHECK_EQUAL(preview.at("/would_answer"), 2);
    CAF_CHECK_EQUAL(commands(w, command_kind::answer_overdue), 0u);
    const auto a = w.ask("POST", spring + "/overdue", {{"answer", answer}}, {}, w.setter);
    CAF_CHECK_EQUAL(a.status(), 202);
    CAF_CHECK_EQUAL(a.at("/answered"), 2);
    CAF_CHECK_EQUAL(commands(w, command_kind::answer_overdue), 2u);
    for (const auto& lead : {runs.ana, runs.ben})
      CAF_CHECK_NOT_EQUAL(reason_of(w, lead), "overdue");
    CAF_CHECK_NOT_EQUAL(w.audited().find(std::string("overdue_answered:spring: ") + answer),
                        std::string::npos);
    CAF_CHECK_EQUAL(w.post(spring + "/overdue", {{"answer", answer}, {"preview", true}}).at("/would_answer"),
                    0);
  }
}

CAF_TEST(a bulk answer is checked before anything is told) {
  api_world w;
  make_runs(w);
  CAF_CHECK_EQUAL(w.post(spring + "/overdue", {{"answer", "later"}}).at("/field"), "/answer");
  CAF_CHECK_EQUAL(w.post(spring + "/migrate-runs", {{"preview", "no"}}).at("/field"), "/preview");
  CAF_CHECK_EQUAL(w.post(w.ws + "/campaigns/winter/migrate-runs").status(), 404);
  CAF_CHECK_EQUAL(w.post(w.ws + "/campaigns/winter/overdue", {{"answer", "end"}}).status(), 404);
  CAF_CHECK_EQUAL(w.ask("POST", spring + "/migrate-runs", nullptr, {}, w.setter).status(), 403);
}
