/// A plan that is claimed in its own transaction, and an outcome that is recorded in its decision's.
#include "tests/contract/support/world.hpp"

#define CAF_SUITE store_at_once
#include <caf/test/dsl.hpp>

using namespace heed;
using namespace heed::contract;

namespace {

using committed = commit_result::what;
using claimed = claim_result::what;

lead_commit plan_and_claim(world& w, const lead_id& lead, const std::string& to = "ana@example.com") {
  auto c = w.decision(lead);
  c.effects = {w.send(lead, "hello", to)};
  claim_request r;
  r.id = c.effects[0].id;
  r.now = w.now();
  c.claims = {r};
  return c;
}

finish_request accepted(world& w, const effect_id& id, std::uint32_t attempt) {
  auto f = w.outcome(id, attempt, send_result::accepted);
  f.account = account_id("mail");
  f.provider_id = "p-1";
  return f;
}

}  // namespace

CAF_TEST(a plan may be claimed by the transaction that makes it) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto c = plan_and_claim(w, ana);
    const auto out = w.commit(c);
    CAF_CHECK(out.outcome == committed::committed);
    CAF_REQUIRE_EQUAL(out.claims.size(), 1u);
    CAF_CHECK(out.claims[0].outcome == claimed::claimed);
    CAF_CHECK_EQUAL(out.claims[0].attempt, 1u);
    w.reopen();
    CAF_CHECK(w.effect(c.effects[0].id).claimed_at.has_value());
    CAF_CHECK(w.claim(c.effects[0].id).outcome == claimed::gone);
  });
}

CAF_TEST(a call claimed with its plan is in doubt after the node that claimed it) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto c = plan_and_claim(w, ana);
    w.commit(c);
    w.reopen();
    CAF_CHECK(w.effect(c.effects[0].id).state == effect_state::unknown);
  });
}

CAF_TEST(a stop holds the claim of a plan and leaves the plan) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    must(w.db().put_kill_switch({acme, stop_scope::campaign, "spring", true, "test", w.now()}));
    const auto c = plan_and_claim(w, ana);
    const auto out = w.commit(c);
    CAF_CHECK(out.outcome == committed::committed);
    CAF_CHECK(out.claims.at(0).outcome == claimed::stopped);
    CAF_CHECK_EQUAL(out.claims.at(0).scope, "campaign:spring");
    CAF_CHECK(w.effect(c.effects[0].id).state == effect_state::planned);
  });
}

CAF_TEST(a listed address holds the claim of a plan and its lead is told) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    auto stop = w.decision(ana);
    stop.addresses_suppressed = {{mail("ana@example.com"), "unsubscribed"}};
    w.commit(stop);
    const auto c = plan_and_claim(w, ana);
    const auto out = w.commit(c);
    CAF_CHECK(out.claims.at(0).outcome == claimed::suppressed);
    CAF_CHECK(out.claims.at(0).inbox.has_value());
    CAF_CHECK(w.effect(c.effects[0].id).state == effect_state::cancelled);
    CAF_CHECK_EQUAL(w.outcomes(ana).size(), 1u);
  });
}

CAF_TEST(a decision that loses the swap claims nothing) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto late = plan_and_claim(w, ana);
    w.commit(w.decision(ana));
    const auto out = w.commit(late);
    CAF_CHECK(out.outcome == committed::conflict);
    CAF_CHECK(out.claims.empty());
    CAF_CHECK(!must(w.read().effect(late.effects[0].id)).has_value());
  });
}

CAF_TEST(an accepted call may be recorded by the decision about it without an inbox row) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto plan = plan_and_claim(w, ana);
    w.commit(plan);
    const auto id = plan.effects[0].id;
    auto c = w.decision(ana);
    c.finish = accepted(w, id, 1);
    CAF_CHECK(w.commit(c).outcome == committed::committed);
    w.reopen();
    CAF_CHECK(w.effect(id).state == effect_state::done);
    CAF_CHECK_EQUAL(by_value(must(w.read().effect_by_provider_id(acme, "p-1")).value().id), id);
    CAF_CHECK(w.outcomes(ana).empty());
    CAF_CHECK(w.finish(accepted(w, id, 1)).outcome == finish_result::what::not_mine);
  });
}

CAF_TEST(a decision about a call that is not its own any more leaves nothing) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto plan = plan_and_claim(w, ana);
    w.commit(plan);
    const auto id = plan.effects[0].id;
    auto c = w.decision(ana);
    c.finish = accepted(w, id, 2);
    CAF_CHECK(w.commit(c).outcome == committed::conflict);
    w.finish(accepted(w, id, 1));
    c.finish = accepted(w, id, 1);
    CAF_CHECK(w.commit(c).outcome == committed::conflict);
    CAF_CHECK_EQUAL(w.lead(ana).version, 1u);
  });
}

CAF_TEST(another leads call is not recorded) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto ben = w.new_lead("ben@example.com").lead;
    const auto plan = plan_and_claim(w, ana);
    w.commit(plan);
    auto c = w.decision(ben);
    c.finish = accepted(w, plan.effects[0].id, 1);
    CAF_CHECK(w.commit(c).outcome == committed::conflict);
    CAF_CHECK(w.effect(plan.effects[0].id).state == effect_state::in_flight);
  });
}

CAF_TEST(only an accepted call is recorded with a decision) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto plan = plan_and_claim(w, ana);
    w.commit(plan);
    auto c = w.decision(ana);
    c.finish = w.outcome(plan.effects[0].id, 1, send_result::refused_final);
    c.finish->account = account_id("mail");
    write_batch batch;
    batch.commits = {c};
    const auto out = w.db().write(batch);
    CAF_REQUIRE(!out.has_value());
    CAF_CHECK(out.error().code == errc::refused);
  });
}

CAF_TEST(a touch planned again is claimed with its plan) {
  on_every_store([](world& w) {
    const auto ana = w.new_lead("ana@example.com").lead;
    const auto plan = plan_and_claim(w, ana);
    w.commit(plan);
    w.finish(w.outcome(plan.effects[0].id, 1, send_result::refused_message));
    auto again = w.decision(ana);
    again.effects = plan.effects;
    again.effects[0].request += "2";
    again.claims = plan.claims;
    const auto out = w.commit(again);
    CAF_CHECK(out.outcome == committed::committed);
    CAF_CHECK_EQUAL(out.claims.at(0).attempt, 2u);
    CAF_CHECK(w.effect(plan.effects[0].id).request == plan.effects[0].request + "2");
  });
}
