#include "adapters/api/present.hpp"
#include "tests/unit/support/api_world.hpp"

#define CAF_SUITE api_runs
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::tests;

namespace {

/// Ten leads in four different statuses.
void populate(api_world& w) {
  for (int i = 0; i < 10; ++i) {
    const auto name = "lead" + std::to_string(i);
    const auto lead = w.enrol(name);
    if (i % 3 == 1) w.post(w.ws + "/runs/spring__" + lead + "/pause");
    if (i % 3 == 2)
      w.post(w.ws + "/events", {{"id", name},
                                {"kind", "unsubscribed"},
                                {"occurred_at", "2026-11-16T09:59:00Z"},
                                {"lead", {{"email", name + "@example.com"}}},
                                {"channel", "email"}});
  }
}

}  // namespace

CAF_TEST(SS-29 SS-30 T-1 every run is in exactly one view and each view counts its runs) {
  api_world w;
  populate(w);
  const auto queue = w.get("/sender/queue?limit=200", w.reader).body();
  CAF_REQUIRE_EQUAL(queue["views"].size(), 6u);
  std::map<std::string, int> seen;
  for (const auto& view : queue["views"]) {
    CAF_CHECK_EQUAL(view["count"], view["items"].size());
    for (const auto& run : view["items"]) {
      ++seen[run["run_id"]];
      CAF_CHECK_EQUAL(run["status"], view["status"]);
    }
  }
  CAF_CHECK_EQUAL(seen.size(), 10u);
  for (const auto& [run, times] : seen)
    CAF_CHECK_EQUAL(times, 1);
  const auto listed = w.get(w.ws + "/runs?limit=1").body();
  for (const auto& view : queue["views"])
    CAF_CHECK_EQUAL(listed["counts"][view["status"].get<std::string>()], view["count"]);
  CAF_CHECK_EQUAL(listed["counts"]["suppressed"], 3);
  CAF_CHECK_EQUAL(listed["counts"]["paused"], 3);
  CAF_CHECK_EQUAL(w.get(w.ws + "/runs?status=suppressed&limit=200").at("/items").size(), 3u);
  CAF_CHECK_EQUAL(w.get(w.ws + "/runs?status=sleeping").status(), 422);
}

CAF_TEST(the queue is of the own workspace of the key and only an operator may choose) {
  api_world w;
  populate(w);
  CAF_CHECK_EQUAL(w.get("/sender/queue", w.other).at("/workspace"), "other");
  CAF_CHECK_EQUAL(w.get("/sender/queue?workspace=acme", w.other).status(), 404);
  CAF_CHECK_EQUAL(w.get("/sender/queue?workspace=other", w.boss).at("/workspace"), "other");
  CAF_CHECK_EQUAL(w.get("/sender/queue", "").status(), 401);
}

CAF_TEST(SS-31 a run shows its touches with the answer of the provider and attempts and time) {
  api_world w;
  const auto lead = w.enrol("ana");
  std::string effect;
  w.read([&](store_reader& r) {
    const auto planned = r.effects_of(lead_id{lead}).value();
    CAF_REQUIRE_EQUAL(planned.size(), 1u);
    effect = planned[0].id.value;
  });
  write_batch claim;
  claim.claims.push_back({effect_id{effect}, false, w.now()});
  const auto claimed = w.db().write(claim).value().claims[0];
  CAF_REQUIRE(claimed.outcome == claim_result::what::claimed);
  write_batch finish;
  finish_request f;
  f.id = effect_id{effect};
  f.attempt = claimed.attempt;
  f.result = send_result::refused_final;
  f.detail = "422 invalid_from";
  f.now = w.now();
  finish.finishes.push_back(f);
  CAF_REQUIRE(w.db().write(finish).has_value());
  const auto run = w.get(w.ws + "/runs/spring__" + lead).body();
  CAF_REQUIRE_EQUAL(run["touches"].size(), 1u);
  const auto& touch = run["touches"][0];
  CAF_CHECK_EQUAL(touch["step_id"], "s1");
  CAF_CHECK_EQUAL(touch["state"], "failed");
  CAF_CHECK_EQUAL(touch["attempts"], 1);
  CAF_CHECK_EQUAL(touch["detail"], "422 invalid_from");
  CAF_CHECK(touch["claimed_at"].is_string());
}

CAF_TEST(SS-59 SS-61 SS-62 the report shows decisions first and its reasons add up) {
  api_world w;
  populate(w);
  const auto report = w.get(w.ws + "/reports/decisions?to=2026-11-17T00:00:00Z").body();
  CAF_CHECK_EQUAL(report["suppressed"], 3);
  std::uint64_t sum = 0;
  for (const auto& [reason, n] : report["reasons"]["suppressed"].items())
    sum += n.get<std::uint64_t>();
  CAF_CHECK_EQUAL(sum, report["suppressed"].get<std::uint64_t>());
  for (const auto* number : {"welcomed", "suppressed", "takeovers", "reasons", "context"})
    CAF_CHECK(report.contains(number));
  for (const auto* vanity : {"opens", "clicks", "delivered", "delivery_rate", "sent"})
    CAF_CHECK(!report.contains(vanity));
  CAF_CHECK_EQUAL(report["context"]["enrolled"], 10);
  const auto earlier =
      w.get(w.ws + "/reports/decisions?to=2026-11-01T00:00:00Z&from=2026-11-15T00:00:00Z").body();
  CAF_CHECK_EQUAL(earlier["suppressed"], 0);
  CAF_CHECK_EQUAL(earlier["from"], "2026-11-01T00:00:00Z");
  CAF_CHECK_EQUAL(w.get(w.ws + "/reports/decisions?from=yesterday").at("/field"), "from");
}

CAF_TEST(SS-46 audience actions are listed by lead and campaign) {
  api_world w;
  populate(w);
  const auto all = w.get(w.ws + "/audience-actions").at("/items");
  CAF_REQUIRE_EQUAL(all.size(), 3u);
  CAF_CHECK_EQUAL(all[0]["type"], "sender.suppressed_opt_out");
  const std::string lead = all[0]["leadId"];
  CAF_CHECK_EQUAL(w.get(w.ws + "/audience-actions?lead=" + lead).at("/items").size(), 1u);
  CAF_CHECK_EQUAL(w.get(w.ws + "/audience-actions?campaign=autumn").at("/items").size(), 0u);
}

CAF_TEST(4R-29 a dead letter is listed for the operator and goes back to its lead) {
  api_world w;
  w.decide_at_once = false;
  w.post(w.ws + "/leads", {{"email", "ana@example.com"}});
  std::uint64_t inbox = 0;
  w.read([&](store_reader& r) { inbox = r.pending(0, 10).value().at(0).inbox; });
  CAF_REQUIRE(w.db().bury(inbox, "invariant", w.now()).has_value());
  const auto letters = w.get("/admin/dead-letters", w.boss).at("/items");
  CAF_REQUIRE_EQUAL(letters.size(), 1u);
  CAF_CHECK_EQUAL(letters[0]["id"], std::to_string(inbox));
  CAF_CHECK_EQUAL(letters[0]["error"], "invariant");
  const auto path = "/admin/dead-letters/" + std::to_string(inbox) + "/requeue";
  CAF_CHECK_EQUAL(w.post(path).status(), 403);
  CAF_CHECK_EQUAL(w.ask("POST", path, nullptr, {}, w.boss).at("/requeued"), true);
  CAF_CHECK_EQUAL(w.requeued, std::vector<std::uint64_t>{inbox});
  CAF_CHECK_EQUAL(w.ask("POST", path, nullptr, {}, w.boss).status() / 100, 4);
  CAF_CHECK_EQUAL(w.ask("POST", "/admin/dead-letters/lead_1-1-0/requeue", nullptr, {}, w.boss).status(), 422);
  CAF_CHECK_EQUAL(w.get("/admin/counts", w.boss).at("/pending"), 1);
}

CAF_TEST(SS-33 a step that failed may be tried again until a gate forbids it and then its reason is shown) {
  api_world w;
  const auto lead = w.enrol("ana");
  const auto effect = w.first_effect(lead).id;
  w.start_call(effect);
  effect_outcome o;
  o.effect = effect;
  o.attempt = 1;
  o.result = send_result::refused_final;
  o.detail = "422 invalid_from";
  o.evidence = "call";
  stimulus told;
  told.key = "outcome-1";
  told.occurred_at = told.received_at = w.now();
  told.body = o;
  std::vector<api::engine::submission> items;
  items.push_back({workspace_id{"acme"}, told, lead_id{lead}});
  w.submit(std::move(items), {}, [](auto) {});
  const auto run = w.ws + "/runs/spring__" + lead;
  auto failed = w.get(run).at("/failed");
  CAF_REQUIRE_EQUAL(failed.size(), 1u);
  CAF_CHECK_EQUAL(failed[0]["step_id"], "s1");
  CAF_CHECK_EQUAL(failed[0]["retry"]["possible"], true);
  auto line = w.get(w.ws + "/restraint?what=blocked").at("/items/0");
  CAF_CHECK_EQUAL(line["what"], "blocked");
  CAF_CHECK_EQUAL(line["reason"], "422 invalid_from");
  CAF_CHECK_EQUAL(line["retry"]["possible"], true);
  w.post(w.ws + "/events", {{"id", "u"}, {"kind", "unsubscribed"}, {"occurred_at", "2026-11-16T09:59:00Z"}, {"lead", {{"email", "ana@example.com"}}}});
  failed = w.get(run).at("/failed");
  CAF_REQUIRE_EQUAL(failed.size(), 1u);
  CAF_CHECK_EQUAL(failed[0]["retry"]["possible"], false);
  CAF_CHECK_EQUAL(failed[0]["retry"]["reason"], "opt_out");
  line = w.get(w.ws + "/restraint?what=blocked").at("/items/0");
  CAF_CHECK_EQUAL(line["retry"]["reason"], "opt_out");
  CAF_CHECK_EQUAL(w.post(run + "/retry", {{"step", "s1"}}).status(), 409);
  CAF_CHECK_EQUAL(w.get(w.ws + "/restraint?what=nonsense").at("/field"), "what");
}
